#include "train/text_augment.h"

#include "text/sides.h"
#include "text/slots.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const fr_text_augmentation fr_text_augmentation_default = {
    .side = 0.3, .frame = 0.35, .noise = 0, .filler = 0.2, .punctuation = 0.25, .typo = 0.2};

enum { LONGEST_WORD = 64 };

static bool happens(fb_random *random, double share)
{
    return fb_random_uniform(random) < share;
}

static const char *one_of(fb_random *random, const char *const *list, size_t count)
{
    return list[fb_random_below(random, (uint32_t)count)];
}
#define ONE_OF(random, list) one_of(random, list, sizeof(list) / sizeof *(list))

/* Puts `with` in the place of `length` bytes at `at`; leaves the text alone when it would become too long. */
static void replace(char text[static FR_TEXT_BYTES], size_t at, size_t length, const char *with)
{
    const size_t size = strlen(text), more = strlen(with);
    if (size - length + more >= FR_TEXT_BYTES) return;
    memmove(text + at + more, text + at + length, size - at - length + 1);
    for (size_t i = 0; i < more; i++) text[at + i] = with[i];
}

/* ---- words ---- */

static bool is_letter(char c)
{
    return isalpha((unsigned char)c) || (c & 0x80) != 0;
}

/* The next word at or after *at: a run of letters and digits. False: there is none. */
static bool next_word(const char *text, size_t *at, size_t *length)
{
    while (text[*at] != '\0' && !is_letter(text[*at]) && !isdigit((unsigned char)text[*at])) ++*at;
    *length = 0;
    while (is_letter(text[*at + *length]) || isdigit((unsigned char)text[*at + *length])) ++*length;
    return *length > 0;
}

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && strncasecmp(text, word, length) == 0;
}

/* ---- sides ---- */

/* The word left or right, when it stands by itself between spaces ("patient's left" stays as it is). */
static bool find_side(const char *text, size_t *at, size_t *length, bool *right)
{
    for (*at = 0; next_word(text, at, length); *at += *length) {
        *right = is_word(text + *at, *length, "right");
        if (!*right && !is_word(text + *at, *length, "left")) continue;
        const char after = text[*at + *length];
        return (*at == 0 || text[*at - 1] == ' ') && (after == ' ' || after == '\0');
    }
    return false;
}

static void say_side(char text[static FR_TEXT_BYTES], fb_random *random)
{
    /* In front of a noun; elsewhere ("femur on the left") only the short ones are said. */
    static const char *const words[2][8] = {
        {"L", "Lt", "Lt.", "l.", "left-sided", "left-hand", "lefthand", "sinister"},
        {"R", "Rt", "Rt.", "r.", "right-sided", "right-hand", "righthand", "dexter"}};
    size_t at, length;
    bool right;
    if (!find_side(text, &at, &length, &right)) return;
    const bool in_front = text[at + length] == ' ' && strcasestr(text, " on the ") == NULL;
    replace(text, at, length, one_of(random, words[right], in_front ? 8 : 4));
}

/* ---- around, without, misspelled ---- */

static void frame(char text[static FR_TEXT_BYTES], fb_random *random)
{
    static const char *const before[] = {"",
                                         "",
                                         "the ",
                                         "just the ",
                                         "only the ",
                                         "what is the ",
                                         "what's the ",
                                         "this is the ",
                                         "i want the ",
                                         "look for the ",
                                         "is there a ",
                                         "any ",
                                         "get the ",
                                         "area of the ",
                                         "mask: ",
                                         "looking for the ",
                                         "how about the ",
                                         "now the ",
                                         "tell me where the ",
                                         "whereabouts of the ",
                                         "and the "};
    static const char *const after[] = {
        "",        "",      "",      "",         " please", " here", " in this picture", " on this x-ray",
        " thanks", " only", " mask", " outline", " is"};
    char framed[FR_TEXT_BYTES];
    const char *front = ONE_OF(random, before);
    const char *text_there = strncasecmp(text, "the ", 4) == 0 && *front != '\0' ? text + 4 : text;
    const int size = snprintf(framed, sizeof framed, "%s%s%s", front, text_there, ONE_OF(random, after));
    if (size < FR_TEXT_BYTES) memcpy(text, framed, (size_t)size + 1);
}

/* A word of one to three syllables that is no side and no number. */
static void make_word(fb_random *random, char out[static 16])
{
    static const char *const starts[] = {"b",  "c",  "d",  "f",  "g",  "h",  "j",  "k",  "m",  "n",  "p",
                                         "qu", "r",  "s",  "t",  "v",  "w",  "x",  "z",  "l",  "st", "br",
                                         "ch", "pl", "tr", "gr", "sh", "th", "cl", "sp", "wh", ""};
    static const char *const vowels[] = {"a", "e", "i", "o", "u", "ea", "ou", "ee", "ai", "y"};
    static const char *const ends[] = {"", "", "", "n", "r", "s", "t", "l", "d", "m", "ng", "ck", "st"};
    fw_sides sides;
    do {
        size_t size = 0;
        for (uint32_t left = 1 + fb_random_below(random, 3); left > 0; left--)
            size += (size_t)snprintf(out + size, 16 - size, "%s%s", ONE_OF(random, starts), ONE_OF(random, vowels));
        snprintf(out + size, 16 - size, "%s", ONE_OF(random, ends));
        sides = fw_sides_in(out);
    } while (sides.left + sides.right > 0 || fw_number_of(out) != 0 || strlen(out) < 2);
}

/* One to four of them, in front or behind. */
static void add_noise(char text[static FR_TEXT_BYTES], fb_random *random)
{
    char words[72], word[16];
    size_t size = 0;
    const bool behind = happens(random, 0.3);
    for (uint32_t left = 1 + fb_random_below(random, 4); left > 0; left--) {
        make_word(random, word);
        size += (size_t)snprintf(words + size, sizeof words - size, behind ? " %s" : "%s ", word);
    }
    replace(text, behind ? strlen(text) : 0, 0, words);
}

/* Leaves out each of the small words, with a chance of one half. */
static void drop_fillers(char text[static FR_TEXT_BYTES], fb_random *random)
{
    static const char *const fillers[] = {"the",  "a",  "an",  "please", "me",  "in",   "this", "that", "to",
                                          "find", "is", "are", "where",  "can", "show", "you",  "it",   "of"};
    size_t at = 0, length;
    while (next_word(text, &at, &length)) {
        bool small = false;
        for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++) small |= is_word(text + at, length, fillers[i]);
        if (small && text[at + length] == ' ' && happens(random, 0.5))
            replace(text, at, length + 1, "");
        else
            at += length;
    }
}

static void punctuate(char text[static FR_TEXT_BYTES], fb_random *random)
{
    static const char *const ends[] = {".", "?", "!", " ?", "...", ""};
    for (size_t i = 0; text[i] != '\0'; i++)
        if (strchr("?!,;:", text[i]) != NULL) replace(text, i--, 1, "");
    if (happens(random, 0.5)) replace(text, strlen(text), 0, ONE_OF(random, ends));
}

/* Whether the misspelled word would still be read as it is meant: it says no side, no number and no level. */
static bool may_be_misspelled(const char *word, size_t length)
{
    char copy[LONGEST_WORD];
    if (length < 4 || length >= sizeof copy) return false;
    for (size_t i = 0; i < length; i++) {
        if (!isalpha((unsigned char)word[i])) return false;
        copy[i] = (char)tolower((unsigned char)word[i]);
    }
    copy[length] = '\0';
    const fw_sides sides = fw_sides_in(copy);
    static const char *const telling[] = {"upper",    "lower",     "middle",   "both",
                                          "lefthand", "righthand", "sinister", "dexter"};
    for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
        if (strcmp(copy, telling[i]) == 0) return false;
    return sides.left + sides.right == 0 && fw_number_of(copy) == 0;
}

/* Two neighbours change places, a letter is left out, doubled or replaced; never the first. */
static void misspell(char text[static FR_TEXT_BYTES], fb_random *random)
{
    size_t at, length, chosen = 0, size = 0;
    uint32_t words = 0;
    for (at = 0; next_word(text, &at, &length); at += length)
        if (may_be_misspelled(text + at, length) && fb_random_below(random, ++words) == 0) {
            chosen = at;
            size = length;
        }
    if (size == 0) return;
    const size_t letter = chosen + 1 + fb_random_below(random, (uint32_t)size - 2);
    const char here = text[letter];
    const char other[2] = {(char)('a' + fb_random_below(random, 26)), '\0'}, twice[3] = {here, here, '\0'};
    switch (fb_random_below(random, 4)) {
    case 0:
        text[letter] = text[letter + 1];
        text[letter + 1] = here;
        break;
    case 1:
        replace(text, letter, 1, "");
        break;
    case 2:
        replace(text, letter, 1, twice);
        break;
    default:
        replace(text, letter, 1, other);
    }
}

void fr_text_augment(const char *text, bool sentence, const fr_text_augmentation *how, fb_random *random,
                     char out[static FR_TEXT_BYTES])
{
    snprintf(out, FR_TEXT_BYTES, "%s", text);
    if (happens(random, how->side)) say_side(out, random);
    if (!sentence && happens(random, how->frame)) frame(out, random);
    if (happens(random, how->noise)) add_noise(out, random);
    if (happens(random, how->filler)) drop_fillers(out, random);
    if (happens(random, how->punctuation)) punctuate(out, random);
    if (happens(random, how->typo)) misspell(out, random);
}
