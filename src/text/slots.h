/* slots.h - names written as patterns, and templates filled in: "rib_*_1..12" stands for 24 names, and "{nth} rib" for
 * what each of them is called. */
#ifndef TEXT_SLOTS_H
#define TEXT_SLOTS_H

#include "base/categories.h"
#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

enum {
    FW_NAME_BYTES = 64,    /* the longest name, with its NUL */
    FW_MOST_NAMES = 64,    /* that a pattern stands for */
    FW_TEXT_BYTES = 256,   /* the longest text, with its NUL */
    FW_LARGEST_NUMBER = 12 /* that has an ordinal */
};

/* One of the names of a pattern. */
typedef struct fw_slots {
    char name[FW_NAME_BYTES];
    fb_side side; /* what '*' stands for; FB_SIDE_NONE: the pattern has none */
    int number;   /* what A..B stands for; 0: the pattern has none */
} fw_slots;

/* A pattern is a name with at most one '*', for left and right, and at most one range A..B of numbers at its end, from
 * 1 to FW_LARGEST_NUMBER. out: FW_MOST_NAMES elements. False when it is no such pattern. */
bool fw_slots_expand(const char *pattern, fw_slots *out, size_t *count);

typedef struct fw_fill {
    const char *key, *value; /* {key} becomes value */
} fw_fill;

/* `template` with its fields filled in. out: FW_TEXT_BYTES. False for a field that is not among `count`, a brace
 * without its partner, and a text too long. */
bool fw_fill_in(const char *template, const fw_fill *fill, size_t count, char *out);

/* The same with the fields that a name's side and number give: {side} left, {Side} Left, {S} L, {Lt} Lt; {n} 4, {nth}
 * 4th, {ordinal} fourth; and with {noun} where `noun` is not NULL. */
bool fw_slots_fill(const char *template, const fw_slots *slots, const char *noun, char *out);

/* The number that "4", "4th", "four" or "fourth" says, 1 to FW_LARGEST_NUMBER; 0: none. word: lower case. */
int fw_number_of(const char *word);

#endif
