/* category_names.c - from words to the structure that they name. */
#include "base/categories.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WORDS = 10, WORD_BYTES = 16 }; /* the longest word is "brachiocephalic" */

/* A set of words, sorted, and what was left out of it because it only says what kind of thing is meant. */
typedef struct words {
    char word[MOST_WORDS][WORD_BYTES];
    size_t count;
    bool bone, muscle;
} words;

/* Plurals, spellings, everyday words, ordinals. */
static const struct {
    const char *from, *to;
} same[] = {{"adrenals", "adrenal"},
            {"ankles", "ankle"},
            {"arteries", "artery"},
            {"bowels", "bowel"},
            {"breastbone", "sternum"},
            {"carpals", "carpal"},
            {"cartilages", "cartilage"},
            {"clavicles", "clavicle"},
            {"clavicula", "clavicle"},
            {"claviculae", "clavicle"},
            {"collarbone", "clavicle"},
            {"collarbones", "clavicle"},
            {"cysts", "cyst"},
            {"elbows", "elbow"},
            {"feet", "foot"},
            {"femora", "femur"},
            {"femurs", "femur"},
            {"fibulae", "fibula"},
            {"fibulas", "fibula"},
            {"forearms", "forearm"},
            {"glands", "gland"},
            {"hands", "hand"},
            {"heel", "calcaneus"},
            {"hips", "hip"},
            {"humeri", "humerus"},
            {"intestine", "bowel"},
            {"jawbone", "mandible"},
            {"joints", "joint"},
            {"kidneys", "kidney"},
            {"kneecap", "patella"},
            {"kneecaps", "patella"},
            {"knees", "knee"},
            {"legs", "leg"},
            {"lobes", "lobe"},
            {"lungs", "lung"},
            {"metacarpals", "metacarpal"},
            {"metatarsals", "metatarsal"},
            {"oesophagus", "esophagus"},
            {"patellae", "patella"},
            {"patellas", "patella"},
            {"phalanges", "phalanx"},
            {"radii", "radius"},
            {"ribs", "rib"},
            {"scapulae", "scapula"},
            {"scapulas", "scapula"},
            {"shinbone", "tibia"},
            {"shoulders", "shoulder"},
            {"tailbone", "coccyx"},
            {"tarsals", "tarsal"},
            {"thighs", "thigh"},
            {"thorax", "chest"},
            {"tibiae", "tibia"},
            {"tibias", "tibia"},
            {"ulnae", "ulna"},
            {"ulnas", "ulna"},
            {"vena", "vein"},
            {"veins", "vein"},
            {"vertebrae", "vertebra"},
            {"vertebras", "vertebra"},
            {"windpipe", "trachea"},
            {"wrists", "wrist"},
            {"first", "1"},
            {"second", "2"},
            {"third", "3"},
            {"fourth", "4"},
            {"fifth", "5"},
            {"sixth", "6"},
            {"seventh", "7"},
            {"eighth", "8"},
            {"ninth", "9"},
            {"tenth", "10"},
            {"eleventh", "11"},
            {"twelfth", "12"}};

static bool one_of(const char *word, const char *const *list)
{
    while (*list != NULL && strcmp(word, *list) != 0) list++;
    return *list != NULL;
}

static size_t find(const words *set, const char *word)
{
    size_t i = 0;
    while (i < set->count && strcmp(set->word[i], word) != 0) i++;
    return i;
}

static bool has(const words *set, const char *word)
{
    return find(set, word) < set->count;
}

static void drop(words *set, const char *word)
{
    const size_t i = find(set, word);
    if (i == set->count) return;
    set->count--;
    memmove(set->word[i], set->word[i + 1], (set->count - i) * WORD_BYTES);
}

/* "4th" becomes "4", plurals singulars, and so on; word [WORD_BYTES]. */
static void simplify(char *word)
{
    static const char *const endings[] = {"st", "nd", "rd", "th", NULL};
    const size_t digits = strspn(word, "0123456789");
    if (digits > 0 && one_of(word + digits, endings)) word[digits] = '\0';
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (strcmp(word, same[i].from) == 0) {
            snprintf(word, WORD_BYTES, "%s", same[i].to);
            return;
        }
}

/* False when the set is full. */
static bool add(words *set, const char *word)
{
    static const char *const idle[] = {"the", "a", "an", "of", "and", NULL};
    static const char *const bones[] = {"bone", "bones", NULL}, *const muscles[] = {"muscle", "muscles", NULL};
    if (one_of(word, bones)) set->bone = true;
    if (one_of(word, muscles)) set->muscle = true;
    if (one_of(word, bones) || one_of(word, muscles) || one_of(word, idle) || has(set, word)) return true;
    if (set->count == MOST_WORDS) return false;
    snprintf(set->word[set->count++], WORD_BYTES, "%s", word);
    return true;
}

/* "C1" to "C7", "T1" to "T12", "L1" to "L5", "S1", in lower case. */
static bool is_level(const char *word)
{
    return word[0] != '\0' && strchr("ctls", word[0]) != NULL && word[1] != '\0' &&
           word[1 + strspn(word + 1, "0123456789")] == '\0';
}

/* A vertebra goes by its level alone: "lumbar vertebra 4" is "l4", "vertebra l4" too. */
static void name_level(words *set)
{
    static const char *const regions[] = {"cervical", "thoracic", "lumbar"};
    size_t level = 0, number = 0;
    while (level < set->count && !is_level(set->word[level])) level++;
    while (number < set->count && !isdigit((unsigned char)set->word[number][0])) number++;
    if (level < set->count) drop(set, "vertebra");
    if (number == set->count || !has(set, "vertebra") || strlen(set->word[number]) > 2) return;
    for (size_t i = 0; i < 3; i++) {
        if (!has(set, regions[i])) continue;
        memmove(set->word[number] + 1, set->word[number], 3);
        set->word[number][0] = regions[i][0];
        drop(set, regions[i]);
        drop(set, "vertebra");
        return;
    }
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* False when the text has a word, or as many words, as no structure's name has. */
static bool read_words(const char *text, words *set)
{
    memset(set, 0, sizeof *set);
    for (const char *at = text; *at != '\0';) {
        char word[WORD_BYTES];
        size_t length = 0;
        while (isalnum((unsigned char)*at) || (unsigned char)*at >= 0x80) {
            if (length == WORD_BYTES - 1) return false;
            word[length++] = (char)tolower((unsigned char)*at++);
        }
        word[length] = '\0';
        if (length == 0) {
            at++;
            continue;
        }
        simplify(word);
        if (!add(set, word)) return false;
    }
    name_level(set);
    qsort(set->word, set->count, WORD_BYTES, compare_words);
    return set->count > 0;
}

static bool equal(const words *a, const words *b)
{
    return a->count == b->count && memcmp(a->word, b->word, a->count * WORD_BYTES) == 0;
}

static bool fits(const fb_structure *structure, const words *asked)
{
    words name, display;
    if (asked->bone && structure->kind != FB_KIND_BONE) return false;
    if (asked->muscle && structure->kind != FB_KIND_MUSCLE) return false;
    return (read_words(structure->name, &name) && equal(&name, asked)) ||
           (read_words(structure->display, &display) && equal(&display, asked));
}

static const fb_structure *find_structure(const words *asked, bool paired_only)
{
    const fb_structure *structure;
    for (size_t i = 0; (structure = fb_structure_at(i)) != NULL; i++)
        if ((!paired_only || structure->paired) && fits(structure, asked)) return structure;
    return NULL;
}

fb_named fb_structure_named(const char *text)
{
    words asked;
    fb_named named = {0};
    if (!read_words(text, &asked)) return named;
    named.structure = find_structure(&asked, false);
    if (named.structure != NULL) {
        named.side = named.structure->side;
        return named;
    }
    const bool left = has(&asked, "left"), right = has(&asked, "right");
    if (left == right) return named;
    drop(&asked, left ? "left" : "right");
    named.structure = find_structure(&asked, true);
    if (named.structure != NULL) named.side = left ? FB_SIDE_LEFT : FB_SIDE_RIGHT;
    return named;
}
