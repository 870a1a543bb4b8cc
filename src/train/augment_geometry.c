#include "train/augment_geometry.h"

#include <math.h>
#include <string.h>

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

static float mix(float a, float b, float c, float d, float u, float v)
{
    const float above = a + u * (b - a), below = c + u * (d - c);
    return above + v * (below - above);
}

/* Beside the source or across its edge. */
static float bilinear_outside(const float *plane, int width, int height, double x, double y, fr_outside outside)
{
    /* far outside, where whole numbers would overflow, all is alike */
    const double in_x = fmin(fmax(x, -2), width + 1), in_y = fmin(fmax(y, -2), height + 1);
    const int left = (int)floor(in_x), top = (int)floor(in_y);
    return mix(pixel_at(plane, width, height, left, top, outside),
               pixel_at(plane, width, height, left + 1, top, outside),
               pixel_at(plane, width, height, left, top + 1, outside),
               pixel_at(plane, width, height, left + 1, top + 1, outside), (float)(in_x - left), (float)(in_y - top));
}

static inline float bilinear(const float *plane, int width, int height, double x, double y, fr_outside outside)
{
    if (!(x >= 0 && y >= 0 && x < width - 1 && y < height - 1))
        return bilinear_outside(plane, width, height, x, y, outside);
    const int left = (int)x, top = (int)y;
    const float *at = plane + (size_t)top * (size_t)width + (size_t)left;
    return mix(at[0], at[1], at[width], at[width + 1], (float)(x - left), (float)(y - top));
}

/* out [width] += the plane along a row of places, the first at (x, y), each (dx, dy) further. */
static void add_row(const fr_planes *source, int plane, const double start[2], const double step[2], int width,
                    fr_outside outside, float *out)
{
    const float *from = fr_plane(source, plane);
    for (int i = 0; i < width; i++)
        out[i] +=
            bilinear(from, source->width, source->height, start[0] + i * step[0], start[1] + i * step[1], outside);
}

/* Each pixel of row y is the mean over grid x grid places in it. */
static void place_row(const fr_planes *source, int plane, const fr_placing *p, int y, int grid, fr_outside outside,
                      float *out)
{
    const double step[2] = {p->source_from[0][0], p->source_from[1][0]};
    memset(out, 0, (size_t)p->width * sizeof *out);
    for (int k = 0; k < grid * grid; k++) {
        const int column = k % grid, row = k / grid;
        double start[2];
        fr_placing_map(p, (column + 0.5) / grid - 0.5, y + (row + 0.5) / grid - 0.5, &start[0], &start[1]);
        add_row(source, plane, start, step, p->width, outside, out);
    }
    for (int x = 0; x < p->width && grid > 1; x++) out[x] /= (float)(grid * grid);
}

void fr_place(const fr_planes *source, const fr_placing *placing, fr_outside outside, bool smooth, fr_planes *picture)
{
    enum { MOST = 4 };
    const double step = hypot(placing->source_from[0][0], placing->source_from[1][0]);
    const int wanted = smooth ? (int)fmin(ceil(step - 0.5), MOST) : 1, grid = wanted > 1 ? wanted : 1;
    for (int p = 0; p < source->count; p++)
        for (int y = 0; y < placing->height; y++)
            place_row(source, p, placing, y, grid, outside, fr_plane(picture, p) + (size_t)y * (size_t)placing->width);
}
