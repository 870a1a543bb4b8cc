#include "text/slots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const ordinals[FW_LARGEST_NUMBER + 1] = {NULL,    "first",    "second",  "third",  "fourth",
                                                            "fifth", "sixth",    "seventh", "eighth", "ninth",
                                                            "tenth", "eleventh", "twelfth"};
static const char *const cardinals[FW_LARGEST_NUMBER + 1] = {
    NULL, "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"};

/* ---- patterns ---- */

/* Cuts "1..12" off the end of `stem`. False when there is something like it that is no range. */
static bool take_range(char *stem, int *low, int *high)
{
    char *dots = strstr(stem, ".."), *end;
    *low = *high = 0;
    if (dots == NULL) return true;
    char *begin = dots;
    while (begin > stem && begin[-1] >= '0' && begin[-1] <= '9') begin--;
    if (begin == dots || dots - begin > 2 || strspn(dots + 2, "0123456789") != strlen(dots + 2)) return false;
    *low = (int)strtol(begin, &end, 10);
    *high = (int)strtol(dots + 2, &end, 10);
    *begin = '\0';
    return *low >= 1 && *low <= *high && *high <= FW_LARGEST_NUMBER;
}

static bool put_name(const char *stem, fw_slots *slots)
{
    char number[16] = "";
    const char *star = strchr(stem, '*'), *side = slots->side == FB_SIDE_LEFT ? "left" : "right";
    if (slots->number > 0) snprintf(number, sizeof number, "%d", slots->number);
    const int before = star != NULL ? (int)(star - stem) : (int)strlen(stem);
    const int length = snprintf(slots->name, sizeof slots->name, "%.*s%s%s%s", before, stem, star != NULL ? side : "",
                                star != NULL ? star + 1 : "", number);
    return length > 0 && (size_t)length < sizeof slots->name;
}

bool fw_slots_expand(const char *pattern, fw_slots *out, size_t *count)
{
    char stem[FW_NAME_BYTES];
    int low, high;
    *count = 0;
    if (strlen(pattern) >= sizeof stem) return false;
    snprintf(stem, sizeof stem, "%s", pattern);
    if (!take_range(stem, &low, &high)) return false;
    const char *star = strchr(stem, '*');
    if (star != NULL && strchr(star + 1, '*') != NULL) return false;
    for (int side = star != NULL ? FB_SIDE_LEFT : FB_SIDE_NONE; side <= (star != NULL ? FB_SIDE_RIGHT : FB_SIDE_NONE);
         side++)
        for (int number = low; number <= high; number++) {
            fw_slots *slots = &out[(*count)++];
            slots->side = (fb_side)side;
            slots->number = number;
            if (!put_name(stem, slots)) return false;
        }
    return true;
}

/* ---- templates ---- */

static const char *value_of(const char *key, size_t length, const fw_fill *fill, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(fill[i].key) == length && memcmp(fill[i].key, key, length) == 0) return fill[i].value;
    return NULL;
}

bool fw_fill_in(const char *template, const fw_fill *fill, size_t count, char *out)
{
    size_t used = 0;
    while (*template != '\0') {
        const char *piece = template;
        size_t length = strcspn(template, "{}");
        if (length == 0) {
            const char *close = strchr(template, '}');
            if (*template != '{' || close == NULL) return false;
            piece = value_of(template + 1, (size_t)(close - template - 1), fill, count);
            if (piece == NULL) return false;
            length = strlen(piece);
            template = close + 1;
        } else {
            template += length;
        }
        if (length >= FW_TEXT_BYTES - used) return false;
        memcpy(out + used, piece, length);
        used += length;
    }
    out[used] = '\0';
    return true;
}

/* "4th" */
static void put_ordinal(int number, char *out, size_t room)
{
    static const char *const ends[] = {"th", "st", "nd", "rd"};
    snprintf(out, room, "%d%s", number, number < 4 ? ends[number] : ends[0]);
}

bool fw_slots_fill(const char *template, const fw_slots *slots, const char *noun, char *out)
{
    char number[16], nth[16];
    fw_fill fill[8];
    size_t count = 0;
    if (slots->side != FB_SIDE_NONE) {
        const bool left = slots->side == FB_SIDE_LEFT;
        fill[count++] = (fw_fill){"side", left ? "left" : "right"};
        fill[count++] = (fw_fill){"Side", left ? "Left" : "Right"};
        fill[count++] = (fw_fill){"S", left ? "L" : "R"};
        fill[count++] = (fw_fill){"Lt", left ? "Lt" : "Rt"};
    }
    if (slots->number > 0) {
        snprintf(number, sizeof number, "%d", slots->number);
        put_ordinal(slots->number, nth, sizeof nth);
        fill[count++] = (fw_fill){"n", number};
        fill[count++] = (fw_fill){"nth", nth};
        fill[count++] = (fw_fill){"ordinal", ordinals[slots->number]};
    }
    if (noun != NULL) fill[count++] = (fw_fill){"noun", noun};
    return fw_fill_in(template, fill, count, out);
}

int fw_number_of(const char *word)
{
    for (int number = 1; number <= FW_LARGEST_NUMBER; number++) {
        char digits[16], nth[16];
        snprintf(digits, sizeof digits, "%d", number);
        put_ordinal(number, nth, sizeof nth);
        if (strcmp(word, digits) == 0 || strcmp(word, nth) == 0 || strcmp(word, ordinals[number]) == 0 ||
            strcmp(word, cardinals[number]) == 0)
            return number;
    }
    return 0;
}
