#include "model/words.h"

#include <stdlib.h>
#include <string.h>

typedef struct memory {
    int count;     /* ids; 0: empty */
    uint64_t used; /* when, in calls */
} memory;

struct fm_words {
    fm_base base;
    const fw_tokenizer *tokenizer;
    fm_tower *tower;
    memory seen[FM_WORDS_REMEMBERED];
    int32_t *ids; /* [FM_WORDS_REMEMBERED + 1, context]: the last row is the text asked for */
    float *token; /* [FM_WORDS_REMEMBERED, D] */
    uint64_t calls;
    size_t runs;
};

fsam_status fm_words_new(fm_base base, const fw_tokenizer *tokenizer, fm_words **result)
{
    fm_words *words = calloc(1, sizeof *words);
    *result = words;
    if (words == NULL) return fb_fail(FSAM_ERROR_MEMORY, "text: out of memory");
    words->base = base;
    words->tokenizer = tokenizer;
    words->ids = calloc((size_t)base.config->text.context * (FM_WORDS_REMEMBERED + 1), sizeof *words->ids);
    words->token = calloc((size_t)base.config->prompt_dim * FM_WORDS_REMEMBERED, sizeof *words->token);
    fsam_status status = words->ids != NULL && words->token != NULL ? fm_tower_new(base, true, &words->tower)
                                                                    : fb_fail(FSAM_ERROR_MEMORY, "text: out of memory");
    if (status == FSAM_OK) return FSAM_OK;
    fm_words_free(words);
    *result = NULL;
    return status;
}

void fm_words_free(fm_words *words)
{
    if (words == NULL) return;
    fm_tower_free(words->tower);
    free(words->ids);
    free(words->token);
    free(words);
}

static int32_t *ids_of(const fm_words *words, int place)
{
    return words->ids + (size_t)place * (size_t)words->base.config->text.context;
}

static float *token_of(const fm_words *words, int place)
{
    return words->token + (size_t)place * (size_t)words->base.config->prompt_dim;
}

/* The place of a text that is remembered, -1 when it is not. */
static int recall(const fm_words *words, const int32_t *ids, int count)
{
    for (int i = 0; i < FM_WORDS_REMEMBERED; i++)
        if (words->seen[i].count == count && memcmp(ids_of(words, i), ids, (size_t)count * sizeof *ids) == 0) return i;
    return -1;
}

/* An empty place, or that of the text that was not asked for the longest. */
static int oldest(const fm_words *words)
{
    int place = 0;
    for (int i = 1; i < FM_WORDS_REMEMBERED; i++)
        if (words->seen[i].used < words->seen[place].used) place = i;
    return place;
}

fsam_status fm_words_token(fm_words *words, const char *text, const float **token)
{
    const int context = words->base.config->text.context;
    int32_t *ids = ids_of(words, FM_WORDS_REMEMBERED);
    int count;
    FB_TRY(fw_tokenizer_encode(words->tokenizer, text, context, ids, &count));
    count = fm_tower_length(ids, count); /* a text that spells out the end token ends there, as in CLIP */
    if (count <= 2) return fb_fail(FSAM_ERROR_ARGUMENT, "text: it is empty");
    int place = recall(words, ids, count);
    if (place < 0) {
        place = oldest(words);
        words->seen[place] = (memory){0};
        FB_TRY(fm_tower_run(words->tower, ids, count, token_of(words, place)));
        words->runs++;
        memcpy(ids_of(words, place), ids, (size_t)context * sizeof *ids);
        words->seen[place].count = count;
    }
    words->seen[place].used = ++words->calls;
    *token = token_of(words, place);
    return FSAM_OK;
}

size_t fm_words_runs(const fm_words *words)
{
    return words->runs;
}

size_t fm_words_bytes(const fm_words *words)
{
    const fm_config *config = words->base.config;
    size_t bytes = (size_t)config->text.context * (FM_WORDS_REMEMBERED + 1) * sizeof *words->ids +
                   (size_t)config->prompt_dim * FM_WORDS_REMEMBERED * sizeof *words->token;
    return bytes + fm_tower_bytes(words->tower);
}

ft_session *fm_words_session(const fm_words *words)
{
    return fm_tower_session(words->tower);
}
