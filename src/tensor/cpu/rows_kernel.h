/* rows_kernel.h - the kernels of rows.h for one width of vectors. The file including it defines LANES and NAME. */
#include "base/dtype.h"
#include "tensor/cpu/elements.h"
#include "tensor/cpu/rows.h"
#include "tensor/cpu/rows_internal.h"

#include <math.h>

enum { CHUNK = 1 << 14 }; /* elements that a thread takes at a time */

/* By halves, so that the additions do not wait for one another. */
INLINE float sum_of(vf v)
{
#if LANES == 8 && defined __AVX__
    __m128 four = _mm_add_ps(_mm256_castps256_ps128((__m256)v), _mm256_extractf128_ps((__m256)v, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
#else
    float part[LANES];
    store(part, v);
    for (int width = LANES / 2; width > 0; width /= 2)
        for (int i = 0; i < width; i++) part[i] += part[i + width];
    return part[0];
#endif
}

/* ---- LayerNorm ---- */

typedef struct moments {
    float mean, inverse; /* 1 / sqrt(variance + eps) */
} moments;

INLINE moments moments_of(const float *x, int64_t channels, double eps)
{
    vf sum = {0}, squares = {0};
    int64_t whole = channels / LANES * LANES, rest = channels - whole;
    for (int64_t c = 0; c < whole; c += LANES) sum += load(x + c);
    float mean = (sum_of(sum) + sum_of(load_few(x + whole, rest))) / (float)channels;
    for (int64_t c = 0; c < whole; c += LANES) {
        vf d = load(x + c) - mean;
        squares += d * d;
    }
    float total = sum_of(squares);
    for (int64_t c = whole; c < channels; c++) total += (x[c] - mean) * (x[c] - mean);
    return (moments){mean, 1.0f / sqrtf(total / (float)channels + (float)eps)};
}

/* Rows of `channels` values from x to y. */
INLINE void normalise_row(const float *x, const float *gain, const float *bias, int64_t channels, double eps,
                          const ft_activation act, const bool half, void *y)
{
    moments m = moments_of(x, channels, eps);
    int64_t c = 0;
    for (; c + LANES <= channels; c += LANES) {
        vf v = activated(act, (load(x + c) - m.mean) * m.inverse * load(gain + c) + load(bias + c));
        if (half)
            to_bf16((uint16_t *)y + c, v);
        else
            store((float *)y + c, v);
    }
    if (c == channels) return;
    vf v = (load_few(x + c, channels - c) - m.mean) * m.inverse;
    v = activated(act, v * load_few(gain + c, channels - c) + load_few(bias + c, channels - c));
    for (int64_t i = c; i < channels; i++) {
        if (half)
            ((uint16_t *)y)[i] = fb_bf16_from_f32(v[i - c]);
        else
            ((float *)y)[i] = v[i - c];
    }
}

INLINE void normalise_rows(const ft_call *call, const ft_activation act, const bool half)
{
    const float *x = call->in[0].data, *gain = call->in[1].data, *bias = call->in[2].data;
    int64_t rows = ft_rows(call->in[0].shape), channels = ft_last(call->in[0].shape);
    int64_t chunk = CHUNK / channels + 1;
    double eps = call->node->real[0];
    size_t size = half ? sizeof(uint16_t) : sizeof(float);
#pragma omp parallel for schedule(dynamic, 1) if (rows > chunk)
    for (int64_t first = 0; first < rows; first += chunk)
        for (int64_t r = first; r < first + chunk && r < rows; r++)
            normalise_row(x + r * channels, gain, bias, channels, eps, act, half,
                          (char *)call->out[0].data + (size_t)(r * channels) * size);
}

void NAME(layernorm)(const ft_call *call)
{
    ft_activation act = (ft_activation)call->node->integer[0];
    bool half = call->out[0].half;
    if (act == FT_IDENTITY)
        half ? normalise_rows(call, FT_IDENTITY, true) : normalise_rows(call, FT_IDENTITY, false);
    else if (act == FT_GELU)
        half ? normalise_rows(call, FT_GELU, true) : normalise_rows(call, FT_GELU, false);
    else
        normalise_rows(call, act, half);
}

/* What is normalised: a row, and its parameters; `bias` only where an activation follows. */
typedef struct normalised {
    const float *x, *gain, *bias;
    int64_t channels;
    moments m;
} normalised;

/* Channels c to c + count: n are the normalised values, and what reaches the result of the norm is returned, dy through
 * the activation. */
INLINE vf reaches(const normalised *r, const ft_activation act, const float *dy, int64_t c, int64_t count, vf *n)
{
    vf g = take(dy + c, count);
    *n = (take(r->x + c, count) - r->m.mean) * r->m.inverse;
    if (act == FT_IDENTITY) return g;
    return g * slope(act, *n * take(r->gain + c, count) + take(r->bias + c, count));
}

/* dy, x, gain -> dx; adds to dgain and dbias. With n the normalised values, g what reaches the result of the norm and h
 * = g gain: dx = (h - mean(h) - n mean(h n)) inverse. */
INLINE void normalise_gradient(const normalised *r, const ft_activation act, const float *dy, float *dx, float *dgain,
                               float *dbias)
{
    vf first = {0}, second = {0};
    int64_t channels = r->channels;
    for (int64_t c = 0; c < channels; c += LANES) {
        int64_t count = channels - c < LANES ? channels - c : LANES;
        vf n, g = reaches(r, act, dy, c, count, &n), h = g * take(r->gain + c, count);
        first += h;
        second += h * n;
        put(dgain + c, take(dgain + c, count) + g * n, count);
        put(dbias + c, take(dbias + c, count) + g, count);
        put(dx + c, h, count);
    }
    float mean_h = sum_of(first) / (float)channels, mean_hn = sum_of(second) / (float)channels;
    for (int64_t c = 0; c < channels; c += LANES) {
        int64_t count = channels - c < LANES ? channels - c : LANES;
        vf n = (take(r->x + c, count) - r->m.mean) * r->m.inverse;
        put(dx + c, (take(dx + c, count) - mean_h - n * mean_hn) * r->m.inverse, count);
    }
}

/* y [channels] = the sum of the blocks' sums [blocks, stride], in their order. */
INLINE void add_blocks(const float *sums, int64_t blocks, int64_t stride, int64_t channels, float *y)
{
    for (int64_t c = 0; c < channels; c++) {
        double sum = 0;
        for (int64_t b = 0; b < blocks; b++) sum += sums[b * stride + c];
        y[c] = (float)sum;
    }
}

/* Rows of one block of sums. */
INLINE void normalise_block(const ft_call *call, const ft_activation act, int64_t block)
{
    const float *dy = call->in[0].data, *x = call->in[1].data;
    int64_t rows = ft_rows(call->in[0].shape), channels = ft_last(call->in[0].shape);
    float *dx = call->out[0].data, *mine = (float *)call->work + block * 2 * channels;
    normalised row = {.gain = call->in[2].data, .bias = call->in[3].data, .channels = channels};
    for (int64_t r = fk_block_first(rows, block); r < fk_block_first(rows, block + 1); r++) {
        row.x = x + r * channels;
        row.m = moments_of(row.x, channels, call->node->real[0]);
        normalise_gradient(&row, act, dy + r * channels, dx + r * channels, mine, mine + channels);
    }
}

void NAME(layernorm_grad)(const ft_call *call)
{
    float *sums = call->work;
    int64_t rows = ft_rows(call->in[0].shape), channels = ft_last(call->in[0].shape), blocks = fk_row_blocks(rows);
    ft_activation act = (ft_activation)call->node->integer[0];
    memset(sums, 0, (size_t)(blocks * 2 * channels) * sizeof *sums);
#pragma omp parallel for schedule(dynamic, 1)
    for (int64_t b = 0; b < blocks; b++) {
        if (act == FT_IDENTITY)
            normalise_block(call, FT_IDENTITY, b);
        else if (act == FT_GELU)
            normalise_block(call, FT_GELU, b);
        else
            normalise_block(call, act, b);
    }
    add_blocks(sums, blocks, 2 * channels, channels, call->out[1].data);
    add_blocks(sums + channels, blocks, 2 * channels, channels, call->out[2].data);
}

/* ---- BatchNorm ---- */

/* sums [blocks, channels] of x - shift, or of its square. */
INLINE void column_sums(const float *x, int64_t rows, int64_t channels, const float *shift, const bool square,
                        float *sums)
{
    int64_t blocks = fk_row_blocks(rows);
    memset(sums, 0, (size_t)(blocks * channels) * sizeof *sums);
#pragma omp parallel for schedule(dynamic, 1)
    for (int64_t b = 0; b < blocks; b++) {
        float *mine = sums + b * channels;
        for (int64_t r = fk_block_first(rows, b); r < fk_block_first(rows, b + 1); r++)
            for (int64_t c = 0; c < channels; c++) {
                float d = x[r * channels + c] - (shift != NULL ? shift[c] : 0.0f);
                mine[c] += square ? d * d : d;
            }
    }
}

/* sums [count] of this process's part of the batch become those of the whole; room [count]. */
INLINE void join_sums(ft_joint *joint, float *sums, int64_t count, double *room)
{
    if (joint == NULL) return;
    for (int64_t i = 0; i < count; i++) room[i] = sums[i];
    ft_join(joint, room, (size_t)count);
    for (int64_t i = 0; i < count; i++) sums[i] = (float)room[i];
}

/* Where a norm of whole columns has its scratch: room [channels, 1 or 2 for the gradient] for sums to join; mean and
 * inverse [channels], and sums of blocks. */
typedef struct column_work {
    double *room;
    float *mean, *inverse, *sums;
} column_work;

INLINE column_work column_work_of(const ft_call *call, int64_t channels, int64_t joined)
{
    double *room = call->work;
    float *mean = (float *)(room + joined * channels);
    return (column_work){room, mean, mean + channels, mean + 2 * channels};
}

/* mean [channels] and inverse [channels] = 1 / sqrt(variance + eps) of the columns; variance [channels] may be NULL. */
INLINE void column_moments(const ft_call *call, const float *x, int64_t rows, int64_t channels, const column_work *work,
                           float *variance)
{
    int64_t blocks = fk_row_blocks(rows), all = ft_joint_count(call->joint, rows);
    float *mean = work->mean, *inverse = work->inverse, eps = (float)call->node->real[0];
    column_sums(x, rows, channels, NULL, false, work->sums);
    add_blocks(work->sums, blocks, channels, channels, mean);
    join_sums(call->joint, mean, channels, work->room);
    for (int64_t c = 0; c < channels; c++) mean[c] /= (float)all;
    column_sums(x, rows, channels, mean, true, work->sums);
    add_blocks(work->sums, blocks, channels, channels, inverse);
    join_sums(call->joint, inverse, channels, work->room);
    for (int64_t c = 0; c < channels; c++) {
        float biased = inverse[c] / (float)all;
        if (variance != NULL) variance[c] = all > 1 ? inverse[c] / (float)(all - 1) : biased;
        inverse[c] = 1.0f / sqrtf(biased + eps);
    }
}

void NAME(batchnorm)(const ft_call *call)
{
    const float *x = call->in[0].data, *gain = call->in[1].data, *bias = call->in[2].data;
    float *y = call->out[0].data, *statistics = call->out[1].data;
    int64_t rows = ft_rows(call->in[0].shape), channels = ft_last(call->in[0].shape);
    const column_work work = column_work_of(call, channels, 1);
    const float *mean = work.mean, *inverse = work.inverse;
    column_moments(call, x, rows, channels, &work, statistics + channels);
    memcpy(statistics, mean, (size_t)channels * sizeof *mean);
#pragma omp parallel for schedule(static)
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < channels; c++)
            y[r * channels + c] = (x[r * channels + c] - mean[c]) * inverse[c] * gain[c] + bias[c];
}

/* dy, x, gain -> dx, dgain, dbias: with n the normalised values,
 * dx = gain inverse (dy - mean(dy) - n mean(dy n)), the means being of the whole batch. */
void NAME(batchnorm_grad)(const ft_call *call)
{
    const float *dy = call->in[0].data, *x = call->in[1].data, *gain = call->in[2].data;
    float *dx = call->out[0].data, *dgain = call->out[1].data, *dbias = call->out[2].data;
    int64_t rows = ft_rows(call->in[0].shape), channels = ft_last(call->in[0].shape), blocks = fk_row_blocks(rows);
    int64_t all = ft_joint_count(call->joint, rows);
    const column_work work = column_work_of(call, channels, 2);
    const float *mean = work.mean, *inverse = work.inverse;
    float *sums = work.sums, *all_gain = sums, *all_bias = sums + channels;
    column_moments(call, x, rows, channels, &work, NULL);
    memset(sums, 0, (size_t)(blocks * 2 * channels) * sizeof *sums);
#pragma omp parallel for schedule(dynamic, 1)
    for (int64_t b = 0; b < blocks; b++) {
        float *first = sums + b * 2 * channels, *second = first + channels;
        for (int64_t r = fk_block_first(rows, b); r < fk_block_first(rows, b + 1); r++)
            for (int64_t c = 0; c < channels; c++) {
                float g = dy[r * channels + c];
                first[c] += g * ((x[r * channels + c] - mean[c]) * inverse[c]);
                second[c] += g;
            }
    }
    add_blocks(sums, blocks, 2 * channels, channels, dgain);
    add_blocks(sums + channels, blocks, 2 * channels, channels, dbias);
    memcpy(all_gain, dgain, (size_t)channels * sizeof *dgain); /* the blocks' sums are not needed any more */
    memcpy(all_bias, dbias, (size_t)channels * sizeof *dbias);
    join_sums(call->joint, sums, 2 * channels, work.room);
#pragma omp parallel for schedule(static)
    for (int64_t r = 0; r < rows; r++)
        for (int64_t c = 0; c < channels; c++) {
            float n = (x[r * channels + c] - mean[c]) * inverse[c];
            float part = (all_bias[c] + n * all_gain[c]) / (float)all;
            dx[r * channels + c] = gain[c] * inverse[c] * (dy[r * channels + c] - part);
        }
}

/* ---- elements one by one ---- */

/* Runs `text` for vectors of LANES elements and then with the rest in buffers: `i` is the first element, `count` how
 * many. */
#define FOR_ELEMENTS(total, text)                                                                                      \
    do {                                                                                                               \
        int64_t all = (total);                                                                                         \
        _Pragma("omp parallel for schedule(static) if (all > CHUNK)") for (int64_t at = 0; at < all; at += CHUNK)      \
        {                                                                                                              \
            int64_t end = at + CHUNK < all ? at + CHUNK : all;                                                         \
            for (int64_t i = at; i < end; i += LANES) {                                                                \
                int64_t count = end - i < LANES ? end - i : LANES;                                                     \
                text                                                                                                   \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

INLINE void put_half(uint16_t *p, vf v, int64_t count)
{
    if (count == LANES)
        to_bf16(p, v);
    else
        for (int64_t i = 0; i < count; i++) p[i] = fb_bf16_from_f32(v[i]);
}

INLINE void apply(const ft_call *call, const ft_activation act)
{
    const float *x = call->in[0].data;
    int64_t total = ft_count(call->in[0].shape);
    if (call->out[0].half) {
        uint16_t *y = call->out[0].data;
        FOR_ELEMENTS(total, put_half(y + i, activated(act, take(x + i, count)), count););
    } else {
        float *y = call->out[0].data;
        FOR_ELEMENTS(total, put(y + i, activated(act, take(x + i, count)), count););
    }
}

void NAME(activation)(const ft_call *call)
{
    switch ((ft_activation)call->node->integer[0]) {
    case FT_IDENTITY:
        apply(call, FT_IDENTITY);
        break;
    case FT_RELU:
        apply(call, FT_RELU);
        break;
    case FT_GELU:
        apply(call, FT_GELU);
        break;
    case FT_GELU_TANH:
        apply(call, FT_GELU_TANH);
        break;
    case FT_QUICKGELU:
        apply(call, FT_QUICKGELU);
        break;
    case FT_SIGMOID:
        apply(call, FT_SIGMOID);
        break;
    }
}

INLINE void apply_gradient(const ft_call *call, const ft_activation act)
{
    const float *dy = call->in[0].data, *x = call->in[1].data;
    float *dx = call->out[0].data;
    int64_t total = ft_count(call->in[0].shape);
    FOR_ELEMENTS(total, put(dx + i, take(dy + i, count) * slope(act, take(x + i, count)), count););
}

void NAME(activation_grad)(const ft_call *call)
{
    switch ((ft_activation)call->node->integer[0]) {
    case FT_IDENTITY:
        apply_gradient(call, FT_IDENTITY);
        break;
    case FT_RELU:
        apply_gradient(call, FT_RELU);
        break;
    case FT_GELU:
        apply_gradient(call, FT_GELU);
        break;
    case FT_GELU_TANH:
        apply_gradient(call, FT_GELU_TANH);
        break;
    case FT_QUICKGELU:
        apply_gradient(call, FT_QUICKGELU);
        break;
    case FT_SIGMOID:
        apply_gradient(call, FT_SIGMOID);
        break;
    }
}

/* a + b, b repeated over a's leading dimensions */
void NAME(add)(const ft_call *call)
{
    const float *a = call->in[0].data, *b = call->in[1].data;
    float *y = call->out[0].data;
    int64_t total = ft_count(call->in[0].shape), period = ft_count(call->in[1].shape);
    if (period == total) {
        FOR_ELEMENTS(total, put(y + i, take(a + i, count) + take(b + i, count), count););
        return;
    }
#pragma omp parallel for schedule(static) if (total > CHUNK)
    for (int64_t r = 0; r < total / period; r++)
        for (int64_t c = 0; c < period; c++) y[r * period + c] = a[r * period + c] + b[c];
}

void NAME(multiply)(const ft_call *call)
{
    const float *a = call->in[0].data, *b = call->in[1].data;
    float *y = call->out[0].data;
    FOR_ELEMENTS(ft_count(call->in[0].shape), put(y + i, take(a + i, count) * take(b + i, count), count););
}

void NAME(scale)(const ft_call *call)
{
    const float *x = call->in[0].data, factor = (float)call->node->real[0];
    float *y = call->out[0].data;
    FOR_ELEMENTS(ft_count(call->in[0].shape), put(y + i, take(x + i, count) * factor, count););
}

/* x [B, ..], gate [B] */
void NAME(drop_path)(const ft_call *call)
{
    const float *x = call->in[0].data, *gate = call->in[1].data;
    float *y = call->out[0].data;
    int64_t total = ft_count(call->in[0].shape), each = total / call->in[0].shape.dim[0];
    for (int64_t b = 0; b < call->in[0].shape.dim[0]; b++) {
        const float *from = x + b * each;
        float *to = y + b * each, factor = gate[b];
        FOR_ELEMENTS(each, put(to + i, take(from + i, count) * factor, count););
    }
}

/* x [R, N] -> [N] */
void NAME(sum_rows)(const ft_call *call)
{
    int64_t n = ft_count(call->out[0].shape), rows = ft_count(call->in[0].shape) / n;
    column_sums(call->in[0].data, rows, n, NULL, false, call->work);
    add_blocks(call->work, fk_row_blocks(rows), n, n, call->out[0].data);
}

/* ---- a product with few rows ---- */

/* The sums of four vectors' elements. */
INLINE void sums_of_four(const vf v[4], float *to)
{
#if LANES == 8 && defined __AVX__
    __m256 low = _mm256_hadd_ps((__m256)v[0], (__m256)v[1]), high = _mm256_hadd_ps((__m256)v[2], (__m256)v[3]);
    __m256 both = _mm256_hadd_ps(low, high);
    _mm_storeu_ps(to, _mm_add_ps(_mm256_castps256_ps128(both), _mm256_extractf128_ps(both, 1)));
#else
    for (int i = 0; i < 4; i++) to[i] = sum_of(v[i]);
#endif
}

/* to[rows, 4] = rows of x, k apart, times four rows of w */
INLINE void few_by_four(const int rows, const float *x, const float *const w[4], int64_t k, float to[2][4])
{
    vf sum[2][4] = {{{0}}};
    for (int64_t c = 0; c < k; c += LANES) {
        int64_t count = k - c < LANES ? k - c : LANES;
        vf of_w[4];
#pragma GCC unroll 4
        for (int i = 0; i < 4; i++) of_w[i] = take(w[i] + c, count);
#pragma GCC unroll 2
        for (int r = 0; r < rows; r++) {
            vf of_x = take(x + r * k + c, count);
#pragma GCC unroll 4
            for (int i = 0; i < 4; i++) sum[r][i] += of_x * of_w[i];
        }
    }
#pragma GCC unroll 2
    for (int r = 0; r < rows; r++) sums_of_four(sum[r], to[r]);
}

/* Four columns of y from j on. */
INLINE void few_columns(const ft_call *call, int64_t m, int64_t n, int64_t k, int64_t stride, int64_t j)
{
    const float *x = call->in[0].data, *w = call->in[1].data;
    float *y = call->out[0].data;
    int64_t last = n - 1, count = n - j < 4 ? n - j : 4;
    const float *of_w[4];
    for (int i = 0; i < 4; i++) of_w[i] = w + (j + i < last ? j + i : last) * k;
    for (int64_t r = 0; r < m; r += 2) {
        float sum[2][4];
        int rows = r + 1 < m ? 2 : 1;
        if (rows == 2)
            few_by_four(2, x + r * k, of_w, k, sum);
        else
            few_by_four(1, x + r * k, of_w, k, sum);
        for (int i = 0; i < rows; i++) memcpy(y + (r + i) * stride + j, sum[i], (size_t)count * sizeof *y);
    }
}

/* x [M, K] w [N, K]^T -> y [M, N]: w is read where it lies, since packing it would cost more than the product. */
void NAME(product)(const ft_call *call)
{
    int64_t m = ft_rows(call->in[0].shape), k = ft_last(call->in[0].shape);
    int64_t n = ft_count(call->in[1].shape) / k;  /* a 1x1 convolution's weight has four sides */
    int64_t stride = ft_last(call->out[0].shape); /* more than n when w is a part of a whole */
#pragma omp parallel for schedule(static) if (m * n * k > 8 * CHUNK)
    for (int64_t j = 0; j < n; j += 4) few_columns(call, m, n, k, stride, j);
}

/* ---- moving elements ---- */

/* One block of k x k pixels of C channels, `line` elements from row to row, to or from C k k elements, channel-major.
 */
INLINE void move_block(float *pixels, int64_t line, int64_t channels, const int k, float *block, const bool to_block)
{
    for (int t = 0; t < k * k; t++) {
        float *at = pixels + t / k * line + t % k * channels;
        for (int64_t c = 0; c < channels; c++) {
            if (to_block)
                block[c * k * k + t] = at[c];
            else
                at[c] = block[c * k * k + t];
        }
    }
}

/* The same where the block hangs over the map's edge, which is `down` rows and `across` columns away. */
INLINE void move_edge_block(float *pixels, int64_t line, int64_t channels, int k, int64_t down, int64_t across,
                            float *block, const bool to_block)
{
    for (int t = 0; t < k * k; t++) {
        bool inside = t / k < down && t % k < across;
        float *at = pixels + t / k * line + t % k * channels;
        for (int64_t c = 0; c < channels; c++) {
            if (to_block) block[c * k * k + t] = inside ? at[c] : 0.0f;
            if (!to_block && inside) at[c] = block[c * k * k + t];
        }
    }
}

INLINE void move_blocks(ft_shape map, ft_shape folded, int k, float *pixels, float *blocks, const bool to_blocks)
{
    int64_t height = map.dim[1], width = map.dim[2], channels = map.dim[3], line = width * channels;
    int64_t down = folded.dim[1], across = folded.dim[2], each = channels * k * k;
#pragma omp parallel for schedule(static) if (ft_count(map) > CHUNK)
    for (int64_t r = 0; r < map.dim[0] * down; r++)
        for (int64_t j = 0; j < across; j++) {
            int64_t y = r % down * k, x = j * k;
            float *at = pixels + ((r / down * height + y) * width + x) * channels;
            float *block = blocks + (r * across + j) * each;
            if (y + k > height || x + k > width)
                move_edge_block(at, line, channels, k, height - y, width - x, block, to_blocks);
            else if (k == 2)
                move_block(at, line, channels, 2, block, to_blocks);
            else if (k == 4)
                move_block(at, line, channels, 4, block, to_blocks);
            else
                move_block(at, line, channels, k, block, to_blocks);
        }
}

void NAME(unfold)(const ft_call *call)
{
    move_blocks(call->in[0].shape, call->out[0].shape, call->node->integer[0], call->in[0].data, call->out[0].data,
                true);
}

void NAME(fold)(const ft_call *call)
{
    move_blocks(call->out[0].shape, call->in[0].shape, call->node->integer[0], call->out[0].data, call->in[0].data,
                false);
}

/* Keys' cubic kernel with a = -0.75. */
INLINE double cubic(double d)
{
    const double a = -0.75;
    d = fabs(d);
    if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/* The source positions and weights of one position of the result along an axis: up to four taps that count. */
typedef struct taps {
    int count;
    int64_t at[4];
    float weight[4];
} taps;

INLINE taps taps_of(int64_t position, int64_t from, int64_t to, bool bicubic)
{
    taps result = {0};
    double centre = ((double)position + 0.5) * (double)from / (double)to - 0.5;
    if (!bicubic && centre < 0) centre = 0;
    double base = floor(centre);
    for (int i = 0; i < 4; i++) {
        double place = base + i - 1, distance = centre - place;
        double weight = bicubic ? cubic(distance) : fmax(0, 1 - fabs(distance));
        if (weight == 0) continue;
        result.at[result.count] = place < 0 ? 0 : place > (double)(from - 1) ? from - 1 : (int64_t)place;
        result.weight[result.count++] = (float)weight;
    }
    return result;
}

void NAME(resize)(const ft_call *call)
{
    ft_shape from = call->in[0].shape, to = call->out[0].shape;
    int64_t channels = from.dim[3];
    const float *x = call->in[0].data;
    float *y = call->out[0].data;
    bool bicubic = call->node->integer[0];
#pragma omp parallel for schedule(static) if (ft_count(to) > CHUNK)
    for (int64_t r = 0; r < to.dim[0] * to.dim[1]; r++) {
        taps ty = taps_of(r % to.dim[1], from.dim[1], to.dim[1], bicubic);
        for (int64_t j = 0; j < to.dim[2]; j++) {
            taps tx = taps_of(j, from.dim[2], to.dim[2], bicubic);
            float *out = y + (r * to.dim[2] + j) * channels;
            for (int64_t c = 0; c < channels; c += LANES) {
                int64_t count = channels - c < LANES ? channels - c : LANES;
                vf sum = {0};
                for (int v = 0; v < ty.count; v++)
                    for (int h = 0; h < tx.count; h++) {
                        int64_t row = (r / to.dim[1] * from.dim[1] + ty.at[v]) * from.dim[2] + tx.at[h];
                        sum += take(x + row * channels + c, count) * (ty.weight[v] * tx.weight[h]);
                    }
                put(out + c, sum, count);
            }
        }
    }
}

/* ---- the codebook ---- */

INLINE float distance2(const float *a, const float *b, int64_t channels)
{
    vf sum = {0};
    int64_t c = 0;
    for (; c + LANES <= channels; c += LANES) {
        vf d = load(a + c) - load(b + c);
        sum += d * d;
    }
    float total = sum_of(sum);
    for (; c < channels; c++) total += (a[c] - b[c]) * (a[c] - b[c]);
    return total;
}

/* z [N, C], codebook [V, C] -> rows [N, C], code [N], loss [1]; the first of equally near rows. */
void NAME(vq)(const ft_call *call)
{
    const float *z = call->in[0].data, *book = call->in[1].data;
    float *y = call->out[0].data, *loss = call->out[2].data, *distance = call->work;
    int32_t *code = call->out[1].data;
    int64_t count = ft_rows(call->in[0].shape), channels = ft_last(call->in[0].shape);
    int64_t rows = ft_rows(call->in[1].shape);
    double total = 0;
    for (int64_t i = 0; i < count; i++) {
#pragma omp parallel for schedule(static)
        for (int64_t v = 0; v < rows; v++) distance[v] = distance2(z + i * channels, book + v * channels, channels);
        int64_t nearest = 0;
        for (int64_t v = 1; v < rows; v++)
            if (distance[v] < distance[nearest]) nearest = v;
        code[i] = (int32_t)nearest;
        total += distance[nearest];
        memcpy(y + i * channels, book + nearest * channels, (size_t)channels * sizeof *y);
    }
    loss[0] = (float)(total / (double)(count * channels));
}
