#include "train/augment_detector.h"

#include "base/memory.h"
#include "image/resize.h"
#include <math.h>
#include <string.h>

/* ---- few pixels ---- */

/* sum [small] += length of each large pixel in it; along one axis, in strides. */
static void shrink_line(const float *from, size_t step, int large, int small, float *to, size_t to_step)
{
    const double scale = (double)small / large;
    for (int i = 0; i < small; i++) to[(size_t)i * to_step] = 0;
    for (int i = 0; i < large; i++) {
        const double start = i * scale, end = (i + 1) * scale;
        const int first = (int)start;
        const double inside = fmin(end, first + 1) - start, value = (double)from[(size_t)i * step];
        to[(size_t)first * to_step] += (float)(inside * value);
        if (end > first + 1 && first + 1 < small)
            to[(size_t)(first + 1) * to_step] += (float)((end - first - 1) * value);
    }
}

static int fewer(int size, double factor)
{
    const int count = (int)lrint(size / factor);
    return count < 1 ? 1 : count < size ? count : size;
}

/* The means of the plane's pixels under each of rows x columns. half [height, columns]: scratch. */
static void shrink(const float *plane, int height, int width, int rows, int columns, float *half, float *small)
{
    for (int y = 0; y < height; y++)
        shrink_line(plane + (size_t)y * (size_t)width, 1, width, columns, half + (size_t)y * (size_t)columns, 1);
    for (int x = 0; x < columns; x++) shrink_line(half + x, (size_t)columns, height, rows, small + x, (size_t)columns);
}

fsam_status fr_low_resolution(double factor, fr_planes *planes)
{
    const int height = planes->height, width = planes->width;
    const int rows = fewer(height, factor), columns = fewer(width, factor);
    const fi_window whole = {.full_height = height, .full_width = width, .height = height, .width = width};
    float *half = fb_alloc((size_t)height * (size_t)columns, sizeof *half);
    float *small = fb_alloc((size_t)rows * (size_t)columns, sizeof *small);
    fsam_status status = FSAM_OK;
    if (half == NULL || small == NULL)
        status = fb_fail(FSAM_ERROR_MEMORY, "augmentation: no memory for %d x %d pixels", columns, rows);
    for (int p = 0; p < planes->count && status == FSAM_OK; p++) {
        shrink(fr_plane(planes, p), height, width, rows, columns, half, small);
        status = fi_resize_bilinear(small, rows, columns, (size_t)columns, &whole, fr_plane(planes, p), (size_t)width);
    }
    fb_free(half);
    fb_free(small);
    return status;
}

/* ---- shutters ---- */

bool fr_shutter_covers(const fr_shutter *shutter, double x, double y)
{
    if (!shutter->closed) return false;
    const double dx = x - shutter->x, dy = y - shutter->y, c = cos(shutter->angle), s = sin(shutter->angle);
    const double u = (c * dx + s * dy) / shutter->half_x, v = (c * dy - s * dx) / shutter->half_y;
    return shutter->round ? u * u + v * v > 1 : fabs(u) > 1 || fabs(v) > 1;
}

void fr_shutter_draw(const fr_shutter *shutter, fr_planes *planes)
{
    if (!shutter->closed) return;
    for (int y = 0; y < planes->height; y++)
        for (int x = 0; x < planes->width; x++) {
            if (!fr_shutter_covers(shutter, x, y)) continue;
            for (int p = 0; p < planes->count; p++)
                fr_plane(planes, p)[(size_t)y * (size_t)planes->width + (size_t)x] = shutter->value;
        }
}
