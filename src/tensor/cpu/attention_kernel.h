/* attention_kernel.h - attention of one head's block of queries: a running softmax over blocks of keys. Queries lie in
 * lanes, so that it needs no horizontal sums, and 7 of them still fill vectors. The file including it defines LANES (8
 * or 16 floats of a vector) and KERNELS, the name of the table. */
#include "tensor/cpu/attention_internal.h"
#include "tensor/cpu/attention_vector.h"
#include <math.h>

enum { BLOCK = TILE_VECTORS * LANES }; /* queries at once: 16 or 64 */

typedef float scores_t[FK_KEYS * BLOCK] __attribute__((aligned(64)));
typedef float lanes_t[FK_TOKEN_HEAD * BLOCK] __attribute__((aligned(64)));
typedef float keys_t[FK_KEYS * FK_TOKEN_HEAD] __attribute__((aligned(64)));

/* A block of queries of one head. */
typedef struct block_t {
    const fk_tokens *tokens;
    int head;
    int64_t first, count, vectors; /* its queries, and the vectors that they fill */
} block_t;

INLINE int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

INLINE block_t block_of(const fk_tokens *t, int head, int64_t first)
{
    int64_t count = smaller(BLOCK, t->queries - first);
    return (block_t){t, head, first, count, (count + LANES - 1) / LANES};
}

/* Keys from `first` on that the block's queries see, at most FK_KEYS. */
INLINE int64_t keys_seen(const block_t *b, int64_t first)
{
    int64_t end = b->tokens->keys;
    if (b->tokens->causal) end = smaller(end, b->first + b->count);
    return smaller(FK_KEYS, end - first);
}

/* to[width, BLOCK] = factor times rows [count, width], transposed; zeros for queries that are not there */
static void into_lanes(const block_t *b, const float *rows, float factor, float *to)
{
    int64_t wide = whole_vectors(b->tokens->width);
    for (int64_t lane = 0; lane < b->vectors * LANES; lane += 8) {
        int64_t left = b->count - lane;
        int count = left < 0 ? 0 : left < 8 ? (int)left : 8;
        transpose_rows(rows + (count > 0 ? lane * wide : 0), wide, count, b->tokens->width, factor, to + lane, BLOCK);
    }
}

/* scores [keys, BLOCK] = rows [keys, width] times lanes [width, BLOCK] */
static void against_lanes(const block_t *b, const float *rows, int64_t row, int64_t keys, const float *lanes,
                          float *scores)
{
    multiply(&(product_t){.m = keys,
                          .vectors = b->vectors,
                          .depth = b->tokens->width,
                          .a = rows,
                          .a_row = row,
                          .a_step = 1,
                          .b = lanes,
                          .b_row = BLOCK,
                          .c = scores,
                          .c_row = BLOCK});
}

/* Scores of keys first .. first + keys - 1, [keys, BLOCK], with their biases; those that the queries must not see are
 * -infinity. */
static void score(const block_t *b, int64_t first, int64_t keys, const float *lanes, float *scores)
{
    const fk_tokens *t = b->tokens;
    against_lanes(b, t->k + first * t->k_row + b->head * t->width, t->k_row, keys, lanes, scores);
    for (int64_t j = 0; t->key_bias != NULL && j < keys; j++)
        for (int64_t v = 0; v < b->vectors; v++) {
            float *at = scores + j * BLOCK + v * LANES;
            store(at, load(at) + t->key_bias[first + j]);
        }
    for (int64_t j = 0; t->causal && j < keys; j++)
        for (int64_t i = 0; i < first + j - b->first && i < BLOCK; i++) scores[j * BLOCK + i] = -INFINITY;
}

/* What the softmax of one vector of queries has seen so far. */
typedef struct running_t {
    vf most, total; /* the largest score, and the sum of e^(score - most) */
} running_t;

/* Before any score. Scores that are all -infinity must not make `most` so: -infinity less itself is NaN. */
INLINE running_t seen_nothing(void)
{
    return (running_t){splat(-1e30f), {0}};
}

/* Scores of a block of keys become e^(score - most); returns what earlier sums are to be multiplied by. */
INLINE vf absorb(running_t *running, float *scores, int64_t keys)
{
    vf most = running->most, total = {0};
    for (int64_t j = 0; j < keys; j++) most = maximum(most, load(scores + j * BLOCK));
    for (int64_t j = 0; j < keys; j++) {
        vf e = decay(load(scores + j * BLOCK) - most);
        total += e;
        store(scores + j * BLOCK, e);
    }
    vf factor = decay(running->most - most);
    *running = (running_t){most, running->total * factor + total};
    return factor;
}

/* result[count, width] = or += the transpose of weights [keys, BLOCK] times rows [keys, width] */
static void weighted_rows(const block_t *b, const float *weights, const float *rows, int64_t keys, float *result,
                          bool add)
{
    int64_t wide = whole_vectors(b->tokens->width);
    multiply(&(product_t){.m = b->count,
                          .vectors = wide / LANES,
                          .depth = keys,
                          .a = weights,
                          .a_row = 1,
                          .a_step = BLOCK,
                          .b = rows,
                          .b_row = wide,
                          .c = result,
                          .c_row = wide,
                          .add = add});
}

/* Rows [count, width] times a factor of each. */
static void scale_rows(const block_t *b, const float *factor, float *rows)
{
    int64_t wide = whole_vectors(b->tokens->width);
    for (int64_t i = 0; i < b->count; i++)
        for (int64_t k = 0; k < wide; k += LANES) store(rows + i * wide + k, load(rows + i * wide + k) * factor[i]);
}

/* Rows [count, width] into memory whose rows are to_row apart. */
static void write_rows(const float *rows, int64_t count, int64_t width, float *to, int64_t to_row)
{
    for (int64_t i = 0; i < count; i++)
        memcpy(to + i * to_row, rows + i * whole_vectors(width), (size_t)width * sizeof *to);
}

/* lanes [width, BLOCK] = the block's queries / sqrt(width) */
static void load_queries(const block_t *b, float *lanes)
{
    const fk_tokens *t = b->tokens;
    lanes_t rows;
    copy_rows(t->q + b->first * t->q_row + b->head * t->width, t->q_row, b->count, t->width, rows);
    into_lanes(b, rows, 1.0f / sqrtf((float)t->width), lanes);
}

static void forward(const fk_tokens *t, int head, int64_t first)
{
    block_t b = block_of(t, head, first);
    lanes_t lanes, result;
    scores_t scores;
    keys_t values;
    running_t running[TILE_VECTORS];
    float factor[BLOCK];
    int64_t column = (int64_t)head * t->width, channels = (int64_t)t->heads * t->width;
    for (int64_t v = 0; v < b.vectors; v++) running[v] = seen_nothing();
    load_queries(&b, lanes);
    for (int64_t key = 0, keys; (keys = keys_seen(&b, key)) > 0; key += keys) {
        score(&b, key, keys, lanes, scores);
        for (int64_t v = 0; v < b.vectors; v++)
            store(factor + v * LANES, absorb(&running[v], scores + v * LANES, keys));
        if (key > 0) scale_rows(&b, factor, result);
        copy_rows(t->v + key * t->k_row + column, t->k_row, keys, t->width, values);
        weighted_rows(&b, scores, values, keys, result, key > 0);
    }
    for (int64_t v = 0; v < b.vectors; v++) store(factor + v * LANES, 1.0f / running[v].total);
    scale_rows(&b, factor, result);
    write_rows(result, b.count, t->width, t->y + first * channels + column, channels);
}

/* lanes [width, BLOCK] = dy of the block, whose rows go to `rows` */
static void load_dy(const block_t *b, float *rows, float *lanes)
{
    const fk_tokens *t = b->tokens;
    int64_t channels = (int64_t)t->heads * t->width;
    copy_rows(t->dy + b->first * channels + b->head * t->width, channels, b->count, t->width, rows);
    into_lanes(b, rows, 1.0f, lanes);
}

static void statistics(const fk_tokens *t, int head, int64_t first)
{
    block_t b = block_of(t, head, first);
    lanes_t lanes, rows, dy;
    scores_t scores, gradients;
    running_t running[TILE_VECTORS];
    vf mean[TILE_VECTORS];
    for (int64_t v = 0; v < b.vectors; v++) {
        running[v] = seen_nothing();
        mean[v] = (vf){0};
    }
    load_queries(&b, lanes);
    load_dy(&b, rows, dy);
    for (int64_t key = 0, keys; (keys = keys_seen(&b, key)) > 0; key += keys) {
        score(&b, key, keys, lanes, scores);
        against_lanes(&b, t->v + key * t->k_row + head * t->width, t->k_row, keys, dy, gradients);
        for (int64_t v = 0; v < b.vectors; v++) {
            mean[v] *= absorb(&running[v], scores + v * LANES, keys);
            for (int64_t at = v * LANES; at < keys * BLOCK; at += BLOCK)
                mean[v] += load(scores + at) * load(gradients + at);
        }
    }
    float *to = t->statistics + 3 * head * t->statistics_row + first;
    for (int64_t v = 0; v < b.vectors; v++, to += LANES) {
        vf inverse = 1.0f / running[v].total;
        store(to, running[v].most);
        store(to + t->statistics_row, inverse);
        store(to + 2 * t->statistics_row, mean[v] * inverse);
    }
}

/* Scores become softmax weights, and the gradients of weights those of scores; both [keys, BLOCK]. */
static void weigh(const block_t *b, int64_t keys, float *scores, float *gradients)
{
    const fk_tokens *t = b->tokens;
    const float *from = t->statistics + 3 * b->head * t->statistics_row + b->first;
    for (int64_t v = 0; v < b->vectors; v++, from += LANES) {
        vf most = load(from), inverse = load(from + t->statistics_row), mean = load(from + 2 * t->statistics_row);
        for (int64_t at = v * LANES; at < keys * BLOCK; at += BLOCK) {
            vf weight = decay(load(scores + at) - most) * inverse;
            store(scores + at, weight);
            store(gradients + at, weight * (load(gradients + at) - mean));
        }
    }
}

/* The same where these are all keys that there are: no statistics of the queries are needed. */
static void weigh_alone(const block_t *b, int64_t keys, float *scores, float *gradients)
{
    for (int64_t v = 0; v < b->vectors; v++) {
        running_t running = seen_nothing();
        vf mean = {0};
        (void)absorb(&running, scores + v * LANES, keys);
        vf inverse = 1.0f / running.total;
        for (int64_t at = v * LANES; at < keys * BLOCK; at += BLOCK) {
            vf weight = load(scores + at) * inverse;
            store(scores + at, weight);
            mean += weight * load(gradients + at);
        }
        for (int64_t at = v * LANES; at < keys * BLOCK; at += BLOCK)
            store(gradients + at, load(scores + at) * (load(gradients + at) - mean));
    }
}

/* result[keys, width] += weights [keys, BLOCK] times rows [count, width] */
static void weighted_queries(const block_t *b, const float *weights, const float *rows, int64_t keys, float *result)
{
    int64_t wide = whole_vectors(b->tokens->width);
    multiply(&(product_t){.m = keys,
                          .vectors = wide / LANES,
                          .depth = b->count,
                          .a = weights,
                          .a_row = BLOCK,
                          .a_step = 1,
                          .b = rows,
                          .b_row = wide,
                          .c = result,
                          .c_row = wide,
                          .add = true});
}

/* One block of queries against one of keys, whose k rows are at hand: dq is written, dk and dv are added to. */
static void backward_block(const block_t *b, int64_t key, int64_t keys, const float *k, float *dk, float *dv,
                           const fk_tokens_gradient *to)
{
    const fk_tokens *t = b->tokens;
    int64_t wide = whole_vectors(t->width), column = (int64_t)b->head * t->width;
    float scale = 1.0f / sqrtf((float)t->width);
    lanes_t rows, lanes;
    scores_t weights, gradients;
    load_dy(b, rows, lanes);
    against_lanes(b, t->v + key * t->k_row + column, t->k_row, keys, lanes, gradients);
    load_queries(b, lanes);
    score(b, key, keys, lanes, weights);
    if (keys == t->keys)
        weigh_alone(b, keys, weights, gradients);
    else
        weigh(b, keys, weights, gradients);
    weighted_queries(b, weights, rows, keys, dv);
    copy_rows(t->q + b->first * t->q_row + column, t->q_row, b->count, t->width, rows);
    for (int64_t i = 0; i < b->count * wide; i += LANES) store(rows + i, load(rows + i) * scale);
    weighted_queries(b, gradients, rows, keys, dk);
    weighted_rows(b, gradients, k, keys, rows, false);
    for (int64_t i = 0; i < b->count * wide; i += LANES) store(rows + i, load(rows + i) * scale);
    write_rows(rows, b->count, t->width, to->dq + b->first * to->dq_row + column, to->dq_row);
}

static void backward(const fk_tokens *t, int head, int64_t query, int64_t key, const fk_tokens_gradient *to)
{
    keys_t k, dk, dv;
    int64_t keys = smaller(FK_KEYS, t->keys - key), wide = whole_vectors(t->width), column = (int64_t)head * t->width;
    size_t bytes = (size_t)(keys * wide) * sizeof(float);
    memset(dk, 0, bytes);
    memset(dv, 0, bytes);
    copy_rows(t->k + key * t->k_row + column, t->k_row, keys, t->width, k);
    int64_t end = smaller(query + FK_QUERY_CHUNK, t->queries);
    for (int64_t first = query; first < end; first += BLOCK) {
        block_t b = block_of(t, head, first);
        backward_block(&b, key, keys, k, dk, dv, to);
    }
    write_rows(dk, keys, t->width, to->dk + key * to->dk_row + column, to->dk_row);
    write_rows(dv, keys, t->width, to->dv + key * to->dk_row + column, to->dk_row);
}

const fk_tokens_kernels KERNELS = {BLOCK, forward, statistics, backward};
