/* arithmetic.h - sums and functions that several plain kernels need. */
#ifndef TENSOR_PLAIN_ARITHMETIC_H
#define TENSOR_PLAIN_ARITHMETIC_H

#include "tensor/plain/plain.h"

static inline real dot(const real *a, const real *b, int64_t count)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

/* y[0..count) += factor * x */
static inline void add_scaled(real *y, real factor, const real *x, int64_t count)
{
#pragma omp simd
    for (int64_t i = 0; i < count; i++) y[i] += factor * x[i];
}

/* 1 / (1 + e^-x) without overflow at either end. */
static inline double sigmoid(double x)
{
    return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));
}

#endif
