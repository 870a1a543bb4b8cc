#include "tensor/plain/arithmetic.h"

void PLAIN(activation)(const ft_call *call)
{
    const real *x = call->in[0].data;
    real *y = call->out[0].data;
    int64_t count = ft_count(call->out[0].shape);
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < count; i++) y[i] = (real)activated((ft_activation)call->node->integer[0], x[i]);
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
