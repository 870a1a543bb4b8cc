#include "cli/train_plot.h"

#include "cli/progress.h"
#include "cli/train_data.h"
#include "train/checkpoint.h"
#include "train/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct plotting {
    const char *folder;
    const json_t *configuration;
    bool quiet;
    fr_plot_log log;
} plotting;

static json_int_t setting(const plotting *p, const char *name)
{
    return json_integer_value(json_object_get(json_object_get(p->configuration, "run"), name));
}

static void say(const plotting *p, const char *path, const char *what)
{
    cli_progress_clear();
    if (!p->quiet) printf("%s: %s\n", path, what);
}

/* ---- curves ---- */

/* "run: 1500 of 2000 iterations; best validation: IoU 0.412 by text, at 1250" */
static void make_title(const plotting *p, char *title, size_t room)
{
    const fr_log_rows *all = &p->log.iterations, *checks = &p->log.validations;
    const double done = all->count > 0 ? all->row[all->count - 1].iteration : 0;
    const fr_log_row *best = NULL;
    for (size_t i = 0; i < checks->count; i++)
        if (isfinite(checks->row[i].value[FR_TEXT_IOU]) &&
            (best == NULL || checks->row[i].value[FR_TEXT_IOU] > best->value[FR_TEXT_IOU]))
            best = &checks->row[i];
    int used =
        snprintf(title, room, "%s: %.0f of %lld iterations", p->folder, done, (long long)setting(p, "iterations"));
    if (best != NULL && used > 0 && (size_t)used < room)
        used += snprintf(title + used, room - (size_t)used, "; best validation: IoU %.3f by text, at %.0f",
                         best->value[FR_TEXT_IOU], best->iteration);
    if (p->log.warnings > 0 && used > 0 && (size_t)used < room)
        snprintf(title + used, room - (size_t)used, "; %zu warnings", p->log.warnings);
}

static fsam_status plot_curves(plotting *p)
{
    char path[FR_PATH], title[512];
    snprintf(path, sizeof path, "%s/log.jsonl", p->folder);
    FB_TRY(fr_plot_log_read(path, &p->log));
    make_title(p, title, sizeof title);
    snprintf(path, sizeof path, "%s/curves.png", p->folder);
    FB_TRY(fr_plot_curves(&p->log, title, path));
    say(p, path, title);
    return FSAM_OK;
}

/* ---- predictions ---- */

/* The best model, else the last one, else the newest checkpoint; "" when there is none yet. */
static fsam_status find_model(const char *folder, char path[static FR_PATH])
{
    static const char *const names[] = {"best.safetensors", "model.safetensors"};
    for (int i = 0; i < 2; i++) {
        snprintf(path, FR_PATH, "%s/%s", folder, names[i]);
        if (access(path, R_OK) == 0) return FSAM_OK;
    }
    return fr_checkpoint_find(folder, path);
}

static fsam_status draw_predictions(const plotting *p, fm_model *model, const cli_train_data *data)
{
    char path[FR_PATH], title[FR_PATH + 128], what[128];
    fr_sheet sheet;
    const fr_source source = cli_train_data_validation(data);
    const uint64_t pictures = cli_train_data_held(data), most = (uint64_t)setting(p, "validate_samples");
    snprintf(path, sizeof path, "%s/predictions.png", p->folder);
    snprintf(title, sizeof title, "%s, asked in words about pictures for validation", fm_model_name(model));
    cli_progress("%s: asking", fm_model_name(model));
    FB_TRY(fr_plot_predictions(model, ft_cpu(FT_F32), &source, most > 0 && most < pictures ? most : pictures, title,
                               path, &sheet));
    snprintf(what, sizeof what, "%d questions, mean IoU %.3f of %d that are there", sheet.tiles, sheet.iou,
             sheet.present);
    say(p, path, what);
    return FSAM_OK;
}

static fsam_status plot_predictions(const plotting *p, const char *given)
{
    char path[FR_PATH];
    fm_model *model;
    cli_train_data *data;
    if (json_array_size(json_object_get(json_object_get(p->configuration, "data"), "validate")) == 0) {
        say(p, p->folder, "no data set for validation (--validate), so no predictions are drawn");
        return FSAM_OK;
    }
    if (json_is_true(json_object_get(json_object_get(p->configuration, "run"), "backbone"))) {
        say(p, p->folder, "a first stage learns no prompts, so no predictions are drawn");
        return FSAM_OK;
    }
    snprintf(path, sizeof path, "%s", given != NULL ? given : "");
    if (given == NULL) FB_TRY(find_model(p->folder, path));
    if (path[0] == '\0') {
        say(p, p->folder, "no model yet, so no predictions are drawn");
        return FSAM_OK;
    }
    FB_TRY(fm_model_open(path, &model));
    fsam_status status = cli_train_data_open_validation(p->configuration, fm_model_config(model)->img_size,
                                                        fm_model_bone_bright(model) ? FI_BONE_BRIGHT : FI_BONE_DARK,
                                                        (uint64_t)setting(p, "seed"), &data);
    if (status == FSAM_OK) {
        status = draw_predictions(p, model, data);
        cli_train_data_free(data);
    }
    fm_model_free(model);
    return status;
}

fsam_status cli_train_plot(const char *folder, const char *model, const json_t *configuration, bool quiet)
{
    plotting p = {.folder = folder, .configuration = configuration, .quiet = quiet};
    cli_progress_start(!quiet);
    fsam_status status = plot_curves(&p);
    if (status == FSAM_OK) status = plot_predictions(&p, model);
    cli_progress_clear();
    fr_plot_log_free(&p.log);
    return status;
}
