#include "scene/fields.h"

#include "base/file.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static fsam_status copy_text(const char *path, const fb_map *map, size_t most, char **text)
{
    if (map->size > most) return fb_fail(FSAM_ERROR_MEMORY, "%s: larger than %zu bytes", path, most);
    if (map->size > 0 && memchr(map->data, '\0', map->size) != NULL)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: holds a NUL byte: it is no text", path);
    *text = malloc(map->size + 1);
    if (*text == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    if (map->size > 0) memcpy(*text, map->data, map->size);
    (*text)[map->size] = '\0';
    return FSAM_OK;
}

fsam_status fs_text_read(const char *path, size_t most, char **text)
{
    fb_map map;
    *text = NULL;
    FB_TRY(fb_map_open(path, &map));
    const fsam_status status = copy_text(path, &map, most, text);
    fb_map_close(&map);
    return status;
}

fsam_status fs_field(const json_t *object, const char *where, const char *key, const json_t **value)
{
    *value = json_object_get(object, key);
    if (*value == NULL) return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\" is missing", where, key);
    return FSAM_OK;
}

fsam_status fs_field_object(const json_t *object, const char *where, const char *key, const json_t **value)
{
    FB_TRY(fs_field(object, where, key, value));
    if (!json_is_object(*value)) return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\" is no object", where, key);
    return FSAM_OK;
}

fsam_status fs_field_array(const json_t *object, const char *where, const char *key, size_t least, size_t most,
                           const json_t **value)
{
    FB_TRY(fs_field(object, where, key, value));
    if (!json_is_array(*value)) return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\" is no list", where, key);
    const size_t count = json_array_size(*value);
    if (count >= least && count <= most) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\" has %zu elements, not %zu to %zu", where, key, count, least, most);
}

fsam_status fs_field_number(const json_t *object, const char *where, const char *key, double low, double high,
                            double *value)
{
    const json_t *found;
    FB_TRY(fs_field(object, where, key, &found));
    if (!json_is_number(found)) return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\" is no number", where, key);
    *value = json_number_value(found);
    if (*value >= low && *value <= high) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\" is %g, not %g to %g", where, key, *value, low, high);
}

fsam_status fs_field_integer(const json_t *object, const char *where, const char *key, int64_t low, int64_t high,
                             int64_t *value)
{
    const json_t *found;
    FB_TRY(fs_field(object, where, key, &found));
    if (!json_is_integer(found)) return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\" is no whole number", where, key);
    *value = json_integer_value(found);
    if (*value >= low && *value <= high) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\" is %" PRId64 ", not %" PRId64 " to %" PRId64, where, key, *value, low,
                   high);
}

fsam_status fs_field_bool(const json_t *object, const char *where, const char *key, bool *value)
{
    const json_t *found;
    FB_TRY(fs_field(object, where, key, &found));
    if (!json_is_boolean(found)) return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\" is not true or false", where, key);
    *value = json_is_true(found);
    return FSAM_OK;
}

fsam_status fs_field_text(const json_t *object, const char *where, const char *key, const char **value)
{
    const json_t *found;
    FB_TRY(fs_field(object, where, key, &found));
    *value = json_string_value(found);
    if (*value != NULL && **value != '\0') return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\" is no text", where, key);
}

fsam_status fs_field_copy(const json_t *object, const char *where, const char *key, char **value)
{
    const char *text;
    FB_TRY(fs_field_text(object, where, key, &text));
    *value = strdup(text);
    if (*value == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    return FSAM_OK;
}

bool fs_is_file_name(const char *name)
{
    return name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL && strlen(name) < 200;
}

fsam_status fs_field_file(const json_t *object, const char *where, const char *key, char **value)
{
    const char *name;
    FB_TRY(fs_field_text(object, where, key, &name));
    if (!fs_is_file_name(name)) return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\" is no file's name", where, key);
    return fs_field_copy(object, where, key, value);
}

static bool read_row(const json_t *row, size_t columns, double *value)
{
    if (!json_is_array(row) || json_array_size(row) != columns) return false;
    for (size_t i = 0; i < columns; i++) {
        const json_t *element = json_array_get(row, i);
        if (!json_is_number(element)) return false;
        value[i] = json_number_value(element);
        if (!isfinite(value[i])) return false;
    }
    return true;
}

fsam_status fs_field_matrix(const json_t *object, const char *where, const char *key, size_t rows, size_t columns,
                            double *value)
{
    const json_t *found;
    FB_TRY(fs_field_array(object, where, key, rows, rows, &found));
    for (size_t i = 0; i < rows; i++)
        if (!read_row(json_array_get(found, i), columns, value + i * columns))
            return fb_fail(FSAM_ERROR_FORMAT, "%s: \"%s\": row %zu is not %zu numbers", where, key, i, columns);
    return FSAM_OK;
}
