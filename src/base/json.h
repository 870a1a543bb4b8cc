/* json.h - JSON from files that nobody vouches for: bounded before it is parsed; and texts of any bytes as JSON. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/status.h"
#include <jansson.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    FB_JSON_SETTINGS = 64 << 10, /* bytes of a text of settings: ours take under 1 KiB */
    FB_JSON_RECORD = 1 << 20     /* bytes of a list or record that has no fixed length */
};

/* Bytes that parsing this text would roughly allocate. A short text can ask for much: "[[],[],..." takes fifty times
 * its size. */
size_t fb_json_cost(const void *text, size_t length);

/* Parses a text that ends in NUL. FSAM_ERROR_MEMORY when it has more than `most` bytes, or would take more than 32 MiB;
 * FSAM_ERROR_FORMAT when it is no JSON. The message starts with `where`, and has the line where the text has
 * several. flags: jansson's. Owned: json_decref. */
fsam_status fb_json_parse(const char *text, size_t most, size_t flags, const char *where, json_t **value);

/* Paths, prompts and what files say are bytes, JSON is UTF-8: a text that is not has '?' for every byte that is not
 * ASCII. Owned: json_decref. NULL when out of memory. */
json_t *fb_json_text(const char *text);

#ifdef __cplusplus
}
#endif

#endif
