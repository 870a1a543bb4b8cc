#include "text/tokenizer.h"
#include "text/pieces.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_MERGES = 1 << 22,
    NONE = -1,
};

typedef struct symbol {
    const char *text; /* in the arena */
    uint32_t size;    /* bytes; 0: an empty slot */
    int32_t id;
} symbol;

typedef struct merge {
    int32_t left, right; /* left NONE: an empty slot */
    int32_t rank;        /* the order of merging */
    int32_t result;
} merge;

struct fw_tokenizer {
    char *arena; /* the symbols' texts, one after the other */
    size_t arena_used;
    symbol *symbols; /* hash table by text, `slots` long, at most half full */
    merge *merges;   /* hash table by pair, as long */
    size_t slots;    /* a power of two */
    int32_t count;   /* merges */
    int32_t byte_ids[256];
    int32_t end_ids[256]; /* the same as a word's last */
    fw_splitter *splitter;
};

static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static symbol *find_symbol(const fw_tokenizer *t, const char *text, size_t size)
{
    uint64_t hash = size;
    for (size_t i = 0; i < size; i++) hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    for (size_t slot = mix(hash);; slot++) {
        symbol *s = &t->symbols[slot & (t->slots - 1)];
        if (s->size == 0 || (s->size == size && memcmp(s->text, text, size) == 0)) return s;
    }
}

static merge *find_merge(const fw_tokenizer *t, int32_t left, int32_t right)
{
    for (size_t slot = mix((uint64_t)(uint32_t)left << 32 | (uint32_t)right);; slot++) {
        merge *m = &t->merges[slot & (t->slots - 1)];
        if (m->left == NONE || (m->left == left && m->right == right)) return m;
    }
}

/* Puts a symbol of two parts into the table. Of equal ones the last counts, as in CLIP's dictionary. */
static void add_symbol(fw_tokenizer *t, const char *left, size_t left_size, const char *right, size_t right_size,
                       int32_t id)
{
    char *text = t->arena + t->arena_used;
    memcpy(text, left, left_size);
    memcpy(text + left_size, right, right_size);
    symbol *s = find_symbol(t, text, left_size + right_size);
    if (s->size == 0) {
        s->text = text;
        s->size = (uint32_t)(left_size + right_size);
        t->arena_used += s->size;
    }
    s->id = id;
}

/* byte_texts[b]: how the merges write byte b. The printable ones are numbered first. */
static void add_bytes(fw_tokenizer *t, char byte_texts[256][FW_BYTE_SYMBOL])
{
    int32_t id = 0;
    for (int printable = 1; printable >= 0; printable--) {
        for (int byte = 0; byte < 256; byte++) {
            if (fw_byte_printable((unsigned char)byte) != (bool)printable) continue;
            char *text = byte_texts[byte];
            fw_byte_symbol((unsigned char)byte, text);
            add_symbol(t, text, strlen(text), "", 0, id);
            add_symbol(t, text, strlen(text), "</w>", 4, id + 256);
            id++;
        }
    }
}

typedef struct line {
    const char *left, *right;
    size_t left_size, right_size;
} line;

/* The next line's two symbols; false when it is not two. Advances *text to the line after. */
static bool read_line(const char **text, const char *end, line *out)
{
    const char *stop = memchr(*text, '\n', (size_t)(end - *text));
    const char *after = stop ? stop + 1 : end;
    if (!stop) stop = end;
    if (stop > *text && stop[-1] == '\r') stop--;
    const char *space = memchr(*text, ' ', (size_t)(stop - *text));
    *out = (line){.left = *text};
    *text = after;
    if (!space || space == out->left || space + 1 == stop) return false;
    out->left_size = (size_t)(space - out->left);
    out->right = space + 1;
    out->right_size = (size_t)(stop - out->right);
    return memchr(out->right, ' ', out->right_size) == NULL;
}

/* Leaves in *text and *end the lines of merges alone and counts them. */
static fsam_status count_lines(const char **text, const char **end, size_t most, const char *where, int32_t *count)
{
    if (*end > *text && (**text == '#' || **text == '"')) {
        const char *newline = memchr(*text, '\n', (size_t)(*end - *text));
        *text = newline ? newline + 1 : *end;
    }
    while (*end > *text && ((*end)[-1] == '\n' || (*end)[-1] == '\r')) --*end;
    const char *at = *text;
    size_t lines = 0;
    line ignored;
    for (; at < *end && (most == 0 || lines < most); lines++) {
        if (lines == MOST_MERGES) return fb_fail(FSAM_ERROR_FORMAT, "%s: more than %d merges", where, MOST_MERGES);
        if (!read_line(&at, *end, &ignored))
            return fb_fail(FSAM_ERROR_FORMAT, "%s: merge %zu is not two symbols", where, lines + 1);
    }
    *end = at;
    *count = (int32_t)lines;
    return FSAM_OK;
}

/* Fills the tables. All symbols first: a merge may name one that a later line makes. */
static void fill(fw_tokenizer *t, const char *text, const char *end)
{
    char byte_texts[256][FW_BYTE_SYMBOL] = {0};
    add_bytes(t, byte_texts);
    line l;
    int32_t rank = 0;
    for (const char *at = text; at < end; rank++) {
        read_line(&at, end, &l);
        add_symbol(t, l.left, l.left_size, l.right, l.right_size, 512 + rank);
    }
    for (int byte = 0; byte < 256; byte++) {
        char with_end[8];
        size_t size = (size_t)(stpcpy(stpcpy(with_end, byte_texts[byte]), "</w>") - with_end);
        t->byte_ids[byte] = find_symbol(t, byte_texts[byte], size - 4)->id;
        t->end_ids[byte] = find_symbol(t, with_end, size)->id;
    }
    rank = 0;
    for (const char *at = text; at < end; rank++) {
        read_line(&at, end, &l);
        const symbol *left = find_symbol(t, l.left, l.left_size);
        const symbol *right = find_symbol(t, l.right, l.right_size);
        if (left->size == 0 || right->size == 0) continue; /* can never be met */
        char *both = t->arena + t->arena_used;             /* room for one more is left */
        memcpy(both, l.left, l.left_size);
        memcpy(both + l.left_size, l.right, l.right_size);
        merge *m = find_merge(t, left->id, right->id);
        *m = (merge){left->id, right->id, rank, find_symbol(t, both, l.left_size + l.right_size)->id};
    }
}

fsam_status fw_tokenizer_open(const char *merges, size_t size, size_t max_merges, const char *where,
                              fw_tokenizer **tokenizer)
{
    *tokenizer = NULL;
    if (size > INT32_MAX) return fb_fail(FSAM_ERROR_MEMORY, "%s: the merges are larger than 2 GiB", where);
    const char *text = size ? merges : "";
    const char *end = text + size;
    int32_t count = 0;
    FB_TRY(count_lines(&text, &end, max_merges, where, &count));
    fw_tokenizer *t = calloc(1, sizeof *t);
    if (!t) return fb_fail(FSAM_ERROR_MEMORY, "%s: memory is exhausted", where);
    t->count = count;
    for (t->slots = 2048; t->slots < 2 * ((size_t)count + 512);) t->slots *= 2;
    t->arena = malloc(2 * (size_t)(end - text) + 4096);
    t->symbols = calloc(t->slots, sizeof *t->symbols);
    t->merges = malloc(t->slots * sizeof *t->merges);
    fsam_status status;
    if (!t->arena || !t->symbols || !t->merges)
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: memory is exhausted", where);
    else
        status = fw_splitter_new(&t->splitter);
    if (status != FSAM_OK) {
        fw_tokenizer_free(t);
        return status;
    }
    for (size_t i = 0; i < t->slots; i++) t->merges[i].left = NONE;
    fill(t, text, end);
    *tokenizer = t;
    return FSAM_OK;
}

void fw_tokenizer_free(fw_tokenizer *tokenizer)
{
    if (!tokenizer) return;
    fw_splitter_free(tokenizer->splitter);
    free(tokenizer->arena);
    free(tokenizer->symbols);
    free(tokenizer->merges);
    free(tokenizer);
}

int fw_tokenizer_vocabulary(const fw_tokenizer *tokenizer)
{
    return 512 + tokenizer->count + 2;
}

/* A word being merged: a list linked by index, and a heap of the pairs that can merge, by rank, then by place. */
typedef struct part {
    int32_t id; /* NONE: merged into the one before */
    int32_t before, after;
} part;

typedef struct word {
    part *parts;
    uint64_t *heap; /* rank << 32 | place */
    uint64_t *batch;
    size_t heap_size;
} word;

static void heap_push(word *w, uint64_t value)
{
    size_t at = w->heap_size++;
    for (; at > 0 && w->heap[(at - 1) / 2] > value; at = (at - 1) / 2) w->heap[at] = w->heap[(at - 1) / 2];
    w->heap[at] = value;
}

static uint64_t heap_pop(word *w)
{
    uint64_t top = w->heap[0];
    uint64_t value = w->heap[--w->heap_size];
    size_t at = 0;
    for (size_t child = 1; child < w->heap_size; child = 2 * at + 1) {
        if (child + 1 < w->heap_size && w->heap[child + 1] < w->heap[child]) child++;
        if (w->heap[child] >= value) break;
        w->heap[at] = w->heap[child];
        at = child;
    }
    w->heap[at] = value;
    return top;
}

static const merge *merge_at(const fw_tokenizer *t, const word *w, int32_t place)
{
    const part *p = &w->parts[place];
    if (p->id == NONE || p->after == NONE) return NULL;
    const merge *m = find_merge(t, p->id, w->parts[p->after].id);
    return m->left == NONE ? NULL : m;
}

static void offer(const fw_tokenizer *t, word *w, int32_t place)
{
    const merge *m = place == NONE ? NULL : merge_at(t, w, place);
    if (m) heap_push(w, (uint64_t)m->rank << 32 | (uint32_t)place);
}

/* Merges until nothing can. All pairs of one rank merge before any pair that they make, also where that has a lower
 * rank: CLIP's loop goes over the whole word once a rank. */
static void merge_all(const fw_tokenizer *t, word *w)
{
    while (w->heap_size > 0) {
        uint64_t rank = w->heap[0] >> 32;
        size_t batch = 0;
        while (w->heap_size > 0 && w->heap[0] >> 32 == rank) w->batch[batch++] = heap_pop(w);
        for (size_t i = 0; i < batch; i++) {
            int32_t place = (int32_t)(uint32_t)w->batch[i];
            const merge *m = merge_at(t, w, place);
            if (!m || (uint64_t)m->rank != rank) continue; /* a part of it has merged elsewhere */
            part *p = &w->parts[place];
            part *gone = &w->parts[p->after];
            p->id = m->result;
            p->after = gone->after;
            gone->id = NONE;
            if (p->after != NONE) w->parts[p->after].before = place;
            offer(t, w, p->before);
            offer(t, w, place);
        }
    }
}

typedef struct output {
    const fw_tokenizer *tokenizer;
    int32_t *ids;
    int count, most;
} output;

static fsam_status encode_word(const fw_tokenizer *t, const unsigned char *text, size_t size, output *out)
{
    /* Each merge removes a part and offers two pairs. */
    word w = {.parts = malloc(size * sizeof *w.parts), .heap = malloc(3 * size * sizeof *w.heap)};
    w.batch = malloc(3 * size * sizeof *w.batch);
    if (w.parts && w.heap && w.batch) {
        for (size_t i = 0; i < size; i++) {
            bool last = i + 1 == size;
            w.parts[i] =
                (part){last ? t->end_ids[text[i]] : t->byte_ids[text[i]], (int32_t)i - 1, last ? NONE : (int32_t)i + 1};
        }
        for (size_t i = 0; i < size; i++) offer(t, &w, (int32_t)i);
        merge_all(t, &w);
        for (int32_t i = 0; i != NONE && out->count < out->most; i = w.parts[i].after)
            out->ids[out->count++] = w.parts[i].id;
    }
    bool failed = !w.parts || !w.heap || !w.batch;
    free(w.parts);
    free(w.heap);
    free(w.batch);
    return failed ? fb_fail(FSAM_ERROR_MEMORY, "tokenizer: memory is exhausted") : FSAM_OK;
}

static fsam_status encode_piece(void *context, const fw_piece *piece, bool *enough)
{
    output *out = context;
    const fw_tokenizer *t = out->tokenizer;
    if (out->count < out->most && piece->kind == FW_START_MARK)
        out->ids[out->count++] = 512 + t->count;
    else if (out->count < out->most && piece->kind == FW_END_MARK)
        out->ids[out->count++] = 512 + t->count + 1;
    else
        FB_TRY(encode_word(t, (const unsigned char *)piece->text, piece->size, out));
    *enough = out->count >= out->most;
    return FSAM_OK;
}

fsam_status fw_tokenizer_encode(const fw_tokenizer *tokenizer, const char *text, int context, int32_t *ids, int *count)
{
    if (context < 2) return fb_fail(FSAM_ERROR_ARGUMENT, "a context of %d tokens: 2 or more are needed", context);
    memset(ids, 0, (size_t)context * sizeof *ids);
    output out = {tokenizer, ids, 1, context - 1};
    ids[0] = 512 + tokenizer->count;
    FB_TRY(fw_splitter_split(tokenizer->splitter, text, encode_piece, &out));
    ids[out.count++] = 512 + tokenizer->count + 1;
    *count = out.count;
    return FSAM_OK;
}
