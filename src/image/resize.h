/* resize.h - bilinear resampling with half-pixel centres and no antialiasing. */
#ifndef IMAGE_RESIZE_H
#define IMAGE_RESIZE_H

#include "base/status.h"
#include <stddef.h>

/* The part of a resampled picture that is wanted: rows top..top+height and columns left..left+width of a picture of
 * full_height x full_width. */
typedef struct fi_window {
    int full_height, full_width;
    int top, left, height, width;
    int source_height, source_width; /* the source's size where not all of it is laid out, 0: as laid out */
} fi_window;

/* Resamples source [source_height, source_width], whose rows start `source_stride` floats apart, to
 * window->full_height x full_width, and writes the window of it to out, rows `out_stride` floats apart. Output sample
 * i stands at (i + 0.5) * in / out - 0.5 of the input, beyond whose ends the edge sample continues. A source said to be
 * larger (window->source_height, source_width) continues likewise from its last row and column. Sizes must be 1 or
 * more. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fi_resize_bilinear(const float *source, int source_height, int source_width, size_t source_stride,
                               const fi_window *window, float *out, size_t out_stride);

#endif
