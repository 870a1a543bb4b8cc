#include "volume/label_names.h"

#include "base/categories.h"
#include "base/file.h"
#include "base/json.h"
#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { STANDARD_IDS = 117 };

fsam_status fv_text_read(const char *path, char **text)
{
    fb_map map;
    *text = NULL;
    FB_TRY(fb_map_open(path, &map));
    fsam_status status = FSAM_OK;
    if (map.size > FB_JSON_RECORD)
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: larger than %d bytes", path, FB_JSON_RECORD);
    else if (map.size != 0 && memchr(map.data, 0, map.size) != NULL)
        status = fb_fail(FSAM_ERROR_FORMAT, "%s: not text", path);
    else if ((*text = map.size != 0 ? strndup((const char *)map.data, map.size) : strdup("")) == NULL)
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    fb_map_close(&map);
    return status;
}

/* ---- the table ---- */

/* Adds a name of `length` bytes. The background is passed over. */
static fsam_status add_name(fv_names *names, const char *where, long id, const char *name, size_t length)
{
    if (id == 0) return FSAM_OK;
    if (id < 0 || id > UINT16_MAX) return fb_fail(FSAM_ERROR_FORMAT, "%s: label %ld: not in 0..65535", where, id);
    if (length == 0) return fb_fail(FSAM_ERROR_FORMAT, "%s: label %ld: the name is empty", where, id);
    fv_name *more =
        names->count < UINT16_MAX ? realloc(names->entries, ((size_t)names->count + 1) * sizeof *more) : NULL;
    if (more == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory, or more than 65535 names", where);
    names->entries = more;
    char *copy = strndup(name, length);
    if (copy == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    more[names->count++] = (fv_name){.id = (int)id, .name = copy};
    return FSAM_OK;
}

static int by_id(const void *a, const void *b)
{
    return ((const fv_name *)a)->id - ((const fv_name *)b)->id;
}

static fsam_status sort_names(fv_names *names, const char *where)
{
    if (names->count == 0) return fb_fail(FSAM_ERROR_FORMAT, "%s: no names in it", where);
    qsort(names->entries, (size_t)names->count, sizeof *names->entries, by_id);
    for (int i = 1; i < names->count; i++)
        if (names->entries[i].id == names->entries[i - 1].id)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: label %d: named twice", where, names->entries[i].id);
    return FSAM_OK;
}

void fv_names_free(fv_names *names)
{
    if (names == NULL) return;
    for (int i = 0; i < names->count; i++) free(names->entries[i].name);
    free(names->entries);
    *names = (fv_names){0};
}

const char *fv_names_find(const fv_names *names, int id)
{
    const fv_name key = {.id = id};
    if (names->count == 0) return NULL;
    const fv_name *found = bsearch(&key, names->entries, (size_t)names->count, sizeof key, by_id);
    return found != NULL ? found->name : NULL;
}

/* Sorts what has been read, or frees it when that failed. */
static fsam_status finish_names(fv_names *names, const char *where, fsam_status status)
{
    if (status == FSAM_OK) status = sort_names(names, where);
    if (status != FSAM_OK) fv_names_free(names);
    return status;
}

fsam_status fv_names_standard(fv_names *names)
{
    fsam_status status = FSAM_OK;
    *names = (fv_names){0};
    for (int id = 1; id <= STANDARD_IDS && status == FSAM_OK; id++) {
        const char *name = fb_category_find_id(id)->name;
        status = add_name(names, "TotalSegmentator's names", id, name, strlen(name));
    }
    return finish_names(names, "TotalSegmentator's names", status);
}

/* ---- text ---- */

/* The next line, whose end becomes NUL (and a carriage return before it too); NULL at the end. */
static char *next_line(char **rest)
{
    char *line = *rest;
    if (*line == '\0') return NULL;
    size_t length = strcspn(line, "\n");
    *rest = line + length + (line[length] != '\0');
    line[length] = '\0';
    if (length > 0 && line[length - 1] == '\r') line[length - 1] = '\0';
    return line;
}

/* The name that `text` starts with: up to a tab or comma, without blanks and quotes about it. */
static const char *trim(const char *text, size_t *length)
{
    while (isblank((unsigned char)*text) || *text == '"') text++;
    size_t n = strcspn(text, "\t,");
    while (n > 0 && (isspace((unsigned char)text[n - 1]) || text[n - 1] == '"')) n--;
    *length = n;
    return text;
}

static fsam_status read_line(fv_names *names, const char *where, int number, const char *line)
{
    char *end;
    size_t length;
    if (line[strspn(line, " \t")] == '\0' || line[0] == '#') return FSAM_OK;
    long id = strtol(line, &end, 10);
    if (end == line || strchr(" \t,", *end) == NULL) {
        if (number == 1) return FSAM_OK; /* the columns' names */
        return fb_fail(FSAM_ERROR_FORMAT, "%s: line %d: no number and name", where, number);
    }
    end += strspn(end, " ");
    end += *end == '\t' || *end == ',';
    const char *name = trim(end, &length);
    return add_name(names, where, id, name, length);
}

static fsam_status read_lines(fv_names *names, const char *where, char *text)
{
    int number = 1;
    for (char *line; (line = next_line(&text)) != NULL; number++) FB_TRY(read_line(names, where, number, line));
    return FSAM_OK;
}

/* ---- JSON ---- */

static fsam_status read_pair(fv_names *names, const char *where, const char *key, const json_t *value)
{
    char *end;
    if (json_is_integer(value)) {
        json_int_t id = json_integer_value(value);
        return add_name(names, where, id < INT_MIN || id > INT_MAX ? -1 : (long)id, key, strlen(key));
    }
    long id = strtol(key, &end, 10);
    if (!json_is_string(value) || end == key || *end != '\0')
        return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\": no pair of a number and a name", where, key);
    return add_name(names, where, id, json_string_value(value), json_string_length(value));
}

static fsam_status read_object(fv_names *names, const char *where, json_t *root)
{
    const char *key;
    json_t *value, *labels = json_object_get(root, "labels");
    if (!json_is_object(root)) return fb_fail(FSAM_ERROR_FORMAT, "%s: no JSON object", where);
    if (json_is_object(labels)) root = labels;
    json_object_foreach(root, key, value) FB_TRY(read_pair(names, where, key, value));
    return FSAM_OK;
}

static fsam_status read_json(fv_names *names, const char *where, const char *text)
{
    json_t *root;
    FB_TRY(fb_json_parse(text, FB_JSON_RECORD, JSON_REJECT_DUPLICATES, where, &root));
    fsam_status status = read_object(names, where, root);
    json_decref(root);
    return status;
}

fsam_status fv_names_parse(char *text, const char *where, fv_names *names)
{
    *names = (fv_names){0};
    bool json = text[strspn(text, " \t\r\n")] == '{';
    return finish_names(names, where, json ? read_json(names, where, text) : read_lines(names, where, text));
}

fsam_status fv_names_read(const char *path, fv_names *names)
{
    char *text;
    *names = (fv_names){0};
    FB_TRY(fv_text_read(path, &text));
    fsam_status status = fv_names_parse(text, path, names);
    free(text);
    return status;
}

/* ---- the table in a NIfTI header ---- */

/* The name between "<Label ...>" and "</Label>", which is put into `name` (as long as the text): as it stands in CDATA
 * sections, and outside them with the five named entities replaced. The length. */
static size_t decode_xml(const char *text, const char *end, char *name)
{
    static const struct {
        const char *entity;
        char character;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    static const char open[] = "<![CDATA[", close[] = "]]>";
    size_t length = 0;
    bool quoted = false;
    while (text < end) {
        const char *mark = quoted ? close : open;
        size_t skip = strlen(mark);
        if ((size_t)(end - text) >= skip && memcmp(text, mark, skip) == 0) {
            quoted = !quoted;
            text += skip;
            continue;
        }
        name[length] = *text;
        skip = 1;
        for (size_t i = 0; i < sizeof entities / sizeof *entities && !quoted; i++) {
            size_t size = strlen(entities[i].entity);
            if ((size_t)(end - text) < size || memcmp(text, entities[i].entity, size) != 0) continue;
            name[length] = entities[i].character;
            skip = size;
        }
        length++;
        text += skip;
    }
    return length;
}

static fsam_status read_label(fv_names *names, const char *where, const char *label, const char *end)
{
    static const char key[] = "Key=\"";
    const char *open = memchr(label, '>', (size_t)(end - label));
    const char *number = memmem(label, (size_t)(end - label), key, sizeof key - 1);
    char *number_end;
    if (open == NULL || number == NULL || number > open)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: table of labels: a label has no key", where);
    long id = strtol(number + sizeof key - 1, &number_end, 10);
    if (number_end == number + sizeof key - 1 || *number_end != '"')
        return fb_fail(FSAM_ERROR_FORMAT, "%s: table of labels: a key is no number", where);
    char *name = malloc((size_t)(end - open));
    if (name == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    size_t length = decode_xml(open + 1, end, name);
    fsam_status status = add_name(names, where, id, name, length);
    free(name);
    return status;
}

static fsam_status read_table(fv_names *names, const char *where, const char *xml)
{
    for (const char *label = xml; (label = strstr(label, "<Label ")) != NULL;) {
        const char *end = strstr(label, "</Label>");
        if (end == NULL) return fb_fail(FSAM_ERROR_FORMAT, "%s: table of labels: a label does not end", where);
        FB_TRY(read_label(names, where, label, end));
        label = end;
    }
    return FSAM_OK;
}

fsam_status fv_names_of_table(const char *xml, const char *where, fv_names *names)
{
    *names = (fv_names){0};
    return finish_names(names, where, read_table(names, where, xml));
}

/* ---- mappings ---- */

static int by_from(const void *a, const void *b)
{
    return strcmp(((const fv_rule *)a)->from, ((const fv_rule *)b)->from);
}

static fsam_status add_rule(fv_mapping *mapping, const char *where, const char *from, const char *to)
{
    fv_rule *more = realloc(mapping->rules, ((size_t)mapping->count + 1) * sizeof *more);
    if (more == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    mapping->rules = more;
    fv_rule *rule = &more[mapping->count++];
    *rule = (fv_rule){.from = strdup(from), .to = strdup(to)};
    if (rule->from == NULL || rule->to == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    return FSAM_OK;
}

static fsam_status read_rules(fv_mapping *mapping, const char *where, char *text)
{
    int number = 1;
    for (char *line; (line = next_line(&text)) != NULL; number++) {
        if (line[0] == '\0' || line[0] == '#') continue;
        char *tab = strchr(line, '\t');
        if (tab == NULL || tab == line || tab[1] == '\0' || strchr(tab + 1, '\t') != NULL)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: line %d: not two names with a tab between them", where, number);
        *tab = '\0';
        FB_TRY(add_rule(mapping, where, line, tab + 1));
    }
    if (mapping->count != 0) qsort(mapping->rules, (size_t)mapping->count, sizeof *mapping->rules, by_from);
    for (int i = 1; i < mapping->count; i++)
        if (by_from(&mapping->rules[i - 1], &mapping->rules[i]) == 0)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\": mapped twice", where, mapping->rules[i].from);
    return FSAM_OK;
}

fsam_status fv_mapping_read(const char *path, fv_mapping *mapping)
{
    char *text;
    *mapping = (fv_mapping){0};
    FB_TRY(fv_text_read(path, &text));
    fsam_status status = read_rules(mapping, path, text);
    free(text);
    if (status != FSAM_OK) fv_mapping_free(mapping);
    return status;
}

void fv_mapping_free(fv_mapping *mapping)
{
    if (mapping == NULL) return;
    for (int i = 0; i < mapping->count; i++) {
        free(mapping->rules[i].from);
        free(mapping->rules[i].to);
    }
    free(mapping->rules);
    *mapping = (fv_mapping){0};
}

static const char *rule_for(const fv_mapping *mapping, const char *name)
{
    const fv_rule key = {.from = (char *)name};
    if (mapping->count == 0) return NULL;
    const fv_rule *found = bsearch(&key, mapping->rules, (size_t)mapping->count, sizeof key, by_from);
    return found != NULL ? found->to : NULL;
}

const char *fv_mapping_find(const fv_mapping *mapping, const char *name)
{
    static const char *const heart[] = {"heart_myocardium", "heart_atrium_left", "heart_atrium_right",
                                        "heart_ventricle_left", "heart_ventricle_right"};
    const char *to = rule_for(mapping, name);
    if (to == NULL) to = rule_for(mapping, "*");
    if (to == NULL) to = name;
    for (size_t i = 0; i < sizeof heart / sizeof *heart; i++)
        if (strcmp(to, heart[i]) == 0) return "heart";
    return strcmp(to, "-") == 0 ? NULL : to;
}
