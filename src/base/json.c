#include "base/json.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

size_t fb_json_cost(const void *text, size_t length)
{
    enum { OBJECT_COST = 320, ARRAY_COST = 160, ITEM_COST = 112 };
    const unsigned char *bytes = text;
    size_t cost = length;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = bytes[i];
        if (c == '"')
            quoted = !quoted;
        else if (quoted)
            i += c == '\\';
        else if (c == '{')
            cost += OBJECT_COST;
        else if (c == '[')
            cost += ARRAY_COST;
        else if (c == ',')
            cost += ITEM_COST;
    }
    return cost;
}

fsam_status fb_json_parse(const char *text, size_t most, size_t flags, const char *where, json_t **value)
{
    const size_t dearest = (size_t)32 << 20;
    size_t length = strlen(text);
    json_error_t error;
    *value = NULL;
    if (length > most) return fb_fail(FSAM_ERROR_MEMORY, "%s: larger than %zu bytes", where, most);
    if (fb_json_cost(text, length) > dearest)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: has too many values: it would take over 32 MiB", where);
    *value = json_loadb(text, length, flags, &error);
    if (*value != NULL) return FSAM_OK;
    if (json_error_code(&error) == json_error_out_of_memory)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    if (strchr(text, '\n') == NULL) return fb_fail(FSAM_ERROR_FORMAT, "%s: %s", where, error.text);
    return fb_fail(FSAM_ERROR_FORMAT, "%s: line %d: %s", where, error.line, error.text);
}

json_t *fb_json_text(const char *text)
{
    json_t *value = json_string(text);
    if (value != NULL) return value;
    char *copy = strdup(text);
    for (char *at = copy; at != NULL && *at != '\0'; at++)
        if ((unsigned char)*at >= 0x80) *at = '?';
    if (copy != NULL) value = json_string(copy);
    free(copy);
    return value;
}
