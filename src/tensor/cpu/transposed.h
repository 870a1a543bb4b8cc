/* transposed.h - products that need no packing: over rows, C = A^T B, which are gradients of weights, and of few rows.
 */
#ifndef TENSOR_CPU_TRANSPOSED_H
#define TENSOR_CPU_TRANSPOSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* c [N, K] = or, with `add`, += a [M, N]^T b [M, K]; rows are lda, ldb and ldc floats apart, and those of b may
 * overlap. All is borrowed. */
typedef struct fk_transposed {
    int64_t m, n, k;
    const float *a, *b;
    float *c;
    int64_t lda, ldb, ldc;
    bool add;
    void *scratch; /* fk_transposed_scratch bytes, aligned to FB_ALIGNMENT */
} fk_transposed;

/* On OpenMP's threads; the result does not depend on their number. */
void fk_transposed_run(const fk_transposed *product);
/* The scratch of a product of these sizes, enough for every instruction set. */
size_t fk_transposed_scratch(int64_t m, int64_t n, int64_t k);

/* c [M, K] = a [M, N] b [N, K], b read where it lies: for few rows. K must be a multiple of FK_WHOLE_COLUMNS. */
enum { FK_WHOLE_COLUMNS = 16 };
void fk_few_rows_run(int64_t m, int64_t n, int64_t k, const float *a, const float *b, float *c);

#endif
