#include "tensor/plain/arithmetic.h"
#include "tensor/program.h"

/* x, weight, bias and f, and one channel of one pixel of the map. */
typedef struct upscaling {
    const real *x, *weight, *bias, *f;
    int64_t pixels, width, depth, channels, rows; /* pixels: of x; width: of its lines */
    ft_activation act;
} upscaling;

static upscaling upscaling_of(const ft_call *call, const ft_array *in)
{
    return (upscaling){.x = in[0].data,
                       .weight = in[1].data,
                       .bias = in[2].data,
                       .f = in[3].data,
                       .pixels = ft_rows(in[0].shape),
                       .width = in[0].shape.dim[2],
                       .depth = ft_last(in[0].shape),
                       .channels = ft_last(in[3].shape),
                       .rows = ft_rows(in[3].shape),
                       .act = (ft_activation)call->node->integer[0]};
}

/* The place in the map of part t of pixel p: t is 0 or 1 in its upper row, 2 or 3 in its lower. */
static int64_t place_of(const upscaling *u, int64_t p, int t)
{
    int64_t row = p / u->width * FT_FOLD + t / FT_FOLD, column = p % u->width * FT_FOLD + t % FT_FOLD;
    return row * FT_FOLD * u->width + column;
}

/* Channel c of the map before its activation. */
static double before(const upscaling *u, int64_t p, int t, int64_t c)
{
    double sum = u->bias[c];
    for (int64_t k = 0; k < u->depth; k++)
        sum += (double)u->x[p * u->depth + k] * u->weight[(k * u->channels + c) * FT_FOLD * FT_FOLD + t];
    return sum;
}

/* x [B, H, W, K], weight [K, C, 2, 2], bias [C], f [M, C] -> [M, 4 B H W] */
void PLAIN(upscaled_product)(const ft_call *call)
{
    const upscaling u = upscaling_of(call, call->in);
    int64_t columns = FT_FOLD * FT_FOLD * u.pixels;
    real *y = call->out[0].data;
    memset(y, 0, (size_t)(u.rows * columns) * sizeof *y);
#pragma omp parallel for schedule(static)
    for (int64_t p = 0; p < u.pixels; p++)
        for (int t = 0; t < FT_FOLD * FT_FOLD; t++)
            for (int64_t c = 0; c < u.channels; c++) {
                real value = (real)activated(u.act, before(&u, p, t, c));
                for (int64_t m = 0; m < u.rows; m++)
                    y[m * columns + place_of(&u, p, t)] += u.f[m * u.channels + c] * value;
            }
}

/* dy, x, weight, bias, f -> dx, dweight, dbias, df */
void PLAIN(upscaled_product_grad)(const ft_call *call)
{
    const upscaling u = upscaling_of(call, call->in + 1);
    int64_t columns = FT_FOLD * FT_FOLD * u.pixels;
    const real *dy = call->in[0].data;
    real *dx = call->out[0].data, *dweight = call->out[1].data, *dbias = call->out[2].data, *df = call->out[3].data;
    for (int o = 0; o < 4; o++) memset(call->out[o].data, 0, (size_t)ft_count(call->out[o].shape) * sizeof(real));
    for (int64_t p = 0; p < u.pixels; p++)
        for (int t = 0; t < FT_FOLD * FT_FOLD; t++)
            for (int64_t c = 0; c < u.channels; c++) {
                double z = before(&u, p, t, c), of_value = 0;
                for (int64_t m = 0; m < u.rows; m++) {
                    double g = dy[m * columns + place_of(&u, p, t)];
                    of_value += g * u.f[m * u.channels + c];
                    df[m * u.channels + c] += (real)(g * activated(u.act, z));
                }
                real of_z = (real)(of_value * slope(u.act, z));
                dbias[c] += of_z;
                for (int64_t k = 0; k < u.depth; k++) {
                    int64_t at = (k * u.channels + c) * FT_FOLD * FT_FOLD + t;
                    dx[p * u.depth + k] += of_z * u.weight[at];
                    dweight[at] += of_z * u.x[p * u.depth + k];
                }
            }
}
