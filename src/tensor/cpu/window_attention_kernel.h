/* window_attention_kernel.h - window attention of one window and head. The file including it defines LANES (8 or 16
 * floats of a vector) and the names FORWARD and BACKWARD. */
#include "tensor/cpu/attention_vector.h"
#include "tensor/cpu/window_attention_internal.h"
#include <math.h>

enum { UNITS = LANES / 8 }; /* rows of a window in a vector */

/* A unit of 8 lanes from p on, and for 16 lanes another `apart` floats later. */
INLINE vf load_units(const float *p, int apart)
{
#if LANES == 16
    return (vf)_mm512_insertf32x8(_mm512_castps256_ps512(_mm256_loadu_ps(p)), _mm256_loadu_ps(p + apart), 1);
#else
    (void)apart;
    return load(p);
#endif
}

INLINE void store_units(float *p, int apart, vf v)
{
#if LANES == 16
    _mm256_storeu_ps(p, _mm512_castps512_ps256((__m512)v));
    _mm256_storeu_ps(p + apart, _mm512_extractf32x8_ps((__m512)v, 1));
#else
    (void)apart;
    store(p, v);
#endif
}

/* Floats of a row of queries in lanes. */
INLINE int64_t lanes_of(int side)
{
    return whole_vectors(8 * side);
}

/* to[side^2, whole_vectors(width)] = columns from `column` on of the window's rows of qkv; the bias is padding's. Those
 * from `later` on are asked for: pieces of 128 bytes, far apart, that no processor foresees. */
INLINE void gather(const fk_window_job *job, const fk_window *window, int64_t column, int64_t later, const int side,
                   const int width, float *to)
{
    size_t size = job->qkv_half ? sizeof(uint16_t) : sizeof(float);
    for (int i = 0; i < side * side; i++, to += whole_vectors(width)) {
        if (window->row[i] < 0) {
            copy_row(job->bias + column, false, width, to);
            continue;
        }
        const char *row = (const char *)job->qkv + (size_t)(window->row[i] * 3 * job->channels) * size;
        for (size_t ahead = 0; ahead < (size_t)width * size; ahead += 64)
            __builtin_prefetch(row + (size_t)later * size + ahead);
        copy_row(row + (size_t)column * size, job->qkv_half, width, to);
    }
}

/* to[width, lanes] = factor times rows [side^2, width], transposed */
INLINE void into_lanes(const float *rows, float factor, const int side, const int width, float *to)
{
    int64_t wide = whole_vectors(width), row = lanes_of(side);
    for (int y = 0; y < side; y++) transpose_rows(rows + y * side * wide, wide, side, width, factor, to + 8 * y, row);
    for (int64_t lane = 8 * side; lane < row; lane += 8)
        for (int64_t k = 0; k < width; k++) memset(to + k * row + lane, 0, 8 * sizeof *to);
}

/* The biases in a head's table of the keys of row j for the queries of row y: those of its key x start x floats before.
 */
INLINE int64_t table_place(int j, int y, const int side)
{
    return (y - j + side - 1) * (2 * side - 1) + side - 1;
}

/* Scores [keys, lanes] of the queries of rows y .. y + UNITS - 1, with their biases; -100 between regions. Returns the
 * largest. */
INLINE vf bias_scores(const float *table, const fk_window *window, const bool mixed, int y, const int side,
                      float *scores)
{
    vf most = splat(-INFINITY);
    vi region;
    memcpy(&region, window->region + 8 * y, sizeof region);
    for (int row = 0; row < side; row++) {
        const float *biases = table + table_place(row, y, side);
        for (int x = 0; x < side; x++, scores += lanes_of(side)) {
            vf s = load(scores) + load_units(biases - x, 2 * side - 1);
            if (mixed) s -= (vf)((vi)splat(100.0f) & (vi)(region != window->region[8 * row + x]));
            most = maximum(most, s);
            store(scores, s);
        }
    }
    return most;
}

/* Scores [keys, lanes], without their biases, become softmax weights [keys, side^2] in rows as long as before: what a
 * vector holds beyond its row of the window is overwritten by the next. */
INLINE void weigh(const float *table, const fk_window *window, const int side, float *scores)
{
    int64_t row = lanes_of(side);
    for (int y = 0; y < side; y += UNITS) {
        float *column = scores + 8 * y;
        vf most = window->mixed ? bias_scores(table, window, true, y, side, column)
                                : bias_scores(table, window, false, y, side, column);
        vf total = {0};
        for (int j = 0; j < side * side; j++) {
            vf e = decay(load(column + j * row) - most);
            total += e;
            store(column + j * row, e);
        }
        total = 1.0f / total;
        for (int j = 0; j < side * side; j++)
            store_units(scores + j * row + y * side, side, load(column + j * row) * total);
    }
}

/* result[side^2, width] = the transpose of weights [keys, queries] times rows [keys, width] */
INLINE void weighted_rows(const float *weights, const float *rows, const int side, const int width, float *result)
{
    int64_t wide = whole_vectors(width);
    multiply(&(product_t){.m = side * side,
                          .vectors = wide / LANES,
                          .depth = side * side,
                          .a = weights,
                          .a_row = 1,
                          .a_step = lanes_of(side),
                          .b = rows,
                          .b_row = wide,
                          .c = result,
                          .c_row = wide});
}

/* result[side^2, width] = weights [keys, queries] times rows [queries, width] */
INLINE void weighted_queries(const float *weights, const float *rows, const int side, const int width, float *result)
{
    int64_t wide = whole_vectors(width);
    multiply(&(product_t){.m = side * side,
                          .vectors = wide / LANES,
                          .depth = side * side,
                          .a = weights,
                          .a_row = lanes_of(side),
                          .a_step = 1,
                          .b = rows,
                          .b_row = wide,
                          .c = result,
                          .c_row = wide});
}

/* result[keys, lanes] = rows [keys, width] times queries [width, lanes] */
INLINE void against_lanes(const float *rows, const float *queries, const int side, const int width, float *result)
{
    int64_t row = lanes_of(side);
    multiply(&(product_t){.m = side * side,
                          .vectors = row / LANES,
                          .depth = width,
                          .a = rows,
                          .a_row = whole_vectors(width),
                          .a_step = 1,
                          .b = queries,
                          .b_row = row,
                          .c = result,
                          .c_row = row});
}

INLINE void write_row(const float *from, const int width, bool half, void *row)
{
    int64_t i = 0;
    float *f32 = row;
    uint16_t *bf16 = row;
    for (; i + LANES <= width; i += LANES) {
        if (half)
            to_bf16(bf16 + i, load(from + i));
        else
            store(f32 + i, load(from + i));
    }
    for (; i < width; i++) {
        if (half)
            bf16[i] = fb_bf16_from_f32(from[i]);
        else
            f32[i] = from[i];
    }
}

typedef float head_rows[FK_POSITIONS * FK_HEAD] __attribute__((aligned(64)));

INLINE void forward(const fk_window_job *job, const fk_window *window, int head, const int side, const int width)
{
    head_rows rows, queries, weights;
    int64_t column = (int64_t)head * width, at_k = job->channels + column, at_v = job->channels + at_k;
    gather(job, window, column, at_v, side, width, rows);
    into_lanes(rows, 1.0f / sqrtf((float)width), side, width, queries);
    gather(job, window, at_k, column + width, side, width, rows); /* the next head's q, then its k */
    against_lanes(rows, queries, side, width, weights);
    weigh(job->table + (int64_t)head * FK_TABLE, window, side, weights);
    gather(job, window, at_v, at_k + width, side, width, rows);
    float *result = queries;
    weighted_rows(weights, rows, side, width, result);
    size_t size = job->y_half ? sizeof(uint16_t) : sizeof(float);
    for (int i = 0; i < side * side; i++) {
        if (window->row[i] < 0) continue;
        write_row(result + i * whole_vectors(width), width, job->y_half,
                  (char *)job->y + (size_t)(window->row[i] * job->channels + column) * size);
    }
}

void FORWARD(const fk_window_job *job, const fk_window *window, int head)
{
    if (job->side == 7 && job->width == 32) /* every Swin */
        forward(job, window, head, 7, 32);
    else
        forward(job, window, head, job->side, job->width);
}

/* The gradient of weights [keys, lanes] becomes that of scores [keys, side^2], and is added to the table's. Queries
 * that are not there have gradients of 0. */
INLINE void weigh_gradient(const float *weights, const int side, float *gradient, float *dtable)
{
    int64_t row = lanes_of(side);
    for (int y = 0; y < side; y += UNITS) {
        vf mean = {0};
        for (int j = 0; j < side * side; j++)
            mean += load_units(weights + j * row + y * side, side) * load(gradient + j * row + 8 * y);
        for (int j = 0; j < side * side; j++) {
            float *to = dtable + table_place(j / side, y, side) - j % side;
            vf d = load(gradient + j * row + 8 * y) - mean;
            d *= load_units(weights + j * row + y * side, side);
            store_units(gradient + j * row + y * side, side, d);
            store_units(to, 2 * side - 1, load_units(to, 2 * side - 1) + d);
        }
    }
}

/* Columns from `column` on of the window's rows of dqkv = factor * rows; padding's is added to dbias. */
INLINE void scatter(const fk_window_job *job, const fk_window *window, int64_t column, const float *rows, float factor,
                    const int side, const int width, float *dbias)
{
    for (int i = 0; i < side * side; i++, rows += whole_vectors(width)) {
        bool padding = window->row[i] < 0;
        float *to = padding ? dbias + column : job->dqkv + window->row[i] * 3 * job->channels + column;
        for (int k = 0; k < width; k++) to[k] = factor * rows[k] + (padding ? to[k] : 0.0f);
    }
}

/* dy's rows of the window; zeros for padding. */
INLINE void gather_dy(const fk_window_job *job, const fk_window *window, int64_t column, const int side,
                      const int width, float *to)
{
    for (int i = 0; i < side * side; i++, to += whole_vectors(width)) {
        if (window->row[i] < 0)
            memset(to, 0, (size_t)whole_vectors(width) * sizeof *to);
        else
            copy_row(job->dy + window->row[i] * job->channels + column, false, width, to);
    }
}

INLINE void backward(const fk_window_job *job, const fk_window *window, int head, const int side, const int width,
                     float *dbias, float *dtable)
{
    head_rows q, k, v, dy, lanes, weights, dscores, result;
    float scale = 1.0f / sqrtf((float)width);
    int64_t at_q = (int64_t)head * width, at_k = job->channels + at_q, at_v = job->channels + at_k;
    gather(job, window, at_q, at_v, side, width, q);
    gather(job, window, at_k, at_q + width, side, width, k);
    gather(job, window, at_v, at_k + width, side, width, v);
    gather_dy(job, window, at_q, side, width, dy);
    into_lanes(q, scale, side, width, lanes);
    against_lanes(k, lanes, side, width, weights);
    weigh(job->table + (int64_t)head * FK_TABLE, window, side, weights);
    into_lanes(dy, 1.0f, side, width, lanes);
    against_lanes(v, lanes, side, width, dscores);
    weigh_gradient(weights, side, dscores, dtable);
    weighted_rows(dscores, k, side, width, result);
    scatter(job, window, at_q, result, scale, side, width, dbias);
    weighted_queries(dscores, q, side, width, result);
    scatter(job, window, at_k, result, scale, side, width, dbias);
    weighted_queries(weights, dy, side, width, result);
    scatter(job, window, at_v, result, 1.0f, side, width, dbias);
}

void BACKWARD(const fk_window_job *job, const fk_window *window, int head, float *dbias, float *dtable)
{
    if (job->side == 7 && job->width == 32)
        backward(job, window, head, 7, 32, dbias, dtable);
    else
        backward(job, window, head, job->side, job->width, dbias, dtable);
}
