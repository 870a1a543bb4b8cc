#include "train/provenance.h"

#include "base/file.h"
#include "base/json.h"
#include "scene/case_read.h"
#include "scene/record_read.h"
#include "train/source_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct work {
    fr_provenance *result;
    json_t *seen; /* an object whose keys are the names so far */
    bool own;     /* one of the sets is a user's own */
    void (*told)(const char *name);
} work;

static fsam_status no_memory(const char *where)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
}

/* "chest" of "sets/chest/". Owned: json_decref. */
static json_t *name_of(const char *folder)
{
    size_t length;
    const char *last = fb_path_last(folder, strlen(folder), &length);
    char *name = strndup(last, length);
    json_t *text = name != NULL ? fb_json_text(name) : NULL;
    free(name);
    return text;
}

/* ---- names ---- */

static fsam_status note_record(const work *w, const char *path, const json_t *set)
{
    fs_record record;
    FB_TRY(fs_record_read_of(path, set, &record));
    bool good = true;
    for (int i = 0; i < record.count && good; i++)
        good = json_object_set_new(w->seen, record.annotation[i].category, json_null()) == 0;
    fs_record_free(&record);
    return good ? FSAM_OK : no_memory(path);
}

static fsam_status note_records(const work *w, const char *folder, const fs_case *c)
{
    json_t *set = NULL;
    fsam_status status = FSAM_OK;
    for (size_t i = 0; i < c->images && status == FSAM_OK; i++) {
        char *path = NULL;
        if (asprintf(&path, "%s/%s/%s.json", folder, c->name, c->image[i]) < 0) return no_memory(folder);
        if (i == 0) status = fs_set_read(path, &set);
        if (status == FSAM_OK) status = note_record(w, path, set);
        free(path);
    }
    json_decref(set);
    return status;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static fsam_status list_names(const work *w)
{
    const size_t count = json_object_size(w->seen);
    const char **list = calloc(count + 1, sizeof *list), *key;
    json_t *value;
    size_t n = 0;
    w->result->names = json_array();
    if (list == NULL || w->result->names == NULL) {
        free((void *)list);
        return no_memory("names");
    }
    json_object_foreach(w->seen, key, value) list[n++] = key;
    if (n > 0) qsort((void *)list, n, sizeof *list, by_bytes);
    bool good = true;
    for (size_t i = 0; i < n && good; i++) good = json_array_append_new(w->result->names, fb_json_text(list[i])) == 0;
    free((void *)list);
    return good ? FSAM_OK : no_memory("names");
}

/* ---- licences ---- */

static bool is_credited(const fr_provenance *result, const char *licence)
{
    size_t index;
    json_t *one;
    json_array_foreach(result->cases, index, one)
    {
        const char *text = json_string_value(json_object_get(one, "licence"));
        if (text != NULL && strcmp(text, licence) == 0) return true;
    }
    return false;
}

static fsam_status credit(fr_provenance *result, const char *licence)
{
    char *longer;
    if (licence[0] == '\0') result->unlicensed++;
    if (licence[0] == '\0' || is_credited(result, licence)) return FSAM_OK;
    if (asprintf(&longer, "%s%s%s", result->credit, result->credit[0] != '\0' ? "; " : "", licence) < 0)
        return no_memory("credit");
    free(result->credit);
    result->credit = longer;
    return FSAM_OK;
}

/* ---- cases ---- */

static fsam_status add_case(const work *w, const char *folder, const fs_case *c)
{
    FB_TRY(credit(w->result, c->licence));
    json_t *one =
        json_pack("{s:o*, s:o*, s:o*, s:o*, s:I}", "set", name_of(folder), "case", fb_json_text(c->name), "patient",
                  fb_json_text(c->patient), "licence", fb_json_text(c->licence), "pictures", (json_int_t)c->images);
    if (one == NULL || json_array_append_new(w->result->cases, one) != 0) return no_memory(folder);
    return note_records(w, folder, c);
}

/* A user's own pictures say neither licences nor patients. */
static fsam_status add_own(work *w, const char *path)
{
    struct stat facts;
    if (stat(path, &facts) != 0) return fb_fail(FSAM_ERROR_IO, "%s: %s", path, strerror(errno));
    json_t *one = json_pack("{s:o}", "set", name_of(path));
    if (one == NULL || json_array_append_new(w->result->cases, one) != 0) return no_memory(path);
    w->result->unlicensed++;
    w->own = true;
    return FSAM_OK;
}

static fsam_status read_folder(work *w, const char *folder)
{
    fs_names names;
    if (!fs_lists_cases(folder)) return add_own(w, folder);
    char *list = NULL;
    if (asprintf(&list, "%s/train.txt", folder) < 0) return no_memory(folder);
    fsam_status status = fs_names_read(list, &names);
    free(list);
    FB_TRY(status);
    for (size_t i = 0; i < names.count && status == FSAM_OK; i++) {
        fs_case c;
        if (w->told != NULL) w->told(names.name[i]);
        status = fs_case_read(folder, names.name[i], &c);
        if (status != FSAM_OK) break;
        status = add_case(w, folder, &c);
        fs_case_free(&c);
    }
    fs_names_free(&names);
    return status;
}

fsam_status fr_provenance_of(const char *const *folder, size_t folders, void (*told)(const char *name),
                             fr_provenance *result)
{
    *result = (fr_provenance){.cases = json_array(), .credit = strdup("")};
    work w = {.result = result, .seen = json_object(), .told = told};
    fsam_status status =
        result->cases != NULL && result->credit != NULL && w.seen != NULL ? FSAM_OK : no_memory("data");
    for (size_t i = 0; i < folders && status == FSAM_OK; i++) status = read_folder(&w, folder[i]);
    if (status == FSAM_OK && !w.own) status = list_names(&w);
    json_decref(w.seen);
    if (status != FSAM_OK) fr_provenance_free(result);
    return status;
}

void fr_provenance_free(fr_provenance *provenance)
{
    json_decref(provenance->cases);
    json_decref(provenance->names);
    free(provenance->credit);
    *provenance = (fr_provenance){0};
}
