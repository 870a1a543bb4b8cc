#include "train/checkpoint.h"

#include "base/json.h"
#include "base/safetensors.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char progress_key[] = "fsam.progress";
static const char half_written[] = ".safetensors.tmp-";

/* The blocks that are stored for each parameter beside its values. */
enum { MOMENT1, MOMENT2, AVERAGE, BLOCKS };
static const char *const block_names[BLOCKS] = {"moment1", "moment2", "average"};

static float *block_of(const fr_parameters *p, int block)
{
    float *const blocks[BLOCKS] = {p->moment1, p->moment2, p->average};
    return blocks[block];
}

static bool has_block(const fr_parameter *parameter, int block)
{
    fm_parameter_kind kind = parameter->what.kind;
    return block == AVERAGE ? kind != FM_FROZEN : kind == FM_WEIGHT;
}

static void block_name(const fr_parameter *parameter, int block, char name[160])
{
    snprintf(name, 160, "%s/%s", block_names[block], parameter->what.name);
}

/* ---- progress as JSON ---- */

static char *format_progress(const fr_progress *progress)
{
    json_t *object = json_pack("{s:I, s:I, s:I, s:f, s:I}", "iteration", (json_int_t)progress->iteration, "updates",
                               (json_int_t)progress->updates, "bad", (json_int_t)progress->bad, "best", progress->best,
                               "best_iteration", (json_int_t)progress->best_iteration);
    char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    return text;
}

static fsam_status parse_progress(const char *text, const char *path, fr_progress *progress)
{
    json_t *object;
    json_int_t iteration, updates, bad, best_iteration;
    if (text == NULL) return fb_fail(FSAM_ERROR_MISMATCH, "%s: %s: missing: not a checkpoint", path, progress_key);
    FB_TRY(fb_json_parse(text, FB_JSON_SETTINGS, 0, path, &object));
    int failed = json_unpack(object, "{s:I, s:I, s:I, s:F, s:I}", "iteration", &iteration, "updates", &updates, "bad",
                             &bad, "best", &progress->best, "best_iteration", &best_iteration);
    json_decref(object);
    if (failed != 0 || iteration < 0 || updates < 0 || bad < 0 || best_iteration < 0)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: not what a checkpoint has", path, progress_key);
    progress->iteration = (uint64_t)iteration;
    progress->updates = (uint64_t)updates;
    progress->bad = (uint64_t)bad;
    progress->best_iteration = (uint64_t)best_iteration;
    return FSAM_OK;
}

/* ---- the files of a folder ---- */

typedef struct numbers {
    uint64_t *list;
    size_t count, room;
} numbers;

static bool parse_name(const char *name, uint64_t *iteration)
{
    int end = 0;
    return sscanf(name, "checkpoint-%" SCNu64 ".safetensors%n", iteration, &end) == 1 && end > 0 && name[end] == '\0';
}

static void path_of(const char *folder, uint64_t iteration, char path[static FR_PATH])
{
    snprintf(path, FR_PATH, "%s/checkpoint-%09" PRIu64 ".safetensors", folder, iteration);
}

static bool add_number(numbers *all, uint64_t number)
{
    if (all->count == all->room) {
        size_t room = 2 * all->room + 16;
        uint64_t *list = realloc(all->list, room * sizeof *list);
        if (list == NULL) return false;
        all->list = list;
        all->room = room;
    }
    all->list[all->count++] = number;
    return true;
}

static int newest_first(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x < y) - (x > y);
}

/* Checkpoints, the newest first. `tidy`: half-written ones are removed. */
static fsam_status list_folder(const char *folder, bool tidy, numbers *all)
{
    *all = (numbers){0};
    DIR *stream = opendir(folder);
    if (stream == NULL) return fb_fail(FSAM_ERROR_IO, "%s: cannot list: %s", folder, strerror(errno));
    bool good = true;
    for (const struct dirent *entry; good && (entry = readdir(stream)) != NULL;) {
        uint64_t iteration;
        if (parse_name(entry->d_name, &iteration)) good = add_number(all, iteration);
        if (!tidy || strncmp(entry->d_name, "checkpoint-", 11) != 0 || strstr(entry->d_name, half_written) == NULL)
            continue;
        char path[FR_PATH];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        (void)unlink(path);
    }
    closedir(stream);
    if (all->count > 0) qsort(all->list, all->count, sizeof *all->list, newest_first);
    if (good) return FSAM_OK;
    free(all->list);
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", folder);
}

fsam_status fr_checkpoint_find(const char *folder, char path[static FR_PATH])
{
    numbers all;
    path[0] = '\0';
    FB_TRY(list_folder(folder, false, &all));
    for (size_t i = 0; i < all.count; i++) {
        fb_safetensors *file;
        path_of(folder, all.list[i], path);
        if (fb_safetensors_open(path, &file) == FSAM_OK) {
            fb_safetensors_close(file);
            break;
        }
        path[0] = '\0';
    }
    free(all.list);
    return FSAM_OK;
}

/* ---- writing ---- */

static fsam_status declare(const fr_parameters *p, const char *progress, const char *training,
                           fb_safetensors_builder *builder)
{
    for (size_t i = 0; i < p->metadata_count; i++)
        if (strcmp(p->metadata[2 * i], "fsam.training") != 0 && strcmp(p->metadata[2 * i], progress_key) != 0)
            FB_TRY(fb_safetensors_builder_metadata(builder, p->metadata[2 * i], p->metadata[2 * i + 1]));
    FB_TRY(fb_safetensors_builder_metadata(builder, "fsam.training", training));
    FB_TRY(fb_safetensors_builder_metadata(builder, progress_key, progress));
    for (size_t i = 0; i < p->count; i++) {
        const fr_parameter *each = &p->list[i];
        const fm_parameter *what = &each->what;
        FB_TRY(fb_safetensors_builder_add(builder, what->name, FB_F32, what->ndim, what->dim, p->value + each->first));
        for (int block = 0; block < BLOCKS; block++) {
            char name[160];
            if (!has_block(each, block)) continue;
            block_name(each, block, name);
            FB_TRY(fb_safetensors_builder_add(builder, name, FB_F32, what->ndim, what->dim,
                                              block_of(p, block) + each->first));
        }
    }
    return FSAM_OK;
}

static void remove_older(const char *folder, const numbers *all, int keep)
{
    for (size_t i = keep > 1 ? (size_t)keep : 1; i < all->count; i++) {
        char path[FR_PATH];
        path_of(folder, all->list[i], path);
        (void)unlink(path);
    }
}

fsam_status fr_checkpoint_write(const char *folder, const fr_parameters *parameters, const fr_progress *progress,
                                const char *training, int keep)
{
    char path[FR_PATH];
    numbers all;
    char *text = format_progress(progress);
    fb_safetensors_builder *builder = fb_safetensors_builder_new();
    path_of(folder, progress->iteration, path);
    fsam_status status = text != NULL && builder != NULL ? declare(parameters, text, training, builder)
                                                         : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    if (status == FSAM_OK) status = fb_safetensors_builder_save(builder, path, true);
    fb_safetensors_builder_free(builder);
    free(text);
    if (status != FSAM_OK) return status;
    FB_TRY(list_folder(folder, true, &all));
    remove_older(folder, &all, keep);
    free(all.list);
    return FSAM_OK;
}

/* ---- reading ---- */

static fsam_status read_tensor(const fb_safetensors *file, const char *path, const char *name, size_t count, float *to)
{
    const fb_tensor *tensor = fb_safetensors_find(file, name);
    if (tensor == NULL) return fb_fail(FSAM_ERROR_MISMATCH, "%s: \"%s\": missing", path, name);
    if (tensor->count != count)
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: \"%s\": %zu values, expected %zu", path, name, tensor->count, count);
    fb_tensor_to_f32(tensor, to);
    fb_safetensors_drop(file, tensor);
    return FSAM_OK;
}

static fsam_status read_blocks(const fb_safetensors *file, const char *path, fr_parameters *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const fr_parameter *each = &p->list[i];
        FB_TRY(read_tensor(file, path, each->what.name, each->count, p->value + each->first));
        for (int block = 0; block < BLOCKS; block++) {
            char name[160];
            if (!has_block(each, block)) continue;
            block_name(each, block, name);
            FB_TRY(read_tensor(file, path, name, each->count, block_of(p, block) + each->first));
        }
    }
    return FSAM_OK;
}

fsam_status fr_checkpoint_read(const char *path, fr_parameters *parameters, fr_progress *progress)
{
    fb_safetensors *file;
    FB_TRY(fb_safetensors_open(path, &file));
    fsam_status status = parse_progress(fb_safetensors_metadata(file, progress_key), path, progress);
    if (status == FSAM_OK) status = read_blocks(file, path, parameters);
    fb_safetensors_close(file);
    return status;
}
