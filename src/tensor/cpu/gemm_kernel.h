/* gemm_kernel.h - the kernels of one precision and one instruction set. The file including it defines LANES (8 or 16
 * floats of a vector), BLOCK and CONVERT (the names of the two functions) and one of KERNEL_F32, KERNEL_BF16,
 * KERNEL_I8.
 */
#include "base/dtype.h"
#include "tensor/cpu/gemm_internal.h"
#include "tensor/cpu/vector.h"
#include <immintrin.h>

/* element: of A and of the packed B, GROUP of them along k next to one another. factor: what the micro kernel
 * multiplies, FACTORS of them along k in each lane. With AVX-512 both are the same and are read where they are; AVX2
 * has no bf16 or 8 bit products worth having, and its narrow micro kernel wants its columns closer together than a
 * panel has them, so there both matrices are staged: copied, and widened, into blocks that stay in the caches. */
#if defined KERNEL_F32
typedef float element;
typedef vf sums;
enum { GROUP = 1 };
#elif defined KERNEL_BF16
typedef uint16_t element;
typedef vf sums;
enum { GROUP = 2 };
#else
typedef uint8_t element;
typedef uint8_t vb __attribute__((vector_size(LANES)));
typedef vi sums;
enum { GROUP = 4 };
#endif

#if LANES == 16
#define STAGED 0
typedef element factor;
enum { FACTORS = GROUP, K_BLOCK = 128 * GROUP, BLOCK_ROWS = FK_AVX512_ROWS, PANELS = FK_AVX512_PANELS };
#elif defined KERNEL_I8
#define STAGED 1
typedef int16_t factor;
enum { FACTORS = 2, K_BLOCK = 512, BLOCK_ROWS = FK_AVX2_ROWS, PANELS = FK_AVX2_PANELS };
#else
#define STAGED 1
typedef float factor;
enum { FACTORS = 1, K_BLOCK = 256, BLOCK_ROWS = FK_AVX2_ROWS, PANELS = FK_AVX2_PANELS };
#endif

enum {
    WIDE = LANES == 16 ? 4 : 2, /* vectors of a micro kernel's row: 6 x 4 of 32 registers, 6 x 2 of 16 */
    COLUMNS = WIDE * LANES,
    A_STRIDE = K_BLOCK + 64 / (int)sizeof(factor) /* of staged rows: not a power of two, whose lines would collide */
};

/* acc += a . b, where `a` points to FACTORS factors of a row and b holds FACTORS factors for each lane. */
#if LANES == 16 && !defined KERNEL_F32
typedef __m512i operand;
INLINE operand broadcast(const factor *a)
{
    int bits;
    memcpy(&bits, a, sizeof bits);
    return _mm512_set1_epi32(bits);
}
/* In assembly: GCC 12 copies and spills the accumulators of the intrinsics. */
INLINE void multiply_add(sums *acc, operand a, operand b)
{
#if defined KERNEL_BF16
    __asm__("vdpbf16ps %2, %1, %0" : "+v"(*acc) : "v"(a), "v"(b));
#else
    __asm__("vpdpbusd %2, %1, %0" : "+v"(*acc) : "v"(a), "v"(b));
#endif
}
#elif defined KERNEL_I8
typedef vi operand;
INLINE operand broadcast(const factor *a)
{
    int32_t bits;
    memcpy(&bits, a, sizeof bits);
    return bits - (vi){0};
}
INLINE void multiply_add(sums *acc, operand a, operand b)
{
    *acc += (vi)_mm256_madd_epi16((__m256i)a, (__m256i)b);
}
#else
typedef vf operand;
INLINE operand broadcast(const factor *a)
{
    return splat(*a);
}
INLINE void multiply_add(sums *acc, operand a, operand b)
{
    *acc = a * b + *acc;
}
#endif

/* tile[rows, vectors * LANES] (rows FK_PANEL apart) = or += A[rows, depth] B[depth, ...], where A's rows are lda
 * factors apart and B's groups of k `width` columns apart. */
INLINE void micro(const int rows, const int vectors, const factor *a, int64_t lda, const factor *b, int64_t width,
                  int64_t depth, sums *tile, bool first)
{
    sums acc[FK_ROWS][WIDE];
#pragma GCC unroll 6
    for (int i = 0; i < rows; i++) {
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) acc[i][j] = first ? (sums){0} : tile[i * (FK_PANEL / LANES) + j];
    }
    for (int64_t k = 0; k < depth; k += FACTORS) {
        operand bv[WIDE];
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) memcpy(&bv[j], b + j * LANES * FACTORS, sizeof bv[j]);
        b += width * FACTORS;
#pragma GCC unroll 6
        for (int i = 0; i < rows; i++) {
            operand av = broadcast(a + i * lda + k);
#pragma GCC unroll 4
            for (int j = 0; j < vectors; j++) multiply_add(&acc[i][j], av, bv[j]);
        }
    }
#pragma GCC unroll 6
    for (int i = 0; i < rows; i++) {
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) tile[i * (FK_PANEL / LANES) + j] = acc[i][j];
    }
}

typedef void micro_function(const factor *a, int64_t lda, const factor *b, int64_t width, int64_t depth, sums *tile,
                            bool first);

#define MICRO(R, V)                                                                                                    \
    static void micro_##R##_##V(const factor *a, int64_t lda, const factor *b, int64_t width, int64_t depth,           \
                                sums *tile, bool first)                                                                \
    {                                                                                                                  \
        micro(R, V, a, lda, b, width, depth, tile, first);                                                             \
    }
#define MICRO_ROWS(V) MICRO(1, V) MICRO(2, V) MICRO(3, V) MICRO(4, V) MICRO(5, V) MICRO(6, V)
#define MICRO_NAMES(V)                                                                                                 \
    {                                                                                                                  \
        micro_1_##V, micro_2_##V, micro_3_##V, micro_4_##V, micro_5_##V, micro_6_##V                                   \
    }

/* clang-format off */
#if LANES == 16
MICRO_ROWS(1) MICRO_ROWS(2) MICRO_ROWS(3) MICRO_ROWS(4)
static micro_function *const micros[WIDE][FK_ROWS] = {MICRO_NAMES(1), MICRO_NAMES(2), MICRO_NAMES(3), MICRO_NAMES(4)};
#else
MICRO_ROWS(1) MICRO_ROWS(2)
static micro_function *const micros[WIDE][FK_ROWS] = {MICRO_NAMES(1), MICRO_NAMES(2)};
#endif
/* clang-format on */

/* The epilogue of LANES columns from `column` on of row `row`. */
INLINE void finish_vector(const fk_job *job, const fk_activation act, int64_t row, int64_t column, sums acc)
{
    const fk_gemm *g = job->gemm;
#if defined KERNEL_I8
    vi sum;
    memcpy(&sum, g->b->sum + column, sizeof sum);
    vf v = __builtin_convertvector(acc - sum, vf) * (load(g->b->scale + column) * job->row_scale[row]);
#else
    vf v = acc;
#endif
    if (g->bias != NULL) v += load(g->bias + column);
    if (g->pre != NULL) store(g->pre + row * g->b->n + column, v);
    v = activate(act, v);
    if (g->residual != NULL) v += load(g->residual + row * g->ldr + column);
    if (g->c_type == FK_TYPE_F32) {
        float *c = (float *)g->c + row * g->ldc + column;
        if (g->accumulate) v += load(c);
        store(c, v);
    } else {
        uint16_t *c = (uint16_t *)g->c + row * g->ldc + column;
        if (g->accumulate) v += from_bf16(c);
        to_bf16(c, v);
    }
}

/* The same for the last `count` < LANES columns: through a one-row product of its own on copies. */
static __attribute__((noinline)) void finish_tail(const fk_job *job, int64_t row, int64_t column, int count,
                                                  const sums *acc)
{
    const fk_gemm *g = job->gemm;
    size_t floats = (size_t)count * sizeof(float);
    float bias[LANES] = {0}, residual[LANES] = {0}, scale[LANES] = {0}, pre[LANES];
    int32_t sum[LANES] = {0};
    union {
        float f32[LANES];
        uint16_t bf16[LANES];
    } c = {{0}};
    size_t size = g->c_type == FK_TYPE_F32 ? sizeof(float) : sizeof(uint16_t);
    char *to = (char *)g->c + (size_t)(row * g->ldc + column) * size;
    fk_packed packed = *g->b;
    packed.n = 0;
    packed.scale = scale;
    packed.sum = sum;
    fk_gemm copy = *g;
    fk_job tail = {.gemm = &copy, .row_scale = job->row_scale == NULL ? NULL : job->row_scale + row};
    copy.b = &packed;
    copy.c = &c;
    if (g->b->scale != NULL) memcpy(scale, g->b->scale + column, floats);
    if (g->b->sum != NULL) memcpy(sum, g->b->sum + column, floats);
    if (g->bias != NULL) copy.bias = memcpy(bias, g->bias + column, floats);
    if (g->residual != NULL) copy.residual = memcpy(residual, g->residual + row * g->ldr + column, floats);
    if (g->pre != NULL) copy.pre = pre;
    if (g->accumulate) memcpy(&c, to, (size_t)count * size);
    switch (g->act) {
    case FK_NONE:
        finish_vector(&tail, FK_NONE, 0, 0, *acc);
        break;
    case FK_RELU:
        finish_vector(&tail, FK_RELU, 0, 0, *acc);
        break;
    case FK_GELU:
        finish_vector(&tail, FK_GELU, 0, 0, *acc);
        break;
    case FK_GELU_TANH:
        finish_vector(&tail, FK_GELU_TANH, 0, 0, *acc);
        break;
    case FK_QUICKGELU:
        finish_vector(&tail, FK_QUICKGELU, 0, 0, *acc);
        break;
    }
    memcpy(to, &c, (size_t)count * size);
    if (g->pre != NULL) memcpy(g->pre + row * g->b->n + column, pre, floats);
}

INLINE void finish(const fk_job *job, const fk_activation act, int64_t row, int rows, int64_t column, int columns,
                   const sums *tile)
{
    for (int i = 0; i < rows; i++, tile += FK_PANEL / LANES) {
        int j = 0;
        for (; j + LANES <= columns; j += LANES) finish_vector(job, act, row + i, column + j, tile[j / LANES]);
        if (j < columns) finish_tail(job, row + i, column + j, columns - j, &tile[j / LANES]);
    }
}

/* finish for the product's activation, which is known when that is compiled. */
static void finish_rows(const fk_job *job, int64_t row, int rows, int64_t column, int columns, const sums *tile)
{
    switch (job->gemm->act) {
    case FK_NONE:
        finish(job, FK_NONE, row, rows, column, columns, tile);
        break;
    case FK_RELU:
        finish(job, FK_RELU, row, rows, column, columns, tile);
        break;
    case FK_GELU:
        finish(job, FK_GELU, row, rows, column, columns, tile);
        break;
    case FK_GELU_TANH:
        finish(job, FK_GELU_TANH, row, rows, column, columns, tile);
        break;
    case FK_QUICKGELU:
        finish(job, FK_QUICKGELU, row, rows, column, columns, tile);
        break;
    }
}

#if STAGED
INLINE void stage_a(const element *from, int64_t count, factor *to)
{
#if defined KERNEL_BF16
    for (int64_t k = 0; k < count; k++) to[k] = fb_f32_from_bf16(from[k]);
#else
    for (int64_t k = 0; k < count; k++) to[k] = from[k];
#endif
}

/* [depth / FACTORS, COLUMNS, FACTORS] of the columns at `from`; those beyond the panel's width are left alone. */
INLINE void stage_b(const element *from, int64_t width, int vectors, int64_t depth, factor *to)
{
    for (int64_t k = 0; k < depth; k += GROUP, from += width * GROUP, to += COLUMNS * GROUP) {
        for (int j = 0; j < vectors; j++) {
            vi v;
            memcpy(&v, from + j * LANES * GROUP, sizeof v);
#if defined KERNEL_F32
            memcpy(to + j * LANES, &v, sizeof v);
#elif defined KERNEL_BF16 /* a lane's low half is of k, its high half of k + 1 */
            vi even = v << 16, odd = v & (int32_t)0xffff0000;
            memcpy(to + j * LANES, &even, sizeof even);
            memcpy(to + COLUMNS + j * LANES, &odd, sizeof odd);
#else                     /* a lane's bytes are of k to k + 3 */
            vi low = (v << 24 >> 24 & 0xffff) | (v << 16 >> 24 << 16), high = (v << 8 >> 24 & 0xffff) | (v >> 24 << 16);
            memcpy(to + 2 * j * LANES, &low, sizeof low);
            memcpy(to + 2 * (COLUMNS + j * LANES), &high, sizeof high);
#endif
        }
    }
}
#endif

/* A block of A or B as the micro kernel reads it. */
typedef struct operands {
    const factor *data;
    int64_t stride; /* A: from row to row; B: columns from one group of k to the next */
} operands;

/* A at rows m0 to m1, k to k + length. */
INLINE operands rows_at(const fk_job *job, int64_t m0, int64_t m1, int64_t k, int64_t length, factor *stage)
{
    int64_t segment = job->gemm->b->k_padded / job->segments;
    const element *a = (const element *)job->a + m0 * job->lda + k / segment * job->segment_stride + k % segment;
#if STAGED
    for (int64_t m = 0; m < m1 - m0; m++) stage_a(a + m * job->lda, length, stage + m * A_STRIDE);
    return (operands){stage, A_STRIDE};
#else
    (void)m1, (void)length, (void)stage;
    return (operands){a, job->lda};
#endif
}

/* B at columns `column` on (a multiple of COLUMNS), of which `vectors` are there, k to k + length. */
INLINE operands columns_at(const fk_packed *b, int64_t column, int vectors, int64_t k, int64_t length, factor *stage)
{
    int64_t first = column / FK_PANEL * FK_PANEL, width = fk_panel_width(b->n, first);
    const element *data = (const element *)b->data + first * b->k_padded + k * width + (column - first) * GROUP;
#if STAGED
    stage_b(data, width, vectors, length, stage);
    return (operands){stage, COLUMNS};
#else
    (void)vectors, (void)length, (void)stage;
    return (operands){data, width};
#endif
}

void BLOCK(const fk_job *job, int64_t m0, int64_t m1, int64_t panel0, int64_t panel1)
{
    const fk_packed *packed = job->gemm->b;
    sums tile[PANELS][BLOCK_ROWS][FK_PANEL / LANES];
    factor a_stage[STAGED ? BLOCK_ROWS * A_STRIDE : 1], b_stage[STAGED ? K_BLOCK * COLUMNS : 1];
    int64_t depth = packed->k_padded, end = fk_min(panel1 * FK_PANEL, packed->n);
    int64_t segment = depth / job->segments, blocks = (segment + K_BLOCK - 1) / K_BLOCK;
    int64_t step = ((segment + blocks - 1) / blocks + 7) / 8 * 8;
    for (int64_t k = 0, length; k < depth; k += length) {
        length = fk_min(step, segment - k % segment);
        operands a = rows_at(job, m0, m1, k, length, a_stage);
        for (int64_t column = panel0 * FK_PANEL; column < end; column += COLUMNS) {
            int columns = (int)fk_min(COLUMNS, end - column);
            int vectors = (int)(fk_panel_width(columns, 0) / LANES);
            operands b = columns_at(packed, column, vectors, k, length, b_stage);
            sums(*panel)[FK_PANEL / LANES] = tile[column / FK_PANEL - panel0];
            for (int64_t m = m0; m < m1; m += FK_ROWS) {
                int rows = (int)fk_min(FK_ROWS, m1 - m);
                sums *at = panel[m - m0] + column % FK_PANEL / LANES;
                micros[vectors - 1][rows - 1](a.data + (m - m0) * a.stride, a.stride, b.data, b.stride, length, at,
                                              k == 0);
                if (k + length == depth) finish_rows(job, m, rows, column, columns, at);
            }
        }
    }
}

/* `count` elements of A from element `from` on, in the kernel's type. */
#if defined KERNEL_F32
INLINE void convert_run(const fk_gemm *g, int64_t from, int64_t count, element *restrict to)
{
    if (g->a_type == FK_TYPE_F32) {
        memcpy(to, (const float *)g->a + from, (size_t)count * sizeof *to);
    } else {
        const uint16_t *a = (const uint16_t *)g->a + from;
        for (int64_t i = 0; i < count; i++) to[i] = fb_f32_from_bf16(a[i]);
    }
}
#elif defined KERNEL_BF16
INLINE void convert_run(const fk_gemm *g, int64_t from, int64_t count, element *restrict to)
{
    if (g->a_type == FK_TYPE_F32) {
        const float *a = (const float *)g->a + from;
        int64_t i = 0;
        for (; i + LANES <= count; i += LANES) to_bf16(to + i, load(a + i));
        for (; i < count; i++) to[i] = fb_bf16_from_f32(a[i]);
    } else {
        memcpy(to, (const uint16_t *)g->a + from, (size_t)count * sizeof *to);
    }
}
#else
/* LANES elements of A from `from` on. */
INLINE vf load_a(const fk_gemm *g, int64_t from)
{
    return g->a_type == FK_TYPE_F32 ? load((const float *)g->a + from) : from_bf16((const uint16_t *)g->a + from);
}

/* The last `count` < LANES elements of a run, then zeros. */
INLINE vf load_a_tail(const fk_gemm *g, int64_t from, int64_t count)
{
    float f32[LANES] = {0};
    uint16_t bf16[LANES] = {0};
    if (g->a_type == FK_TYPE_F32) {
        memcpy(f32, (const float *)g->a + from, (size_t)count * sizeof *f32);
        return load(f32);
    }
    memcpy(bf16, (const uint16_t *)g->a + from, (size_t)count * sizeof *bf16);
    return from_bf16(bf16);
}

/* The larger of the bits of each |x| and of `most`, which order as the numbers do. */
INLINE vi larger(vi most, vf x)
{
    vi bits = (vi)x & 0x7fffffff, more = bits > most;
    return (bits & more) | (most & ~more);
}

INLINE vi largest_of_run(const fk_gemm *g, int64_t from, int64_t count, vi most)
{
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) most = larger(most, load_a(g, from + i));
    return i < count ? larger(most, load_a_tail(g, from + i, count - i)) : most;
}

/* x * inverse, -127 to 127, rounded and moved to 1 to 255. */
INLINE void quantise(vf x, float inverse, int64_t count, element *to)
{
    vu bits = (vu)(x * inverse + 12583040.0f) & 255u; /* 1.5 * 2^23 + 128 */
    vb bytes = __builtin_convertvector(bits, vb);
    memcpy(to, &bytes, (size_t)count);
}

INLINE void convert_run(const fk_gemm *g, int64_t from, int64_t count, float inverse, element *restrict to)
{
    int64_t i = 0;
    for (; i + LANES <= count; i += LANES) quantise(load_a(g, from + i), inverse, LANES, to + i);
    if (i < count) quantise(load_a_tail(g, from + i, count - i), inverse, count - i, to + i);
}

/* What the row's elements are multiplied by; *scale undoes it. */
INLINE float row_inverse(const fk_gemm *g, int64_t row, float *scale)
{
    int64_t segments = fk_count(g->segments), length = g->b->k / segments;
    vi most = {0};
    int32_t top = 0;
    float largest;
    for (int64_t s = 0; s < segments; s++) most = largest_of_run(g, row * g->lda + s * g->segment_stride, length, most);
    for (int lane = 0; lane < LANES; lane++) top = most[lane] > top ? most[lane] : top;
    memcpy(&largest, &top, sizeof largest);
    *scale = largest / 127.0f;
    return largest > 0.0f ? 127.0f / largest : 0.0f;
}
#endif

void CONVERT(const fk_gemm *g, int64_t row, void *out, float *scale)
{
    element *to = out;
    int64_t segments = fk_count(g->segments), length = g->b->k / segments;
#if defined KERNEL_I8
    float inverse = row_inverse(g, row, scale);
#else
    (void)scale;
#endif
    for (int64_t s = 0; s < segments; s++) {
        int64_t from = row * g->lda + s * g->segment_stride;
#if defined KERNEL_I8
        convert_run(g, from, length, inverse, to + s * length);
#else
        convert_run(g, from, length, to + s * length);
#endif
    }
    for (int64_t k = g->b->k; k < g->b->k_padded; k++) to[k] = 0;
}
