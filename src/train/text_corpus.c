#include "train/text_corpus.h"

#include "base/random.h"
#include "text/sides.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { STREAM_SENTENCES = 1, STREAM_VARIATIONS };

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "out of memory for texts");
}

static uint64_t hash_bytes(uint64_t hash, const char *text)
{
    for (; *text != '\0'; text++) hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash * UINT64_C(0x100000001b3); /* and where it ends */
}

static const uint64_t hash_start = UINT64_C(0xcbf29ce484222325);

int fr_text_corpus_find(const fr_text_corpus *corpus, const char *name)
{
    for (size_t i = 0; i < corpus->names; i++)
        if (strcmp(corpus->name[i].name->name, name) == 0) return (int)i;
    return -1;
}

/* ---- which names are near each other ---- */

static fsam_status find_mirror(const fr_text_corpus *corpus, fr_text_name *of)
{
    char *other = fw_mirrored(of->name->name);
    if (other == NULL) return exhausted();
    of->mirror = strcmp(other, of->name->name) != 0 ? fr_text_corpus_find(corpus, other) : -1;
    free(other);
    return FSAM_OK;
}

/* Of "vertebrae_L4", "vertebrae_L3" or "vertebrae_L5". */
static int neighbour(const fr_text_corpus *corpus, const char *name, int step)
{
    char other[96];
    size_t length = strlen(name);
    while (length > 0 && isdigit((unsigned char)name[length - 1])) length--;
    if (name[length] == '\0') return -1;
    snprintf(other, sizeof other, "%.*s%d", (int)length, name, atoi(name + length) + step);
    return fr_text_corpus_find(corpus, other);
}

static fsam_status find_neighbours(fr_text_corpus *corpus)
{
    for (size_t i = 0; i < corpus->names; i++) {
        fr_text_name *each = &corpus->name[i];
        FB_TRY(find_mirror(corpus, each));
        each->lower = neighbour(corpus, each->name->name, -1);
        each->upper = neighbour(corpus, each->name->name, 1);
    }
    return FSAM_OK;
}

static bool has_member(const fw_name *group, const fb_structure *member)
{
    for (size_t i = 0; i < group->member_count; i++)
        if (group->members[i] == member) return true;
    return false;
}

/* The group that joins what this name and its mirror image join, and nothing else; -1: there is none. */
static int pair_group(const fr_text_corpus *corpus, const fr_text_name *of)
{
    if (of->mirror < 0) return -1;
    const fw_name *sides[2] = {of->name, corpus->name[of->mirror].name};
    const size_t both = sides[0]->member_count + sides[1]->member_count;
    for (size_t g = 0; g < corpus->names; g++) {
        const fw_name *group = corpus->name[g].name;
        if (group->kind != FW_GROUP || group->side != FB_SIDE_NONE || group->member_count != both) continue;
        size_t found = 0;
        for (int s = 0; s < 2; s++)
            for (size_t i = 0; i < sides[s]->member_count; i++) found += has_member(group, sides[s]->members[i]);
        if (found == both) return (int)g;
    }
    return -1;
}

/* ---- texts ---- */

static fsam_status add(fr_text_corpus *corpus, size_t *room, const fr_text *text)
{
    if (corpus->count == *room) {
        const size_t larger = *room > 0 ? 2 * *room : 4096;
        fr_text *item = realloc(corpus->item, larger * sizeof *item);
        if (item == NULL) return exhausted();
        corpus->item = item;
        *room = larger;
    }
    fr_text *made = &corpus->item[corpus->count];
    *made = *text;
    made->text = strdup(text->text);
    if (made->text == NULL) return exhausted();
    corpus->count++;
    return FSAM_OK;
}

/* Where `text` says its side as a word in front of a noun, and the length with the space; NULL: it does not, or would
 * say nothing sensible without ("femur on the left side"). */
static const char *side_in_front(const char *text, size_t *length)
{
    static const char *const words[] = {"left ", "right ", "lt ", "rt ", "l ", "r "};
    static const char *const unfit[] = {"patient's", " on the ", " side", "left-", "right-", "(", ","};
    for (size_t i = 0; i < sizeof unfit / sizeof *unfit; i++)
        if (strcasestr(text, unfit[i]) != NULL) return NULL;
    for (const char *at = text; *at != '\0'; at++) {
        if (at > text && at[-1] != ' ') continue;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (strncasecmp(at, words[i], strlen(words[i])) == 0) {
                *length = strlen(words[i]);
                return at;
            }
    }
    return NULL;
}

/* Adds to the group of both sides what `text`, of one side, says when the side is left out. */
static fsam_status add_unsided(fr_text_corpus *corpus, size_t *room, int group, const fw_variation *from)
{
    size_t length;
    const char *side = group >= 0 ? side_in_front(from->text, &length) : NULL;
    if (side == NULL) return FSAM_OK;
    char *text = strdup(from->text);
    if (text == NULL) return exhausted();
    char *at = text + (side - from->text);
    memmove(at, at + length, strlen(at + length) + 1);
    const fr_text made = {.text = text, .name = group, .kind = from->kind, .sentence = from->sentence, .unsided = true};
    const fsam_status status = fw_side_of(text) == FB_SIDE_NONE ? add(corpus, room, &made) : FSAM_OK;
    free(text);
    return status;
}

static fsam_status add_name(fr_text_corpus *corpus, size_t *room, const fw_texts *texts, int place)
{
    const fr_text_name *of = &corpus->name[place];
    const int group = pair_group(corpus, of);
    fw_variations list;
    fsam_status status = fw_variations_of(texts, of->name->name, &list);
    for (size_t i = 0; i < list.count && status == FSAM_OK; i++) {
        const fw_variation *each = &list.item[i];
        const fr_text text = {.text = each->text, .name = place, .kind = each->kind, .sentence = each->sentence};
        status = add(corpus, room, &text);
        if (status == FSAM_OK) status = add_unsided(corpus, room, group, each);
    }
    fw_variations_free(&list);
    return status;
}

/* ---- order, doubles and what is kept out ---- */

static int compare_texts(const void *a, const void *b)
{
    const fr_text *x = a, *y = b;
    const int order = strcasecmp(x->text, y->text);
    if (order != 0) return order;
    if (x->unsided != y->unsided) return x->unsided - y->unsided;
    return x->name != y->name ? x->name - y->name : strcmp(x->text, y->text);
}

/* Both sides give the same text without a side; and what another name says already stays that name's. */
static void drop_doubles(fr_text_corpus *corpus)
{
    size_t kept = 0;
    qsort(corpus->item, corpus->count, sizeof *corpus->item, compare_texts);
    for (size_t i = 0; i < corpus->count; i++) {
        fr_text *each = &corpus->item[i];
        if (kept > 0 && strcasecmp(corpus->item[kept - 1].text, each->text) == 0)
            free(each->text);
        else
            corpus->item[kept++] = *each;
    }
    corpus->count = kept;
}

/* The sentences that are kept out: `count` different ones of 1..most. */
static void choose_sentences(uint64_t seed, int most, int count, bool *out)
{
    fb_random random = fb_random_start(seed, 0, 0, STREAM_SENTENCES);
    while (count > 0) {
        const uint32_t chosen = 1 + fb_random_below(&random, (uint32_t)most);
        count -= !out[chosen];
        out[chosen] = true;
    }
}

/* A text and its mirror image are kept out together: else the one would be learned from the other. */
static fsam_status draws_variation(const fr_text_split *split, const char *text, bool *out)
{
    char *mirror = fw_mirrored(text);
    if (mirror == NULL) return exhausted();
    const uint64_t hash = hash_bytes(hash_start, strcmp(mirror, text) < 0 ? mirror : text);
    free(mirror);
    fb_random random = fb_random_start(split->seed, (uint32_t)hash, (uint32_t)(hash >> 32), STREAM_VARIATIONS);
    *out = fb_random_uniform(&random) < split->variations;
    return FSAM_OK;
}

static fsam_status keep_out(fr_text_corpus *corpus, const fr_text_split *split)
{
    int most = 0;
    for (size_t i = 0; i < corpus->count; i++)
        if (corpus->item[i].sentence > most) most = corpus->item[i].sentence;
    if (!(split->variations >= 0 && split->variations <= 0.5))
        return fb_fail(FSAM_ERROR_ARGUMENT, "a share of %g texts kept out: 0 to 0.5", split->variations);
    if (split->sentences < 0 || split->sentences > most / 2)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%d sentences kept out: 0 to %d", split->sentences, most / 2);
    bool *sentence = calloc((size_t)most + 1, sizeof *sentence);
    if (sentence == NULL) return exhausted();
    choose_sentences(split->seed, most, split->sentences, sentence);
    fsam_status status = FSAM_OK;
    for (size_t i = 0; i < corpus->count && status == FSAM_OK; i++) {
        fr_text *each = &corpus->item[i];
        bool drawn = false;
        status = draws_variation(split, each->text, &drawn);
        if (sentence[each->sentence])
            each->use = FR_TEXT_PHRASING;
        else if (drawn && strcmp(each->text, corpus->name[each->name].name->description) != 0)
            each->use = FR_TEXT_VARIATION;
    }
    free(sentence);
    return status;
}

static int compare_places(const void *a, const void *b)
{
    const fr_text *x = a, *y = b;
    if (x->name != y->name) return x->name - y->name;
    if (x->use != y->use) return (int)x->use - (int)y->use;
    return compare_texts(a, b);
}

static void index_names(fr_text_corpus *corpus)
{
    qsort(corpus->item, corpus->count, sizeof *corpus->item, compare_places);
    for (size_t i = corpus->count; i-- > 0;) {
        fr_text_name *name = &corpus->name[corpus->item[i].name];
        name->first = i;
        name->count++;
        name->learned += corpus->item[i].use == FR_TEXT_LEARNED;
    }
}

fsam_status fr_text_corpus_make(const fw_texts *texts, const fr_text_split *split, fr_text_corpus *corpus)
{
    size_t room = 0;
    *corpus = (fr_text_corpus){0};
    while (fw_name_at(texts, corpus->names) != NULL) corpus->names++;
    corpus->name = calloc(corpus->names + 1, sizeof *corpus->name);
    if (corpus->name == NULL) return exhausted();
    for (size_t i = 0; i < corpus->names; i++) corpus->name[i].name = fw_name_at(texts, i);
    FB_TRY(find_neighbours(corpus));
    for (size_t i = 0; i < corpus->names; i++) FB_TRY(add_name(corpus, &room, texts, (int)i));
    drop_doubles(corpus);
    FB_TRY(keep_out(corpus, split));
    index_names(corpus);
    return FSAM_OK;
}

void fr_text_corpus_free(fr_text_corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++) free(corpus->item[i].text);
    free(corpus->item);
    free(corpus->name);
    *corpus = (fr_text_corpus){0};
}

uint64_t fr_text_corpus_hash(const fr_text_corpus *corpus)
{
    uint64_t hash = hash_start;
    for (size_t i = 0; i < corpus->count; i++) {
        const fr_text *each = &corpus->item[i];
        hash = hash_bytes(hash, each->text);
        hash = hash_bytes(hash, corpus->name[each->name].name->name);
        hash = (hash ^ (uint64_t)each->use) * UINT64_C(0x100000001b3);
    }
    return hash;
}
