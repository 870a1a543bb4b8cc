#include "text/typo.h"

#include "text/sides.h"
#include "text/slots.h"
#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum { LEAST_LETTERS = 5 };

/* FNV-1a, 32 bits: the same everywhere. */
static uint32_t hash(const char *text)
{
    uint32_t value = 2166136261u;
    for (; *text != '\0'; text++) value = (value ^ (unsigned char)*text) * 16777619u;
    return value;
}

static bool may_be_misspelled(const char *word, size_t length)
{
    char copy[FW_NAME_BYTES];
    if (length < LEAST_LETTERS || length >= sizeof copy) return false;
    for (size_t i = 0; i < length; i++) copy[i] = (char)tolower((unsigned char)word[i]);
    copy[length] = '\0';
    const fw_sides sides = fw_sides_in(copy);
    return sides.left + sides.right == 0 && fw_number_of(copy) == 0;
}

/* Where the word to misspell begins, and its length; 0: there is none. */
static size_t longest_word(const char *text, size_t *length)
{
    size_t begin = 0;
    *length = 0;
    for (size_t at = 0; text[at] != '\0';) {
        size_t letters = 0;
        while (isalpha((unsigned char)text[at + letters])) letters++;
        if (letters > *length && may_be_misspelled(text + at, letters)) {
            begin = at;
            *length = letters;
        }
        at += letters > 0 ? letters : 1;
    }
    return begin;
}

bool fw_misspell(const char *text, int variant, char *out, size_t room)
{
    size_t length, all = strlen(text);
    const size_t begin = longest_word(text, &length);
    if (length == 0 || all + 2 > room) return false;
    const size_t at = begin + 1 + hash(text) % (length - 3); /* and at + 1 are inner letters */
    memcpy(out, text, all + 1);
    if (variant == 0) {
        out[at] = text[at + 1];
        out[at + 1] = text[at];
    } else if (variant == 1) {
        memmove(out + at, text + at + 1, all - at);
    } else {
        memmove(out + at + 1, text + at, all - at + 1);
    }
    /* "L-plate" says no side, "L-palte" would. */
    const fw_sides meant = fw_sides_in(text), said = fw_sides_in(out);
    return strcmp(out, text) != 0 && said.left == meant.left && said.right == meant.right;
}
