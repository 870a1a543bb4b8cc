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

/* The tanh approximation's inner argument: sqrt(2/pi) (x + 0.044715 x^3). */
static inline double tanh_argument(double x)
{
    return 0.7978845608028654 * (x + 0.044715 * x * x * x);
}

static inline double activated(ft_activation act, double x)
{
    switch (act) {
    case FT_RELU:
        return x > 0 ? x : 0;
    case FT_GELU:
        return 0.5 * x * (1 + erf(x * 0.7071067811865476));
    case FT_GELU_TANH:
        return 0.5 * x * (1 + tanh(tanh_argument(x)));
    case FT_QUICKGELU:
        return x * sigmoid(1.702 * x);
    case FT_SIGMOID:
        return sigmoid(x);
    case FT_IDENTITY:
        break;
    }
    return x;
}

/* The derivative of an activation at x. */
static inline double slope(ft_activation act, double x)
{
    double s, t;
    switch (act) {
    case FT_RELU:
        return x > 0 ? 1 : 0;
    case FT_GELU:
        return 0.5 * (1 + erf(x * 0.7071067811865476)) + x * 0.3989422804014327 * exp(-0.5 * x * x);
    case FT_GELU_TANH:
        t = tanh(tanh_argument(x));
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.7978845608028654 * (1 + 3 * 0.044715 * x * x);
    case FT_QUICKGELU:
        s = sigmoid(1.702 * x);
        return s + 1.702 * x * s * (1 - s);
    case FT_SIGMOID:
        s = sigmoid(x);
        return s * (1 - s);
    case FT_IDENTITY:
        break;
    }
    return 1;
}

#endif
