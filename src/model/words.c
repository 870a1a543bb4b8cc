#include "model/words.h"

#include "tensor/ops/shape.h"

#include <stdlib.h>
#include <string.h>

/* The tower is causal: what stands after the end token cannot matter, so that a text runs in the shortest of these
 * lengths that holds it. The last is the model's context. */
enum { LENGTHS = 4 };
static const int lengths[LENGTHS - 1] = {8, 16, 32};

typedef struct memory {
    int count;     /* ids; 0: empty */
    uint64_t used; /* when, in calls */
} memory;

struct fm_words {
    fm_base base;
    const fw_tokenizer *tokenizer;
    fm_part tower[LENGTHS];
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
    if (words->ids != NULL && words->token != NULL) return FSAM_OK;
    fm_words_free(words);
    *result = NULL;
    return fb_fail(FSAM_ERROR_MEMORY, "text: out of memory");
}

void fm_words_free(fm_words *words)
{
    if (words == NULL) return;
    for (int i = 0; i < LENGTHS; i++) fm_part_free(&words->tower[i]);
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

/* ids [length], end [1] -> token [1, D] */
static fsam_status make_tower(const fm_words *words, int length, fm_part *part)
{
    fm_builder build;
    FB_TRY(fm_part_begin(&words->base, part, &build));
    ft_id ids = ft_input(build.graph, "ids", FT_INDEX, ft_shape1(length), false);
    ft_id end = ft_input(build.graph, "end", FT_INDEX, ft_shape1(1), false);
    ft_id token = fm_text_head(&build, fm_text_tower(&build, ids, end, length), NULL, NULL);
    ft_output(build.graph, token, "token");
    return fm_part_finish(&words->base, part);
}

/* The token of ids [context], of which `count` are used. */
static fsam_status run_tower(fm_words *words, const int32_t *ids, int count, float *token)
{
    const int context = words->base.config->text.context;
    int which = 0, length = context;
    while (which < LENGTHS - 1 && count > lengths[which]) which++;
    if (which < LENGTHS - 1 && lengths[which] < context) length = lengths[which];
    fm_part *tower = &words->tower[which];
    if (tower->session == NULL) FB_TRY(make_tower(words, length, tower));
    memcpy(fm_part_data(tower, "ids"), ids, (size_t)length * sizeof *ids);
    *(int32_t *)fm_part_data(tower, "end") = count - 1;
    FB_TRY(ft_session_run(tower->session));
    words->runs++;
    memcpy(token, fm_part_data(tower, "token"), (size_t)words->base.config->prompt_dim * sizeof *token);
    return FSAM_OK;
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
    if (count <= 2) return fb_fail(FSAM_ERROR_ARGUMENT, "text: it is empty");
    int place = recall(words, ids, count);
    if (place < 0) {
        place = oldest(words);
        words->seen[place] = (memory){0};
        FB_TRY(run_tower(words, ids, count, token_of(words, place)));
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
    for (int i = 0; i < LENGTHS; i++) bytes += fm_part_bytes(&words->tower[i]);
    return bytes;
}

ft_session *fm_words_session(const fm_words *words)
{
    for (int i = 0; i < LENGTHS; i++)
        if (words->tower[i].session != NULL) return words->tower[i].session;
    return NULL;
}
