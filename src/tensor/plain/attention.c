#include "tensor/plain/arithmetic.h"

/* Attention between tokens: rows of q are q_row apart, those of k and v k_row, those of y and dy heads x width. */
typedef struct tokens {
    const real *q, *k, *v, *bias;
    int64_t queries, keys, q_row, k_row, channels, width;
    int heads;
    bool causal;
    const int32_t *first; /* of runs: where each row's begins; NULL: a query sees every key */
} tokens;

/* in: q, k, v and key_bias, or q, k and v packed into rows of the first */
static tokens tokens_of(const ft_call *call, const ft_array *in)
{
    bool packed = in[1].data == NULL;
    int64_t row = ft_last(in[0].shape), channels = packed ? row / 3 : row;
    const real *q = in[0].data;
    return (tokens){.q = q,
                    .k = packed ? q + channels : in[1].data,
                    .v = packed ? q + 2 * channels : in[2].data,
                    .bias = in[3].data,
                    .queries = ft_rows(in[0].shape),
                    .keys = ft_rows(in[packed ? 0 : 1].shape),
                    .q_row = row,
                    .k_row = row,
                    .channels = channels,
                    .width = channels / call->node->integer[0],
                    .heads = call->node->integer[0],
                    .causal = call->node->integer[1]};
}

/* The keys that query i may see: first_key to last_key - 1. */
static int64_t first_key(const tokens *t, int64_t i)
{
    if (t->first == NULL || t->first[i] < 0) return 0;
    return t->first[i] < i ? t->first[i] : i;
}

static int64_t last_key(const tokens *t, int64_t i)
{
    return t->first == NULL ? t->keys : i + 1;
}

static real score_of(const tokens *t, int64_t i, int64_t j, int h)
{
    real scale = (real)(1 / sqrt((double)t->width));
    real score = scale * dot(t->q + i * t->q_row + h * t->width, t->k + j * t->k_row + h * t->width, t->width);
    if (t->bias != NULL) score += t->bias[j];
    return t->causal && j > i ? (real)-INFINITY : score;
}

/* What turns the scores of query i of head h into weights: e^(score - most) / sum. Scores are computed again for every
 * use: there may be any number of keys, and a kernel allocates nothing. */
typedef struct weighing {
    double most, sum;
} weighing;

static weighing weighing_of(const tokens *t, int64_t i, int h)
{
    weighing w = {.most = -INFINITY};
    int64_t from = first_key(t, i), to = last_key(t, i);
    for (int64_t j = from; j < to; j++) w.most = fmax(w.most, score_of(t, i, j, h));
    for (int64_t j = from; j < to; j++) w.sum += exp(score_of(t, i, j, h) - w.most);
    return w;
}

static real weight_of(const tokens *t, const weighing *w, int64_t i, int64_t j, int h)
{
    return (real)(exp(score_of(t, i, j, h) - w->most) / w->sum);
}

static void attend(const tokens *t, real *y)
{
    memset(y, 0, (size_t)(t->queries * t->channels) * sizeof *y);
#pragma omp parallel for schedule(dynamic, 4)
    for (int64_t i = 0; i < t->queries; i++)
        for (int h = 0; h < t->heads; h++) {
            weighing w = weighing_of(t, i, h);
            for (int64_t j = first_key(t, i); j < last_key(t, i); j++)
                add_scaled(y + i * t->channels + h * t->width, weight_of(t, &w, i, j, h),
                           t->v + j * t->k_row + h * t->width, t->width);
        }
}

/* q [Nq, C], k [Nk, C], v [Nk, C], key_bias [Nk] -> [Nq, C]; or qkv [N, 3C] for q, k and v. */
void PLAIN(attention)(const ft_call *call)
{
    const tokens t = tokens_of(call, call->in);
    attend(&t, call->out[0].data);
}

/* The part of query i and head h in the gradients, whose rows are as far apart as those of q, k and v. */
static void token_gradient(const tokens *t, const real *dy, int64_t i, int h, real *const of[3])
{
    weighing w = weighing_of(t, i, h);
    double mean = 0;
    int64_t head = h * t->width;
    const real *g = dy + i * t->channels + head, *q = t->q + i * t->q_row + head;
    for (int64_t j = first_key(t, i); j < last_key(t, i); j++)
        mean += (double)weight_of(t, &w, i, j, h) * dot(g, t->v + j * t->k_row + head, t->width);
    for (int64_t j = first_key(t, i); j < last_key(t, i); j++) {
        real weight = weight_of(t, &w, i, j, h), slope = dot(g, t->v + j * t->k_row + head, t->width);
        real of_score = (real)(weight * (slope - mean) / sqrt((double)t->width));
        add_scaled(of[2] + j * t->k_row + head, weight, g, t->width);
        add_scaled(of[0] + i * t->q_row + head, of_score, t->k + j * t->k_row + head, t->width);
        add_scaled(of[1] + j * t->k_row + head, of_score, q, t->width);
    }
}

/* dy, q, k, v, key_bias -> dq, dk, dv; or dy, qkv, -, -, key_bias -> dqkv */
void PLAIN(attention_grad)(const ft_call *call)
{
    const tokens t = tokens_of(call, call->in + 1);
    int outputs = call->node->outputs; /* 3, or 1 for all together */
    real *of[3] = {call->out[0].data, call->out[1].data, call->out[2].data};
    for (int o = 0; o < 3; o++) {
        if (o < outputs)
            memset(of[o], 0, (size_t)ft_count(call->out[o].shape) * sizeof(real));
        else
            of[o] = of[0] + o * t.channels;
    }
#pragma omp parallel for schedule(dynamic, 1)
    for (int h = 0; h < t.heads; h++)
        for (int64_t i = 0; i < t.queries; i++) token_gradient(&t, call->in[0].data, i, h, of);
}

/* in: qkv, first */
static tokens run_tokens_of(const ft_call *call, const ft_array *in)
{
    const int64_t row = ft_last(in[0].shape), rows = ft_rows(in[0].shape);
    const real *q = in[0].data;
    return (tokens){.q = q,
                    .k = q + row / 3,
                    .v = q + 2 * (row / 3),
                    .queries = rows,
                    .keys = rows,
                    .q_row = row,
                    .k_row = row,
                    .channels = row / 3,
                    .width = row / 3 / call->node->integer[0],
                    .heads = call->node->integer[0],
                    .first = in[1].data};
}

/* qkv [T, 3C], first [T] -> [T, C] */
void PLAIN(run_attention)(const ft_call *call)
{
    const tokens t = run_tokens_of(call, call->in);
    attend(&t, call->out[0].data);
}

/* dy, qkv, first -> dqkv */
void PLAIN(run_attention_grad)(const ft_call *call)
{
    const tokens t = run_tokens_of(call, call->in + 1);
    real *of = call->out[0].data, *parts[3] = {of, of + t.channels, of + 2 * t.channels};
    memset(of, 0, (size_t)ft_count(call->out[0].shape) * sizeof *of);
#pragma omp parallel for schedule(dynamic, 1)
    for (int h = 0; h < t.heads; h++)
        for (int64_t i = 0; i < t.queries; i++) token_gradient(&t, call->in[0].data, i, h, parts);
}

/* Scores of one query against `keys` keys into softmax weights, in place. */
static void softmax(real *score, int64_t keys)
{
    real most = score[0], sum = 0;
    for (int64_t j = 1; j < keys; j++)
        if (score[j] > most) most = score[j];
    for (int64_t j = 0; j < keys; j++) sum += score[j] = (real)exp((double)(score[j] - most));
    for (int64_t j = 0; j < keys; j++) score[j] /= sum;
}

enum { MAX_WINDOW = 32 }; /* a side; the builder of the operation refuses larger ones */

/* One window of a map: where its positions lie and to which region of the rolled map each belongs. */
typedef struct window {
    int64_t at[MAX_WINDOW * MAX_WINDOW]; /* row of qkv, -1: padding */
    int region[MAX_WINDOW * MAX_WINDOW];
    int count;
} window_t;

/* Which of the three bands of a rolled axis a position lies in: before the last window, in it but before the seam,
 * after the seam. Positions of different bands never were neighbours. */
static int band(int64_t position, int64_t padded, int window, int shift)
{
    return position < padded - window ? 0 : position < padded - shift ? 1 : 2;
}

static void find_window(const ft_call *call, ft_shape shape, int64_t number, window_t *out)
{
    int side = call->node->integer[1], shift = call->node->integer[2];
    int64_t height = shape.dim[1], width = shape.dim[2];
    int64_t down = (height + side - 1) / side, across = (width + side - 1) / side;
    int64_t batch = number / (down * across), row = number / across % down, column = number % across;
    out->count = side * side;
    for (int i = 0; i < side * side; i++) {
        int64_t y = row * side + i / side, x = column * side + i % side; /* in the rolled map */
        int64_t from_y = (y + shift) % (down * side), from_x = (x + shift) % (across * side);
        bool padding = from_y >= height || from_x >= width;
        out->at[i] = padding ? -1 : (batch * height + from_y) * width + from_x;
        out->region[i] = shift > 0 ? 3 * band(y, down * side, side, shift) + band(x, across * side, side, shift) : 0;
    }
}

/* Row of qkv for a position of a window; that of padding is the bias. */
static const real *row_of(const real *qkv, const real *bias, const window_t *window, int i, int64_t stride)
{
    return window->at[i] < 0 ? bias : qkv + window->at[i] * stride;
}

static int64_t table_row(int i, int j, int side)
{
    return (int64_t)(i / side - j / side + side - 1) * (2 * side - 1) + (i % side - j % side + side - 1);
}

/* Weights of position i over its window in head h. */
static void window_weights(const ft_call *call, const ft_array *in, const window_t *window, int i, int h, real *weight)
{
    const real *qkv = in[0].data, *bias = in[1].data, *table = in[2].data;
    int heads = call->node->integer[0], side = call->node->integer[1];
    int64_t stride = ft_last(in[0].shape), channels = stride / 3, width = channels / heads;
    const real *q = row_of(qkv, bias, window, i, stride) + h * width;
    real scale = (real)(1 / sqrt((double)width));
    for (int j = 0; j < window->count; j++) {
        const real *k = row_of(qkv, bias, window, j, stride) + channels + h * width;
        weight[j] = scale * dot(q, k, width) + table[table_row(i, j, side) * heads + h];
        if (window->region[i] != window->region[j]) weight[j] -= 100;
    }
    softmax(weight, window->count);
}

static int64_t windows_of(ft_shape shape, int side)
{
    return shape.dim[0] * ((shape.dim[1] + side - 1) / side) * ((shape.dim[2] + side - 1) / side);
}

/* qkv [B, H, W, 3C], qkv_bias [3C], table [(2w-1)^2, heads] -> [B, H, W, C] */
void PLAIN(window_attention)(const ft_call *call)
{
    const real *qkv = call->in[0].data, *bias = call->in[1].data;
    real *y = call->out[0].data;
    int heads = call->node->integer[0], side = call->node->integer[1];
    int64_t stride = ft_last(call->in[0].shape), channels = stride / 3, width = channels / heads;
    int64_t windows = windows_of(call->in[0].shape, side);
#pragma omp parallel for schedule(dynamic, 1)
    for (int64_t n = 0; n < windows; n++) {
        window_t window;
        real weight[MAX_WINDOW * MAX_WINDOW];
        find_window(call, call->in[0].shape, n, &window);
        for (int i = 0; i < window.count; i++) {
            if (window.at[i] < 0) continue;
            real *out = y + window.at[i] * channels;
            memset(out, 0, (size_t)channels * sizeof *out);
            for (int h = 0; h < heads; h++) {
                window_weights(call, call->in, &window, i, h, weight);
                for (int j = 0; j < window.count; j++)
                    add_scaled(out + h * width, weight[j],
                               row_of(qkv, bias, &window, j, stride) + 2 * channels + h * width, width);
            }
        }
    }
}

/* Turns the gradient of softmax weights into that of the scores, in place. */
static void softmax_gradient(const real *weight, real *gradient, int64_t keys)
{
    real mean = dot(weight, gradient, keys);
    for (int64_t j = 0; j < keys; j++) gradient[j] = weight[j] * (gradient[j] - mean);
}

/* The part of one window and head in the gradients; padding's goes to the bias. */
static void window_gradient(const ft_call *call, const window_t *window, int h)
{
    const ft_array *in = call->in + 1;
    const real *dy = call->in[0].data, *qkv = in[0].data, *bias = in[1].data;
    real *dqkv = call->out[0].data, *dbias = call->out[1].data, *dtable = call->out[2].data;
    int heads = call->node->integer[0], side = call->node->integer[1];
    int64_t stride = ft_last(in[0].shape), channels = stride / 3, width = channels / heads;
    real weight[MAX_WINDOW * MAX_WINDOW], gradient[MAX_WINDOW * MAX_WINDOW], scale = (real)(1 / sqrt((double)width));
    for (int i = 0; i < window->count; i++) {
        if (window->at[i] < 0) continue;
        const real *g = dy + window->at[i] * channels + h * width;
        const real *q = row_of(qkv, bias, window, i, stride) + h * width;
        real *dq = dqkv + window->at[i] * stride + h * width;
        window_weights(call, in, window, i, h, weight);
        for (int j = 0; j < window->count; j++)
            gradient[j] = dot(g, row_of(qkv, bias, window, j, stride) + 2 * channels + h * width, width);
        softmax_gradient(weight, gradient, window->count);
        for (int j = 0; j < window->count; j++) {
            const real *k = row_of(qkv, bias, window, j, stride) + channels + h * width;
            real *to = (window->at[j] < 0 ? dbias : dqkv + window->at[j] * stride) + h * width;
            add_scaled(dq, scale * gradient[j], k, width);
            add_scaled(to + channels, scale * gradient[j], q, width);
            add_scaled(to + 2 * channels, weight[j], g, width);
            dtable[table_row(i, j, side) * heads + h] += gradient[j];
        }
    }
}

/* dy, qkv, qkv_bias, table -> dqkv, dqkv_bias, dtable */
void PLAIN(window_attention_grad)(const ft_call *call)
{
    int heads = call->node->integer[0];
    int64_t windows = windows_of(call->in[1].shape, call->node->integer[1]);
    for (int i = 0; i < 3; i++) memset(call->out[i].data, 0, (size_t)ft_count(call->out[i].shape) * sizeof(real));
        /* Heads touch different columns of every gradient, so they may run at once. */
#pragma omp parallel for schedule(dynamic, 1)
    for (int h = 0; h < heads; h++)
        for (int64_t n = 0; n < windows; n++) {
            window_t window;
            find_window(call, call->in[1].shape, n, &window);
            window_gradient(call, &window, h);
        }
}
