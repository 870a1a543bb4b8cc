#include "tensor/plain/arithmetic.h"

/* c [M, N] = a [M, K] b [N, K]^T */
static void product_nt(int64_t m, int64_t n, int64_t k, const real *a, const real *b, real *c)
{
#pragma omp parallel for schedule(dynamic, 8)
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++) c[i * n + j] = dot(a + i * k, b + j * k, k);
}

/* c [M, N] = a [M, K] b [K, N] */
static void product_nn(int64_t m, int64_t n, int64_t k, const real *a, const real *b, real *c)
{
#pragma omp parallel for schedule(dynamic, 8)
    for (int64_t i = 0; i < m; i++) {
        memset(c + i * n, 0, (size_t)n * sizeof *c);
        for (int64_t j = 0; j < k; j++) add_scaled(c + i * n, a[i * k + j], b + j * n, n);
    }
}

/* c [M, N] = a [K, M]^T b [K, N] */
static void product_tn(int64_t m, int64_t n, int64_t k, const real *a, const real *b, real *c)
{
#pragma omp parallel for schedule(dynamic, 8)
    for (int64_t i = 0; i < m; i++) {
        memset(c + i * n, 0, (size_t)n * sizeof *c);
        for (int64_t j = 0; j < k; j++) add_scaled(c + i * n, a[j * m + i], b + j * n, n);
    }
}

/* x [M, K], weight [N, K] or input-major [K, N], bias [N] -> y [M, N] */
void PLAIN(linear)(const ft_call *call)
{
    int64_t m = ft_rows(call->in[0].shape), k = ft_last(call->in[0].shape), n = ft_last(call->out[0].shape);
    const real *bias = call->in[2].data;
    real *y = call->out[0].data;
    (call->node->integer[1] ? product_nn : product_nt)(m, n, k, call->in[0].data, call->in[1].data, y);
    if (bias == NULL) return;
    for (int64_t i = 0; i < m; i++) add_scaled(y + i * n, 1, bias, n);
}

/* dy [M, N], weight -> dx [M, K] */
void PLAIN(linear_dx)(const ft_call *call)
{
    int64_t m = ft_rows(call->in[0].shape), n = ft_last(call->in[0].shape), k = ft_last(call->out[0].shape);
    (call->node->integer[1] ? product_nt : product_nn)(m, k, n, call->in[0].data, call->in[1].data, call->out[0].data);
}

/* dy [M, N], x [M, K] -> dweight, laid out as the weight */
void PLAIN(linear_dw)(const ft_call *call)
{
    int64_t m = ft_rows(call->in[0].shape), n = ft_last(call->in[0].shape), k = ft_last(call->in[1].shape);
    if (call->node->integer[1])
        product_tn(k, n, m, call->in[1].data, call->in[0].data, call->out[0].data);
    else
        product_tn(n, k, m, call->in[0].data, call->in[1].data, call->out[0].data);
}

/* x [R, N] -> [N], the sum over rows */
void PLAIN(sum_rows)(const ft_call *call)
{
    const real *x = call->in[0].data;
    real *y = call->out[0].data;
    int64_t n = ft_count(call->out[0].shape), rows = ft_count(call->in[0].shape) / n;
    memset(y, 0, (size_t)n * sizeof *y);
    for (int64_t i = 0; i < rows; i++) add_scaled(y, 1, x + i * n, n);
}

/* The neighbour (y + dy - 1, x + dx - 1) of a position of a map [H, W], -1 outside it. */
static int64_t neighbour(int64_t height, int64_t width, int64_t y, int64_t x, int64_t dy, int64_t dx)
{
    y += dy - 1;
    x += dx - 1;
    return y < 0 || x < 0 || y >= height || x >= width ? -1 : y * width + x;
}

/* x [B, H, W, C], weight [O, C, 3, 3] -> [B, H, W, O] */
void PLAIN(conv3)(const ft_call *call)
{
    const real *x = call->in[0].data, *weight = call->in[1].data;
    real *y = call->out[0].data;
    int64_t height = call->in[0].shape.dim[1], width = call->in[0].shape.dim[2], channels = call->in[0].shape.dim[3];
    int64_t outputs = call->out[0].shape.dim[3], positions = ft_rows(call->in[0].shape), area = height * width;
    memset(y, 0, (size_t)(positions * outputs) * sizeof *y);
#pragma omp parallel for schedule(dynamic, 8)
    for (int64_t p = 0; p < positions; p++)
        for (int64_t t = 0; t < 9; t++) {
            int64_t q = neighbour(height, width, p % area / width, p % width, t / 3, t % 3);
            if (q < 0) continue;
            const real *from = x + (p / area * area + q) * channels;
            for (int64_t o = 0; o < outputs; o++)
                for (int64_t c = 0; c < channels; c++)
                    y[p * outputs + o] += from[c] * weight[(o * channels + c) * 9 + t];
        }
}

/* dy [B, H, W, O], weight -> dx [B, H, W, C]: the neighbour across carries each tap back */
void PLAIN(conv3_dx)(const ft_call *call)
{
    const real *dy = call->in[0].data, *weight = call->in[1].data;
    real *dx = call->out[0].data;
    int64_t height = call->in[0].shape.dim[1], width = call->in[0].shape.dim[2], outputs = call->in[0].shape.dim[3];
    int64_t channels = call->out[0].shape.dim[3], positions = ft_rows(call->in[0].shape), area = height * width;
    memset(dx, 0, (size_t)(positions * channels) * sizeof *dx);
#pragma omp parallel for schedule(dynamic, 8)
    for (int64_t p = 0; p < positions; p++)
        for (int64_t t = 0; t < 9; t++) {
            int64_t q = neighbour(height, width, p % area / width, p % width, 2 - t / 3, 2 - t % 3);
            if (q < 0) continue;
            const real *from = dy + (p / area * area + q) * outputs;
            for (int64_t o = 0; o < outputs; o++)
                for (int64_t c = 0; c < channels; c++)
                    dx[p * channels + c] += from[o] * weight[(o * channels + c) * 9 + t];
        }
}

/* dy [B, H, W, O], x [B, H, W, C] -> dweight [O, C, 3, 3] */
void PLAIN(conv3_dw)(const ft_call *call)
{
    const real *dy = call->in[0].data, *x = call->in[1].data;
    real *dw = call->out[0].data;
    int64_t height = call->in[0].shape.dim[1], width = call->in[0].shape.dim[2], outputs = call->in[0].shape.dim[3];
    int64_t channels = call->in[1].shape.dim[3], positions = ft_rows(call->in[0].shape), area = height * width;
    memset(dw, 0, (size_t)(outputs * channels * 9) * sizeof *dw);
#pragma omp parallel for schedule(dynamic, 1)
    for (int64_t o = 0; o < outputs; o++)
        for (int64_t p = 0; p < positions; p++)
            for (int64_t t = 0; t < 9; t++) {
                int64_t q = neighbour(height, width, p % area / width, p % width, t / 3, t % 3);
                if (q < 0) continue;
                const real *from = x + (p / area * area + q) * channels;
                for (int64_t c = 0; c < channels; c++) dw[(o * channels + c) * 9 + t] += dy[p * outputs + o] * from[c];
            }
}
