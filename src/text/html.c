#include "text/html.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

typedef struct entity {
    const char *name;
    const char *value;
} entity;

static const entity entities[] = {
#include "text/html_entities.inc"
};

enum {
    LONGEST_NAME = 32, /* "CounterClockwiseContourIntegral;" */
    ENTITIES = sizeof entities / sizeof entities[0],
};

/* What 128 to 159 mean as a number: the character that windows-1252 has there. */
static const unsigned short windows_1252[32] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178,
};

size_t fw_utf8_put(char *out, unsigned code)
{
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)code, (utf8proc_uint8_t *)out);
}

typedef struct key {
    const char *text;
    size_t size;
} key;

static int compare(const void *left, const void *right)
{
    const key *wanted = left;
    const entity *candidate = right;
    int order = strncmp(wanted->text, candidate->name, wanted->size);
    return order ? order : -(candidate->name[wanted->size] != '\0');
}

/* The entity with the longest name that `text` begins with; *size: the name's length. */
static const entity *find(const char *text, size_t *size)
{
    size_t run = 0;
    while (run < LONGEST_NAME && ((text[run] >= '0' && text[run] <= '9') || (text[run] >= 'A' && text[run] <= 'Z') ||
                                  (text[run] >= 'a' && text[run] <= 'z')))
        run++;
    run += run < LONGEST_NAME && text[run] == ';';
    for (; run >= 2; run--) {
        key wanted = {text, run};
        const entity *found = bsearch(&wanted, entities, ENTITIES, sizeof entities[0], compare);
        if (found) {
            *size = run;
            return found;
        }
    }
    return NULL;
}

static int digit(char c, bool hex)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (hex && c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (hex && c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* The bytes a reference to number `code` stands for at `out`; returns how many. */
static size_t put_number(unsigned code, char *out)
{
    if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) code = 0xfffd;
    if (code >= 0x80 && code <= 0x9f) return fw_utf8_put(out, windows_1252[code - 0x80]);
    /* Controls that are no white space, and non-characters, vanish. */
    bool control = code < 9 || code == 0xb || (code >= 0xe && code <= 0x1f) || code == 0x7f;
    if (control || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) == 0xfffe) return 0;
    return fw_utf8_put(out, code);
}

/* Reads a number after "&#"; returns the end of the reference, NULL if there is no digit. */
static const char *read_number(const char *text, unsigned *code)
{
    bool hex = *text == 'x' || *text == 'X';
    if (hex) text++;
    if (digit(*text, hex) < 0) return NULL;
    unsigned value = 0;
    for (; digit(*text, hex) >= 0; text++) {
        value = value * (hex ? 16 : 10) + (unsigned)digit(*text, hex);
        if (value > 0x110000) value = 0x110000; /* no character whatever follows, and no overflow */
    }
    *code = value;
    return text + (*text == ';');
}

char *fw_html_unescape(const char *text)
{
    size_t size = strlen(text);
    /* No reference doubles: the generator of the table has checked it, and a number is 3 bytes or more. */
    char *result = size < SIZE_MAX / 2 ? malloc(2 * size + 1) : NULL;
    if (!result) return NULL;
    char *out = result;
    while (*text) {
        unsigned code = 0;
        size_t length = 0;
        const char *end = text[0] == '&' && text[1] == '#' ? read_number(text + 2, &code) : NULL;
        const entity *named = text[0] == '&' ? find(text + 1, &length) : NULL;
        if (end) {
            out += put_number(code, out);
            text = end;
        } else if (named) {
            out = stpcpy(out, named->value);
            text += 1 + length;
        } else {
            *out++ = *text++;
        }
    }
    *out = '\0';
    return result;
}
