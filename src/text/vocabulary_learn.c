#include "text/vocabulary_learn.h"

#include "text/pieces.h"

#include <search.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES = 256, LONGEST_WORD = 4096 };
static const char word_end[] = "</w>";

/* A distinct word: `size` symbols, and how often the texts have it. */
typedef struct word {
    size_t first, size; /* its symbols in `symbols` */
    int64_t times;
} word;

typedef struct learner {
    /* Of every symbol its text. A symbol that merges make twice, from different parts, is one symbol. */
    char **text;
    size_t texts, text_room;
    void *by_text;  /* tree of the places in `text` */
    void *by_bytes; /* tree of words by their bytes */
    word *words;
    size_t count, room;
    int32_t *symbols; /* of all words */
    size_t used, symbol_room;
    /* Pairs of neighbours and how often they occur: a hash table, built anew for every merge. */
    struct pair {
        int32_t left, right; /* left -1: an empty slot */
        int64_t times;
    } * pairs;
    size_t slots; /* a power of two, more than twice the symbols */
} learner;

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "vocabulary: memory is exhausted");
}

/* Room for one more element of `size` bytes; NULL when memory is exhausted, the block then is as it was. */
static void *grown(void *block, size_t used, size_t *room, size_t size, size_t more)
{
    if (used + more <= *room) return block;
    const size_t larger = 2 * (used + more);
    void *result = realloc(block, larger * size);
    if (result != NULL) *room = larger;
    return result;
}

/* ---- symbols ---- */

typedef struct named_symbol {
    char *text;
    int32_t id;
} named_symbol;

static int compare_symbol(const void *a, const void *b)
{
    return strcmp(((const named_symbol *)a)->text, ((const named_symbol *)b)->text);
}

/* The symbol whose text is `left` and `right` together. */
static fsam_status symbol_of(learner *l, const char *left, const char *right, int32_t *id)
{
    named_symbol *made = calloc(1, sizeof *made);
    if (made == NULL || asprintf(&made->text, "%s%s", left, right) < 0) {
        free(made);
        return exhausted();
    }
    made->id = (int32_t)l->texts;
    named_symbol **found = tsearch(made, &l->by_text, compare_symbol);
    const bool is_new = found != NULL && *found == made;
    char **text = is_new ? grown(l->text, l->texts, &l->text_room, sizeof *text, 1) : l->text;
    if (found != NULL) *id = (*found)->id;
    if (found == NULL || text == NULL) {
        if (is_new) tdelete(made, &l->by_text, compare_symbol);
        free(made->text);
        free(made);
        return exhausted();
    }
    l->text = text;
    if (is_new) {
        l->text[l->texts++] = made->text;
    } else {
        free(made->text);
        free(made);
    }
    return FSAM_OK;
}

/* Symbol b is byte b, symbol BYTES + b the same at the end of a word. */
static fsam_status add_bytes(learner *l)
{
    for (int end = 0; end < 2; end++)
        for (int byte = 0; byte < BYTES; byte++) {
            char text[FW_BYTE_SYMBOL];
            int32_t id;
            fw_byte_symbol((unsigned char)byte, text);
            FB_TRY(symbol_of(l, text, end ? word_end : "", &id));
        }
    return FSAM_OK;
}

/* ---- words ---- */

/* A word's bytes, for finding it again. */
typedef struct spelled {
    const char *text;
    size_t size, place;
} spelled;

static int compare_spelled(const void *a, const void *b)
{
    const spelled *x = a, *y = b;
    const size_t least = x->size < y->size ? x->size : y->size;
    const int order = memcmp(x->text, y->text, least);
    return order != 0 ? order : (x->size > y->size) - (x->size < y->size);
}

static fsam_status add_word(learner *l, const fw_piece *piece)
{
    word *words = grown(l->words, l->count, &l->room, sizeof *words, 1);
    if (words != NULL) l->words = words;
    int32_t *symbols = grown(l->symbols, l->used, &l->symbol_room, sizeof *symbols, piece->size);
    if (symbols != NULL) l->symbols = symbols;
    if (words == NULL || symbols == NULL) return exhausted();
    for (size_t i = 0; i < piece->size; i++)
        symbols[l->used + i] = (unsigned char)piece->text[i] + (i + 1 == piece->size ? BYTES : 0);
    words[l->count++] = (word){l->used, piece->size, 1};
    l->used += piece->size;
    return FSAM_OK;
}

/* A word is remembered with a copy of its bytes behind it, in one block. */
static fsam_status take_piece(void *context, const fw_piece *piece, bool *enough)
{
    learner *l = context;
    *enough = false;
    if (piece->kind != FW_WORD || piece->size > LONGEST_WORD) return FSAM_OK;
    const spelled wanted = {piece->text, piece->size, 0};
    spelled **found = tfind(&wanted, &l->by_bytes, compare_spelled);
    if (found != NULL) {
        l->words[(*found)->place].times++;
        return FSAM_OK;
    }
    FB_TRY(add_word(l, piece));
    spelled *made = malloc(sizeof *made + piece->size);
    if (made == NULL) return exhausted();
    char *copy = memcpy((char *)(made + 1), piece->text, piece->size);
    *made = (spelled){copy, piece->size, l->count - 1};
    if (tsearch(made, &l->by_bytes, compare_spelled) != NULL) return FSAM_OK;
    free(made);
    return exhausted();
}

static fsam_status read_texts(learner *l, const char *const *texts, size_t count)
{
    fw_splitter *splitter;
    FB_TRY(fw_splitter_new(&splitter));
    fsam_status status = FSAM_OK;
    for (size_t i = 0; i < count && status == FSAM_OK; i++)
        status = fw_splitter_split(splitter, texts[i], take_piece, l);
    fw_splitter_free(splitter);
    return status;
}

/* ---- merging ---- */

static void count_pair(learner *l, int32_t left, int32_t right, int64_t times)
{
    uint64_t slot = ((uint64_t)(uint32_t)left << 32 | (uint32_t)right) * 0x9e3779b97f4a7c15u >> 20;
    for (;; slot++) {
        struct pair *p = &l->pairs[slot & (l->slots - 1)];
        if (p->left < 0) *p = (struct pair){left, right, 0};
        if (p->left != left || p->right != right) continue;
        p->times += times;
        return;
    }
}

static void count_pairs(learner *l)
{
    for (size_t i = 0; i < l->slots; i++) l->pairs[i].left = -1;
    for (size_t w = 0; w < l->count; w++) {
        const int32_t *symbol = l->symbols + l->words[w].first;
        for (size_t i = 0; i + 1 < l->words[w].size; i++) count_pair(l, symbol[i], symbol[i + 1], l->words[w].times);
    }
}

static bool comes_first(const learner *l, const struct pair *a, const struct pair *b)
{
    if (a->times != b->times) return a->times > b->times;
    int order = strcmp(l->text[a->left], l->text[b->left]);
    if (order == 0) order = strcmp(l->text[a->right], l->text[b->right]);
    return order < 0;
}

/* NULL: there is no pair. */
static const struct pair *best_pair(const learner *l)
{
    const struct pair *best = NULL;
    for (size_t i = 0; i < l->slots; i++) {
        const struct pair *p = &l->pairs[i];
        if (p->left >= 0 && (best == NULL || comes_first(l, p, best))) best = p;
    }
    return best;
}

static void merge_everywhere(learner *l, int32_t left, int32_t right, int32_t result)
{
    for (size_t w = 0; w < l->count; w++) {
        int32_t *symbol = l->symbols + l->words[w].first;
        size_t size = l->words[w].size, kept = 0;
        for (size_t i = 0; i < size; i++) {
            const bool both = i + 1 < size && symbol[i] == left && symbol[i + 1] == right;
            symbol[kept++] = both ? result : symbol[i];
            i += both;
        }
        l->words[w].size = kept;
    }
}

static fsam_status learn(learner *l, size_t most, FILE *out, size_t *learned)
{
    enum { LEAST_TIMES = 2 };
    for (l->slots = 1024; l->slots < 2 * l->used;) l->slots *= 2;
    l->pairs = malloc(l->slots * sizeof *l->pairs);
    if (l->pairs == NULL) return exhausted();
    for (*learned = 0; *learned < most; ++*learned) {
        int32_t result;
        count_pairs(l);
        const struct pair *best = best_pair(l);
        if (best == NULL || best->times < LEAST_TIMES) break;
        fprintf(out, "%s %s\n", l->text[best->left], l->text[best->right]);
        FB_TRY(symbol_of(l, l->text[best->left], l->text[best->right], &result));
        merge_everywhere(l, best->left, best->right, result);
    }
    return FSAM_OK;
}

static void free_symbol(void *node)
{
    free(((named_symbol *)node)->text);
    free(node);
}

static void empty(learner *l)
{
    tdestroy(l->by_text, free_symbol);
    tdestroy(l->by_bytes, free);
    free(l->text);
    free(l->words);
    free(l->symbols);
    free(l->pairs);
}

fsam_status fw_vocabulary_learn(const char *const *texts, size_t count, size_t most, char **merges, size_t *learned)
{
    *merges = NULL;
    *learned = 0;
    if (most > FW_MOST_LEARNED)
        return fb_fail(FSAM_ERROR_ARGUMENT, "a vocabulary of %zu merges: at most %d", most, FW_MOST_LEARNED);
    learner l = {0};
    size_t size;
    FILE *out = open_memstream(merges, &size);
    if (out == NULL) return exhausted();
    fsam_status status = add_bytes(&l);
    if (status == FSAM_OK) status = read_texts(&l, texts, count);
    if (status == FSAM_OK) status = learn(&l, most, out, learned);
    empty(&l);
    const bool whole = ferror(out) == 0;
    if ((fclose(out) != 0 || !whole) && status == FSAM_OK) status = exhausted();
    if (status == FSAM_OK) return FSAM_OK;
    free(*merges);
    *merges = NULL;
    return status;
}
