#include "train/augment_tone.h"

#include "base/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t values_of(const fr_planes *planes)
{
    return (size_t)planes->count * fr_planes_area(planes);
}

static float least_of(const float *plane, size_t area)
{
    float least = plane[0];
    for (size_t i = 1; i < area; i++) least = plane[i] < least ? plane[i] : least;
    return least;
}

void fr_negative_log(fr_planes *planes)
{
    const float scale = (float)(1 / log(FR_LEAST_INTENSITY));
    const size_t area = fr_planes_area(planes);
    for (int p = 0; p < planes->count; p++) {
        float *plane = fr_plane(planes, p);
        const float shift = (float)FR_LEAST_INTENSITY - least_of(plane, area);
        for (size_t i = 0; i < area; i++) plane[i] = fr_within(logf(plane[i] + shift) * scale);
    }
}

void fr_invert(fr_planes *planes)
{
    for (size_t i = 0; i < values_of(planes); i++) planes->value[i] = 1 - planes->value[i];
}

void fr_gamma(double exponent, fr_planes *planes)
{
    for (size_t i = 0; i < values_of(planes); i++)
        planes->value[i] = fr_within(powf(planes->value[i], (float)exponent));
}

enum { BINS = 4096 };

/* The value below which `share` of the counted pixels lie, to a bin. */
static float quantile(const unsigned *histogram, double share, size_t area)
{
    double left = share * (double)area;
    for (int b = 0; b < BINS; b++) {
        if (left < histogram[b]) return (float)(b + left / histogram[b]) / BINS;
        left -= histogram[b];
    }
    return 1;
}

static void window_plane(double low, double high, float *plane, size_t area, unsigned *histogram)
{
    memset(histogram, 0, BINS * sizeof *histogram);
    for (size_t i = 0; i < area; i++) {
        const int bin = (int)(fr_within(plane[i]) * BINS);
        histogram[bin < BINS ? bin : BINS - 1]++;
    }
    const float from = quantile(histogram, low, area), to = quantile(histogram, 1 - high, area);
    if (to - from < 2.0f / BINS) return;
    for (size_t i = 0; i < area; i++) plane[i] = fr_within((plane[i] - from) / (to - from));
}

fsam_status fr_window_shares(double low, double high, fr_planes *planes)
{
    unsigned *histogram = malloc(BINS * sizeof *histogram);
    if (histogram == NULL) return fb_fail(FSAM_ERROR_MEMORY, "augmentation: no memory for a histogram");
    for (int p = 0; p < planes->count; p++)
        window_plane(low, high, fr_plane(planes, p), fr_planes_area(planes), histogram);
    free(histogram);
    return FSAM_OK;
}

static float mean_of(const float *plane, size_t area)
{
    double sum = 0;
    for (size_t i = 0; i < area; i++) sum += (double)plane[i];
    return (float)(sum / (double)area);
}

void fr_contrast(double factor, fr_planes *planes)
{
    const size_t area = fr_planes_area(planes);
    for (int p = 0; p < planes->count; p++) {
        float *plane = fr_plane(planes, p);
        const float mean = mean_of(plane, area), times = (float)factor;
        for (size_t i = 0; i < area; i++) plane[i] = fr_within(mean + times * (plane[i] - mean));
    }
}

/* out [count]: how near each pixel's centre is to `centre`, as a bell. */
static void fill_bell(double centre, double deviation, int count, float *out)
{
    for (int i = 0; i < count; i++) {
        const double away = (i + 0.5 - centre) / deviation;
        out[i] = (float)exp(-away * away / 2);
    }
}

/* The bell is the product of one along rows and one along columns. */
static void contrast_plane(float factor, const float *along_x, const float *along_y, int height, int width,
                           float *plane)
{
    const float mean = mean_of(plane, (size_t)height * (size_t)width);
    for (int y = 0; y < height; y++, plane += width)
        for (int x = 0; x < width; x++) {
            const float times = 1 + (factor - 1) * along_x[x] * along_y[y];
            plane[x] = fr_within(mean + times * (plane[x] - mean));
        }
}

fsam_status fr_contrast_bell(double factor, double x, double y, double deviation, fr_planes *planes)
{
    const int height = planes->height, width = planes->width;
    const double wide = deviation * (width > height ? width : height);
    float *bells = fb_alloc((size_t)width + (size_t)height, sizeof *bells);
    if (bells == NULL) return fb_fail(FSAM_ERROR_MEMORY, "augmentation: no memory for a row");
    fill_bell(x * width, wide, width, bells);
    fill_bell(y * height, wide, height, bells + width);
    for (int p = 0; p < planes->count; p++)
        contrast_plane((float)factor, bells, bells + width, height, width, fr_plane(planes, p));
    fb_free(bells);
    return FSAM_OK;
}

fsam_status fr_shuffle_planes(const int order[3], fr_planes *planes)
{
    const size_t area = fr_planes_area(planes);
    float *copy = fb_alloc(values_of(planes), sizeof *copy);
    if (copy == NULL) return fb_fail(FSAM_ERROR_MEMORY, "augmentation: no memory for %zu pixels", area);
    memcpy(copy, planes->value, values_of(planes) * sizeof *copy);
    for (int p = 0; p < planes->count; p++)
        memcpy(fr_plane(planes, p), copy + (size_t)order[p] * area, area * sizeof *copy);
    fb_free(copy);
    return FSAM_OK;
}
