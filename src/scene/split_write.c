#include "scene/case_write.h"

#include "base/file.h"
#include "base/random.h"
#include "scene/case_read.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A case that no list has yet. */
typedef struct newcomer {
    const char *name;
    uint32_t draw; /* those with the least are for validation */
} newcomer;

enum { SPLIT_STREAM = 40 };

static int by_draw(const void *a, const void *b)
{
    const newcomer *x = a, *y = b;
    if (x->draw != y->draw) return x->draw < y->draw ? -1 : 1;
    return strcmp(x->name, y->name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* FNV-1a, so that what is drawn for a case depends on its name and not on its place in a list. */
static uint32_t name_key(const char *name)
{
    uint32_t hash = 2166136261u;
    for (; *name != '\0'; name++) hash = (hash ^ (unsigned char)*name) * 16777619u;
    return hash;
}

static bool is_listed(const fs_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->name[i], name) == 0) return true;
    return false;
}

static fsam_status read_if_there(const char *path, fs_names *names)
{
    *names = (fs_names){0};
    return access(path, F_OK) != 0 && errno == ENOENT ? FSAM_OK : fs_names_read(path, names);
}

/* The old names and the new ones, sorted. */
static fsam_status write_list(const char *path, const fs_names *old, const newcomer *added, size_t count)
{
    char *text = NULL;
    size_t size = 0;
    const char **name = malloc((old->count + count + 1) * sizeof *name);
    FILE *out = name != NULL ? open_memstream(&text, &size) : NULL;
    fsam_status status = out != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    if (status == FSAM_OK) {
        for (size_t i = 0; i < old->count; i++) name[i] = old->name[i];
        for (size_t i = 0; i < count; i++) name[old->count + i] = added[i].name;
        qsort(name, old->count + count, sizeof *name, by_name);
        for (size_t i = 0; i < old->count + count; i++) fprintf(out, "%s\n", name[i]);
        status = fclose(out) == 0 ? fb_file_write(path, true, text, size)
                                  : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    }
    free(text);
    free(name);
    return status;
}

static fsam_status split(const char *train_path, const char *val_path, const char *const *name, size_t count,
                         uint64_t seed)
{
    fs_names train, val = {0};
    size_t added = 0;
    newcomer *fresh = calloc(count + 1, sizeof *fresh);
    if (fresh == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", train_path);
    fsam_status status = read_if_there(train_path, &train);
    if (status == FSAM_OK) status = read_if_there(val_path, &val);
    for (size_t i = 0; status == FSAM_OK && i < count; i++) {
        if (is_listed(&train, name[i]) || is_listed(&val, name[i])) continue;
        fb_random random = fb_random_start(seed, name_key(name[i]), 0, SPLIT_STREAM);
        fresh[added++] = (newcomer){name[i], fb_random_word(&random)};
    }
    qsort(fresh, added, sizeof *fresh, by_draw);
    const size_t wanted = (train.count + val.count + added) / 10;
    size_t to_val = wanted > val.count ? wanted - val.count : 0;
    if (to_val > added) to_val = added;
    if (status == FSAM_OK) status = write_list(val_path, &val, fresh, to_val);
    if (status == FSAM_OK) status = write_list(train_path, &train, fresh + to_val, added - to_val);
    fs_names_free(&train);
    fs_names_free(&val);
    free(fresh);
    return status;
}

fsam_status fs_split_write(const char *folder, const char *const *name, size_t count, uint64_t seed)
{
    char *train = NULL, *val = NULL;
    const bool whole = asprintf(&train, "%s/train.txt", folder) >= 0 && asprintf(&val, "%s/val.txt", folder) >= 0;
    const fsam_status status =
        whole ? split(train, val, name, count, seed) : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", folder);
    free(train);
    free(val);
    return status;
}
