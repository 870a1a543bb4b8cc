#include "image/coverage.h"

#include "base/memory.h"
#include <string.h>

/* Where a pixel's two edges lie, in cells. A pixel may span many cells, and a cell many pixels. */
typedef struct extent {
    double from, to;
} extent;

static extent extent_of(int pixel, double scale, int side, int cells)
{
    const double per_pixel = scale * cells / side;
    extent e = {pixel * per_pixel, (pixel + 1) * per_pixel};
    if (e.to > cells) e.to = cells; /* by rounding alone */
    return e;
}

/* How much of cell `cell` the extent covers. */
static double overlap(extent e, int cell)
{
    const double from = e.from > cell ? e.from : cell, to = e.to < cell + 1 ? e.to : cell + 1;
    return to > from ? to - from : 0;
}

/* row[cell] = length of mask in it */
static void cover_row(const uint8_t *mask, const fi_geometry *geometry, int cells, double *row)
{
    memset(row, 0, (size_t)cells * sizeof *row);
    for (int x = 0; x < geometry->source_width; x++) {
        if (mask[x] == 0) continue;
        const extent e = extent_of(x, geometry->scale_x, geometry->side, cells);
        for (int cell = (int)e.from; cell < cells && cell < e.to; cell++) row[cell] += overlap(e, cell);
    }
}

/* sum [cells, cells] += area of mask in each; row [cells]: scratch */
static void cover(const uint8_t *mask, const fi_geometry *geometry, int cells, double *row, double *sum)
{
    for (int y = 0; y < geometry->source_height; y++) {
        const extent e = extent_of(y, geometry->scale_y, geometry->side, cells);
        cover_row(mask + (size_t)y * (size_t)geometry->source_width, geometry, cells, row);
        for (int cell = (int)e.from; cell < cells && cell < e.to; cell++) {
            const double height = overlap(e, cell);
            double *to = sum + (size_t)cell * (size_t)cells;
            for (int x = 0; x < cells; x++) to[x] += height * row[x];
        }
    }
}

fsam_status fi_mask_coverage(const uint8_t *mask, const fi_geometry *geometry, int cells, float *out)
{
    const size_t count = (size_t)cells * (size_t)cells;
    double *row = fb_alloc((size_t)cells, sizeof *row), *sum = fb_alloc(count, sizeof *sum);
    fsam_status status = FSAM_OK;
    if (row == NULL || sum == NULL) {
        status = fb_fail(FSAM_ERROR_MEMORY, "mask: no memory for %d x %d cells", cells, cells);
    } else {
        cover(mask, geometry, cells, row, sum);
        for (size_t i = 0; i < count; i++) out[i] = sum[i] < 1 ? (float)sum[i] : 1; /* more by rounding alone */
    }
    fb_free(row);
    fb_free(sum);
    return status;
}
