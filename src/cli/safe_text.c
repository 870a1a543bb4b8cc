#include "cli/safe_text.h"

#include <stdbool.h>
#include <string.h>

static bool is_control(unsigned point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0);
}

/* Bytes of the character that starts here, 0 when it is no UTF-8: cut short, overlong, a surrogate or too large. */
static size_t character(const unsigned char *at, unsigned *point)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = at[0] < 0x80 ? 1 : at[0] < 0xc0 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : at[0] < 0xf8 ? 4 : 0;
    if (length < 2) {
        *point = at[0];
        return length;
    }
    *point = at[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80) return 0; /* the NUL too */
        *point = *point << 6 | (at[i] & 0x3fu);
    }
    bool good = *point >= least[length] && *point <= 0x10ffff && (*point < 0xd800 || *point > 0xdfff);
    return good ? length : 0;
}

/* The next character of *text as it may be shown; returns its bytes in `shown`, and goes past it. */
static size_t next(const char **text, char shown[static 4])
{
    unsigned point;
    size_t length = character((const unsigned char *)*text, &point);
    bool safe = length > 0 && !is_control(point);
    memcpy(shown, safe ? *text : "?", safe ? length : 1);
    *text += length > 0 ? length : 1;
    return safe ? length : 1;
}

void cli_safe_text(const char *text, char *out, size_t room)
{
    char shown[4];
    size_t used = 0;
    while (*text != '\0') {
        size_t length = next(&text, shown);
        if (length >= room - used) break;
        memcpy(out + used, shown, length);
        used += length;
    }
    out[used] = '\0';
}

void cli_print_text(FILE *file, const char *text)
{
    char shown[4];
    while (*text != '\0') {
        size_t length = next(&text, shown);
        fwrite(shown, 1, length, file);
    }
}
