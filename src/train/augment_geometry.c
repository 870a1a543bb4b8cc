#include "train/augment_geometry.h"

#include <math.h>

fr_placing fr_placing_whole(int width, int height)
{
    return (fr_placing){.width = width, .height = height, .source_from = {{1, 0, 0}, {0, 1, 0}}};
}

fr_placing fr_placing_at(int width, int height, double x, double y, double step, double angle, bool mirrored)
{
    const double c = step * cos(angle), s = step * sin(angle), flip = mirrored ? -1 : 1;
    fr_placing p = {.width = width, .height = height, .mirrored = mirrored};
    const double middle_x = (width - 1) / 2.0, middle_y = (height - 1) / 2.0;
    const double rows[2][2] = {{flip * c, s}, {-flip * s, c}}, at[2] = {x, y};
    for (int i = 0; i < 2; i++) {
        p.source_from[i][0] = rows[i][0];
        p.source_from[i][1] = rows[i][1];
        p.source_from[i][2] = at[i] - rows[i][0] * middle_x - rows[i][1] * middle_y;
    }
    return p;
}

void fr_placing_map(const fr_placing *placing, double x, double y, double *source_x, double *source_y)
{
    const double(*m)[3] = placing->source_from;
    *source_x = m[0][0] * x + m[0][1] * y + m[0][2];
    *source_y = m[1][0] * x + m[1][1] * y + m[1][2];
}

static float pixel_at(const float *plane, int width, int height, int x, int y, fr_outside outside)
{
    const bool inside = x >= 0 && y >= 0 && x < width && y < height;
    if (!inside && !outside.continued) return outside.value;
    x = x < 0 ? 0 : x < width ? x : width - 1;
    y = y < 0 ? 0 : y < height ? y : height - 1;
    return plane[(size_t)y * (size_t)width + (size_t)x];
}

static float bilinear(const float *plane, int width, int height, double x, double y, fr_outside outside)
{
    /* far outside, where whole numbers would overflow, all is alike */
    const double in_x = fmin(fmax(x, -2), width + 1), in_y = fmin(fmax(y, -2), height + 1);
    const int left = (int)floor(in_x), top = (int)floor(in_y);
    const float u = (float)(in_x - left), v = (float)(in_y - top);
    float a, b, c, d;
    if (left >= 0 && top >= 0 && left + 1 < width && top + 1 < height) {
        const float *at = plane + (size_t)top * (size_t)width + (size_t)left;
        a = at[0], b = at[1], c = at[width], d = at[width + 1];
    } else {
        a = pixel_at(plane, width, height, left, top, outside);
        b = pixel_at(plane, width, height, left + 1, top, outside);
        c = pixel_at(plane, width, height, left, top + 1, outside);
        d = pixel_at(plane, width, height, left + 1, top + 1, outside);
    }
    const float above = a + u * (b - a), below = c + u * (d - c);
    return above + v * (below - above);
}

/* The mean over grid x grid places of the pixel. */
static float pixel_mean(const fr_planes *source, int plane, const fr_placing *p, int x, int y, int grid,
                        fr_outside outside)
{
    float sum = 0;
    for (int j = 0; j < grid; j++)
        for (int i = 0; i < grid; i++) {
            double at_x, at_y;
            fr_placing_map(p, x + (i + 0.5) / grid - 0.5, y + (j + 0.5) / grid - 0.5, &at_x, &at_y);
            sum += bilinear(fr_plane(source, plane), source->width, source->height, at_x, at_y, outside);
        }
    return sum / (float)(grid * grid);
}

void fr_place(const fr_planes *source, const fr_placing *placing, fr_outside outside, bool smooth, fr_planes *picture)
{
    enum { MOST = 4 };
    const double step = hypot(placing->source_from[0][0], placing->source_from[1][0]);
    const int wanted = smooth ? (int)fmin(ceil(step - 0.1), MOST) : 1, grid = wanted > 1 ? wanted : 1;
    for (int p = 0; p < source->count; p++) {
        float *to = fr_plane(picture, p);
        for (int y = 0; y < placing->height; y++)
            for (int x = 0; x < placing->width; x++) *to++ = pixel_mean(source, p, placing, x, y, grid, outside);
    }
}
