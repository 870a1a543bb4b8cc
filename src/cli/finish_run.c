#include "cli/finish_run.h"

#include "base/file.h"
#include "base/json.h"
#include "cli/asker.h"
#include "cli/commands.h"
#include "cli/outputs.h"
#include "cli/progress.h"
#include "cli/safe_text.h"
#include "cli/train_data.h"
#include "model/import.h"
#include "train/checkpoint.h"
#include "train/finish.h"
#include "train/source_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ABSENT = 6 }; /* texts for what is not in view that a picture is asked for, as of fsam evaluate */

typedef struct run {
    const cli_finish_request *wanted;
    char source[FR_PATH]; /* the model file */
    char log[FR_PATH];    /* of the run; "" when a file was given */
    fb_writer *rough;     /* never committed: its name is that of the model before it is measured */
    fm_model *model;      /* the source */
    json_t *training;     /* its "fsam.training", or an empty object */
    cli_texts sets;       /* paths of validation sets, borrowed */
    fe_set **set;
    size_t opened;
    json_t *names; /* of the sets */
    char *words;
    bool new_data; /* its data sets have not said yet what they are */
    fr_provenance provenance;
    fr_presence presence;
    json_t *from;
    char date[16];
} run;

static fsam_status no_memory(const char *what)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", what);
}

static void run_free(run *r)
{
    for (size_t i = 0; i < r->opened; i++) fe_set_free(r->set[i]);
    free(r->set);
    free((void *)r->sets.item);
    fb_writer_abort(r->rough);
    fm_model_free(r->model);
    json_decref(r->training);
    json_decref(r->names);
    json_decref(r->from);
    free(r->words);
    fr_provenance_free(&r->provenance);
}

/* ---- what there is ---- */

static fsam_status find_source(run *r, const char *run_path)
{
    static const char *const names[] = {"best.safetensors", "model.safetensors"};
    struct stat facts;
    if (stat(run_path, &facts) != 0) return fb_fail(FSAM_ERROR_IO, "%s: %s", run_path, strerror(errno));
    snprintf(r->source, sizeof r->source, "%s", run_path);
    if (!S_ISDIR(facts.st_mode)) return FSAM_OK;
    snprintf(r->log, sizeof r->log, "%s/log.jsonl", run_path);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(r->source, sizeof r->source, "%s/%s", run_path, names[i]);
        if (access(r->source, F_OK) == 0) return FSAM_OK;
    }
    return fb_fail(FSAM_ERROR_IO, "%s: has neither best.safetensors nor model.safetensors (yet)", run_path);
}

/* The day of SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch), else today; UTC. */
static fsam_status find_date(char date[16])
{
    const char *given = getenv("SOURCE_DATE_EPOCH");
    time_t seconds = time(NULL);
    struct tm utc;
    if (given != NULL) {
        char *end;
        errno = 0;
        const long long value = strtoll(given, &end, 10);
        if (given[0] < '0' || given[0] > '9' || *end != '\0' || errno != 0)
            return fb_fail(FSAM_ERROR_ARGUMENT, "SOURCE_DATE_EPOCH: '%s' is no number of seconds", given);
        seconds = (time_t)value;
    }
    if (gmtime_r(&seconds, &utc) == NULL || strftime(date, 16, "%Y-%m-%d", &utc) == 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "SOURCE_DATE_EPOCH: '%s' is no date", given != NULL ? given : "");
    return FSAM_OK;
}

static fsam_status read_training(run *r)
{
    char where[FR_PATH + 32];
    const char *text = fm_model_metadata(r->model, "fsam.training");
    snprintf(where, sizeof where, "%s: fsam.training", r->source);
    if (text[0] != '\0') FB_TRY(fb_json_parse(text, FB_JSON_RECORD, 0, where, &r->training));
    if (r->training == NULL) r->training = json_object();
    r->new_data = json_object_get(r->training, "sources") == NULL &&
                  json_array_size(json_object_get(json_object_get(r->training, "data"), "folders")) > 0;
    return r->training != NULL ? FSAM_OK : no_memory("fsam.training");
}

/* The sets of the command line, else those of the run. */
static fsam_status list_sets(run *r)
{
    const json_t *list = json_object_get(json_object_get(r->training, "data"), "validate");
    const cli_texts *given = &r->wanted->data;
    const size_t most = given->count > 0 ? given->count : json_array_size(list);
    r->sets.item = calloc(most + 1, sizeof *r->sets.item);
    if (r->sets.item == NULL) return no_memory("data sets");
    for (size_t i = 0; i < most; i++) {
        const char *path = given->count > 0 ? given->item[i] : json_string_value(json_array_get(list, i));
        if (path != NULL) r->sets.item[r->sets.count++] = path;
    }
    if (r->sets.count > 0) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "%s: was not validated: --data DIR says what to measure its threshold on",
                   r->source);
}

static fsam_status open_sets(run *r)
{
    const json_t *data = json_object_get(r->training, "data");
    const char *text = json_string_value(json_array_get(json_object_get(data, "texts"), 0));
    const bool bone_dark = json_integer_value(json_object_get(data, "bone_dark")) != 0;
    const fr_set_options options = {.text = &text, .texts = text != NULL, .bone_dark = bone_dark};
    FB_TRY(list_sets(r));
    r->set = calloc(r->sets.count, sizeof *r->set);
    r->names = json_array();
    if (r->set == NULL || r->names == NULL) return no_memory("data sets");
    for (size_t i = 0; i < r->sets.count; i++) {
        FB_TRY(fr_set_open_to_ask(r->sets.item[i], &options, ABSENT, &r->set[i]));
        r->opened++;
        if (!fe_set_has_masks(r->set[i]))
            return fb_fail(FSAM_ERROR_ARGUMENT, "%s: has no masks: nobody knows what is in view", r->sets.item[i]);
        json_array_append_new(r->names, fb_json_text(fe_set_name(r->set[i])));
    }
    return FSAM_OK;
}

/* ---- what its data sets and the log say ---- */

static void tell_case(const char *name)
{
    cli_progress("reading the records of %s", name);
}

static fsam_status find_provenance(run *r)
{
    const json_t *list = json_object_get(json_object_get(r->training, "data"), "folders");
    const size_t count = json_array_size(list);
    fr_folder *folder = calloc(count + 1, sizeof *folder);
    const char **path = calloc(count + 1, sizeof *path);
    size_t n = 0;
    fsam_status status = folder != NULL && path != NULL ? FSAM_OK : no_memory("data");
    for (size_t i = 0; i < count && status == FSAM_OK; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text == NULL) continue;
        status = cli_train_data_folder(text, &folder[n]);
        path[n] = folder[n].path;
        n += status == FSAM_OK;
    }
    if (status == FSAM_OK) status = fr_provenance_of(path, n, tell_case, &r->provenance);
    for (size_t i = 0; i < n; i++) free((void *)folder[i].path);
    free((void *)path);
    free(folder);
    cli_progress_clear();
    if (status == FSAM_OK && r->provenance.unlicensed > 0)
        fprintf(stderr, "fsam finish: %zu of %zu cases and own sets say no licence: is --credit complete?\n",
                r->provenance.unlicensed, json_array_size(r->provenance.cases));
    return status;
}

/* The last iteration, or that of the best validation. -1: the log does not say. */
static json_int_t find_iteration(const char *log, bool best)
{
    char *line = NULL;
    size_t room = 0;
    json_int_t found = -1;
    FILE *file = fopen(log, "r");
    for (ssize_t length; file != NULL && (length = getline(&line, &room, file)) > 0;) {
        json_t *object = json_loadb(line, (size_t)length, 0, NULL);
        const json_t *validation = json_object_get(object, "validation");
        const json_t *at = json_object_get(object, "iteration");
        if (json_is_integer(at) && (!best || json_is_true(json_object_get(validation, "best"))))
            found = json_integer_value(at);
        json_decref(object);
    }
    free(line);
    if (file != NULL) (void)fclose(file);
    return found;
}

static fsam_status find_origin(run *r)
{
    const char *file = strrchr(r->source, '/');
    file = file != NULL ? file + 1 : r->source;
    if (r->log[0] == '\0') return FSAM_OK;
    const json_int_t iteration = find_iteration(r->log, strcmp(file, "best.safetensors") == 0);
    r->from = json_pack("{s:s}", "file", file);
    if (r->from == NULL) return no_memory("fsam.training");
    if (iteration >= 0) json_object_set_new(r->from, "iteration", json_integer(iteration));
    return FSAM_OK;
}

/* ---- the files ---- */

/* With the metadata of a label, or as it is. */
static fsam_status write_model(const run *r, const char *source, const fr_label *label, const char *path,
                               bool overwrite)
{
    static const fb_dtype types[] = {FB_BF16, FB_F16, FB_F32};
    fm_import_report report;
    const fm_import_options options = {.source = source,
                                       .output = path,
                                       .overwrite = overwrite,
                                       .dtype = types[r->wanted->dtype],
                                       .metadata = label != NULL ? (const char *const *)label->text : NULL,
                                       .more = label != NULL ? label->count : 0};
    const fsam_status status = fm_import(&options, &report);
    fm_import_report_free(&report);
    return status;
}

static void tell_picture(void *context, size_t done, size_t images)
{
    (void)context;
    cli_progress("measuring the threshold: picture %zu of %zu", done + 1, images);
}

/* The model that is measured is the one that is written: its weights are rounded already. */
static fsam_status measure(run *r)
{
    const fsam_model_options how = {.precision = FSAM_PRECISION_F32, .threads = r->wanted->threads};
    cli_asker asker = {0};
    FB_TRY(fb_writer_open(r->wanted->output, r->wanted->force, &r->rough));
    FB_TRY(write_model(r, r->source, NULL, fb_writer_temporary(r->rough), true));
    FB_TRY(fsam_model_open(fb_writer_temporary(r->rough), &how, &asker.model));
    const fe_asker as_asker = cli_asker_of(&asker);
    const fr_calibrating calibrating = {.asker = &as_asker,
                                        .keep = r->wanted->keep_percent / 100,
                                        .limit = (size_t)r->wanted->limit,
                                        .told = tell_picture};
    const fsam_status status = fr_calibrate(r->set, r->opened, &calibrating, &r->presence);
    cli_asker_free(&asker);
    cli_progress_clear();
    return status;
}

/* "default" of "models/default.safetensors". Owned: free. */
static char *name_of(const char *path)
{
    static const char end[] = ".safetensors";
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    const size_t length = strlen(name), tail = sizeof end - 1;
    return strndup(name, length > tail && strcmp(name + length - tail, end) == 0 ? length - tail : length);
}

static fsam_status write_finished(const run *r, const char *name)
{
    const cli_finish_request *wanted = r->wanted;
    const fr_release release = {.name = name,
                                .version = wanted->release,
                                .date = r->date,
                                .license = wanted->license,
                                .credit = wanted->credit.item,
                                .credits = wanted->credit.count,
                                .provenance = r->new_data ? &r->provenance : NULL,
                                .from = r->from,
                                .words = r->words,
                                .presence = &r->presence,
                                .keep = wanted->keep_percent / 100,
                                .validated = r->names};
    fr_label label;
    FB_TRY(fr_label_make(r->model, &release, &label));
    /* Of the file that was measured: a run that goes on may have put another in the place of its best. */
    const fsam_status status = write_model(r, fb_writer_temporary(r->rough), &label, wanted->output, wanted->force);
    fr_label_free(&label);
    return status;
}

/* What gets an answer without a pixel is not found at any threshold. */
static void warn_of_share(const run *r)
{
    const fr_presence *p = &r->presence;
    if (100 * p->kept >= r->wanted->keep_percent - 1e-9) return;
    fprintf(
        stderr,
        "fsam finish: no threshold keeps %g %% of what is in view: %.1f %% of the texts for it get no mask at all\n",
        r->wanted->keep_percent, 100 * (1 - p->kept));
}

static void print_summary(const run *r)
{
    const fr_presence *p = &r->presence;
    struct stat facts;
    if (r->wanted->quiet) return;
    cli_print_text(stdout, r->wanted->output);
    if (stat(r->wanted->output, &facts) == 0) printf(": %.1f MB", 1e-6 * (double)facts.st_size);
    printf("; present from a score of %g, which keeps %.1f %% of %zu texts for what is in view and refuses %.1f %% of "
           "%zu for what is not (%zu picture%s, AUC %.3f)\n",
           p->threshold, 100 * p->kept, p->present, 100 * p->rejected, p->absent, p->images, p->images == 1 ? "" : "s",
           p->auc);
}

/* ---- the whole ---- */

static fsam_status prepare(run *r, const char *run_path)
{
    const cli_finish_request *wanted = r->wanted;
    if (wanted->output == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--output FILE is needed");
    FB_TRY(find_source(r, run_path));
    FB_TRY(find_date(r->date));
    const cli_texts inputs = {(const char *[]){r->source}, 1}, outputs = {(const char *[]){wanted->output}, 1};
    FB_TRY(cli_outputs_check(&(cli_texts){0}, &outputs, &inputs, wanted->force));
    FB_TRY(fm_model_open(r->source, &r->model));
    if (fm_model_tokenizer(r->model) == NULL)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: has no tokenizer, so it cannot be asked in words", r->source);
    if (wanted->words != NULL) FB_TRY(fr_finish_words(wanted->words, r->model, &r->words));
    FB_TRY(read_training(r));
    return open_sets(r);
}

static fsam_status work(run *r, const char *run_path)
{
    FB_TRY(prepare(r, run_path));
    if (r->new_data) FB_TRY(find_provenance(r));
    FB_TRY(find_origin(r));
    FB_TRY(measure(r));
    char *name = NULL;
    if (r->wanted->name == NULL && fm_model_metadata(r->model, "fsam.model")[0] == '\0') {
        name = name_of(r->wanted->output);
        if (name == NULL) return no_memory("name");
    }
    const fsam_status status = write_finished(r, name != NULL ? name : r->wanted->name);
    free(name);
    return status;
}

int cli_finish_run(const cli_finish_request *wanted, const char *run_path)
{
    run r = {.wanted = wanted};
    cli_progress_start(!wanted->quiet);
    const fsam_status status = work(&r, run_path);
    cli_progress_clear();
    if (status == FSAM_OK) warn_of_share(&r);
    if (status == FSAM_OK) print_summary(&r);
    run_free(&r);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_finish, status);
}
