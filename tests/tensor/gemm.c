/* gemm.c - every path of the matrix products against sums in double. Tolerances: f32 2e-6 of the sum of |a||b| plus
 * 2e-6; bf16 operands the same about the rounded operands; int8 that of half a step of each operand's scale; bf16
 * results 2^-8 relative. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/dtype.h"
#include "tensor/cpu/gemm.h"
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

static uint32_t state = 1;

static float uniform(void)
{
    state = state * 1664525u + 1013904223u;
    return (float)(state >> 8) * 0x1p-23f - 1.0f;
}

static void *block(int64_t count, size_t size)
{
    void *p = malloc((size_t)count * size);
    assert_non_null(p);
    return p;
}

static double activate(fk_activation act, double x)
{
    switch (act) {
    case FK_RELU:
        return x < 0 ? 0 : x;
    case FK_GELU:
        return 0.5 * x * (1 + erf(x * sqrt(0.5)));
    case FK_GELU_TANH:
        return 0.5 * x * (1 + tanh(0.79788456080286536 * (x + 0.044715 * x * x * x)));
    case FK_QUICKGELU:
        return x / (1 + exp(-1.702 * x));
    default:
        return x;
    }
}

typedef void run_function(const fk_gemm *gemm);

/* One product [m,k] x [k,n] with everything in the epilogue that `variant`'s bits ask for. */
static void check(run_function *run, fk_precision precision, int64_t m, int64_t n, int64_t k, fk_activation act,
                  int variant)
{
    bool a16 = variant & 1, c16 = variant & 2, transposed = variant & 4, extras = variant & 8;
    int64_t lda = k + (extras ? 3 : 0), ldc = n + (extras ? 5 : 0);
    int64_t a_count = (m - 1) * lda + k, c_count = (m - 1) * ldc + n;
    float *a = block(a_count, 4), *w = block(n * k, 4), *bias = block(n, 4), *residual = block(c_count, 4);
    float *c = block(c_count, 4), *before = block(c_count, 4), *pre = block(m * n, 4);
    uint16_t *ah = block(a_count, 2), *ch = block(c_count, 2);
    for (int64_t i = 0; i < a_count; i++) {
        a[i] = 2 * uniform();
        ah[i] = fb_bf16_from_f32(a[i]);
        if (a16) a[i] = fb_f32_from_bf16(ah[i]);
    }
    for (int64_t i = 0; i < n * k; i++) w[i] = uniform();
    for (int64_t i = 0; i < n; i++) bias[i] = uniform();
    for (int64_t i = 0; i < c_count; i++) {
        residual[i] = uniform();
        c[i] = uniform();
        ch[i] = fb_bf16_from_f32(c[i]);
        before[i] = c16 ? fb_f32_from_bf16(ch[i]) : c[i];
    }
    int64_t row = transposed ? 1 : k, column = transposed ? n : 1;
    fk_packed *b = fk_pack(precision, n, k, w, row, column);
    assert_non_null(b);
    assert_true(fk_packed_bytes(b) > 0 && fk_packed_n(b) == n && fk_packed_k(b) == k);
    fk_gemm g = {.m = m,
                 .a = a16 ? (void *)ah : (void *)a,
                 .a_type = a16 ? FK_TYPE_BF16 : FK_TYPE_F32,
                 .lda = lda,
                 .b = b,
                 .act = act,
                 .c = c16 ? (void *)ch : (void *)c,
                 .c_type = c16 ? FK_TYPE_BF16 : FK_TYPE_F32,
                 .ldc = ldc};
    if (extras) {
        g.bias = bias;
        g.residual = residual;
        g.ldr = ldc;
        g.accumulate = true;
        g.pre = pre;
    }
    run(&g);
    double w_most = 0;
    for (int64_t i = 0; i < n * k; i++) w_most = fmax(w_most, fabs(w[i]));
    for (int64_t i = 0; i < m; i++) {
        double a_most = 0;
        for (int64_t l = 0; l < k; l++) a_most = fmax(a_most, fabs(a[i * lda + l]));
        for (int64_t j = 0; j < n; j++) {
            double sum = 0, size = 0, error = 2e-6;
            for (int64_t l = 0; l < k; l++) {
                float x = a[i * lda + l], y = w[j * row + l * column];
                if (precision == FK_BF16) {
                    x = fb_f32_from_bf16(fb_bf16_from_f32(x));
                    y = fb_f32_from_bf16(fb_bf16_from_f32(y));
                }
                sum += (double)x * y;
                size += fabs((double)x * y);
                if (precision == FK_I8)
                    error += 0.501 * (a_most * fabs((double)y) + w_most * fabs((double)x)) / 127 +
                             0.26 * a_most * w_most / 127 / 127;
            }
            error += 2e-6 * size;
            if (extras) {
                sum += bias[j];
                assert_true(fabs(pre[i * n + j] - sum) <= error);
            }
            double want = activate(act, sum);
            if (extras) want += (double)residual[i * ldc + j] + before[i * ldc + j];
            double got = c16 ? fb_f32_from_bf16(ch[i * ldc + j]) : c[i * ldc + j];
            if (!(fabs(got - want) <= 1.2 * error + 1e-6 * fabs(want) + (c16 ? fabs(want) / 256 : 0)))
                fail_msg("precision %d act %d m %d n %d k %d variant %d at %d,%d: %g, not %g", (int)precision, (int)act,
                         (int)m, (int)n, (int)k, variant, (int)i, (int)j, got, want);
        }
        for (int64_t j = n; j < ldc && i + 1 < m; j++) /* the gaps between rows are not written */
            assert_true((c16 ? fb_f32_from_bf16(ch[i * ldc + j]) : c[i * ldc + j]) == before[i * ldc + j]);
    }
    fk_packed_free(b);
    free(a), free(w), free(bias), free(residual), free(c), free(before), free(pre), free(ah), free(ch);
}

static void check_all(run_function *run)
{
    static const int64_t sizes[][3] = {{1, 1, 1},   {2, 3, 5},     {5, 17, 7},   {7, 64, 33},  {6, 96, 31},
                                       {13, 80, 9}, {197, 65, 19}, {3, 31, 130}, {4, 40, 515}, {2, 16, 1031}};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int precision = FK_F32; precision <= FK_I8; precision++)
            for (int act = FK_NONE; act <= FK_QUICKGELU; act++)
                for (int variant = 0; variant<16; variant += sizes[s][0]> 100 ? 3 : 1)
                    check(run, (fk_precision)precision, sizes[s][0], sizes[s][1], sizes[s][2], (fk_activation)act,
                          variant);
}

static void every_isa(void **unused)
{
    (void)unused;
    for (int isa = FK_ISA_PLAIN; isa <= FK_ISA_AVX512BF16; isa++) {
        fk_isa_limit((fk_isa)isa);
        if ((int)fk_isa_used() != isa) continue; /* this machine has not got it */
        check_all(fk_gemm_run);
    }
    fk_isa_limit(FK_ISA_AVX512BF16);
    fk_gemm_release();
}

static void plain(void **unused)
{
    (void)unused;
    check_all(fk_gemm_plain);
}

/* The activations alone, through a 1 x 1 identity: 1.5e-6 absolute up to 8, infinities and NaN kept. */
static void activations(void **unused)
{
    (void)unused;
    enum { COUNT = 4003 };
    float one = 1, x[COUNT], y[COUNT];
    fk_packed *b = fk_pack(FK_F32, 1, 1, &one, 1, 1);
    assert_non_null(b);
    for (int i = 0; i < 4001; i++) x[i] = (float)(i - 2000) * 0.004f;
    x[4001] = 1e4f;
    x[4002] = NAN;
    for (int isa = FK_ISA_PLAIN; isa <= FK_ISA_AVX512; isa++) {
        fk_isa_limit((fk_isa)isa);
        for (int act = FK_NONE; act <= FK_QUICKGELU; act++) {
            fk_gemm g = {.m = COUNT, .a = x, .lda = 1, .b = b, .act = (fk_activation)act, .c = y, .ldc = 1};
            fk_gemm_run(&g);
            for (int i = 0; i < 4001; i++) assert_true(fabs(y[i] - activate((fk_activation)act, x[i])) < 1.5e-6);
            assert_true(y[4001] == 1e4f);
            assert_true(isnan(y[4002]));
        }
    }
    fk_isa_limit(FK_ISA_AVX512BF16);
    fk_packed_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_isa), cmocka_unit_test(plain),
                                       cmocka_unit_test(activations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
