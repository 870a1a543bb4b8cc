#include "xray/blur.h"

#include "base/memory.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* The share of a spread that lies below x pixels from its middle. */
typedef double spread(double x, double size);

static double gaussian(double x, double deviation)
{
    return 0.5 * erfc(-x / (deviation * M_SQRT2));
}

static double box(double x, double width)
{
    return fmin(1, fmax(0, 0.5 + x / width));
}

/* The spread whose transform is 1 / (1 + (length f)^2) is exp(-2 pi |x| / length) pi / length. */
static double exponential(double x, double length)
{
    const double tail = 0.5 * exp(-2 * M_PI * fabs(x) / length);
    return x < 0 ? tail : 1 - tail;
}

static fx_kernel gather(spread *below, double size)
{
    fx_kernel kernel = {0, {1}};
    double sum = 0, part[FX_MOST_RADIUS + 1];
    if (!(size > 0)) return kernel;
    for (int i = 0; i <= FX_MOST_RADIUS; i++) {
        part[i] = below(i + 0.5, size) - below(i - 0.5, size);
        sum += i > 0 ? 2 * part[i] : part[i];
        kernel.radius = i;
        if (1 - sum < 1e-4) break;
    }
    for (int i = 0; i <= kernel.radius; i++) kernel.weight[i] = (float)(part[i] / sum);
    return kernel;
}

fx_kernel fx_gaussian_kernel(double deviation)
{
    return gather(gaussian, deviation);
}

fx_kernel fx_box_kernel(double width)
{
    return gather(box, width);
}

fx_kernel fx_exponential_kernel(double length)
{
    return gather(exponential, length);
}

/* One line of `count` values `stride` apart, through `line`, which has room for radius values on either side. */
static void blur_row(const fx_kernel *kernel, fx_border border, int count, float *row, float *line)
{
    const int radius = kernel->radius;
    float *const middle = line + radius;
    memcpy(middle, row, (size_t)count * sizeof *row);
    for (int i = 0; i < radius; i++) {
        line[i] = border == FX_BORDER_REPEATED ? row[0] : 0;
        middle[count + i] = border == FX_BORDER_REPEATED ? row[count - 1] : 0;
    }
    for (int x = 0; x < count; x++) row[x] = kernel->weight[0] * middle[x];
    for (int r = 1; r <= radius; r++)
        for (int x = 0; x < count; x++) row[x] += kernel->weight[r] * (middle[x - r] + middle[x + r]);
}

/* Row y of the result: the weighted sum of the rows of `from` about it. */
static void blur_column(const fx_kernel *kernel, fx_border border, int height, int width, int y, const float *from,
                        float *to)
{
    float *row = to + (size_t)y * (size_t)width;
    const float *centre = from + (size_t)y * (size_t)width;
    for (int x = 0; x < width; x++) row[x] = kernel->weight[0] * centre[x];
    for (int r = -kernel->radius; r <= kernel->radius; r++) {
        const int inside = y + r < 0 ? 0 : y + r >= height ? height - 1 : y + r;
        if (r == 0 || (border == FX_BORDER_ZERO && inside != y + r)) continue;
        const float *other = from + (size_t)inside * (size_t)width, weight = kernel->weight[r < 0 ? -r : r];
        for (int x = 0; x < width; x++) row[x] += weight * other[x];
    }
}

fsam_status fx_blur(const fx_kernel *kernel, fx_border border, int height, int width, float *image)
{
    size_t pixels;
    bool failed = false;
    if (kernel->radius == 0) return FSAM_OK;
    float *copy = fb_multiply((size_t)height, (size_t)width, &pixels) ? fb_alloc(pixels, sizeof *copy) : NULL;
    if (copy == NULL) return fb_fail(FSAM_ERROR_MEMORY, "blur: no memory for %d x %d pixels", height, width);
#pragma omp parallel
    {
        float *line = fb_alloc((size_t)width + 2 * FX_MOST_RADIUS, sizeof *line);
#pragma omp for schedule(static)
        for (int y = 0; y < height; y++) {
            float *row = image + (size_t)y * (size_t)width;
            if (line != NULL) blur_row(kernel, border, width, row, line);
            memcpy(copy + (size_t)y * (size_t)width, row, (size_t)width * sizeof *row);
        }
        if (line == NULL) {
#pragma omp atomic write
            failed = true;
        }
        fb_free(line);
#pragma omp for schedule(static)
        for (int y = 0; y < height; y++) blur_column(kernel, border, height, width, y, copy, image);
    }
    fb_free(copy);
    return failed ? fb_fail(FSAM_ERROR_MEMORY, "blur: no memory for a line of %d pixels", width) : FSAM_OK;
}
