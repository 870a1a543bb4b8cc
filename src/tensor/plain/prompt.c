#include "tensor/plain/plain.h"

/* points [N, 2] in 0..1, gaussian [2, F], keep [N] -> [N, 2F] */
void PLAIN(fourier)(const ft_call *call)
{
    const real *points = call->in[0].data, *gaussian = call->in[1].data;
    const int32_t *keep = call->in[2].data;
    real *y = call->out[0].data;
    int64_t count = ft_rows(call->in[0].shape), half = call->in[1].shape.dim[1];
    for (int64_t i = 0; i < count; i++)
        for (int64_t f = 0; f < half; f++) {
            double phase = (2 * points[2 * i] - 1.0) * gaussian[f] + (2 * points[2 * i + 1] - 1.0) * gaussian[half + f];
            phase *= 6.283185307179586;
            y[i * 2 * half + f] = keep[i] != 0 ? (real)sin(phase) : 0;
            y[i * 2 * half + half + f] = keep[i] != 0 ? (real)cos(phase) : 0;
        }
}

static double distance2(const real *a, const real *b, int64_t count)
{
    double sum = 0;
    for (int64_t i = 0; i < count; i++) {
        double d = (double)a[i] - (double)b[i];
        sum += d * d;
    }
    return sum;
}

/* z [N, C], codebook [V, C] -> rows [N, C], code [N], loss [1] */
void PLAIN(vq)(const ft_call *call)
{
    const real *z = call->in[0].data, *book = call->in[1].data;
    real *y = call->out[0].data, *loss = call->out[2].data;
    int32_t *code = call->out[1].data;
    int64_t count = ft_rows(call->in[0].shape), channels = ft_last(call->in[0].shape);
    int64_t rows = ft_rows(call->in[1].shape);
    double total = 0;
    for (int64_t i = 0; i < count; i++) {
        double least = INFINITY;
        code[i] = 0;
        for (int64_t v = 0; v < rows; v++) {
            double d = distance2(z + i * channels, book + v * channels, channels);
            if (d < least) {
                least = d;
                code[i] = (int32_t)v;
            }
        }
        total += distance2(z + i * channels, book + code[i] * channels, channels);
        memcpy(y + i * channels, book + code[i] * channels, (size_t)channels * sizeof *y);
    }
    loss[0] = (real)(total / (double)(count * channels));
}

/* dloss [1], z [N, C], codebook [V, C], code [N] -> dz, dcodebook */
void PLAIN(vq_grad)(const ft_call *call)
{
    const real *dloss = call->in[0].data, *z = call->in[1].data, *book = call->in[2].data;
    const int32_t *code = call->in[3].data;
    real *dz = call->out[0].data, *dbook = call->out[1].data;
    int64_t count = ft_rows(call->in[1].shape), channels = ft_last(call->in[1].shape);
    real factor = 2 * dloss[0] / (real)(count * channels);
    memset(dbook, 0, (size_t)ft_count(call->out[1].shape) * sizeof *dbook);
    for (int64_t i = 0; i < count; i++)
        for (int64_t c = 0; c < channels; c++) {
            real d = factor * (z[i * channels + c] - book[code[i] * channels + c]);
            dz[i * channels + c] = d;
            dbook[code[i] * channels + c] -= d;
        }
}
