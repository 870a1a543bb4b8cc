#include "tensor/plain/arithmetic.h"

/* The tanh approximation's inner argument: sqrt(2/pi) (x + 0.044715 x^3). */
static double tanh_argument(double x)
{
    return 0.7978845608028654 * (x + 0.044715 * x * x * x);
}

static double activation(ft_activation act, double x)
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

static double slope(ft_activation act, double x)
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

void PLAIN(activation)(const ft_call *call)
{
    const real *x = call->in[0].data;
    real *y = call->out[0].data;
    int64_t count = ft_count(call->out[0].shape);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < count; i++) y[i] = (real)activation((ft_activation)call->node->integer[0], x[i]);
}

/* dy, x -> dx */
void PLAIN(activation_grad)(const ft_call *call)
{
    const real *dy = call->in[0].data, *x = call->in[1].data;
    real *dx = call->out[0].data;
    int64_t count = ft_count(call->out[0].shape);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < count; i++) dx[i] = (real)(dy[i] * slope((ft_activation)call->node->integer[0], x[i]));
}

void PLAIN(add)(const ft_call *call)
{
    const real *a = call->in[0].data, *b = call->in[1].data;
    real *y = call->out[0].data;
    int64_t count = ft_count(call->out[0].shape), period = ft_count(call->in[1].shape);
    for (int64_t i = 0; i < count; i += period)
        for (int64_t j = 0; j < period; j++) y[i + j] = a[i + j] + b[j];
}

void PLAIN(multiply)(const ft_call *call)
{
    const real *a = call->in[0].data, *b = call->in[1].data;
    real *y = call->out[0].data;
    int64_t count = ft_count(call->out[0].shape);
    for (int64_t i = 0; i < count; i++) y[i] = a[i] * b[i];
}

void PLAIN(scale)(const ft_call *call)
{
    const real *x = call->in[0].data;
    real *y = call->out[0].data;
    int64_t count = ft_count(call->out[0].shape);
    for (int64_t i = 0; i < count; i++) y[i] = (real)(x[i] * call->node->real[0]);
}

void PLAIN(fill)(const ft_call *call)
{
    real *y = call->out[0].data;
    int64_t count = ft_count(call->out[0].shape);
    for (int64_t i = 0; i < count; i++) y[i] = (real)call->node->real[0];
}

/* x [B, ..], gate [B] */
void PLAIN(drop_path)(const ft_call *call)
{
    const real *x = call->in[0].data, *gate = call->in[1].data;
    real *y = call->out[0].data;
    int64_t count = ft_count(call->out[0].shape), each = count / ft_count(call->in[1].shape);
    for (int64_t i = 0; i < count; i++) y[i] = x[i] * gate[i / each];
}
