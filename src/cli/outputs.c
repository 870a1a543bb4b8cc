#include "cli/outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "outputs: out of memory");
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
static file_id *find_inputs(const cli_texts *inputs, size_t *count)
{
    file_id *list = calloc(inputs->count + 1, sizeof *list);
    struct stat there;
    *count = 0;
    for (size_t i = 0; i < inputs->count && list != NULL; i++)
        if (stat(inputs->item[i], &there) == 0) list[(*count)++] = (file_id){there.st_dev, there.st_ino};
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

/* "." or up to the last slash. NULL when memory is exhausted. Owned: free. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
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
    char *folder = folder_of(path);
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

/* The folder of the file `path`, and those above it, as far as they are not there. */
static fsam_status make_folder(const char *path)
{
    char *copy = strdup(path);
    fsam_status status = copy != NULL ? FSAM_OK : exhausted();
    struct stat there;
    for (char *slash = copy; status == FSAM_OK && (slash = strchr(slash + 1, '/')) != NULL;) {
        *slash = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            status = fb_fail(FSAM_ERROR_IO, "%s: cannot make the folder: %s", copy, strerror(errno));
        else if (stat(copy, &there) != 0 || !S_ISDIR(there.st_mode))
            status = fb_fail(FSAM_ERROR_IO, "%s: is no folder", copy);
        *slash = '/';
    }
    free(copy);
    return status;
}

/* Whether a file can be made beside `path`. */
static fsam_status check_folder(const char *path)
{
    char *folder = folder_of(path);
    if (folder == NULL) return exhausted();
    fsam_status status = FSAM_OK;
    if (access(folder, W_OK | X_OK) != 0)
        status = fb_fail(FSAM_ERROR_IO, "%s: cannot write in its folder: %s", path, strerror(errno));
    free(folder);
    return status;
}

/* With the slash. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

/* Does `step` with a file of each folder. */
static fsam_status each_folder(const cli_texts *files, fsam_status (*step)(const char *path))
{
    const char *last = NULL; /* neighbours share a folder more often than not */
    for (size_t i = 0; i < files->count; i++) {
        const char *path = files->item[i];
        const size_t length = folder_length(path);
        if (last != NULL && length == folder_length(last) && strncmp(path, last, length) == 0) continue;
        FB_TRY(step(path));
        last = path;
    }
    return FSAM_OK;
}

static fsam_status check_all_existing(const cli_texts *outputs, const cli_texts *inputs, bool force)
{
    size_t count;
    file_id *ids = find_inputs(inputs, &count);
    fsam_status status = ids != NULL ? FSAM_OK : exhausted();
    for (size_t i = 0; i < outputs->count && status == FSAM_OK; i++)
        status = check_existing(outputs->item[i], ids, count, force);
    free(ids);
    return status;
}

fsam_status cli_outputs_check(const cli_texts *planned, const cli_texts *extra, const cli_texts *inputs, bool force)
{
    cli_texts all = {calloc(planned->count + extra->count + 1, sizeof *all.item), planned->count + extra->count};
    if (all.item == NULL) return exhausted();
    for (size_t i = 0; i < planned->count; i++) all.item[i] = planned->item[i];
    for (size_t i = 0; i < extra->count; i++) all.item[planned->count + i] = extra->item[i];
    fsam_status status = check_all_existing(&all, inputs, force);
    if (status == FSAM_OK) status = each_folder(planned, make_folder);
    if (status == FSAM_OK) status = check_twice(all.item, all.count); /* all folders have an identity now */
    if (status == FSAM_OK) status = each_folder(&all, check_folder);
    free((void *)all.item);
    return status;
}
