#include "cli/prompts_file.h"

#include "base/file.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

/* One line being read. */
typedef struct line {
    const char *file;
    char where[600]; /* "FILE:LINE" */
    cli_ask *ask;
    const char *id; /* borrowed from the JSON; NULL: none */
} line;

static fsam_status refuse(const line *l, const char *field, const char *what)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: %s", l->where, field, what);
}

static fsam_status exhausted(const line *l)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", l->where);
}

/* ---- fields ---- */

static fsam_status take_string(const line *l, const char *field, const json_t *value, const char **text)
{
    *text = json_string_value(value);
    if (*text == NULL || cli_is_blank(*text)) return refuse(l, field, "is no text, or an empty one");
    return FSAM_OK;
}

static fsam_status take_id(line *l, const json_t *value)
{
    return take_string(l, "id", value, &l->id);
}

static fsam_status take_text(line *l, const json_t *value)
{
    const char *text;
    FB_TRY(take_string(l, "text", value, &text));
    l->ask->text = strdup(text);
    return l->ask->text != NULL ? FSAM_OK : exhausted(l);
}

/* A number of JSON is finite. */
static bool take_numbers(const json_t *list, double *out, size_t count)
{
    if (!json_is_array(list) || json_array_size(list) != count) return false;
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(list, i);
        if (!json_is_number(value)) return false;
        out[i] = json_number_value(value);
    }
    return true;
}

static fsam_status take_points(line *l, const json_t *value)
{
    const size_t count = json_array_size(value); /* 0 when it is no array */
    if (count == 0) return refuse(l, "points", "is no list of points, or an empty one");
    if (count > FSAM_MAX_POINTS)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: points: %zu are more than %d", l->where, count, FSAM_MAX_POINTS);
    l->ask->points = calloc(count, sizeof *l->ask->points);
    if (l->ask->points == NULL) return exhausted(l);
    l->ask->point_count = count;
    for (size_t i = 0; i < count; i++) {
        double at[3];
        if (!take_numbers(json_array_get(value, i), at, 3) || (at[2] != 0 && at[2] != 1))
            return fb_fail(FSAM_ERROR_FORMAT, "%s: points[%zu]: is no [x, y, 1] or [x, y, 0]", l->where, i);
        l->ask->points[i] = (fsam_point){at[0], at[1], at[2] != 0};
    }
    return FSAM_OK;
}

static fsam_status take_box(line *l, const json_t *value)
{
    double *box = l->ask->box;
    if (!take_numbers(value, box, 4)) return refuse(l, "box", "is no [x0, y0, x1, y1]");
    if (box[0] > box[2] || box[1] > box[3]) return refuse(l, "box", "ends before it begins ([x0, y0, x1, y1])");
    l->ask->has_box = true;
    return FSAM_OK;
}

static fsam_status take_mask(line *l, const json_t *value)
{
    const char *path, *slash = strrchr(l->file, '/');
    FB_TRY(take_string(l, "mask", value, &path));
    const bool beside = path[0] != '/' && slash != NULL;
    if (asprintf(&l->ask->mask, "%.*s%s", beside ? (int)(slash + 1 - l->file) : 0, l->file, path) >= 0) return FSAM_OK;
    l->ask->mask = NULL;
    return exhausted(l);
}

/* ---- lines ---- */

static fsam_status take_field(line *l, const char *name, const json_t *value)
{
    enum { FIELDS = 5 };
    static const char *const names[FIELDS] = {"id", "text", "points", "box", "mask"};
    static fsam_status (*const take[FIELDS])(line *, const json_t *) = {take_id, take_text, take_points, take_box,
                                                                        take_mask};
    for (int i = 0; i < FIELDS; i++)
        if (strcmp(name, names[i]) == 0) return take[i](l, value);
    const char *near = cli_nearest(name, names, FIELDS);
    if (near == NULL) return refuse(l, name, "no such field");
    return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: no such field; did you mean %s?", l->where, name, near);
}

static fsam_status take_object(line *l, json_t *object)
{
    const char *name;
    json_t *value;
    if (!json_is_object(object)) return fb_fail(FSAM_ERROR_FORMAT, "%s: is no JSON object", l->where);
    json_object_foreach(object, name, value) FB_TRY(take_field(l, name, value));
    const cli_ask *ask = l->ask;
    if (ask->text == NULL && ask->point_count == 0 && !ask->has_box && ask->mask == NULL)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: asks for nothing: give text, points, box or mask", l->where);
    return FSAM_OK;
}

/* text: the line, ending in NUL. */
static fsam_status read_line(line *l, const char *text, cli_asks *asks)
{
    cli_ask ask = {0};
    json_t *object;
    FB_TRY(fb_json_parse(text, FB_JSON_RECORD, JSON_REJECT_DUPLICATES, l->where, &object));
    l->ask = &ask;
    fsam_status status = take_object(l, object);
    if (status == FSAM_OK)
        status = cli_asks_add(asks, &ask, l->id);
    else
        cli_ask_free(&ask);
    json_decref(object);
    return status;
}

static bool blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r') return false;
    return true;
}

/* Line `number` (from 1) of the file: `length` bytes without the line's end. */
static fsam_status take_line(const char *where, size_t number, const char *text, size_t length, cli_asks *asks)
{
    line l = {.file = where};
    snprintf(l.where, sizeof l.where, "%.500s:%zu", where, number);
    if (length > FB_JSON_RECORD)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: longer than %d bytes", l.where, (int)FB_JSON_RECORD);
    if (memchr(text, '\0', length) != NULL) return fb_fail(FSAM_ERROR_FORMAT, "%s: holds a byte 0", l.where);
    char *copy = strndup(text, length);
    if (copy == NULL) return exhausted(&l);
    fsam_status status = read_line(&l, copy, asks);
    free(copy);
    return status;
}

fsam_status cli_prompts_read_memory(const void *data, size_t size, const char *where, cli_asks *asks)
{
    static const char mark[] = "\xef\xbb\xbf"; /* U+FEFF in UTF-8, with which some editors begin a file */
    const size_t before = asks->count, skipped = size >= 3 && memcmp(data, mark, 3) == 0 ? 3 : 0;
    const char *at = size > 0 ? (const char *)data + skipped : NULL;
    size -= skipped;
    for (size_t number = 1; size > 0; number++) {
        const char *newline = memchr(at, '\n', size);
        const size_t length = newline != NULL ? (size_t)(newline - at) : size;
        if (!blank(at, length)) {
            if (asks->count - before == CLI_MOST_PROMPTS)
                return fb_fail(FSAM_ERROR_MEMORY, "%s:%zu: more than %d prompts", where, number, CLI_MOST_PROMPTS);
            FB_TRY(take_line(where, number, at, length, asks));
        }
        const size_t used = newline != NULL ? length + 1 : length;
        at += used;
        size -= used;
    }
    return asks->count > before ? FSAM_OK : fb_fail(FSAM_ERROR_FORMAT, "%s: holds no prompts", where);
}

fsam_status cli_prompts_read(const char *path, cli_asks *asks)
{
    fb_map map;
    FB_TRY(fb_map_open(path, &map));
    fsam_status status = cli_prompts_read_memory(map.data, map.size, path, asks);
    fb_map_close(&map);
    return status;
}
