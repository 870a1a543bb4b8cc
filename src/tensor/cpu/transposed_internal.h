/* transposed_internal.h - what transposed.c and the kernels of each instruction set share. */
#ifndef TENSOR_CPU_TRANSPOSED_INTERNAL_H
#define TENSOR_CPU_TRANSPOSED_INTERNAL_H

#include "tensor/cpu/transposed.h"

/* Rows of A and B are copied some at a time, so that the copies stay in the second cache, and multiplied fewer at a
 * time, so that these stay in the first. FK_STRIP: the most columns of C that a kernel takes at once. FK_APART: what
 * keeps the copied rows of A from lying powers of two apart, where their lines would collide. */
enum { FK_COPIED_ROWS = 512, FK_ROWS_AT_ONCE = 128, FK_STRIP = 64, FK_APART = 16 };

typedef struct fk_transposed_kernels {
    void (*over_rows)(const fk_transposed *product);
    void (*few_rows)(int64_t m, int64_t n, int64_t k, const float *a, const float *b, float *c);
} fk_transposed_kernels;

extern const fk_transposed_kernels fk_transposed_base, fk_transposed_avx2, fk_transposed_avx512;

static inline int64_t fk_copied_rows(int64_t m)
{
    return m < FK_COPIED_ROWS ? m : FK_COPIED_ROWS;
}

static inline int64_t fk_copied_row(int64_t n)
{
    return (n + FK_APART - 1) / FK_APART * FK_APART + FK_APART;
}

#endif
