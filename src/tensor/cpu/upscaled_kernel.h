/* upscaled_kernel.h - what happens to each pixel of an upscaled map on the way back. The file including it defines
 * LANES and NAME. */
#include "tensor/cpu/elements.h"
#include "tensor/cpu/upscaled_internal.h"
#include "tensor/program.h"

/* Channels c to c + count of a piece. The rows of f and the sums stay in registers for all pixels. */
INLINE void go_back(const fk_upscaled_piece *p, const ft_activation act, const int64_t rows, int64_t c, int64_t count)
{
    vf f[FT_FEW_ROWS], df[FT_FEW_ROWS], dbias = {0};
    int64_t line = p->first / p->width, column = p->first % p->width;
    float *map = p->map + c;
    for (int64_t m = 0; m < rows; m++) {
        f[m] = take(p->f + m * p->channels + c, count);
        df[m] = (vf){0};
    }
    for (int64_t i = 0; i < p->count; i++) {
        const float *above = p->dy + FT_FOLD * (line * FT_FOLD * p->width + column);
        for (int t = 0; t < FT_FOLD * FT_FOLD; t++, map += p->channels) {
            const float *dy = above + t / FT_FOLD * FT_FOLD * p->width + t % FT_FOLD;
            vf z = take(map, count), y = activated(act, z), of_y = {0};
            for (int64_t m = 0; m < rows; m++) {
                vf g = splat(dy[m * p->columns]);
                of_y += g * f[m];
                df[m] += g * y;
            }
            of_y *= slope(act, z);
            dbias += of_y;
            put(map, of_y, count);
        }
        if (++column < p->width) continue;
        column = 0;
        line++;
    }
    for (int64_t m = 0; m < rows; m++) {
        float *to = p->df + m * p->channels + c;
        put(to, take(to, count) + df[m], count);
    }
    put(p->dbias + c, take(p->dbias + c, count) + dbias, count);
}

INLINE void all_channels(const fk_upscaled_piece *p, const ft_activation act, const int64_t rows)
{
    int64_t c = 0;
    for (; c + LANES <= p->channels; c += LANES) go_back(p, act, rows, c, LANES);
    if (c < p->channels) go_back(p, act, rows, c, p->channels - c);
}

void NAME(const fk_upscaled_piece *piece)
{
    if (piece->act == FT_GELU && piece->rows == 4) /* the mask decoder's */
        all_channels(piece, FT_GELU, 4);
    else
        all_channels(piece, piece->act, piece->rows);
}
