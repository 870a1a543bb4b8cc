/* attention_vector.h - what both attentions are made of: products of small matrices, and transposing rows into lanes.
 * The file including it defines LANES. */
#include "base/dtype.h"
#include "tensor/cpu/vector.h"
#include <stdbool.h>

enum { TILE_ROWS = 6, TILE_VECTORS = LANES == 16 ? 4 : 2 }; /* sums in 24 of 32 registers, 12 of 16 */

/* C[m, n] = A[m, depth] B[depth, n], n in whole vectors; with `add`, C += A B. A's element (i, k) is
 * a[i * a_row + k * a_step]; rows of B and C are b_row and c_row apart. */
typedef struct product_t {
    int64_t m, vectors, depth;
    const float *a, *b;
    float *c;
    int64_t a_row, a_step, b_row, c_row;
    bool add;
} product_t;

/* Rows row .. row + rows - 1 and vectors from `vector` on. */
INLINE void tile(const int rows, const int vectors, const product_t *p, int64_t row, int64_t vector)
{
    vf sum[TILE_ROWS][TILE_VECTORS];
    const float *a = p->a + row * p->a_row, *b = p->b + vector * LANES;
    float *c = p->c + row * p->c_row + vector * LANES;
    int64_t a_row = p->a_row, a_step = p->a_step, b_row = p->b_row, c_row = p->c_row;
#pragma GCC unroll 6
    for (int i = 0; i < rows; i++) {
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) sum[i][j] = p->add ? load(c + i * c_row + j * LANES) : (vf){0};
    }
    for (int64_t k = p->depth; k > 0; k--) {
        vf bv[TILE_VECTORS];
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) bv[j] = load(b + j * LANES);
#pragma GCC unroll 6
        for (int i = 0; i < rows; i++) {
            vf av = splat(a[i * a_row]);
#pragma GCC unroll 4
            for (int j = 0; j < vectors; j++) sum[i][j] = av * bv[j] + sum[i][j];
        }
        a += a_step;
        b += b_row;
    }
#pragma GCC unroll 6
    for (int i = 0; i < rows; i++) {
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) store(c + i * c_row + j * LANES, sum[i][j]);
    }
}

typedef void tile_function(const product_t *p, int64_t row, int64_t vector);

#define TILE(R, V)                                                                                                     \
    static void tile_##R##_##V(const product_t *p, int64_t row, int64_t vector)                                        \
    {                                                                                                                  \
        tile(R, V, p, row, vector);                                                                                    \
    }
#define TILE_HEIGHTS(V) TILE(1, V) TILE(2, V) TILE(3, V) TILE(4, V) TILE(5, V) TILE(6, V)
#define TILE_NAMES(V)                                                                                                  \
    {                                                                                                                  \
        tile_1_##V, tile_2_##V, tile_3_##V, tile_4_##V, tile_5_##V, tile_6_##V                                         \
    }

/* clang-format off */
#if LANES == 16
TILE_HEIGHTS(1) TILE_HEIGHTS(2) TILE_HEIGHTS(3) TILE_HEIGHTS(4)
static tile_function *const tiles[TILE_VECTORS][TILE_ROWS] = {TILE_NAMES(1), TILE_NAMES(2), TILE_NAMES(3), TILE_NAMES(4)};
#else
TILE_HEIGHTS(1) TILE_HEIGHTS(2)
static tile_function *const tiles[TILE_VECTORS][TILE_ROWS] = {TILE_NAMES(1), TILE_NAMES(2)};
#endif
/* clang-format on */

/* Rows are dealt evenly: 49 make 5 tiles of 5 and 4 of 6, never a last one of 1 that waits for its few sums. */
static void multiply(const product_t *p)
{
    int64_t count = (p->m + TILE_ROWS - 1) / TILE_ROWS, least = p->m / count, more = p->m - count * least;
    for (int64_t vector = 0; vector < p->vectors; vector += TILE_VECTORS) {
        int64_t left = p->vectors - vector;
        tile_function *const *of_height = tiles[(left < TILE_VECTORS ? left : TILE_VECTORS) - 1];
        for (int64_t t = 0, row = 0, height; t < count; t++, row += height) {
            height = least + (t < more);
            of_height[height - 1](p, row, vector);
        }
    }
}

/* width rounded up to whole vectors */
INLINE int64_t whole_vectors(int64_t width)
{
    return (width + LANES - 1) / LANES * LANES;
}

/* to[0 .. whole_vectors(width)) = a row of f32 or bfloat16, then zeros */
INLINE void copy_row(const void *row, bool half, int64_t width, float *to)
{
    const float *f32 = row;
    const uint16_t *bf16 = row;
    int64_t i = 0;
    for (; i + LANES <= width; i += LANES) store(to + i, half ? from_bf16(bf16 + i) : load(f32 + i));
    if (i == width) return;
    store(to + i, (vf){0});
    for (; i < width; i++) to[i] = half ? fb_f32_from_bf16(bf16[i]) : f32[i];
}

/* to[count, whole_vectors(width)] = rows `row` apart */
INLINE void copy_rows(const float *from, int64_t row, int64_t count, int64_t width, float *to)
{
    for (int64_t i = 0; i < count; i++) copy_row(from + i * row, false, width, to + i * whole_vectors(width));
}

typedef float v8 __attribute__((vector_size(32)));

/* Lanes of a and, from 8 on, of b. GCC has clang's spelling only since its version 12. */
#if defined __clang__
#define INTERLEAVE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
typedef int32_t v8_index __attribute__((vector_size(32)));
#define INTERLEAVE(a, b, ...) __builtin_shuffle(a, b, (v8_index){__VA_ARGS__})
#endif

/* One of the three steps of turning 8 x 8 values: pairs of rows 1, 2 or 4 apart become two interleavings of both. */
INLINE void exchange(v8 r[8], const int apart)
{
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        if ((i & apart) != 0) continue;
        v8 a = r[i], b = r[i + apart];
        if (apart == 1) {
            r[i] = INTERLEAVE(a, b, 0, 8, 1, 9, 4, 12, 5, 13);
            r[i + 1] = INTERLEAVE(a, b, 2, 10, 3, 11, 6, 14, 7, 15);
        } else if (apart == 2) {
            r[i] = INTERLEAVE(a, b, 0, 1, 8, 9, 4, 5, 12, 13);
            r[i + 2] = INTERLEAVE(a, b, 2, 3, 10, 11, 6, 7, 14, 15);
        } else {
            r[i] = INTERLEAVE(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
            r[i + 4] = INTERLEAVE(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
        }
    }
}

/* to[k][0 .. 8), k < width rounded up to 8, = factor times column k of `rows` <= 8 rows and then zeros. Rows of `to`
 * are to_row apart, those of `from` hold whole vectors. */
INLINE void transpose_rows(const float *from, int64_t from_row, int rows, int64_t width, float factor, float *to,
                           int64_t to_row)
{
    for (int64_t k = 0; k < width; k += 8) {
        v8 r[8];
#pragma GCC unroll 8
        for (int i = 0; i < 8; i++) {
            r[i] = (v8){0};
            if (i < rows) memcpy(&r[i], from + i * from_row + k, sizeof r[i]);
            r[i] *= factor;
        }
        exchange(r, 1);
        exchange(r, 2);
        exchange(r, 4);
        static const int column[8] = {0, 2, 1, 3, 4, 6, 5, 7}; /* where these instructions leave each */
#pragma GCC unroll 8
        for (int i = 0; i < 8; i++) memcpy(to + (k + column[i]) * to_row, &r[i], sizeof r[i]);
    }
}
