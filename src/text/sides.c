#include "text/sides.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct pair {
    const char *left, *right; /* NULL: there is no such thing on that side */
} pair;

/* In any case. */
static const pair words[] = {{"left", "right"}, {"lt", "rt"}, {"l", "r"}};
/* In capitals: lobes of the lung (upper, lower, middle), the left atrial appendage. */
static const pair capitals[] = {{"LUL", "RUL"}, {"LLL", "RLL"}, {NULL, "RML"}, {"LAA", NULL}};

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static bool same(const char *word, size_t length, const char *side, bool any_case)
{
    if (side == NULL || strlen(side) != length) return false;
    return any_case ? strncasecmp(word, side, length) == 0 : memcmp(word, side, length) == 0;
}

/* "L-4" and "L-spine" are lumbar, and "L-plate", "l_plate" and what is "L-shaped" look like the letter. */
static bool is_no_side(const char *word, size_t length)
{
    static const char *const followers[] = {"spine", "plate", "shaped"};
    if (length != 1 || (word[1] != '-' && word[1] != '_')) return false;
    bool found = word[1] == '-' && isdigit((unsigned char)word[2]);
    for (size_t i = 0; i < sizeof followers / sizeof *followers; i++)
        found |= strncasecmp(word + 2, followers[i], strlen(followers[i])) == 0;
    return found;
}

/* The side that a word says; *other: what the other side is called, NULL when there is nothing. */
static fb_side side_of_word(const char *word, size_t length, const char **other)
{
    const size_t plain = sizeof words / sizeof *words, all = plain + sizeof capitals / sizeof *capitals;
    for (size_t i = 0; i < all && !is_no_side(word, length); i++) {
        const pair *p = i < plain ? &words[i] : &capitals[i - plain];
        *other = p->right;
        if (same(word, length, p->left, i < plain)) return FB_SIDE_LEFT;
        *other = p->left;
        if (same(word, length, p->right, i < plain)) return FB_SIDE_RIGHT;
    }
    *other = NULL;
    return FB_SIDE_NONE;
}

/* The length of the word that `text` begins with; 0: it begins with something else. */
static size_t word_length(const char *text)
{
    size_t length = 0;
    while (is_word(text[length])) length++;
    return length;
}

fw_sides fw_sides_in(const char *text)
{
    fw_sides sides = {0};
    while (*text != '\0') {
        const char *other;
        const size_t length = word_length(text);
        const fb_side side = side_of_word(text, length, &other);
        sides.left += side == FB_SIDE_LEFT;
        sides.right += side == FB_SIDE_RIGHT;
        text += length > 0 ? length : 1;
    }
    return sides;
}

fb_side fw_side_of(const char *text)
{
    const fw_sides sides = fw_sides_in(text);
    if ((sides.left > 0) == (sides.right > 0)) return FB_SIDE_NONE;
    return sides.left > 0 ? FB_SIDE_LEFT : FB_SIDE_RIGHT;
}

/* Writes `other` with the capitals of `word`: all, the first, or none. */
static size_t put_alike(char *out, const char *other, const char *word, size_t length)
{
    const bool first = isupper((unsigned char)word[0]), all = first && isupper((unsigned char)word[length - 1]);
    size_t i = 0;
    for (; other[i] != '\0'; i++)
        out[i] = (char)(all || (first && i == 0) ? toupper((unsigned char)other[i]) : tolower((unsigned char)other[i]));
    return i;
}

char *fw_mirrored(const char *text)
{
    char *out = malloc(2 * strlen(text) + 1); /* no word more than doubles */
    size_t used = 0;
    if (out == NULL) return NULL;
    while (*text != '\0') {
        const char *other;
        size_t length = word_length(text);
        if (length > 0 && side_of_word(text, length, &other) != FB_SIDE_NONE && other != NULL) {
            used += put_alike(out + used, other, text, length);
        } else {
            length += length == 0;
            memcpy(out + used, text, length);
            used += length;
        }
        text += length;
    }
    out[used] = '\0';
    return out;
}
