#include "tensor/plain/plain.h"

void PLAIN(concat)(const ft_call *call)
{
    size_t a = (size_t)ft_count(call->in[0].shape), b = (size_t)ft_count(call->in[1].shape);
    memcpy(call->out[0].data, call->in[0].data, a * sizeof(real));
    memcpy((real *)call->out[0].data + a, call->in[1].data, b * sizeof(real));
}

/* Elements before the slice's first. */
static size_t slice_offset(const ft_call *call, ft_shape whole)
{
    return (size_t)(ft_count(whole) / whole.dim[0] * call->node->integer[0]);
}

void PLAIN(slice)(const ft_call *call)
{
    const real *x = call->in[0].data;
    memcpy(call->out[0].data, x + slice_offset(call, call->in[0].shape),
           (size_t)ft_count(call->out[0].shape) * sizeof(real));
}

void PLAIN(slice_grad)(const ft_call *call)
{
    real *dx = call->out[0].data;
    memset(dx, 0, (size_t)ft_count(call->out[0].shape) * sizeof *dx);
    memcpy(dx + slice_offset(call, call->out[0].shape), call->in[0].data,
           (size_t)ft_count(call->in[0].shape) * sizeof *dx);
}

/* table [V, C], index [N] -> [N, C] */
void PLAIN(embedding)(const ft_call *call)
{
    const real *table = call->in[0].data;
    const int32_t *index = call->in[1].data;
    real *y = call->out[0].data;
    int64_t rows = ft_rows(call->in[0].shape), channels = ft_last(call->in[0].shape);
    int64_t count = ft_count(call->in[1].shape);
    for (int64_t i = 0; i < count; i++) {
        if (index[i] < 0 || index[i] >= rows)
            memset(y + i * channels, 0, (size_t)channels * sizeof *y);
        else
            memcpy(y + i * channels, table + index[i] * channels, (size_t)channels * sizeof *y);
    }
}

/* dy [N, C], index [N] -> dtable [V, C] */
void PLAIN(embedding_grad)(const ft_call *call)
{
    const real *dy = call->in[0].data;
    const int32_t *index = call->in[1].data;
    real *table = call->out[0].data;
    int64_t rows = ft_rows(call->out[0].shape), channels = ft_last(call->out[0].shape);
    int64_t count = ft_count(call->in[1].shape);
    memset(table, 0, (size_t)(rows * channels) * sizeof *table);
    for (int64_t i = 0; i < count; i++)
        for (int64_t c = 0; c < channels && index[i] >= 0 && index[i] < rows; c++)
            table[index[i] * channels + c] += dy[i * channels + c];
}

/* Copies between a map [B, H, W, C] and its blocks [B, H', W', C k k]. */
static void blocks(ft_shape map, ft_shape folded, int k, real *pixels, real *block, bool to_blocks)
{
    int64_t height = map.dim[1], width = map.dim[2], channels = map.dim[3];
    int64_t down = folded.dim[1], across = folded.dim[2], each = channels * k * k;
    for (int64_t r = 0; r < map.dim[0] * down * across; r++)
        for (int64_t t = 0; t < k * k; t++) {
            int64_t y = r / across % down * k + t / k, x = r % across * k + t % k;
            bool inside = y < height && x < width;
            real *at = inside ? pixels + ((r / (down * across) * height + y) * width + x) * channels : NULL;
            for (int64_t c = 0; c < channels; c++) {
                real *in_block = block + r * each + c * k * k + t;
                if (to_blocks) *in_block = inside ? at[c] : 0;
                if (!to_blocks && inside) at[c] = *in_block;
            }
        }
}

void PLAIN(unfold)(const ft_call *call)
{
    blocks(call->in[0].shape, call->out[0].shape, call->node->integer[0], call->in[0].data, call->out[0].data, true);
}

void PLAIN(fold)(const ft_call *call)
{
    blocks(call->out[0].shape, call->in[0].shape, call->node->integer[0], call->out[0].data, call->in[0].data, false);
}

/* The four source positions and weights of one output position along an axis. */
typedef struct taps {
    int64_t at[4];
    double weight[4];
} taps;

/* Keys' cubic kernel with a = -0.75, at distance d. */
static double cubic(double d)
{
    const double a = -0.75;
    d = fabs(d);
    if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

static taps taps_of(int64_t position, int64_t from, int64_t to, bool bicubic)
{
    taps result;
    double centre = ((double)position + 0.5) * (double)from / (double)to - 0.5;
    if (!bicubic && centre < 0) centre = 0;
    double base = floor(centre);
    for (int i = 0; i < 4; i++) {
        double place = base + i - 1, distance = centre - place;
        result.at[i] = place < 0 ? 0 : place > (double)(from - 1) ? from - 1 : (int64_t)place;
        result.weight[i] = bicubic ? cubic(distance) : fmax(0, 1 - fabs(distance));
    }
    return result;
}

/* For every position of the large map and every tap: large += weight * small, or the reverse for the gradient. */
static void resize(ft_shape from, ft_shape to, bool bicubic, real *source, real *result, bool gradient)
{
    int64_t channels = from.dim[3];
    for (int64_t r = 0; r < ft_rows(to); r++) {
        taps ty = taps_of(r / to.dim[2] % to.dim[1], from.dim[1], to.dim[1], bicubic);
        taps tx = taps_of(r % to.dim[2], from.dim[2], to.dim[2], bicubic);
        real *out = result + r * channels;
        for (int t = 0; t < 16; t++) {
            real weight = (real)(ty.weight[t / 4] * tx.weight[t % 4]);
            int64_t row = (r / (to.dim[1] * to.dim[2]) * from.dim[1] + ty.at[t / 4]) * from.dim[2] + tx.at[t % 4];
            if (weight == 0) continue;
            for (int64_t c = 0; c < channels; c++) {
                if (gradient)
                    source[row * channels + c] += weight * out[c];
                else
                    out[c] += weight * source[row * channels + c];
            }
        }
    }
}

void PLAIN(resize)(const ft_call *call)
{
    memset(call->out[0].data, 0, (size_t)ft_count(call->out[0].shape) * sizeof(real));
    resize(call->in[0].shape, call->out[0].shape, call->node->integer[0], call->in[0].data, call->out[0].data, false);
}

/* dy -> dx */
void PLAIN(resize_grad)(const ft_call *call)
{
    memset(call->out[0].data, 0, (size_t)ft_count(call->out[0].shape) * sizeof(real));
    resize(call->out[0].shape, call->in[0].shape, call->node->integer[0], call->out[0].data, call->in[0].data, true);
}
