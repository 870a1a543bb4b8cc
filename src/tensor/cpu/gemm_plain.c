/* gemm_plain.c - the products in plain C: the portable path and the reference of the others. */
#include "base/dtype.h"
#include "tensor/cpu/gemm_internal.h"
#include <math.h>

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
    int64_t segment = g->b->k / fk_count(g->segments);
    int64_t at = row * g->lda + k / segment * g->segment_stride + k % segment;
    return g->a_type == FK_TYPE_F32 ? ((const float *)g->a)[at] : fb_f32_from_bf16(((const uint16_t *)g->a)[at]);
}

/* The index in the packed data of column `first`, the first of a panel, at k: column first + j is j groups on. */
static inline int64_t place(const fk_packed *p, int64_t first, int64_t k)
{
    int64_t group = fk_group(p->precision);
    return first * p->k_padded + k / group * fk_panel_width(p->n, first) * group + k % group;
}

/* The sums of one row and up to 64 columns from `column` on (the start of a panel) into v[columns]. `scale` is the
 * row's int8 scale. */
static void sums_of(const fk_gemm *g, int64_t row, int64_t column, int columns, float scale, float *v)
{
    const fk_packed *p = g->b;
    int32_t sums[FK_PANEL] = {0};
    int64_t group = fk_group(p->precision);
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

void fk_finish_plain(const fk_gemm *g, int64_t row, int64_t column, int columns, const float *sums)
{
    for (int j = 0; j < columns; j++) {
        int64_t n = column + j, at = row * g->ldc + n;
        float x = sums[j];
        if (g->bias != NULL) x += g->bias[n];
        if (g->pre != NULL) g->pre[row * g->b->n + n] = x;
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

void fk_gemm_plain(const fk_gemm *gemm)
{
    const fk_packed *p = gemm->b;
#pragma omp parallel for schedule(dynamic, 4)
    for (int64_t t = 0; t < fk_count(gemm->batch) * gemm->m; t++) {
        fk_gemm one = fk_gemm_at(gemm, t / gemm->m);
        int64_t row = t % gemm->m;
        float largest = 0.0f, sums[FK_PANEL];
        if (p->precision == FK_I8)
            for (int64_t k = 0; k < p->k; k++) largest = fmaxf(largest, fabsf(element_of(&one, row, k)));
        for (int64_t column = 0; column < p->n; column += FK_PANEL) {
            int columns = (int)fk_min(p->n - column, FK_PANEL);
            sums_of(&one, row, column, columns, largest / 127.0f, sums);
            fk_finish_plain(&one, row, column, columns, sums);
        }
    }
}
