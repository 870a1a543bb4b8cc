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
    if (options->square && (size_t)longest > FI_MAX_PIXELS / (size_t)longest)
        return fb_fail(FSAM_ERROR_MEMORY, "prepare: size: %d x %d is too long to be padded to a square", width, height);
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

/* frame [frame_height, frame_width]: the source, inverted if need be, and its mean where the frame is larger. */
static void fill_frame(const fi_picture *picture, fi_polarity polarity, const fi_geometry *geometry, float *frame)
{
    const size_t width = (size_t)picture->width, stride = (size_t)geometry->frame_width;
    double sum = 0;
    for (size_t y = 0; y < (size_t)picture->height; y++)
        for (size_t x = 0; x < width; x++) {
            float v = picture->gray[y * width + x];
            v = v > 0 ? (v < 1 ? v : 1) : 0; /* NaN is not > 0 */
            if (polarity == FI_BONE_BRIGHT) v = 1 - v;
            frame[y * stride + x] = v;
            sum += v;
        }
    const float mean = (float)(sum / ((double)picture->height * picture->width));
    for (size_t y = 0; y < (size_t)geometry->frame_height; y++)
        for (size_t x = y < (size_t)picture->height ? width : 0; x < stride; x++) frame[y * stride + x] = mean;
}

static fsam_status make_windows(const float *frame, size_t count, fi_intensity_window window[3])
{
    fi_cluster cluster[2];
    FB_TRY(fi_cluster_two(frame, count, cluster));
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

/* One channel of the input, its padding already zero; plane: as large as the frame, scratch. */
static fsam_status fill_channel(const float *frame, const fi_geometry *geometry, const fi_intensity_window *window,
                                bool plain, float *plane, float *channel)
{
    const size_t count = (size_t)geometry->frame_height * (size_t)geometry->frame_width;
    const size_t side = (size_t)geometry->side;
    const fi_window whole = {.full_height = geometry->scaled_height,
                             .full_width = geometry->scaled_width,
                             .height = geometry->scaled_height,
                             .width = geometry->scaled_width};
    for (size_t i = 0; i < count; i++)
        plane[i] = plain ? min_max(window, frame[i]) : fi_intensity_window_apply(window, frame[i]);
    FB_TRY(fi_resize_bilinear(plane, geometry->frame_height, geometry->frame_width, (size_t)geometry->frame_width,
                              &whole, channel, side));
    for (int y = 0; y < geometry->scaled_height; y++)
        for (int x = 0; x < geometry->scaled_width; x++) {
            float *v = &channel[(size_t)y * side + (size_t)x];
            *v = (*v - 0.5f) / 0.5f;
        }
    return FSAM_OK;
}

static fsam_status prepare_frame(const float *frame, const fi_geometry *geometry, float *plane, float *input)
{
    const size_t area = (size_t)geometry->side * (size_t)geometry->side;
    fi_intensity_window window[3];
    FB_TRY(make_windows(frame, (size_t)geometry->frame_height * (size_t)geometry->frame_width, window));
    memset(input, 0, 3 * area * sizeof *input);
    for (size_t c = 0; c < 3; c++) FB_TRY(fill_channel(frame, geometry, &window[c], c == 0, plane, input + c * area));
    return FSAM_OK;
}

fsam_status fi_prepare(const fi_picture *picture, const fi_prepare_options *options, float *input,
                       fi_geometry *geometry)
{
    FB_TRY(fi_geometry_make(picture->height, picture->width, options, geometry));
    const size_t count = (size_t)geometry->frame_height * (size_t)geometry->frame_width;
    float *frame = fb_alloc(count, sizeof *frame), *plane = fb_alloc(count, sizeof *plane);
    fsam_status status = FSAM_OK;
    if (frame == NULL || plane == NULL) {
        status = fb_fail(FSAM_ERROR_MEMORY, "prepare: size: no memory for %zu pixels", count);
    } else {
        fill_frame(picture, options->polarity, geometry, frame);
        status = prepare_frame(frame, geometry, plane, input);
    }
    fb_free(frame);
    fb_free(plane);
    return status;
}
