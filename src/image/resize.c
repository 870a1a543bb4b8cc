#include "image/resize.h"

#include "base/memory.h"

typedef struct tap {
    int first, second; /* neighbours */
    float weight;      /* of the second */
} tap;

/* in: the source's length, of which `there` samples are laid out. */
static tap tap_at(int index, int in, int there, int out)
{
    double at = (index + 0.5) * in / out - 0.5;
    if (at < 0) at = 0;
    const int whole = (int)at, first = whole < there ? whole : there - 1;
    const int second = first + 1 < there ? first + 1 : first;
    return (tap){.first = first, .second = second, .weight = (float)(at - whole)};
}

static void blend_row(const float *upper, const float *lower, float weight, const tap *columns, int width, float *out)
{
    for (int x = 0; x < width; x++) {
        const tap c = columns[x];
        const float above = upper[c.first] + c.weight * (upper[c.second] - upper[c.first]);
        const float below = lower[c.first] + c.weight * (lower[c.second] - lower[c.first]);
        out[x] = above + weight * (below - above);
    }
}

fsam_status fi_resize_bilinear(const float *source, int source_height, int source_width, size_t source_stride,
                               const fi_window *window, float *out, size_t out_stride)
{
    tap *columns = fb_alloc((size_t)window->width, sizeof *columns);
    if (columns == NULL) return fb_fail(FSAM_ERROR_MEMORY, "resize: width: no memory for %d columns", window->width);
    const int in_height = window->source_height > 0 ? window->source_height : source_height;
    const int in_width = window->source_width > 0 ? window->source_width : source_width;
    for (int x = 0; x < window->width; x++)
        columns[x] = tap_at(window->left + x, in_width, source_width, window->full_width);
    for (int y = 0; y < window->height; y++) {
        const tap row = tap_at(window->top + y, in_height, source_height, window->full_height);
        blend_row(source + (size_t)row.first * source_stride, source + (size_t)row.second * source_stride, row.weight,
                  columns, window->width, out + (size_t)y * out_stride);
    }
    fb_free(columns);
    return FSAM_OK;
}
