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
enum { FACTORS = GROUP, K_BLOCK = FK_AVX512_DEPTH * GROUP, BLOCK_ROWS = FK_AVX512_ROWS, PANELS = FK_AVX512_PANELS };
#elif defined KERNEL_I8
#define STAGED 1
typedef int16_t factor;
enum { FACTORS = 2, K_BLOCK = 2 * FK_AVX2_DEPTH, BLOCK_ROWS = FK_AVX2_ROWS, PANELS = FK_AVX2_PANELS };
#else
#define STAGED 1
typedef float factor;
enum { FACTORS = 1, K_BLOCK = FK_AVX2_DEPTH, BLOCK_ROWS = FK_AVX2_ROWS, PANELS = FK_AVX2_PANELS };
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

/* The epilogue of LANES columns from `column` on of row `row`. `g` is a copy that nothing else points to, so that its
 * fields stay in registers. */
INLINE void finish_vector(const fk_gemm *g, const fk_packed *b, const float *row_scale, const fk_activation act,
                          int64_t row, int64_t column, sums acc)
{
#if defined KERNEL_I8
    vi sum;
    memcpy(&sum, b->sum + column, sizeof sum);
    vf v = __builtin_convertvector(acc - sum, vf) * (load(b->scale + column) * row_scale[row]);
#else
    vf v = acc;
    (void)row_scale;
#endif
    if (g->bias != NULL) v += load(g->bias + column);
    if (g->pre != NULL) store(g->pre + row * b->n + column, v);
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
    const float *row_scale = job->row_scale == NULL ? NULL : job->row_scale + row;
    copy.c = &c;
    if (g->b->scale != NULL) memcpy(scale, g->b->scale + column, floats);
    if (g->b->sum != NULL) memcpy(sum, g->b->sum + column, floats);
    if (g->bias != NULL) copy.bias = memcpy(bias, g->bias + column, floats);
    if (g->residual != NULL) copy.residual = memcpy(residual, g->residual + row * g->ldr + column, floats);
    if (g->pre != NULL) copy.pre = pre;
    if (g->accumulate) memcpy(&c, to, (size_t)count * size);
    switch (g->act) {
    case FK_NONE:
        finish_vector(&copy, &packed, row_scale, FK_NONE, 0, 0, *acc);
        break;
    case FK_RELU:
        finish_vector(&copy, &packed, row_scale, FK_RELU, 0, 0, *acc);
        break;
    case FK_GELU:
        finish_vector(&copy, &packed, row_scale, FK_GELU, 0, 0, *acc);
        break;
    case FK_GELU_TANH:
        finish_vector(&copy, &packed, row_scale, FK_GELU_TANH, 0, 0, *acc);
        break;
    case FK_QUICKGELU:
        finish_vector(&copy, &packed, row_scale, FK_QUICKGELU, 0, 0, *acc);
        break;
    }
    memcpy(to, &c, (size_t)count * size);
    if (g->pre != NULL) memcpy(g->pre + row * g->b->n + column, pre, floats);
}

/* The epilogue of the usual products: whole vectors, results stored over whatever was there. What is asked of it is
 * known when this is compiled, and a column's bias stays in registers for all rows. */
INLINE void finish_whole(const fk_job *job, const fk_activation act, const bool residual, const bool half, int64_t row,
                         int rows, int64_t column, const int vectors, const sums *tile)
{
    const fk_gemm *g = job->gemm;
    const int64_t ldr = g->ldr, ldc = g->ldc;
    const float *r = residual ? g->residual + row * ldr + column : NULL;
    float *c = half ? NULL : (float *)g->c + row * ldc + column;
    uint16_t *c16 = half ? (uint16_t *)g->c + row * ldc + column : NULL;
    vf bias[WIDE];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) bias[j] = g->bias != NULL ? load(g->bias + column + j * LANES) : (vf){0};
#if defined KERNEL_I8
    vf scale[WIDE];
    vi sum[WIDE];
#pragma GCC unroll 4
    for (int j = 0; j < vectors; j++) {
        scale[j] = load(g->b->scale + column + j * LANES);
        memcpy(&sum[j], g->b->sum + column + j * LANES, sizeof sum[j]);
    }
#endif
    for (int i = 0; i < rows; i++, tile += FK_PANEL / LANES) {
#pragma GCC unroll 4
        for (int j = 0; j < vectors; j++) {
#if defined KERNEL_I8
            vf v = __builtin_convertvector(tile[j] - sum[j], vf) * (scale[j] * job->row_scale[row + i]) + bias[j];
#else
            vf v = tile[j] + bias[j];
#endif
            v = activate(act, v);
            if (residual) v += load(r + i * ldr + j * LANES);
            if (half)
                to_bf16(c16 + i * ldc + j * LANES, v);
            else
                store(c + i * ldc + j * LANES, v);
        }
    }
}

/* The epilogue of any product. */
INLINE void finish_any(const fk_job *job, const fk_activation act, int64_t row, int rows, int64_t column, int columns,
                       const sums *tile)
{
    const fk_gemm g = *job->gemm;
    const fk_packed b = *g.b;
    const float *row_scale = job->row_scale;
    for (int i = 0; i < rows; i++, tile += FK_PANEL / LANES) {
        int j = 0;
        for (; j + LANES <= columns; j += LANES)
            finish_vector(&g, &b, row_scale, act, row + i, column + j, tile[j / LANES]);
        if (j < columns) finish_tail(job, row + i, column + j, columns - j, &tile[j / LANES]);
    }
}

INLINE void finish(const fk_job *job, const fk_activation act, int64_t row, int rows, int64_t column, int columns,
                   const sums *tile)
{
    const fk_gemm *g = job->gemm;
    bool half = g->c_type == FK_TYPE_BF16;
    if (columns != COLUMNS || g->pre != NULL || g->accumulate)
        finish_any(job, act, row, rows, column, columns, tile);
    else if (g->residual != NULL)
        half ? finish_whole(job, act, true, true, row, rows, column, WIDE, tile)
             : finish_whole(job, act, true, false, row, rows, column, WIDE, tile);
    else
        half ? finish_whole(job, act, false, true, row, rows, column, WIDE, tile)
             : finish_whole(job, act, false, false, row, rows, column, WIDE, tile);
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

/* A panel's rows k to k + depth, [depth / GROUP, width, GROUP] at `from`, as [width / COLUMNS, K_BLOCK / FACTORS,
 * COLUMNS, FACTORS]. */
INLINE void stage_columns(const element *from, const int64_t width, int64_t depth, factor *to)
{
    for (int64_t k = 0; k < depth; k += GROUP, from += width * GROUP, to += COLUMNS * GROUP) {
#pragma GCC unroll 8
        for (int64_t j = 0; j < width / LANES; j++) {
            factor *at = to + j / WIDE * COLUMNS * K_BLOCK + j % WIDE * LANES * FACTORS;
            vi v;
            memcpy(&v, from + j * LANES * GROUP, sizeof v);
#if defined KERNEL_F32
            memcpy(at, &v, sizeof v);
#elif defined KERNEL_BF16 /* a lane's low half is of k, its high half of k + 1 */
            vi even = v << 16, odd = v & (int32_t)0xffff0000;
            memcpy(at, &even, sizeof even);
            memcpy(at + COLUMNS, &odd, sizeof odd);
#else                     /* a lane's bytes are of k to k + 3 */
            vi low = (v << 24 >> 24 & 0xffff) | (v << 16 >> 24 << 16), high = (v << 8 >> 24 & 0xffff) | (v >> 24 << 16);
            memcpy(at, &low, sizeof low);
            memcpy(at + 2 * COLUMNS, &high, sizeof high);
#endif
        }
    }
}

static void stage_b(const element *from, int64_t width, int64_t depth, factor *to)
{
    if (width == FK_PANEL)
        stage_columns(from, FK_PANEL, depth, to);
    else
        stage_columns(from, width, depth, to);
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

/* B's panel, k to k + length; its columns from j on (a multiple of COLUMNS) are j * K_BLOCK factors on. */
INLINE operands panel_at(const fk_packed *b, int64_t panel, int64_t k, int64_t length, factor *stage)
{
    int64_t first = panel * FK_PANEL, width = fk_panel_width(b->n, first);
    const element *data = (const element *)b->data + first * b->k_padded + k * width;
#if STAGED
    stage_b(data, width, length, stage);
    return (operands){stage, COLUMNS};
#else
    (void)length, (void)stage;
    return (operands){data, width};
#endif
}

/* One step of a block: the product of its rows and a panel over some of k. */
typedef struct step {
    const fk_job *job;
    int64_t m0, m1, panel0, panel1; /* of the block */
    int64_t panel, k, length;
    bool last;        /* of k */
    const char *next; /* what the next step reads of B, and how many lines of it to ask for before each micro kernel */
    int64_t next_lines;
} step;

/* Sets what is to be asked for during this step. */
INLINE void set_next(step *s)
{
    const fk_packed *b = s->job->gemm->b;
    bool more = s->panel + 1 < s->panel1; /* panels */
    int64_t first = (more ? s->panel + 1 : s->panel0) * FK_PANEL, width = fk_panel_width(b->n, first);
    int64_t k = more ? s->k : s->k + s->length, bytes = s->length * width * (int64_t)sizeof(element);
    int64_t runs = (s->m1 - s->m0 + FK_ROWS - 1) / FK_ROWS * (FK_PANEL / COLUMNS);
    s->next = (const char *)((const element *)b->data + first * b->k_padded + k * width);
    s->next_lines = more || !s->last ? (bytes / 64 + runs - 1) / runs : 0;
}

/* Before the micro kernel for rows m on and columns j on of the panel: asks for what the next step will copy, which
 * would otherwise wait for memory, and for what this one will write. */
INLINE void look_ahead(step *s, int64_t m, int j)
{
    const fk_gemm *g = s->job->gemm;
    int64_t end = fk_min(m + FK_ROWS, s->m1 - s->m0) + s->m0;
    for (int64_t i = 0; i < s->next_lines; i++, s->next += 64) __builtin_prefetch(s->next, 0, 2);
    if (s->last) {
        int64_t size = (int64_t)fk_type_size(g->c_type), column = s->panel * FK_PANEL + j;
        char *c = (char *)g->c + ((m + s->m0) * g->ldc + column) * size;
        for (m += s->m0; m < end; m++, c += g->ldc * size) __builtin_prefetch(c, 1);
    } else if (s->panel + 1 == s->panel1 && s->job->segments == 1) {
        const element *a = (const element *)s->job->a + (s->m0 + m) * s->job->lda + s->k + s->length;
        for (m += s->m0; m < end; m++, a += s->job->lda)
            for (int64_t k = j * (K_BLOCK / FK_PANEL); k < (j + COLUMNS) * (K_BLOCK / FK_PANEL);
                 k += 64 / (int)sizeof *a)
                __builtin_prefetch(a + k, 0, 2);
    }
}

/* tile[rows, FK_PANEL] = or += A B for all columns of a panel, and after the last of k the epilogue. */
INLINE void multiply(step *s, operands a, operands b, sums *tile)
{
    int64_t column = s->panel * FK_PANEL, rows = s->m1 - s->m0;
    int columns = (int)fk_min(s->job->gemm->b->n - column, FK_PANEL), width = (int)fk_panel_width(columns, 0);
    for (int j = 0; j < width; j += COLUMNS) {
        int vectors = (int)fk_min(WIDE, (width - j) / LANES);
        for (int64_t m = 0; m < rows; m += FK_ROWS) {
            int count = (int)fk_min(FK_ROWS, rows - m);
            sums *at = tile + (m * FK_PANEL + j) / LANES;
            if (STAGED) look_ahead(s, m, j);
            micros[vectors - 1][count - 1](a.data + m * a.stride, a.stride, b.data + j * K_BLOCK, b.stride, s->length,
                                           at, s->k == 0);
            if (s->last) finish_rows(s->job, s->m0 + m, count, column + j, (int)fk_min(columns - j, COLUMNS), at);
        }
    }
}

void BLOCK(const fk_job *job, int64_t m0, int64_t m1, int64_t panel0, int64_t panel1)
{
    const fk_packed *packed = job->gemm->b;
    sums tile[PANELS][BLOCK_ROWS * FK_PANEL / LANES];
    factor a_stage[STAGED ? BLOCK_ROWS * A_STRIDE : 1], b_stage[STAGED ? K_BLOCK * FK_PANEL : 1];
    int64_t depth = packed->k_padded, segment = depth / job->segments, blocks = (segment + K_BLOCK - 1) / K_BLOCK;
    int64_t most = ((segment + blocks - 1) / blocks + 7) / 8 * 8;
    step s = {.job = job, .m0 = m0, .m1 = m1, .panel0 = panel0, .panel1 = panel1};
    for (; s.k < depth; s.k += s.length) {
        s.length = fk_min(most, segment - s.k % segment);
        s.last = s.k + s.length == depth;
        operands a = rows_at(job, m0, m1, s.k, s.length, a_stage);
        for (s.panel = panel0; s.panel < panel1; s.panel++) {
            operands b = panel_at(packed, s.panel, s.k, s.length, b_stage);
            set_next(&s);
            multiply(&s, a, b, tile[depth > s.length ? s.panel - panel0 : 0]); /* sums are kept from k to k */
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
