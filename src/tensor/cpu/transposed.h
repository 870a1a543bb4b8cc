/* transposed.h - products over rows, C = A^T B: the gradients of weights. */
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

#endif
