#include "text/normalise.h"
#include "text/html.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static int32_t next(const char **text)
{
    utf8proc_int32_t code;
    utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)*text, -1, &code);
    if (size <= 0) {
        ++*text;
        return 0xfffd;
    }
    *text += size;
    return code;
}

static char *make_valid(const char *text)
{
    size_t size = strlen(text);
    char *result = size < SIZE_MAX / 3 ? malloc(3 * size + 1) : NULL;
    if (!result) return NULL;
    char *out = result;
    while (*text) out += fw_utf8_put(out, (unsigned)next(&text));
    *out = '\0';
    return result;
}

/* White space as Python sees it. */
static bool is_space(int32_t code)
{
    return (code >= 9 && code <= 13) || (code >= 0x1c && code <= 0x20) || code == 0x85 || code == 0xa0 ||
           code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 || code == 0x202f ||
           code == 0x205f || code == 0x3000;
}

typedef enum { OTHER, CASED, IGNORED } casing;

/* What a character is to Unicode's rule of the final sigma. */
static casing casing_of(int32_t code)
{
    if (code == '\'' || code == '.' || code == ':' || code == '^' || code == '`' || code == 0xb7 || code == 0x2019)
        return IGNORED;
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
        return CASED;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
        return IGNORED;
    default:
        return OTHER;
    }
}

static casing following(const char *text)
{
    casing found = IGNORED;
    while (*text && found == IGNORED) found = casing_of(next(&text));
    return found;
}

/* Folds white space and lower-cases. */
static char *fold(const char *text)
{
    size_t size = strlen(text);
    char *result = size < SIZE_MAX / 2 ? malloc(2 * size + 1) : NULL; /* 2 bytes become 3 at most */
    if (!result) return NULL;
    char *out = result;
    bool gap = false;
    casing before = OTHER;
    while (*text) {
        int32_t code = next(&text);
        if (is_space(code)) {
            gap = out > result;
            before = OTHER;
            continue;
        }
        if (gap) *out++ = ' ';
        gap = false;
        casing here = casing_of(code);
        if (code == 0x130) /* the one letter whose lower case is two */
            out = stpcpy(out, "i\xcc\x87");
        else if (code == 0x3a3 && before == CASED && following(text) != CASED)
            out += fw_utf8_put(out, 0x3c2);
        else
            out += fw_utf8_put(out, (unsigned)utf8proc_tolower(code));
        if (here != IGNORED) before = here;
    }
    *out = '\0';
    return result;
}

char *fw_normalise(const char *text)
{
    char *(*const steps[])(const char *) = {make_valid, fw_html_unescape, fw_html_unescape, fold};
    char *current = NULL;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        char *result = steps[i](current ? current : text);
        free(current);
        if (!result) return NULL;
        current = result;
    }
    return current;
}
