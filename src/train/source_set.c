#include "train/source_set.h"

#include "base/categories.h"
#include "eval/data_set.h"
#include "scene/case_read.h"
#include "train/source_set_texts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WHITE = 65535, MOST_ABSENT = 32 /* categories that a picture does not have: what eval/data_set.h tells */ };

struct fr_set {
    fe_set *pictures;
    fr_words words;
    fr_words given; /* fr_set_options.text, as if they were lines; of images and masks only */
    bool bone_dark;
    fr_lexicon *lexicon;
};

static fsam_status no_memory(const char *where)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
}

/* ---- opening ---- */

static bool is_json(const char *path)
{
    const size_t length = strlen(path);
    return length > 5 && strcasecmp(path + length - 5, ".json") == 0;
}

/* texts.txt in the folder, or beside a COCO file. Owned: free. */
static char *words_path(const char *path)
{
    char *made;
    const char *slash = is_json(path) ? strrchr(path, '/') : NULL;
    const int length = !is_json(path)  ? asprintf(&made, "%s/texts.txt", path)
                       : slash == NULL ? asprintf(&made, "texts.txt")
                                       : asprintf(&made, "%.*s/texts.txt", (int)(slash - path), path);
    return length >= 0 ? made : NULL;
}

static fsam_status read_words(const char *path, fr_words *words)
{
    char *file = words_path(path);
    if (file == NULL) return no_memory(path);
    const fsam_status status = fr_words_read(file, words);
    free(file);
    return status;
}

static fsam_status take_given(const fr_set_options *options, fr_words *words)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) return no_memory("--text");
    for (size_t i = 0; i < options->texts; i++) fprintf(out, "%s\n", options->text[i]);
    const bool whole = fclose(out) == 0;
    const fsam_status status = whole ? fr_words_parse(text, "--text", words) : no_memory("--text");
    free(text);
    return status;
}

/* What masks without a name show, as the set must be told: the category of the first line, else its text. */
static const char *name_of_masks(const fr_set *set)
{
    const fr_words *words = set->words.count > 0 ? &set->words : &set->given;
    if (words->count == 0) return NULL;
    return words->word[0].category[0] != '\0' ? words->word[0].category : words->word[0].text;
}

static fsam_status open_set(const char *path, const fr_set_options *options, fr_set *set)
{
    FB_TRY(read_words(path, &set->words));
    FB_TRY(take_given(options, &set->given));
    const char *name = name_of_masks(set);
    const fe_set_options how = {.text = &name,
                                .texts = name != NULL,
                                .polarity = options->bone_dark ? FI_SAYS_BONE_DARK : FI_SAYS_BONE_BRIGHT,
                                .absent = MOST_ABSENT};
    const fsam_status status = fe_set_open(path, &how, &set->pictures);
    if (status == FSAM_ERROR_ARGUMENT && name == NULL)
        return fb_fail(status, "%s: what its masks show must be said by --text, or by texts.txt in it", path);
    FB_TRY(status);
    if (!fe_set_has_masks(set->pictures) || fe_set_only_measures(set->pictures))
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: %s: are not there to be learned from", path,
                       fe_set_kind(set->pictures));
    /* A line without a category would be a text of all categories, but COCO's have names of their own. */
    if (strcmp(fe_set_kind(set->pictures), "images and masks") != 0) fr_words_free(&set->given);
    return FSAM_OK;
}

/* What masks without a name are asked for with: the first text of the set, else the first that was given. */
static fsam_status open_to_ask(const char *path, const fr_set_options *options, int absent, const fr_set *set,
                               fe_set **result)
{
    const fr_words *words = set->words.count > 0 ? &set->words : &set->given;
    const char *text = words->count > 0 ? words->word[0].text : NULL;
    const fe_set_options how = {.text = &text,
                                .texts = text != NULL,
                                .polarity = options->bone_dark ? FI_SAYS_BONE_DARK : FI_SAYS_BONE_BRIGHT,
                                .absent = absent};
    const fsam_status status = fe_set_open(path, &how, result);
    if (status == FSAM_ERROR_ARGUMENT && text == NULL && !fs_lists_cases(path))
        return fb_fail(status, "%s: what its masks show must be said by texts.txt in it", path);
    return status;
}

fsam_status fr_set_open_to_ask(const char *path, const fr_set_options *options, int absent, fe_set **result)
{
    fr_set set = {0};
    *result = NULL;
    fsam_status status = read_words(path, &set.words);
    if (status == FSAM_OK) status = take_given(options, &set.given);
    if (status == FSAM_OK) status = open_to_ask(path, options, absent, &set, result);
    fr_words_free(&set.words);
    fr_words_free(&set.given);
    return status;
}

fsam_status fr_set_open(const char *path, const fr_set_options *options, fr_lexicon *lexicon, fr_set **result)
{
    fr_set *set = calloc(1, sizeof *set);
    *result = NULL;
    if (set == NULL) return no_memory(path);
    set->lexicon = lexicon;
    set->bone_dark = options->bone_dark;
    const fsam_status status = open_set(path, options, set);
    if (status == FSAM_OK)
        *result = set;
    else
        fr_set_free(set);
    return status;
}

void fr_set_free(fr_set *set)
{
    if (set == NULL) return;
    fe_set_free(set->pictures);
    fr_words_free(&set->words);
    fr_words_free(&set->given);
    free(set);
}

uint64_t fr_set_pictures(const fr_set *set)
{
    return fe_set_count(set->pictures);
}

/* ---- words ---- */

/* "Left lung" as the tables write it, else what people mean by it; -1: nothing that they have. */
static int find_known(const fr_lexicon *lexicon, const char *category)
{
    char name[96];
    snprintf(name, sizeof name, "%s", category);
    for (char *at = name; *at != '\0'; at++)
        if (*at == ' ' || *at == '-') *at = '_';
    const int found = fr_lexicon_find(lexicon, name);
    if (found >= 0) return found;
    const fb_named named = fb_structure_named(category);
    if (named.structure == NULL || named.side != named.structure->side) return -1;
    return fr_lexicon_find(lexicon, named.structure->name);
}

/* A category's name as words. Owned: free. */
static char *spell(const char *category)
{
    char *words = strdup(category);
    for (char *at = words; at != NULL && *at != '\0'; at++)
        if (*at == '_' || *at == '\n') *at = ' ';
    return words;
}

/* The set's own texts, else the name with those of the structure that it names. Kept by the lexicon; NULL when out of
 * memory. */
static const char *texts_of(const fr_set *set, const char *category, int known)
{
    const fr_words *words = set->words.count > 0 ? &set->words : &set->given;
    char *lines = NULL, *joined = NULL;
    if (fr_words_of(words, category, &lines) != FSAM_OK) return NULL;
    const bool own = lines != NULL && set->words.count > 0;
    if (lines == NULL) lines = spell(category);
    if (lines == NULL) return NULL;
    /* One text of the command line names a structure as a category does; more are all that is wanted. */
    const bool alone = !own && strchr(lines, '\n') == NULL;
    if (alone && known >= 0 && asprintf(&joined, "%s\n%s", lines, fr_lexicon_texts(set->lexicon, known)) < 0)
        joined = NULL;
    const char *kept = fr_lexicon_keep(set->lexicon, joined != NULL ? joined : lines);
    free(lines);
    free(joined);
    return kept;
}

/* ---- a picture ---- */

/* Takes the mask, which is emptied. */
static fsam_status add_structure(const fr_set *set, const char *category, fi_rle *mask, fr_shown *shown)
{
    const int known = find_known(set->lexicon, category);
    fr_structure *to = &shown->structure[shown->count];
    *to = (fr_structure){.index = known, .kind = FS_KIND_ORGAN};
    to->name = fr_lexicon_keep(set->lexicon, known >= 0 ? fr_lexicon_name(set->lexicon, known)->name : category);
    to->texts = texts_of(set, category, known);
    if (to->name == NULL || to->texts == NULL) return no_memory(category);
    to->mask = *mask;
    *mask = (fi_rle){0};
    shown->count++;
    return FSAM_OK;
}

static fsam_status empty_mask(int height, int width, fi_rle *mask)
{
    *mask = (fi_rle){.height = height, .width = width, .count = 1, .counts = malloc(sizeof(uint32_t))};
    if (mask->counts == NULL) return no_memory("mask");
    mask->counts[0] = (uint32_t)height * (uint32_t)width;
    return FSAM_OK;
}

static fsam_status take_structures(const fr_set *set, fe_case *c, fr_shown *shown)
{
    *shown = (fr_shown){.width = c->width, .height = c->height, .chosen = true};
    shown->structure = calloc(c->count + c->absents + 1, sizeof *shown->structure);
    if (shown->structure == NULL) return no_memory(c->name);
    for (size_t i = 0; i < c->count; i++) FB_TRY(add_structure(set, c->target[i].category, &c->target[i].mask, shown));
    for (size_t i = 0; i < c->absents; i++) {
        fi_rle mask;
        FB_TRY(empty_mask(c->height, c->width, &mask));
        const fsam_status status = add_structure(set, c->absent[i], &mask, shown);
        fi_rle_free(&mask);
        FB_TRY(status);
    }
    return FSAM_OK;
}

static fsam_status take_pixels(const fi_picture *picture, fr_decoded *decoded)
{
    const size_t pixels = (size_t)picture->width * (size_t)picture->height;
    const bool dark = picture->says == FI_SAYS_BONE_DARK;
    decoded->radiograph = true;
    decoded->dicom = strcmp(picture->kind, "DICOM") == 0;
    decoded->gray = malloc(pixels * sizeof *decoded->gray);
    if (decoded->gray == NULL) return no_memory("picture");
    for (size_t i = 0; i < pixels; i++) {
        const float value = picture->gray[i] > 0 ? fminf(picture->gray[i], 1) : 0; /* not a number is black */
        decoded->gray[i] = (uint16_t)lrintf((dark ? value : 1 - value) * WHITE);
    }
    return FSAM_OK;
}

fsam_status fr_set_read(const fr_set *set, uint64_t index, fr_decoded *decoded)
{
    fe_case c;
    *decoded = (fr_decoded){0};
    FB_TRY(fe_set_read(set->pictures, (size_t)index, true, &c));
    fsam_status status = take_structures(set, &c, &decoded->shown);
    if (status == FSAM_OK) status = take_pixels(&c.picture, decoded);
    fe_case_free(&c);
    if (status != FSAM_OK) fr_decoded_free(decoded);
    return status;
}
