#include "cli/inputs.h"

#include <errno.h>
#include <fts.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "inputs: out of memory");
}

static fsam_status append(cli_inputs *inputs, const char *path, const struct stat *there, bool listed)
{
    if ((inputs->count & (inputs->count - 1)) == 0) { /* full at powers of two */
        cli_input *item = realloc(inputs->item, (inputs->count > 0 ? 2 * inputs->count : 1) * sizeof *item);
        if (item == NULL) return exhausted();
        inputs->item = item;
    }
    cli_input *added = &inputs->item[inputs->count];
    *added = (cli_input){.path = strdup(path), .listed = listed, .exists = there != NULL};
    if (added->path == NULL) return exhausted();
    if (there != NULL) {
        added->device = there->st_dev;
        added->inode = there->st_ino;
    }
    inputs->count++;
    return FSAM_OK;
}

/* ---- folders ---- */

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* One entry of the walk. */
static fsam_status take_entry(FTS *walk, FTSENT *entry, bool recursive, cli_inputs *inputs)
{
    const bool top = entry->fts_level == FTS_ROOTLEVEL, hidden = !top && entry->fts_name[0] == '.';
    switch (entry->fts_info) {
    case FTS_D:
        if (!top && (hidden || !recursive)) (void)fts_set(walk, entry, FTS_SKIP);
        return FSAM_OK;
    case FTS_DNR:
    case FTS_ERR:
        return fb_fail(FSAM_ERROR_IO, "%s: cannot read: %s", entry->fts_path, strerror(entry->fts_errno));
    case FTS_F:
        return hidden ? FSAM_OK : append(inputs, entry->fts_path, entry->fts_statp, true);
    default:
        return FSAM_OK; /* no regular file; a folder left, or met again through a link */
    }
}

static fsam_status add_folder(cli_inputs *inputs, const char *folder, bool recursive)
{
    const size_t before = inputs->count;
    char *path = strdup(folder);
    if (path == NULL) return exhausted();
    for (size_t end = strlen(path); end > 1 && path[end - 1] == '/';) path[--end] = '\0';
    FTS *walk = fts_open((char *[]){path, NULL}, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    fsam_status status = walk != NULL ? FSAM_OK : exhausted();
    for (FTSENT *entry; status == FSAM_OK && (entry = fts_read(walk)) != NULL;)
        status = take_entry(walk, entry, recursive, inputs);
    if (walk != NULL) fts_close(walk);
    free(path);
    if (status == FSAM_OK && inputs->count == before)
        return fb_fail(FSAM_ERROR_IO, "%s: has no files%s", folder,
                       recursive ? "" : " (those of folders in it do not count)");
    return status;
}

/* ---- words ---- */

static fsam_status add_existing(cli_inputs *inputs, const char *path, bool recursive)
{
    struct stat there;
    if (stat(path, &there) != 0) return append(inputs, path, NULL, false);
    if (S_ISDIR(there.st_mode)) return add_folder(inputs, path, recursive);
    return append(inputs, path, &there, false);
}

static fsam_status add_matches(cli_inputs *inputs, const char *pattern, bool recursive)
{
    glob_t found = {0};
    int result = glob(pattern, 0, NULL, &found);
    fsam_status status = FSAM_OK;
    if (result == GLOB_NOSPACE)
        status = exhausted();
    else if (result != 0)
        status = fb_fail(FSAM_ERROR_IO, "%s: there is no such file, and none that matches", pattern);
    for (size_t i = 0; i < found.gl_pathc && status == FSAM_OK; i++)
        status = add_existing(inputs, found.gl_pathv[i], recursive);
    globfree(&found);
    return status;
}

fsam_status cli_inputs_add(cli_inputs *inputs, const char *word, bool recursive)
{
    struct stat there;
    if (lstat(word, &there) != 0 && strpbrk(word, "*?[") != NULL) return add_matches(inputs, word, recursive);
    return add_existing(inputs, word, recursive);
}

/* ---- doubles ---- */

/* Files that exist first, the same beside each other, in the order in which they came. */
static int by_file(const void *a, const void *b)
{
    const cli_input *p = *(const cli_input *const *)a, *q = *(const cli_input *const *)b;
    if (p->exists != q->exists) return p->exists ? -1 : 1;
    if (p->device != q->device) return p->device < q->device ? -1 : 1;
    if (p->inode != q->inode) return p->inode < q->inode ? -1 : 1;
    return p < q ? -1 : p > q;
}

fsam_status cli_inputs_unique(cli_inputs *inputs)
{
    cli_input **sorted = calloc(inputs->count + 1, sizeof *sorted);
    if (sorted == NULL) return exhausted();
    for (size_t i = 0; i < inputs->count; i++) sorted[i] = &inputs->item[i];
    qsort((void *)sorted, inputs->count, sizeof *sorted, by_file);
    for (size_t i = inputs->count; i-- > 1;) {
        cli_input *first = sorted[i - 1], *again = sorted[i];
        if (!again->exists || first->device != again->device || first->inode != again->inode) continue;
        first->listed = first->listed && again->listed;
        free(again->path);
        again->path = NULL;
    }
    free((void *)sorted);
    size_t kept = 0;
    for (size_t i = 0; i < inputs->count; i++)
        if (inputs->item[i].path != NULL) inputs->item[kept++] = inputs->item[i];
    inputs->count = kept;
    return FSAM_OK;
}

void cli_inputs_free(cli_inputs *inputs)
{
    for (size_t i = 0; i < inputs->count; i++) free(inputs->item[i].path);
    free(inputs->item);
    *inputs = (cli_inputs){0};
}
