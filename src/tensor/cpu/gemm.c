/* gemm.c - packing, the choice of kernels, and the plain path. */
#include "base/dtype.h"
#include "base/memory.h"
#include "tensor/cpu/gemm_internal.h"
#include <math.h>
#include <stdlib.h>

#if defined __x86_64__
#define FK_X86 1
#else
#define FK_X86 0
#endif

static fk_isa isa_limit = FK_ISA_AVX512BF16;

static fk_isa isa_of_machine(void)
{
#if FK_X86
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return FK_ISA_PLAIN;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512dq"))
        return FK_ISA_AVX2;
    if (!__builtin_cpu_supports("avx512vnni")) return FK_ISA_AVX512;
    return __builtin_cpu_supports("avx512bf16") ? FK_ISA_AVX512BF16 : FK_ISA_AVX512VNNI;
#else
    return FK_ISA_PLAIN;
#endif
}

fk_isa fk_isa_used(void)
{
    fk_isa isa = isa_of_machine();
    return isa < isa_limit ? isa : isa_limit;
}

void fk_isa_limit(fk_isa limit)
{
    isa_limit = limit;
}

static int group_of(fk_precision precision)
{
    return precision == FK_F32 ? 1 : precision == FK_BF16 ? 2 : 4;
}

static size_t size_of(fk_precision precision)
{
    return precision == FK_F32 ? 4 : precision == FK_BF16 ? 2 : 1;
}

/* The index in `data` of element (n, k). */
static inline int64_t place(const fk_packed *p, int64_t n, int64_t k)
{
    int64_t first = n / FK_PANEL * FK_PANEL, group = group_of(p->precision);
    int64_t width = (fk_min(p->n - first, FK_PANEL) + FK_VECTOR - 1) / FK_VECTOR * FK_VECTOR;
    return first * p->k_padded + (k / group * width + n - first) * group + k % group;
}

static void pack_column(fk_packed *p, int64_t n, const float *w, int64_t stride)
{
    float largest = 0.0f;
    int32_t sum = 0;
    if (p->precision == FK_I8) {
        for (int64_t k = 0; k < p->k; k++) largest = fmaxf(largest, fabsf(w[k * stride]));
        p->scale[n] = largest / 127.0f;
    }
    float inverse = largest > 0.0f ? 127.0f / largest : 0.0f;
    for (int64_t k = 0; k < p->k; k++) {
        float value = w[k * stride];
        int64_t at = place(p, n, k);
        if (p->precision == FK_F32) {
            ((float *)p->data)[at] = value;
        } else if (p->precision == FK_BF16) {
            ((uint16_t *)p->data)[at] = fb_bf16_from_f32(value);
        } else {
            float scaled = fminf(127.0f, fmaxf(-127.0f, rintf(value * inverse)));
            ((int8_t *)p->data)[at] = (int8_t)scaled;
            sum += (int8_t)scaled;
        }
    }
    if (p->precision == FK_I8) p->sum[n] = sum * 128;
}

fk_packed *fk_pack(fk_precision precision, int64_t n, int64_t k, const float *w, int64_t row_stride, int64_t col_stride)
{
    int64_t group = group_of(precision);
    size_t count;
    if (n < 1 || k < 1 || n > INT64_MAX - FK_PANEL || k > INT64_MAX - 4) return NULL;
    if (precision == FK_I8 && k > 65536) return NULL; /* the i32 sums of u8 x s8 could overflow */
    fk_packed *p = calloc(1, sizeof *p);
    if (p == NULL) return NULL;
    *p = (fk_packed){.precision = precision, .n = n, .k = k, .k_padded = (k + group - 1) / group * group};
    int64_t columns = (n + FK_VECTOR - 1) / FK_VECTOR * FK_VECTOR;
    if (!fb_multiply((size_t)columns, (size_t)p->k_padded, &count) || count > PTRDIFF_MAX / 4) goto fail;
    p->data = fb_alloc(count, size_of(precision));
    p->bytes = sizeof *p + count * size_of(precision);
    if (p->data == NULL) goto fail;
    if (precision == FK_I8) {
        p->scale = fb_alloc((size_t)n, sizeof *p->scale);
        p->sum = fb_alloc((size_t)n, sizeof *p->sum);
        p->bytes += (size_t)n * (sizeof *p->scale + sizeof *p->sum);
        if (p->scale == NULL || p->sum == NULL) goto fail;
    }
#pragma omp parallel for schedule(static) if (count > 65536)
    for (int64_t j = 0; j < n; j++) pack_column(p, j, w + j * row_stride, col_stride);
    return p;
fail:
    fk_packed_free(p);
    return NULL;
}

void fk_packed_free(fk_packed *p)
{
    if (p == NULL) return;
    fb_free(p->data);
    fb_free(p->scale);
    fb_free(p->sum);
    free(p);
}

size_t fk_packed_bytes(const fk_packed *p)
{
    return p->bytes;
}

int64_t fk_packed_n(const fk_packed *p)
{
    return p->n;
}

int64_t fk_packed_k(const fk_packed *p)
{
    return p->k;
}

static float activate(fk_activation act, float x)
{
    switch (act) {
    case FK_RELU:
        return x < 0.0f ? 0.0f : x;
    case FK_GELU:
        return 0.5f * x * (1.0f + erff(x * 0.70710678f));
    case FK_GELU_TANH:
        return 0.5f * x * (1.0f + tanhf(0.7978845608f * (x + 0.044715f * x * x * x)));
    case FK_QUICKGELU:
        return x / (1.0f + expf(-1.702f * x));
    case FK_NONE:
        break;
    }
    return x;
}

static inline float element_of(const fk_gemm *g, int64_t row, int64_t k)
{
    int64_t at = row * g->lda + k;
    return g->a_type == FK_TYPE_F32 ? ((const float *)g->a)[at] : fb_f32_from_bf16(((const uint16_t *)g->a)[at]);
}

/* The sums of one row and up to 64 columns from `column` on (the start of a panel) into v[columns]. `scale` is the
 * row's int8 scale. */
static void plain_sums(const fk_gemm *g, int64_t row, int64_t column, int columns, float scale, float *v)
{
    const fk_packed *p = g->b;
    int32_t sums[FK_PANEL] = {0};
    int64_t group = group_of(p->precision);
    float inverse = scale > 0.0f ? 1.0f / scale : 0.0f;
    for (int j = 0; j < columns; j++) v[j] = 0.0f;
    for (int64_t k = 0; k < p->k; k++) {
        float a = element_of(g, row, k);
        int64_t at = place(p, column, k);
        if (p->precision == FK_F32) {
            const float *b = (const float *)p->data + at;
            for (int j = 0; j < columns; j++) v[j] += a * b[j];
        } else if (p->precision == FK_BF16) {
            const uint16_t *b = (const uint16_t *)p->data + at;
            a = fb_f32_from_bf16(fb_bf16_from_f32(a));
            for (int j = 0; j < columns; j++) v[j] += a * fb_f32_from_bf16(b[j * group]);
        } else {
            const int8_t *b = (const int8_t *)p->data + at;
            float scaled = rintf(a * inverse);
            int32_t q = scaled >= -127.0f && scaled <= 127.0f ? (int32_t)scaled : scaled < 0.0f ? -127 : 127;
            for (int j = 0; j < columns; j++) sums[j] += q * b[j * group];
        }
    }
    if (p->precision == FK_I8)
        for (int j = 0; j < columns; j++) v[j] = (float)sums[j] * (scale * p->scale[column + j]);
}

void fk_gemm_plain(const fk_gemm *g)
{
    const fk_packed *p = g->b;
#pragma omp parallel for schedule(dynamic, 4)
    for (int64_t row = 0; row < g->m; row++) {
        float largest = 0.0f, v[FK_PANEL];
        if (p->precision == FK_I8)
            for (int64_t k = 0; k < p->k; k++) largest = fmaxf(largest, fabsf(element_of(g, row, k)));
        for (int64_t column = 0; column < p->n; column += FK_PANEL) {
            int columns = (int)fk_min(p->n - column, FK_PANEL);
            plain_sums(g, row, column, columns, largest / 127.0f, v);
            for (int j = 0; j < columns; j++) {
                int64_t n = column + j, at = row * g->ldc + n;
                float x = v[j];
                if (g->bias != NULL) x += g->bias[n];
                if (g->pre != NULL) g->pre[row * p->n + n] = x;
                x = activate(g->act, x);
                if (g->residual != NULL) x += g->residual[row * g->ldr + n];
                if (g->c_type == FK_TYPE_F32) {
                    float *c = (float *)g->c + at;
                    *c = g->accumulate ? x + *c : x;
                } else {
                    uint16_t *c = (uint16_t *)g->c + at;
                    *c = fb_bf16_from_f32(g->accumulate ? x + fb_f32_from_bf16(*c) : x);
                }
            }
        }
    }
}

/* The calling thread's scratch, grown as needed. */
static _Thread_local struct {
    void *data;
    size_t size;
} scratch;

void fk_gemm_release(void)
{
    fb_free(scratch.data);
    scratch.data = NULL;
    scratch.size = 0;
}

static void *scratch_of(size_t size)
{
    if (scratch.size < size) {
        fk_gemm_release();
        scratch.data = fb_alloc(size, 1);
        if (scratch.data != NULL) scratch.size = size;
    }
    return scratch.data;
}

#if FK_X86
/* The kernels for `precision` on `isa`; false when only the plain path has it. */
static bool choose(fk_precision precision, fk_isa isa, fk_block **block, fk_convert **convert)
{
    *block = NULL;
    *convert = NULL;
    if (precision == FK_F32 && isa >= FK_ISA_AVX512) {
        *block = fk_block_f32_avx512;
        *convert = fk_convert_f32_avx512;
    } else if (precision == FK_F32 && isa >= FK_ISA_AVX2) {
        *block = fk_block_f32_avx2;
        *convert = fk_convert_f32_avx2;
    } else if (precision == FK_BF16 && isa >= FK_ISA_AVX512BF16) {
        *block = fk_block_bf16_avx512;
        *convert = fk_convert_bf16_avx512;
    } else if (precision == FK_I8 && isa >= FK_ISA_AVX512VNNI) {
        *block = fk_block_i8_avx512;
        *convert = fk_convert_i8_avx512;
    }
    return *block != NULL;
}

/* Converts A into the scratch when the kernel cannot read it in place. False when memory is exhausted. */
static bool prepare(const fk_gemm *g, fk_convert *convert, fk_job *job)
{
    const fk_packed *p = g->b;
    *job = (fk_job){.gemm = g, .a = g->a, .lda = g->lda};
    if (p->precision == FK_F32 && g->a_type == FK_TYPE_F32) return true;
    if (p->precision == FK_BF16 && g->a_type == FK_TYPE_BF16 && p->k == p->k_padded) return true;
    size_t row = (size_t)p->k_padded * size_of(p->precision), bytes, scales;
    if (!fb_multiply((size_t)g->m, sizeof(float), &scales) || !fb_multiply((size_t)g->m, row, &bytes) ||
        !fb_add(bytes, scales, &bytes))
        return false;
    float *scale = scratch_of(bytes);
    if (scale == NULL) return false;
    char *to = (char *)(scale + g->m);
    job->a = to;
    job->lda = p->k_padded;
    job->row_scale = scale;
#pragma omp parallel for schedule(dynamic, 16) if (bytes > 16384)
    for (int64_t m = 0; m < g->m; m++) convert(g, m, to + (size_t)m * row, scale + m);
    return true;
}
#endif

void fk_gemm_run(const fk_gemm *g)
{
#if FK_X86
    fk_block *block;
    fk_convert *convert;
    fk_job job;
    if (g->m < 1) return;
    if (choose(g->b->precision, fk_isa_used(), &block, &convert) && prepare(g, convert, &job)) {
        int64_t panels = (g->b->n + FK_PANEL - 1) / FK_PANEL;
        int64_t blocks = (g->m + FK_BLOCK_ROWS - 1) / FK_BLOCK_ROWS;
        int64_t rows = ((g->m + blocks - 1) / blocks + FK_ROWS - 1) / FK_ROWS * FK_ROWS;
        blocks = (g->m + rows - 1) / rows;
#pragma omp parallel for schedule(dynamic, 1) if (blocks * panels > 1)
        for (int64_t t = 0; t < blocks * panels; t++) {
            int64_t m = t / panels * rows;
            block(&job, m, fk_min(m + rows, g->m), t % panels);
        }
        return;
    }
#endif
    fk_gemm_plain(g);
}
