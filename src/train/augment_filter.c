#include "train/augment_filter.h"

#include "base/memory.h"
#include <math.h>
#include <string.h>

enum { REACH = FR_KERNEL / 2, MIDDLE = REACH };

static void scale_kernel(fr_kernel *kernel, double factor)
{
    for (int y = 0; y < FR_KERNEL; y++)
        for (int x = 0; x < FR_KERNEL; x++) kernel->weight[y][x] = (float)(kernel->weight[y][x] * factor);
}

static void normalise(fr_kernel *kernel)
{
    double sum = 0;
    for (int y = 0; y < FR_KERNEL; y++)
        for (int x = 0; x < FR_KERNEL; x++) sum += (double)kernel->weight[y][x];
    scale_kernel(kernel, 1 / sum);
}

fr_kernel fr_gaussian_kernel(int size)
{
    const int reach = size / 2 < REACH ? size / 2 : REACH;
    const double deviation = 0.3 * (reach - 1) + 0.8;
    fr_kernel kernel = {0};
    for (int y = -reach; y <= reach; y++)
        for (int x = -reach; x <= reach; x++)
            kernel.weight[MIDDLE + y][MIDDLE + x] = (float)exp(-(x * x + y * y) / (2 * deviation * deviation));
    normalise(&kernel);
    return kernel;
}

/* Spreads a point of the line over the four pixels about it. */
static void splat(fr_kernel *kernel, double x, double y)
{
    const int left = (int)floor(x), top = (int)floor(y);
    for (int v = top; v <= top + 1; v++)
        for (int u = left; u <= left + 1; u++)
            if (u >= 0 && u < FR_KERNEL && v >= 0 && v < FR_KERNEL)
                kernel->weight[v][u] += (float)((1 - fabs(x - u)) * (1 - fabs(y - v)));
}

fr_kernel fr_motion_kernel(double length, double angle)
{
    enum { POINTS = 33 };
    fr_kernel kernel = {0};
    const double half = fmin(length, FR_KERNEL) / 2 - 0.5; /* the end pixels' centres */
    for (int i = 0; i < POINTS; i++) {
        const double at = half * (2.0 * i / (POINTS - 1) - 1);
        splat(&kernel, MIDDLE + at * cos(angle), MIDDLE + at * sin(angle));
    }
    normalise(&kernel);
    return kernel;
}

fr_kernel fr_sharpen_kernel(double strength)
{
    fr_kernel kernel = {0};
    for (int y = -1; y <= 1; y++)
        for (int x = -1; x <= 1; x++) kernel.weight[MIDDLE + y][MIDDLE + x] = (float)-strength;
    kernel.weight[MIDDLE][MIDDLE] = (float)(1 + 8 * strength);
    return kernel;
}

fr_kernel fr_emboss_kernel(double strength)
{
    fr_kernel kernel = {0};
    for (int y = -1; y <= 1; y++)
        for (int x = -1; x <= 1; x++) kernel.weight[MIDDLE + y][MIDDLE + x] = (float)(strength * (x + y));
    kernel.weight[MIDDLE][MIDDLE] = 1;
    return kernel;
}

/* padded [height + 2 REACH, width + 2 REACH]: the plane with its outermost pixels continued. */
static void pad(const float *plane, int height, int width, float *padded)
{
    const size_t stride = (size_t)width + 2 * REACH;
    for (int y = -REACH; y < height + REACH; y++) {
        const int row = y < 0 ? 0 : y < height ? y : height - 1;
        const float *from = plane + (size_t)row * (size_t)width;
        float *to = padded + (size_t)(y + REACH) * stride;
        memcpy(to + REACH, from, (size_t)width * sizeof *to);
        for (int i = 0; i < REACH; i++) {
            to[i] = from[0];
            to[(size_t)width + REACH + (size_t)i] = from[width - 1];
        }
    }
}

static float *make_padded(const fr_planes *planes)
{
    const size_t height = (size_t)planes->height + 2 * REACH, width = (size_t)planes->width + 2 * REACH;
    return fb_alloc(height * width, sizeof(float));
}

static fsam_status no_memory(const fr_planes *planes)
{
    return fb_fail(FSAM_ERROR_MEMORY, "augmentation: no memory for %d x %d pixels", planes->width, planes->height);
}

static void convolve_row(const fr_kernel *kernel, const float *padded, size_t stride, int width, float *out)
{
    memset(out, 0, (size_t)width * sizeof *out);
    for (int v = 0; v < FR_KERNEL; v++)
        for (int u = 0; u < FR_KERNEL; u++) {
            const float weight = kernel->weight[v][u];
            const float *from = padded + (size_t)v * stride + u;
            if (weight == 0) continue;
            for (int x = 0; x < width; x++) out[x] += weight * from[x];
        }
    for (int x = 0; x < width; x++) out[x] = fr_within(out[x]);
}

fsam_status fr_convolve(const fr_kernel *kernel, fr_planes *planes)
{
    const size_t stride = (size_t)planes->width + 2 * REACH;
    float *padded = make_padded(planes);
    if (padded == NULL) return no_memory(planes);
    for (int p = 0; p < planes->count; p++) {
        float *plane = fr_plane(planes, p);
        pad(plane, planes->height, planes->width, padded);
        for (int y = 0; y < planes->height; y++)
            convolve_row(kernel, padded + (size_t)y * stride, stride, planes->width,
                         plane + (size_t)y * (size_t)planes->width);
    }
    fb_free(padded);
    return FSAM_OK;
}

/* ---- median ---- */

enum { LANES = 16, MOST_IN_HAND = FR_KERNEL * FR_KERNEL / 2 + 2 };

/* Puts the lesser of two pixels into `low` and the greater into `high`, for LANES places at once. */
static inline void order(float *low, float *high)
{
    for (int i = 0; i < LANES; i++) {
        const float a = low[i], b = high[i];
        low[i] = a < b ? a : b;
        high[i] = a < b ? b : a;
    }
}

/* The median of `count` (odd) values in each lane: of half of them and two more, neither the least nor the greatest can
 * be it, so both are forgotten and the next value is taken in their stead. value(i) is at from[i]. */
static void median_lanes(const float *const *from, int count, float *out)
{
    float hand[MOST_IN_HAND][LANES] = {{0}}; /* the analyser does not follow how many are held */
    int held = count / 2 + 2, next = held;
    for (int i = 0; i < held; i++) memcpy(hand[i], from[i], sizeof hand[i]);
    for (;;) {
        for (int i = 1; i < held; i++) order(hand[0], hand[i]);            /* the least to the front */
        for (int i = 1; i < held - 1; i++) order(hand[i], hand[held - 1]); /* the greatest to the end */
        if (held == 3) break;
        memcpy(hand[0], from[next++], sizeof hand[0]);
        held--;
    }
    memcpy(out, hand[1], sizeof hand[1]);
}

/* Row y of the medians. The last lanes overlap those before them; narrow rows go one pixel a lane. */
static void median_row(const float *padded, size_t stride, int width, int size, float *out)
{
    const int shift = REACH - size / 2;
    const float *from[FR_KERNEL * FR_KERNEL];
    float line[FR_KERNEL * FR_KERNEL][LANES], found[LANES];
    for (int x = 0; x < width; x += LANES) {
        const int lanes = width - x < LANES ? width - x : LANES;
        for (int k = 0; k < size * size; k++) {
            from[k] = padded + (size_t)(k / size + shift) * stride + (size_t)(x + shift + k % size);
            if (lanes == LANES) continue;
            for (int i = 0; i < LANES; i++) line[k][i] = from[k][i < lanes ? i : lanes - 1];
            from[k] = line[k];
        }
        median_lanes(from, size * size, found);
        memcpy(out + x, found, (size_t)lanes * sizeof *out);
    }
}

fsam_status fr_median(int size, fr_planes *planes)
{
    const size_t stride = (size_t)planes->width + 2 * REACH;
    float *padded = make_padded(planes);
    if (padded == NULL) return no_memory(planes);
    for (int p = 0; p < planes->count; p++) {
        float *plane = fr_plane(planes, p);
        pad(plane, planes->height, planes->width, padded);
        for (int y = 0; y < planes->height; y++)
            median_row(padded + (size_t)y * stride, stride, planes->width, size == 3 ? 3 : FR_KERNEL,
                       plane + (size_t)y * (size_t)planes->width);
    }
    fb_free(padded);
    return FSAM_OK;
}
