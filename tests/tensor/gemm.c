/* gemm.c - every path of the matrix products against sums in double. Tolerances: f32 2e-6 of the sum of |a||b| plus
 * 2e-6; bf16 operands the same about the rounded operands; int8 that of half a step of each operand's scale; bf16
 * results 2^-8 relative. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/dtype.h"
#include "base/memory.h"
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
    void *p = malloc((size_t)count * size + 1);
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

/* What a case has beside its sizes. */
enum {
    A_BF16 = 1,
    C_BF16 = 2,
    INPUT_MAJOR = 4, /* w[K,N] */
    EXTRAS = 8,      /* bias, residual, accumulate and pre */
    ON_ITSELF = 16,  /* the residual is c (f32 only) */
    SEGMENTS = 32,   /* three overlapping ones (when 3 divides k) */
    BATCH = 64,      /* of three */
    PLANNED = 128,   /* the caller's memory for the packed matrix and the scratch */
    OPTIONS = 256
};

typedef struct example {
    fk_precision precision;
    fk_activation act;
    int64_t m, n, k;
    int options;
    int64_t a_count, c_count, row, column; /* elements of a and c; strides of w */
    float *a, *w, *bias, *residual, *c, *before, *pre;
    uint16_t *ah, *ch;
    void *memory, *scratch; /* PLANNED */
    fk_packed *b;
    fk_gemm g;
} example;

/* The product's geometry, all but its pointers. */
static void set_shape(example *e)
{
    bool gaps = e->options & EXTRAS, segments = e->options & SEGMENTS && e->k % 3 == 0;
    fk_gemm *g = &e->g;
    g->m = e->m;
    g->act = e->act;
    g->lda = segments ? e->k / 3 / 2 + 1 : e->k + (gaps ? 3 : 0);
    g->segments = segments ? 3 : 0;
    g->segment_stride = segments ? (e->m + 1) * g->lda + 1 : 0;
    g->ldc = g->ldr = e->n + (gaps ? 5 : 0);
    g->a_type = e->options & A_BF16 ? FK_TYPE_BF16 : FK_TYPE_F32;
    g->c_type = e->options & C_BF16 ? FK_TYPE_BF16 : FK_TYPE_F32;
    g->accumulate = e->options & EXTRAS;
    e->a_count = e->m * g->lda + 2 * g->segment_stride + e->k;
    e->c_count = e->m * g->ldc;
    if (e->options & BATCH) {
        g->batch = 3;
        g->a_batch = e->a_count;
        g->c_batch = g->residual_batch = e->c_count;
        e->a_count *= 3;
        e->c_count *= 3;
    }
}

static void fill(example *e)
{
    int64_t batch = e->options & BATCH ? 3 : 1;
    e->a = block(e->a_count, 4), e->ah = block(e->a_count, 2), e->w = block(e->n * e->k, 4), e->bias = block(e->n, 4);
    e->residual = block(e->c_count, 4), e->c = block(e->c_count, 4), e->ch = block(e->c_count, 2);
    e->before = block(e->c_count, 4), e->pre = block(batch * e->m * e->n, 4);
    for (int64_t i = 0; i < e->a_count; i++) {
        e->a[i] = 2 * uniform();
        e->ah[i] = fb_bf16_from_f32(e->a[i]);
        if (e->options & A_BF16) e->a[i] = fb_f32_from_bf16(e->ah[i]);
    }
    for (int64_t i = 0; i < e->n * e->k; i++) e->w[i] = uniform();
    for (int64_t i = 0; i < e->n; i++) e->bias[i] = uniform();
    for (int64_t i = 0; i < e->c_count; i++) {
        e->residual[i] = uniform();
        e->c[i] = uniform();
        e->ch[i] = fb_bf16_from_f32(e->c[i]);
        e->before[i] = e->options & C_BF16 ? fb_f32_from_bf16(e->ch[i]) : e->c[i];
    }
}

static void set_pointers(example *e)
{
    fk_gemm *g = &e->g;
    g->a = e->options & A_BF16 ? (void *)e->ah : (void *)e->a;
    g->c = e->options & C_BF16 ? (void *)e->ch : (void *)e->c;
    if (e->options & EXTRAS) {
        g->bias = e->bias;
        g->pre = e->pre;
        g->residual = e->options & ON_ITSELF && !(e->options & C_BF16) ? e->c : e->residual;
    }
    e->row = e->options & INPUT_MAJOR ? 1 : e->k;
    e->column = e->options & INPUT_MAJOR ? e->n : 1;
    if (!(e->options & PLANNED)) {
        e->b = fk_pack(e->precision, e->n, e->k, e->w, e->row, e->column);
        assert_non_null(e->b);
        g->b = e->b;
        return;
    }
    size_t bytes = fk_pack_size(e->precision, e->n, e->k);
    e->memory = fb_alloc(bytes, 1);
    assert_non_null(e->memory);
    memset(e->memory, 0x7f, bytes);
    e->b = fk_pack_into(e->memory, e->precision, e->n, e->k, e->w, e->row, e->column);
    g->b = e->b;
    size_t scratch = fk_gemm_scratch(g, fk_packed_precision(g->b), fk_packed_k(g->b));
    e->scratch = fb_alloc(scratch, 1);
    assert_non_null(e->scratch);
    if (scratch > 0) g->scratch = e->scratch;
}

/* The sum of row i of A (of product `t` of the batch) and column j of B, and how far a product may be from it. */
static double exact(const example *e, int64_t t, int64_t i, int64_t j, double *error)
{
    const fk_gemm *g = &e->g;
    int64_t segment = e->k / (g->segments > 0 ? g->segments : 1), in_segment = 0;
    const float *a = e->a + t * g->a_batch + i * g->lda;
    double sum = 0, size = 0, a_most = 0, w_most = 0, a_sum = 0, w_sum = 0;
    for (int64_t l = 0; l < e->k; l++, in_segment++) {
        if (in_segment == segment) in_segment = 0, a += g->segment_stride;
        float x = a[in_segment], y = e->w[j * e->row + l * e->column];
        if (e->precision == FK_BF16) {
            x = fb_f32_from_bf16(fb_bf16_from_f32(x));
            y = fb_f32_from_bf16(fb_bf16_from_f32(y));
        }
        sum += (double)x * y;
        size += fabs((double)x * y);
        a_most = fmax(a_most, fabs(x));
        w_most = fmax(w_most, fabs(y));
        a_sum += fabs(x);
        w_sum += fabs(y);
    }
    *error = 2e-6 + 2e-6 * size;
    if (e->precision == FK_I8)
        *error += 0.501 * (a_most * w_sum + w_most * a_sum) / 127 + 0.26 * (double)e->k * a_most * w_most / 127 / 127;
    return sum;
}

static void check_element(const example *e, int64_t t, int64_t i, int64_t j)
{
    const fk_gemm *g = &e->g;
    int64_t at = t * g->c_batch + i * g->ldc + j;
    double error, want = exact(e, t, i, j, &error);
    if (g->bias != NULL) want += e->bias[j];
    if (g->pre != NULL) assert_true(fabs(e->pre[(t * e->m + i) * e->n + j] - want) <= error);
    want = activate(e->act, want);
    if (g->residual != NULL) want += (double)(g->residual == e->c ? e->before : e->residual)[at] + e->before[at];
    bool c16 = g->c_type == FK_TYPE_BF16;
    double got = c16 ? fb_f32_from_bf16(e->ch[at]) : e->c[at];
    if (!(fabs(got - want) <= 1.2 * error + 1e-6 * fabs(want) + (c16 ? fabs(want) / 256 : 0)))
        fail_msg("isa %d precision %d act %d m %d n %d k %d options %d at %d,%d,%d: %g, not %g", (int)fk_isa_used(),
                 (int)e->precision, (int)e->act, (int)e->m, (int)e->n, (int)e->k, e->options, (int)t, (int)i, (int)j,
                 got, want);
}

static void check(run_function *run, fk_precision precision, int64_t m, int64_t n, int64_t k, fk_activation act,
                  int options)
{
    example e = {.precision = precision, .act = act, .m = m, .n = n, .k = k, .options = options};
    set_shape(&e);
    fill(&e);
    set_pointers(&e);
    assert_true(fk_packed_bytes(e.b) > 0 && fk_packed_n(e.b) == n && fk_packed_k(e.b) == k);
    run(&e.g);
    for (int64_t t = 0; t < (options & BATCH ? 3 : 1); t++) {
        for (int64_t i = 0; i < m; i++) {
            for (int64_t j = 0; j < n; j++) check_element(&e, t, i, j);
            for (int64_t j = n; j < e.g.ldc; j++) { /* the gaps between rows are not written */
                int64_t at = t * e.g.c_batch + i * e.g.ldc + j;
                assert_true((options & C_BF16 ? fb_f32_from_bf16(e.ch[at]) : e.c[at]) == e.before[at]);
            }
        }
    }
    if (!(options & PLANNED)) fk_packed_free(e.b);
    fb_free(e.memory), fb_free(e.scratch);
    free(e.a), free(e.w), free(e.bias), free(e.residual), free(e.c), free(e.before), free(e.pre);
    free(e.ah), free(e.ch);
}

static int below(int count)
{
    return (int)((uniform() + 1) / 2 * (float)count);
}

/* Every precision at these sizes, with activations and options drawn at random. */
static void check_size(run_function *run, int64_t m, int64_t n, int64_t k, int times)
{
    for (int precision = FK_F32; precision <= FK_I8; precision++)
        for (int i = 0; i < times; i++)
            check(run, (fk_precision)precision, m, n, k, (fk_activation)below(FK_QUICKGELU + 1), below(OPTIONS));
}

static void check_all(run_function *run)
{
    static const int64_t ms[] = {0, 1, 5, 6, 7, 193}, ns[] = {1, 7, 8, 24, 96, 100}, ks[] = {1, 2, 3, 4, 5, 9, 96};
    static const int64_t deep[][3] = {{3, 31, 130}, {7, 80, 515}, {2, 16, 1031}, {13, 65, 1161}, {10, 140, 774}};
    for (size_t i = 0; i < sizeof ms / sizeof *ms; i++)
        for (size_t j = 0; j < sizeof ns / sizeof *ns; j++)
            for (size_t l = 0; l < sizeof ks / sizeof *ks; l++)
                check_size(run, ms[i], ns[j], ks[l], ms[i] * ns[j] * ks[l] > 50000 ? 1 : 2);
    for (size_t i = 0; i < sizeof deep / sizeof *deep; i++) check_size(run, deep[i][0], deep[i][1], deep[i][2], 5);
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

/* A 3x3 convolution over a padded map as one product a row of the result: against its sums. */
static void convolution(void **unused)
{
    (void)unused;
    enum { H = 5, W = 7, IN = 6, OUT = 10, ROW = (W + 2) * IN };
    static float map[(H + 2) * ROW], w[OUT * 9 * IN], c[H * W * OUT];
    for (int i = 0; i < (H + 2) * ROW; i++) map[i] = uniform();
    for (int i = 0; i < OUT * 9 * IN; i++) w[i] = uniform();
    fk_packed *b = fk_pack(FK_F32, OUT, 9 * IN, w, 9 * IN, 1);
    assert_non_null(b);
    fk_gemm g = {.m = W, .a = map, .lda = IN, .segments = 3, .segment_stride = ROW, .b = b, .c = c, .ldc = OUT};
    g.batch = H, g.a_batch = ROW, g.c_batch = W * OUT;
    fk_gemm_run(&g);
    for (int at = 0; at < H * W * OUT; at++) {
        int y = at / OUT / W, x = at / OUT % W;
        double sum = 0;
        for (int i = 0; i < 9 * IN; i++) {
            int dy = i / IN / 3, dx = i / IN % 3;
            sum += (double)w[at % OUT * 9 * IN + i] * map[(y + dy) * ROW + (x + dx) * IN + i % IN];
        }
        assert_true(fabs(c[at] - sum) < 1e-5);
    }
    fk_packed_free(b);
}

static void sizes(void **unused)
{
    (void)unused;
    assert_true(fk_pack_size(FK_F32, 0, 1) == 0 && fk_pack_size(FK_F32, 1, 0) == 0 && fk_pack_size(FK_F32, -1, 5) == 0);
    assert_true(fk_pack_size(FK_I8, 1, 65536) > 0 && fk_pack_size(FK_I8, 1, 65537) == 0);
    assert_true(fk_pack_size(FK_BF16, INT64_MAX / 4, 8) == 0 && fk_pack_size(FK_F32, INT64_MAX, INT64_MAX) == 0);
    assert_true(fk_pack_size(FK_F32, 1, INT64_MAX) == 0);
    assert_null(fk_pack(FK_I8, 1, 65537, NULL, 1, 1));
    float one = 1;
    fk_packed *b = fk_pack(FK_F32, 1, 1, &one, 1, 1);
    assert_non_null(b);
    assert_true(fk_gemm_scratch(&(fk_gemm){.m = 100}, FK_F32, fk_packed_k(b)) == 0); /* read in place */
    fk_packed_free(b);
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
                                       cmocka_unit_test(convolution), cmocka_unit_test(sizes),
                                       cmocka_unit_test(activations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
