#include "scene/case_read.h"

#include "scene/fields.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    CASE_BYTES = 32 << 20, /* of a case's file */
    LIST_BYTES = 8 << 20   /* of a list of cases */
};

static fsam_status no_memory(const char *where)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
}

/* A list of texts of the file; each is a file's name where `names`. */
static fsam_status read_texts(const json_t *object, const char *where, const char *key, size_t most, bool names,
                              char ***text, size_t *count)
{
    const json_t *list;
    FB_TRY(fs_field_array(object, where, key, 0, most, &list));
    const size_t size = json_array_size(list);
    *text = calloc(size > 0 ? size : 1, sizeof **text);
    if (*text == NULL) return no_memory(where);
    for (size_t i = 0; i < size; i++) {
        const char *found = json_string_value(json_array_get(list, i));
        if (found == NULL || (names && !fs_is_file_name(found)))
            return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\": element %zu is no %s", where, key, i,
                           names ? "file's name" : "text");
        (*text)[i] = strdup(found);
        if ((*text)[i] == NULL) return no_memory(where);
        *count = i + 1;
    }
    return FSAM_OK;
}

/* A text that may be empty. */
static fsam_status read_copy(const json_t *object, const char *where, const char *key, char **text)
{
    const json_t *found;
    FB_TRY(fs_field(object, where, key, &found));
    if (!json_is_string(found)) return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\" is no text", where, key);
    *text = strdup(json_string_value(found));
    return *text != NULL ? FSAM_OK : no_memory(where);
}

static fsam_status read_ours(const json_t *object, const char *where, fs_case *c)
{
    enum { MOST_SOURCES = 1000 };
    size_t sources = 0;
    FB_TRY(read_copy(object, where, "patient", &c->patient));
    FB_TRY(read_copy(object, where, "licence", &c->licence));
    FB_TRY(read_copy(object, where, "settings", &c->settings));
    const fsam_status status = read_texts(object, where, "sources", MOST_SOURCES, false, &c->source, &sources);
    c->sources = (int)sources;
    FB_TRY(status);
    return read_texts(object, where, "images", FS_MOST_IMAGES, true, &c->image, &c->images);
}

/* ---- FluoroSeg's ---- */

static int is_record(const struct dirent *entry)
{
    const size_t length = strlen(entry->d_name);
    return fs_is_file_name(entry->d_name) && length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0;
}

/* scandir's own order, by bytes, whatever the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static fsam_status take_names(struct dirent **entry, int count, const char *where, fs_case *c)
{
    c->patient = strdup("");
    c->licence = strdup("");
    c->settings = strdup("");
    c->image = calloc(count > 0 ? (size_t)count : 1, sizeof *c->image);
    if (c->patient == NULL || c->licence == NULL || c->settings == NULL || c->image == NULL) return no_memory(where);
    for (int i = 0; i < count; i++) {
        c->image[i] = strndup(entry[i]->d_name, strlen(entry[i]->d_name) - 5);
        if (c->image[i] == NULL) return no_memory(where);
        c->images++;
    }
    return FSAM_OK;
}

static fsam_status list_records(const char *folder, fs_case *c)
{
    struct dirent **entry;
    const int count = scandir(folder, &entry, is_record, by_name);
    if (count < 0) return fb_fail(FSAM_ERROR_IO, "%s: %s", folder, strerror(errno));
    const fsam_status status = count <= FS_MOST_IMAGES
                                   ? take_names(entry, count, folder, c)
                                   : fb_fail(FSAM_ERROR_MEMORY, "%s: more than %d records", folder, FS_MOST_IMAGES);
    for (int i = 0; i < count; i++) free(entry[i]);
    free(entry);
    return status;
}

/* ---- either ---- */

static bool is_fluoroseg(const json_t *object)
{
    const json_t *first = json_array_get(json_object_get(object, "images"), 0);
    return json_is_object(object) && json_object_get(object, "settings") == NULL &&
           (first == NULL || json_is_object(first));
}

static fsam_status read_text(const char *folder, const char *path, const char *text, fs_case *c)
{
    json_t *value;
    FB_TRY(fb_json_parse(text, CASE_BYTES, JSON_REJECT_DUPLICATES, path, &value));
    const fsam_status status = is_fluoroseg(value) ? list_records(folder, c) : read_ours(value, path, c);
    json_decref(value);
    return status;
}

static fsam_status read_paths(const char *folder, const char *path, fs_case *c)
{
    char *text;
    FB_TRY(fs_text_read(path, CASE_BYTES, &text));
    const fsam_status status = read_text(folder, path, text, c);
    free(text);
    return status;
}

fsam_status fs_case_read(const char *folder, const char *name, fs_case *c)
{
    char *inside = NULL, *path = NULL;
    *c = (fs_case){0};
    if (!fs_is_file_name(name)) return fb_fail(FSAM_ERROR_ARGUMENT, "%s: \"%s\" is no case's name", folder, name);
    c->name = strdup(name);
    const bool whole = c->name != NULL && asprintf(&inside, "%s/%s", folder, name) >= 0 &&
                       asprintf(&path, "%s/%s.json", folder, name) >= 0;
    const fsam_status status = whole ? read_paths(inside, path, c) : no_memory(folder);
    free(inside);
    free(path);
    if (status != FSAM_OK) fs_case_free(c);
    return status;
}

/* ---- lists of cases ---- */

void fs_names_free(fs_names *names)
{
    for (size_t i = 0; i < names->count; i++) free(names->name[i]);
    free(names->name);
    *names = (fs_names){0};
}

static fsam_status parse_names(char *text, const char *where, fs_names *names)
{
    size_t lines = 1;
    for (const char *at = text; *at != '\0'; at++) lines += *at == '\n';
    names->name = calloc(lines, sizeof *names->name);
    if (names->name == NULL) return no_memory(where);
    char *rest = text;
    for (size_t line = 1; rest != NULL; line++) {
        char *name = strsep(&rest, "\n");
        name[strcspn(name, "\r")] = '\0';
        if (name[0] == '\0') continue;
        if (!fs_is_file_name(name)) return fb_fail(FSAM_ERROR_FORMAT, "%s:%zu: is no case's name", where, line);
        names->name[names->count] = strdup(name);
        if (names->name[names->count] == NULL) return no_memory(where);
        names->count++;
    }
    return FSAM_OK;
}

fsam_status fs_names_parse(const char *text, const char *where, fs_names *names)
{
    *names = (fs_names){0};
    char *copy = strdup(text);
    if (copy == NULL) return no_memory(where);
    const fsam_status status = parse_names(copy, where, names);
    free(copy);
    if (status != FSAM_OK) fs_names_free(names);
    return status;
}

fsam_status fs_names_read(const char *path, fs_names *names)
{
    char *text;
    *names = (fs_names){0};
    FB_TRY(fs_text_read(path, LIST_BYTES, &text));
    const fsam_status status = fs_names_parse(text, path, names);
    free(text);
    return status;
}

/* ---- whether there are any ---- */

static mode_t mode_of(const char *folder, const char *name, const char *ending)
{
    struct stat facts;
    char *path = NULL;
    const bool there = asprintf(&path, "%s/%s%s", folder, name, ending) >= 0 && stat(path, &facts) == 0;
    free(path);
    return there ? facts.st_mode : 0;
}

static bool is_case(const char *folder, const char *name)
{
    return fs_is_file_name(name) && S_ISDIR(mode_of(folder, name, "")) && S_ISREG(mode_of(folder, name, ".json"));
}

/* Whether a list names a case that is there; *lines counts what it names. Nothing is said of a list that cannot be
 * read, and of lines that name no case: fs_names_read does, once it is known that they should. */
static bool names_case(const char *folder, const char *list, size_t *lines)
{
    char *path = NULL, *text = NULL;
    bool found = false;
    if (asprintf(&path, "%s/%s", folder, list) < 0) return false;
    if (fs_text_read(path, LIST_BYTES, &text) != FSAM_OK) {
        fb_message_clear();
        *lines += 1;
    }
    for (char *rest = text; rest != NULL && !found;) {
        char *name = strsep(&rest, "\n");
        name[strcspn(name, "\r")] = '\0';
        *lines += name[0] != '\0';
        found = is_case(folder, name);
    }
    free(text);
    free(path);
    return found;
}

bool fs_lists_cases(const char *folder)
{
    static const char *const lists[] = {"train.txt", "val.txt"};
    size_t lines = 0, there = 0;
    for (int i = 0; i < 2; i++) {
        if (!S_ISREG(mode_of(folder, lists[i], ""))) continue;
        if (names_case(folder, lists[i], &lines)) return true;
        there++;
    }
    return there > 0 && lines == 0 && !S_ISDIR(mode_of(folder, "images", ""));
}
