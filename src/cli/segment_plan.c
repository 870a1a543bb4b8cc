#include "cli/segment_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "outputs: out of memory");
}

/* ---- names ---- */

/* The file's name without folder and extension. NULL when memory is exhausted. */
static char *stem_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path, *dot = strrchr(name, '.');
    return strndup(name, dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name));
}

static char *join(const char *folder, const char *stem, const char *middle)
{
    char *path = NULL;
    bool slash = folder != NULL && folder[0] != '\0' && folder[strlen(folder) - 1] != '/';
    if (asprintf(&path, "%s%s%s.%s.png", folder != NULL ? folder : "", slash ? "/" : "", stem, middle) < 0) return NULL;
    return path;
}

static bool taken(char *const *stems, size_t count, const char *stem)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(stems[i], stem) == 0) return true;
    return false;
}

/* stems[at]: `plain`, which it takes over, or with a number behind it when an earlier one is the same. */
static bool name_stem(char **stems, size_t at, char *plain)
{
    stems[at] = plain;
    for (size_t number = 2; stems[at] != NULL && taken(stems, at, stems[at]); number++) {
        if (stems[at] != plain) free(stems[at]);
        if (asprintf(&stems[at], "%s-%zu", plain, number) < 0) stems[at] = NULL;
    }
    if (stems[at] != plain) free(plain);
    return stems[at] != NULL;
}

static bool name_files(cli_image_files *files, const char *stem, const cli_asks *asks, const cli_plan_options *options)
{
    if (options->overlay && (files->overlay = join(options->folder, stem, "overlay")) == NULL) return false;
    files->mask = calloc(asks->count + 1, sizeof *files->mask);
    for (size_t i = 0; i < asks->count && files->mask != NULL; i++)
        for (int k = 0; k < (options->candidates ? CLI_CANDIDATES : 1); k++) {
            char middle[128];
            snprintf(middle, sizeof middle, k == 0 ? "%s" : "%s.%d", asks->item[i].id, k + 1);
            if ((files->mask[i][k] = join(options->folder, stem, middle)) == NULL) return false;
        }
    return files->mask != NULL;
}

fsam_status cli_plan_make(const cli_texts *images, const cli_asks *asks, const cli_plan_options *options,
                          cli_plan *plan)
{
    char **stems = calloc(images->count + 1, sizeof *stems);
    *plan = (cli_plan){.image = calloc(images->count + 1, sizeof *plan->image), .answers = asks->count};
    bool good = stems != NULL && plan->image != NULL;
    for (size_t i = 0; i < images->count && good; i++) {
        plan->image[i].source = images->item[i];
        plan->images = i + 1;
        good = name_stem(stems, i, stem_of(images->item[i])) && name_files(&plan->image[i], stems[i], asks, options);
    }
    for (size_t i = 0; stems != NULL && i < images->count; i++) free(stems[i]);
    free(stems);
    return good ? FSAM_OK : exhausted();
}

void cli_plan_free(cli_plan *plan)
{
    for (size_t i = 0; i < plan->images; i++) {
        cli_image_files *files = &plan->image[i];
        for (size_t k = 0; files->mask != NULL && k < plan->answers; k++)
            for (int c = 0; c < CLI_CANDIDATES; c++) free(files->mask[k][c]);
        free((void *)files->mask);
        free(files->overlay);
    }
    free(plan->image);
    *plan = (cli_plan){0};
}

/* ---- checks ---- */

/* All outputs, borrowed; NULL when memory is exhausted. */
static const char **all_outputs(const cli_plan *plan, const char *extra, size_t *count)
{
    const char **list = calloc(plan->images * (1 + plan->answers * CLI_CANDIDATES) + 1, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < plan->images && list != NULL; i++) {
        const cli_image_files *files = &plan->image[i];
        if (files->overlay != NULL) list[n++] = files->overlay;
        for (size_t k = 0; k < plan->answers; k++)
            for (int c = 0; c < CLI_CANDIDATES; c++)
                if (files->mask[k][c] != NULL) list[n++] = files->mask[k][c];
    }
    if (list != NULL && extra != NULL) list[n++] = extra;
    *count = n;
    return list;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

typedef struct file_id {
    dev_t device;
    ino_t inode;
} file_id;

static int compare_ids(const file_id *a, const file_id *b)
{
    if (a->device != b->device) return a->device < b->device ? -1 : 1;
    return a->inode < b->inode ? -1 : a->inode > b->inode;
}

static int by_id(const void *a, const void *b)
{
    return compare_ids(a, b);
}

/* The files that the run reads, sorted; those that are not there are left out. NULL when memory is exhausted. Owned:
 * free. */
static file_id *find_inputs(const cli_plan *plan, const cli_texts *inputs, size_t *count)
{
    file_id *list = calloc(plan->images + inputs->count + 1, sizeof *list);
    struct stat there;
    *count = 0;
    for (size_t i = 0; i < plan->images + inputs->count && list != NULL; i++)
        if (stat(i < plan->images ? plan->image[i].source : inputs->item[i - plan->images], &there) == 0)
            list[(*count)++] = (file_id){there.st_dev, there.st_ino};
    if (list != NULL) qsort(list, *count, sizeof *list, by_id);
    return list;
}

/* One that is there already. */
static fsam_status check_existing(const char *path, const file_id *inputs, size_t count, bool force)
{
    struct stat there;
    if (stat(path, &there) != 0) return FSAM_OK;
    const file_id id = {there.st_dev, there.st_ino};
    if (S_ISDIR(there.st_mode)) return fb_fail(FSAM_ERROR_ARGUMENT, "%s: is a folder", path);
    if (!S_ISREG(there.st_mode)) return fb_fail(FSAM_ERROR_ARGUMENT, "%s: is no regular file, not replaced", path);
    if (bsearch(&id, inputs, count, sizeof *inputs, by_id) != NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: is an input, and would be overwritten", path);
    return force ? FSAM_OK : fb_fail(FSAM_ERROR_ARGUMENT, "%s: exists already (--force overwrites)", path);
}

/* Where an output goes, whichever way its path is spelled. */
typedef struct place {
    const char *path, *name; /* borrowed: the whole, and behind the last slash */
    file_id folder;          /* zero: not there, so that none of the others is in it */
} place;

static bool find_place(const char *path, place *result)
{
    const char *slash = strrchr(path, '/');
    *result = (place){.path = path, .name = slash != NULL ? slash + 1 : path};
    struct stat there;
    char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    if (folder != NULL && stat(folder, &there) == 0) result->folder = (file_id){there.st_dev, there.st_ino};
    free(folder);
    return folder != NULL;
}

static int by_place(const void *a, const void *b)
{
    const place *p = a, *q = b;
    int order = strcmp(p->name, q->name);
    return order != 0 ? order : compare_ids(&p->folder, &q->folder);
}

static fsam_status check_twice(const char *const *list, size_t count)
{
    place *places = calloc(count + 1, sizeof *places);
    fsam_status status = places != NULL ? FSAM_OK : exhausted();
    for (size_t i = 0; i < count && status == FSAM_OK; i++)
        if (!find_place(list[i], &places[i])) status = exhausted();
    if (status == FSAM_OK) qsort(places, count, sizeof *places, by_place);
    for (size_t i = 1; i < count && status == FSAM_OK; i++)
        if (by_place(&places[i - 1], &places[i]) == 0)
            status = fb_fail(FSAM_ERROR_ARGUMENT, "%s: two outputs would be this file", places[i].path);
    free(places);
    return status;
}

static fsam_status make_folder(const char *folder)
{
    char *path = strdup(folder);
    fsam_status status = path != NULL ? FSAM_OK : exhausted();
    for (char *at = path; at != NULL && status == FSAM_OK;) {
        at = strchr(at + 1, '/');
        if (at != NULL) *at = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            status = fb_fail(FSAM_ERROR_IO, "%s: cannot make the folder: %s", path, strerror(errno));
        if (at != NULL) *at = '/';
    }
    free(path);
    struct stat there;
    if (status == FSAM_OK && (stat(folder, &there) != 0 || !S_ISDIR(there.st_mode)))
        status = fb_fail(FSAM_ERROR_IO, "%s: is no folder", folder);
    return status;
}

fsam_status cli_plan_check(const cli_plan *plan, const cli_plan_options *options, const cli_texts *inputs,
                           const char *extra, bool force)
{
    size_t count, known;
    const char **list = all_outputs(plan, extra, &count);
    file_id *ids = find_inputs(plan, inputs, &known);
    fsam_status status = list != NULL && ids != NULL ? FSAM_OK : exhausted();
    if (status == FSAM_OK) qsort((void *)list, count, sizeof *list, by_name);
    for (size_t i = 0; i < count && status == FSAM_OK; i++) status = check_existing(list[i], ids, known, force);
    if (status == FSAM_OK && options->folder != NULL && options->folder[0] != '\0')
        status = make_folder(options->folder);
    if (status == FSAM_OK) status = check_twice(list, count); /* all folders have an identity now */
    free((void *)list);
    free(ids);
    return status;
}
