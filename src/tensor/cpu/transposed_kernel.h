/* transposed_kernel.h - the kernel of transposed.h. The file including it defines LANES (4, 8 or 16 floats of a vector)
 * and KERNELS, the name of the table. */
#include "tensor/cpu/attention_vector.h"
#include "tensor/cpu/transposed_internal.h"

/* A task is a strip of C's columns, in vectors of a micro kernel, and some of its rows. */
enum { STRIP = TILE_VECTORS * LANES, CHUNK = 8 * TILE_ROWS };

/* The product, and where its rows are copied to. */
typedef struct copies {
    const fk_transposed *product;
    float *a; /* [FK_COPIED_ROWS, a_row] */
    float *b; /* [strips, FK_COPIED_ROWS, STRIP] */
    int64_t a_row, strips;
} copies;

INLINE int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

INLINE float *strip_of(const copies *c, int64_t strip)
{
    return c->b + strip * fk_copied_rows(c->product->m) * STRIP;
}

/* Row `row` becomes row `at` of the copies. */
static void copy_in(const copies *c, int64_t row, int64_t at)
{
    const fk_transposed *p = c->product;
    const float *b = p->b + row * p->ldb;
    int64_t k = 0;
    memcpy(c->a + at * c->a_row, p->a + row * p->lda, (size_t)p->n * sizeof *p->a);
    for (; k + LANES <= p->k; k += LANES) store(strip_of(c, k / STRIP) + at * STRIP + k % STRIP, load(b + k));
    if (k == p->k) return;
    float *rest = strip_of(c, k / STRIP) + at * STRIP + k % STRIP;
    store(rest, (vf){0});
    memcpy(rest, b + k, (size_t)(p->k - k) * sizeof *b);
}

/* Sums [n, whole vectors], rows c_row apart, = or += those of a task over the copied rows. */
static void sum_up(const copies *c, int64_t strip, int64_t first, int64_t n, int64_t rows, float *sums, int64_t c_row,
                   bool add)
{
    int64_t columns = smaller(STRIP, c->product->k - strip * STRIP);
    for (int64_t r = 0; r < rows; r += FK_ROWS_AT_ONCE)
        multiply(&(product_t){.m = n,
                              .vectors = whole_vectors(columns) / LANES,
                              .depth = smaller(FK_ROWS_AT_ONCE, rows - r),
                              .a = c->a + r * c->a_row + first,
                              .a_row = 1,
                              .a_step = c->a_row,
                              .b = strip_of(c, strip) + r * STRIP,
                              .b_row = STRIP,
                              .c = sums,
                              .c_row = c_row,
                              .add = add || r > 0});
}

/* Where C has no whole vectors the sums are taken beside it. */
static void run_task(const copies *c, int64_t task, int64_t rows, bool add)
{
    const fk_transposed *p = c->product;
    int64_t strip = task % c->strips, first = task / c->strips * CHUNK, n = smaller(CHUNK, p->n - first);
    int64_t columns = smaller(STRIP, p->k - strip * STRIP);
    float *to = p->c + first * p->ldc + strip * STRIP, beside[CHUNK * STRIP];
    if (columns % LANES == 0) {
        sum_up(c, strip, first, n, rows, to, p->ldc, add);
        return;
    }
    sum_up(c, strip, first, n, rows, beside, STRIP, false);
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < columns; k++) {
            float *at = to + i * p->ldc + k;
            *at = beside[i * STRIP + k] + (add ? *at : 0.0f);
        }
}

static void over_rows(const fk_transposed *product)
{
    copies c = {.product = product, .a = product->scratch, .a_row = fk_copied_row(product->n)};
    c.b = c.a + fk_copied_rows(product->m) * c.a_row;
    c.strips = (product->k + STRIP - 1) / STRIP;
    int64_t tasks = c.strips * ((product->n + CHUNK - 1) / CHUNK);
    bool large = product->m * product->n * product->k > 1 << 18;
    for (int64_t first = 0; first < product->m; first += FK_COPIED_ROWS) {
        int64_t rows = smaller(FK_COPIED_ROWS, product->m - first);
        bool add = product->add || first > 0;
#pragma omp parallel if (large)
        {
#pragma omp for schedule(static)
            for (int64_t r = 0; r < rows; r++) copy_in(&c, first + r, r);
#pragma omp for schedule(dynamic, 1)
            for (int64_t t = 0; t < tasks; t++) run_task(&c, t, rows, add);
        }
    }
}

static void few_rows(int64_t m, int64_t n, int64_t k, const float *a, const float *b, float *c)
{
#pragma omp parallel for schedule(static) if (m * n * k > 1 << 18)
    for (int64_t column = 0; column < k; column += STRIP)
        multiply(&(product_t){.m = m,
                              .vectors = smaller(STRIP, k - column) / LANES,
                              .depth = n,
                              .a = a,
                              .a_row = n,
                              .a_step = 1,
                              .b = b + column,
                              .b_row = k,
                              .c = c + column,
                              .c_row = k});
}

const fk_transposed_kernels KERNELS = {over_rows, few_rows};
