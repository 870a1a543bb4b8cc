#include "xray/scatter.h"

#include "base/memory.h"
#include "xray/blur.h"
#include <math.h>
#include <stddef.h>

/* Scatter is smooth, so it is found on a coarse grid of square cells. Three depths have a kernel each; a source between
 * two is shared by them. */
enum { DEPTHS = 3 };
static const double LARGEST_SHARE = 0.5; /* of what a ray lost, that still reaches the detector */
static const double CELLS_PER_DEVIATION = 3;

const fx_scatter fx_scatter_body = {.ratio = 3, .depth = 5, .reach_mm = 60, .grid_primary = 1, .grid_scatter = 1};

typedef struct coarse_grid {
    int cell, height, width; /* cell: pixels along a side */
    float *source[DEPTHS];   /* [height, width] */
} coarse_grid;

static double reach_at(const fx_scatter *s, int depth)
{
    return s->reach_mm * 0.5 * (1 + (double)depth / (DEPTHS - 1));
}

/* What one pixel scatters, shared among the depths. */
static void scatter_pixel(const fx_scatter *s, double open, double signal, double share[DEPTHS])
{
    for (int d = 0; d < DEPTHS; d++) share[d] = 0;
    if (!(signal > 0 && open > signal)) return;
    const double relative = log(open / signal) / s->depth;
    const double source = fmin(s->ratio * relative * signal, LARGEST_SHARE * (open - signal));
    const double place = fmin(relative, 1) * (DEPTHS - 1);
    const int d = place < DEPTHS - 2 ? (int)place : DEPTHS - 2;
    share[d] = source * (d + 1 - place);
    share[d + 1] = source * (place - d);
}

/* The sources of a row of cells. */
static void gather_row(const fx_scatter *s, const coarse_grid *grid, int height, int width, int row, const float *open,
                       const float *signal)
{
    for (int y = row * grid->cell; y < (row + 1) * grid->cell && y < height; y++)
        for (int x = 0; x < width; x++) {
            const size_t pixel = (size_t)y * (size_t)width + (size_t)x;
            const size_t cell = (size_t)row * (size_t)grid->width + (size_t)(x / grid->cell);
            double share[DEPTHS];
            scatter_pixel(s, open[pixel], signal[pixel], share);
            for (int d = 0; d < DEPTHS; d++) grid->source[d][cell] += (float)share[d];
        }
}

/* The grid at a pixel, by straight lines between the middles of cells; `place` in cells. */
static float sample(const coarse_grid *grid, double x, double y)
{
    const double inside_x = fmin(grid->width - 1, fmax(0, x)), inside_y = fmin(grid->height - 1, fmax(0, y));
    const int x0 = (int)inside_x, y0 = (int)inside_y;
    const int x1 = x0 + 1 < grid->width ? x0 + 1 : x0, y1 = y0 + 1 < grid->height ? y0 + 1 : y0;
    const float fx = (float)(inside_x - x0), fy = (float)(inside_y - y0);
    const float *top = grid->source[0] + (size_t)y0 * (size_t)grid->width;
    const float *bottom = grid->source[0] + (size_t)y1 * (size_t)grid->width;
    return (1 - fy) * ((1 - fx) * top[x0] + fx * top[x1]) + fy * ((1 - fx) * bottom[x0] + fx * bottom[x1]);
}

/* Blurs each depth and sums them into source[0]. */
static fsam_status spread(const fx_scatter *s, double pixel_mm, const coarse_grid *grid)
{
    const size_t cells = (size_t)grid->height * (size_t)grid->width;
    for (int d = 0; d < DEPTHS; d++) {
        const fx_kernel kernel = fx_gaussian_kernel(reach_at(s, d) / (pixel_mm * grid->cell));
        FB_TRY(fx_blur(&kernel, FX_BORDER_ZERO, grid->height, grid->width, grid->source[d]));
        for (size_t i = 0; i < cells && d > 0; i++) grid->source[0][i] += grid->source[d][i];
    }
    return FSAM_OK;
}

/* Variance for signal, of the primary as a whole. */
static double mean_answer(size_t pixels, const float *signal, const float *variance)
{
    double s = 0, v = 0;
    for (size_t i = 0; i < pixels; i++) {
        s += signal[i];
        v += variance[i];
    }
    return s > 0 ? v / s : 0;
}

static void add_spread(const fx_scatter *s, const coarse_grid *grid, int height, int width, double answer,
                       float *signal, float *variance)
{
    const float per_pixel = (float)(s->grid_scatter / ((double)grid->cell * grid->cell));
    const float primary = (float)s->grid_primary;
#pragma omp parallel for schedule(static)
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const size_t i = (size_t)y * (size_t)width + (size_t)x;
            const float scattered =
                per_pixel * sample(grid, (x + 0.5) / grid->cell - 0.5, (y + 0.5) / grid->cell - 0.5);
            signal[i] = primary * signal[i] + scattered;
            variance[i] = primary * variance[i] + (float)answer * scattered;
        }
}

static fsam_status check(const char *field, double value, double low, double high)
{
    if (value >= low && value <= high) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "scatter: %s: %g is not in %g .. %g", field, value, low, high);
}

static fsam_status check_all(const fx_scatter *s, double pixel_mm)
{
    FB_TRY(check("ratio", s->ratio, 0, 20));
    FB_TRY(check("depth", s->depth, 0.1, 20));
    FB_TRY(check("reach_mm", s->reach_mm, 1, 1000));
    FB_TRY(check("grid_primary", s->grid_primary, 0, 1));
    FB_TRY(check("grid_scatter", s->grid_scatter, 0, 1));
    return check("pixel_mm", pixel_mm, 1e-3, 100);
}

fsam_status fx_scatter_add(const fx_scatter *s, double pixel_mm, int height, int width, const float *open,
                           float *signal, float *variance)
{
    FB_TRY(check_all(s, pixel_mm));
    const int most = height > width ? height : width;
    coarse_grid grid = {.cell = (int)fmin(most, fmax(1, reach_at(s, 0) / (CELLS_PER_DEVIATION * pixel_mm)))};
    grid.height = (height + grid.cell - 1) / grid.cell;
    grid.width = (width + grid.cell - 1) / grid.cell;
    const size_t cells = (size_t)grid.height * (size_t)grid.width; /* no more than there are pixels */
    float *memory = fb_alloc(cells, DEPTHS * sizeof *memory);
    if (memory == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "scatter: no memory for %d x %d cells", grid.height, grid.width);
    for (int d = 0; d < DEPTHS; d++) grid.source[d] = memory + (size_t)d * cells;
#pragma omp parallel for schedule(static)
    for (int row = 0; row < grid.height; row++) gather_row(s, &grid, height, width, row, open, signal);
    const fsam_status status = spread(s, pixel_mm, &grid);
    if (status == FSAM_OK)
        add_spread(s, &grid, height, width, mean_answer((size_t)height * (size_t)width, signal, variance), signal,
                   variance);
    fb_free(memory);
    return status;
}
