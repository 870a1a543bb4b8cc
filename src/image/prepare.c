#include "image/prepare.h"

#include "base/memory.h"
#include "image/resize.h"
#include "image/windows.h"
#include <math.h>
#include <string.h>

enum { MAX_SIDE = 16384 };

static int scaled_side(int side, int longest, int target)
{
    const int scaled = (int)floor((double)side * target / longest + 0.5);
    return scaled > 0 ? scaled : 1; /* of a picture like a thread */
}

fsam_status fi_geometry_make(int height, int width, const fi_prepare_options *options, fi_geometry *geometry)
{
    if (height < 1 || width < 1) return fb_fail(FSAM_ERROR_ARGUMENT, "prepare: size: %d x %d", width, height);
    if (options->side < 1 || options->side > MAX_SIDE)
        return fb_fail(FSAM_ERROR_ARGUMENT, "prepare: side: %d is not in 1..%d", options->side, MAX_SIDE);
    const int longest = height > width ? height : width;
    *geometry = (fi_geometry){.source_height = height, .source_width = width, .side = options->side};
    geometry->frame_height = options->square ? longest : height;
    geometry->frame_width = options->square ? longest : width;
    geometry->scaled_height = scaled_side(geometry->frame_height, longest, options->side);
    geometry->scaled_width = scaled_side(geometry->frame_width, longest, options->side);
    geometry->scale_x = (double)geometry->scaled_width / geometry->frame_width;
    geometry->scale_y = (double)geometry->scaled_height / geometry->frame_height;
    return FSAM_OK;
}

void fi_geometry_to_input(const fi_geometry *geometry, double x, double y, double *input_x, double *input_y)
{
    *input_x = (x + 0.5) * geometry->scale_x - 0.5;
    *input_y = (y + 0.5) * geometry->scale_y - 0.5;
}

void fi_geometry_to_source(const fi_geometry *geometry, double input_x, double input_y, double *x, double *y)
{
    *x = (input_x + 0.5) / geometry->scale_x - 0.5;
    *y = (input_y + 0.5) / geometry->scale_y - 0.5;
}

/* A picture ready for windowing. The padding of its frame is one value, so it is never laid out: a long thin picture
 * would take the memory of a square. */
typedef struct prepared {
    float *values; /* [height, width] of the source, inverted if need be */
    size_t count;
    float mean;     /* what pads the frame */
    size_t padding; /* how many pixels of the frame are padding */
} prepared;

static void fill_values(const fi_picture *picture, fi_polarity polarity, const fi_geometry *geometry, prepared *to)
{
    double sum = 0;
    for (size_t i = 0; i < to->count; i++) {
        float v = picture->gray[i];
        v = v > 0 ? (v < 1 ? v : 1) : 0; /* NaN is not > 0 */
        if (polarity == FI_BONE_BRIGHT) v = 1 - v;
        to->values[i] = v;
        sum += v;
    }
    to->mean = (float)(sum / ((double)picture->height * picture->width));
    to->padding = (size_t)geometry->frame_height * (size_t)geometry->frame_width - to->count;
}

static fsam_status make_windows(const prepared *from, fi_intensity_window window[3])
{
    fi_cluster cluster[2];
    FB_TRY(fi_cluster_two(from->values, from->count, from->mean, from->padding, cluster));
    const float lowest = cluster[0].lowest, highest = cluster[1].highest;
    for (int c = 0; c < 2; c++) window[c + 1] = fi_intensity_window_of(&cluster[c], lowest, highest);
    window[0] = (fi_intensity_window){.lowest = lowest, .low = lowest, .high = highest, .highest = highest};
    return FSAM_OK;
}

/* The min-max window has no margins: lowest..highest -> 0..1. */
static float min_max(const fi_intensity_window *window, float x)
{
    return window->highest > window->lowest ? (x - window->lowest) / (window->highest - window->lowest) : 0.5f;
}

/* The corner of the frame that is laid out: the source, and of the padding, if any, one row and one column. */
static int laid_out(int source, int frame)
{
    return frame > source ? source + 1 : source;
}

/* plane [laid out height, width]: the frame's corner, windowed. */
static void fill_plane(const prepared *from, const fi_geometry *geometry, const fi_intensity_window *window, bool plain,
                       float *plane)
{
    const int height = laid_out(geometry->source_height, geometry->frame_height);
    const int width = laid_out(geometry->source_width, geometry->frame_width);
    const float *value = from->values;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const float v = y < geometry->source_height && x < geometry->source_width ? *value++ : from->mean;
            *plane++ = plain ? min_max(window, v) : fi_intensity_window_apply(window, v);
        }
}

/* One channel of the input, its padding already zero, from its plane [laid out height, width]. */
static fsam_status resample_plane(const float *plane, const fi_geometry *geometry, float *channel)
{
    const size_t side = (size_t)geometry->side;
    const int height = laid_out(geometry->source_height, geometry->frame_height);
    const int width = laid_out(geometry->source_width, geometry->frame_width);
    const fi_window whole = {.full_height = geometry->scaled_height,
                             .full_width = geometry->scaled_width,
                             .height = geometry->scaled_height,
                             .width = geometry->scaled_width,
                             .source_height = geometry->frame_height,
                             .source_width = geometry->frame_width};
    FB_TRY(fi_resize_bilinear(plane, height, width, (size_t)width, &whole, channel, side));
    for (int y = 0; y < geometry->scaled_height; y++)
        for (int x = 0; x < geometry->scaled_width; x++) {
            float *v = &channel[(size_t)y * side + (size_t)x];
            *v = (*v - 0.5f) / 0.5f;
        }
    return FSAM_OK;
}

/* One channel after the other through one plane, so that memory goes with one. */
static fsam_status prepare_input(const prepared *from, const fi_geometry *geometry, float *plane, float *input)
{
    const size_t area = (size_t)geometry->side * (size_t)geometry->side;
    fi_intensity_window window[3];
    FB_TRY(make_windows(from, window));
    memset(input, 0, 3 * area * sizeof *input);
    for (size_t c = 0; c < 3; c++) {
        fill_plane(from, geometry, &window[c], c == 0, plane);
        FB_TRY(resample_plane(plane, geometry, input + c * area));
    }
    return FSAM_OK;
}

static fsam_status prepare_channels(const prepared *from, const fi_geometry *geometry, fi_channels *channels)
{
    const size_t area = (size_t)channels->height * (size_t)channels->width;
    fi_intensity_window window[3];
    FB_TRY(make_windows(from, window));
    for (size_t c = 0; c < 3; c++) fill_plane(from, geometry, &window[c], c == 0, channels->plane + c * area);
    return FSAM_OK;
}

static fsam_status no_memory(const prepared *from)
{
    return fb_fail(FSAM_ERROR_MEMORY, "prepare: size: no memory for %zu pixels", from->count);
}

/* The picture's values; from->values is owned: fb_free. */
static fsam_status take_values(const fi_picture *picture, const fi_prepare_options *options, fi_geometry *geometry,
                               prepared *from)
{
    *from = (prepared){0};
    FB_TRY(fi_geometry_make(picture->height, picture->width, options, geometry));
    from->count = (size_t)picture->height * (size_t)picture->width;
    from->values = fb_alloc(from->count, sizeof *from->values);
    if (from->values == NULL) return no_memory(from);
    fill_values(picture, options->polarity, geometry, from);
    return FSAM_OK;
}

fsam_status fi_prepare(const fi_picture *picture, const fi_prepare_options *options, float *input,
                       fi_geometry *geometry)
{
    prepared from;
    FB_TRY(take_values(picture, options, geometry, &from));
    const size_t height = (size_t)laid_out(picture->height, geometry->frame_height);
    const size_t width = (size_t)laid_out(picture->width, geometry->frame_width);
    float *plane = fb_alloc(height * width, sizeof *plane);
    const fsam_status status = plane != NULL ? prepare_input(&from, geometry, plane, input) : no_memory(&from);
    fb_free(from.values);
    fb_free(plane);
    return status;
}

fsam_status fi_prepare_channels(const fi_picture *picture, const fi_prepare_options *options, fi_channels *channels,
                                fi_geometry *geometry)
{
    prepared from;
    *channels = (fi_channels){0};
    FB_TRY(take_values(picture, options, geometry, &from));
    channels->height = laid_out(picture->height, geometry->frame_height);
    channels->width = laid_out(picture->width, geometry->frame_width);
    channels->plane = fb_alloc((size_t)channels->height * (size_t)channels->width, 3 * sizeof *channels->plane);
    const fsam_status status = channels->plane != NULL ? prepare_channels(&from, geometry, channels) : no_memory(&from);
    fb_free(from.values);
    if (status != FSAM_OK) fi_channels_free(channels);
    return status;
}

fsam_status fi_prepare_resample(const fi_channels *channels, const fi_geometry *geometry, float *input)
{
    const size_t side = (size_t)geometry->side, area = (size_t)channels->height * (size_t)channels->width;
    memset(input, 0, 3 * side * side * sizeof *input);
    for (size_t c = 0; c < 3; c++)
        FB_TRY(resample_plane(channels->plane + c * area, geometry, input + c * side * side));
    return FSAM_OK;
}

void fi_channels_free(fi_channels *channels)
{
    fb_free(channels->plane);
    *channels = (fi_channels){0};
}
