#include "tensor/plain/plain.h"

/* Mean and biased variance of `count` values `stride` apart, with those of a joint batch's other parts. */
static void moments(ft_joint *joint, const real *x, int64_t count, int64_t stride, double *mean, double *variance)
{
    double sum = 0, squares = 0, all = (double)ft_joint_count(joint, count);
    for (int64_t i = 0; i < count; i++) sum += x[i * stride];
    ft_join(joint, &sum, 1);
    *mean = sum / all;
    for (int64_t i = 0; i < count; i++) {
        double d = x[i * stride] - *mean;
        squares += d * d;
    }
    ft_join(joint, &squares, 1);
    *variance = squares / all;
}

/* x [R, C], gain [C], bias [C] -> y [R, C]; real: eps */
void PLAIN(layernorm)(const ft_call *call)
{
    const real *x = call->in[0].data, *gain = call->in[1].data, *bias = call->in[2].data;
    real *y = call->out[0].data;
    int64_t rows = ft_rows(call->in[0].shape), channels = ft_last(call->in[0].shape);
    for (int64_t r = 0; r < rows; r++) {
        double mean, variance;
        moments(NULL, x + r * channels, channels, 1, &mean, &variance);
        double inverse = 1 / sqrt(variance + call->node->real[0]);
        for (int64_t c = 0; c < channels; c++)
            y[r * channels + c] = (real)((x[r * channels + c] - mean) * inverse) * gain[c] + bias[c];
    }
}

/* The gradient of normalising `count` values `stride` apart, h = dy * gain: dx = (h - mean(h) - n mean(h n)) / sigma,
 * n the normalised values, over all of a joint batch; `gain` steps with the values for LayerNorm (1) and stays for
 * BatchNorm (0). */
static void normalise_gradient(ft_joint *joint, const real *dy, const real *x, const real *gain, int64_t gain_step,
                               int64_t count, int64_t stride, double eps, real *dx, real *dgain, real *dbias)
{
    double mean, variance, mean_of[2] = {0}; /* h, and h n */
    moments(joint, x, count, stride, &mean, &variance);
    double inverse = 1 / sqrt(variance + eps);
    for (int64_t i = 0; i < count; i++) {
        double n = (x[i * stride] - mean) * inverse, g = dy[i * stride], h = g * gain[i * gain_step];
        mean_of[0] += h;
        mean_of[1] += h * n;
        dgain[i * gain_step] += (real)(g * n);
        dbias[i * gain_step] += (real)g;
    }
    ft_join(joint, mean_of, 2);
    for (int i = 0; i < 2; i++) mean_of[i] /= (double)ft_joint_count(joint, count);
    for (int64_t i = 0; i < count; i++) {
        double n = (x[i * stride] - mean) * inverse;
        dx[i * stride] = (real)((dy[i * stride] * (double)gain[i * gain_step] - mean_of[0] - n * mean_of[1]) * inverse);
    }
}

/* dy [R, C], x [R, C], gain [C] -> dx, dgain, dbias */
void PLAIN(layernorm_grad)(const ft_call *call)
{
    const real *dy = call->in[0].data, *x = call->in[1].data, *gain = call->in[2].data;
    real *dx = call->out[0].data, *dgain = call->out[1].data, *dbias = call->out[2].data;
    int64_t rows = ft_rows(call->in[0].shape), channels = ft_last(call->in[0].shape);
    memset(dgain, 0, (size_t)channels * sizeof *dgain);
    memset(dbias, 0, (size_t)channels * sizeof *dbias);
    for (int64_t r = 0; r < rows; r++)
        normalise_gradient(NULL, dy + r * channels, x + r * channels, gain, 1, channels, 1, call->node->real[0],
                           dx + r * channels, dgain, dbias);
}

/* x [R, C], gain [C], bias [C] -> y [R, C], statistics [2, C]; real: eps */
void PLAIN(batchnorm)(const ft_call *call)
{
    const real *x = call->in[0].data, *gain = call->in[1].data, *bias = call->in[2].data;
    real *y = call->out[0].data, *statistics = call->out[1].data;
    int64_t rows = ft_rows(call->in[0].shape), channels = ft_last(call->in[0].shape);
    int64_t all = ft_joint_count(call->joint, rows);
    for (int64_t c = 0; c < channels; c++) {
        double mean, variance;
        moments(call->joint, x + c, rows, channels, &mean, &variance);
        double inverse = 1 / sqrt(variance + call->node->real[0]);
        for (int64_t r = 0; r < rows; r++)
            y[r * channels + c] = (real)((x[r * channels + c] - mean) * inverse) * gain[c] + bias[c];
        statistics[c] = (real)mean;
        statistics[channels + c] = (real)(all > 1 ? variance * (double)all / (double)(all - 1) : variance);
    }
}

/* dy [R, C], x [R, C], gain [C] -> dx, dgain, dbias */
void PLAIN(batchnorm_grad)(const ft_call *call)
{
    const real *dy = call->in[0].data, *x = call->in[1].data, *gain = call->in[2].data;
    real *dx = call->out[0].data, *dgain = call->out[1].data, *dbias = call->out[2].data;
    int64_t rows = ft_rows(call->in[0].shape), channels = ft_last(call->in[0].shape);
    memset(dgain, 0, (size_t)channels * sizeof *dgain);
    memset(dbias, 0, (size_t)channels * sizeof *dbias);
    for (int64_t c = 0; c < channels; c++)
        normalise_gradient(call->joint, dy + c, x + c, gain + c, 0, rows, channels, call->node->real[0], dx + c,
                           dgain + c, dbias + c);
}

/* x [R, C], gain, bias, mean, variance [C] -> y [R, C]; real: eps */
void PLAIN(batchnorm_fixed)(const ft_call *call)
{
    const real *x = call->in[0].data, *gain = call->in[1].data, *bias = call->in[2].data;
    const real *mean = call->in[3].data, *variance = call->in[4].data;
    real *y = call->out[0].data;
    int64_t rows = ft_rows(call->in[0].shape), channels = ft_last(call->in[0].shape);
    for (int64_t c = 0; c < channels; c++) {
        double factor = gain[c] / sqrt((double)variance[c] + call->node->real[0]);
        for (int64_t r = 0; r < rows; r++)
            y[r * channels + c] = (real)((x[r * channels + c] - (double)mean[c]) * factor) + bias[c];
    }
}
