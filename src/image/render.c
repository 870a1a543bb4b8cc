#include "image/render.h"

#include <math.h>

/* ---- rows ---- */

static double lookup(const fi_table *table, double x)
{
    const double last = (double)(table->count - 1), at = floor(x + 0.5) - (double)table->first;
    return table->value[at > 0 ? (size_t)(at < last ? at : last) : 0]; /* NaN is not > 0 */
}

static double luma_of(const double *sample)
{
    /* Whole numbers added before they are divided, so that equal parts give exactly what the gray sample gives. */
    return (299 * sample[0] + 587 * sample[1] + 114 * sample[2]) / 1000;
}

/* The value that the window sees, of one pixel's samples. */
static double value_of(const fi_render *render, const double *sample)
{
    const fi_rendering *how = &render->how;
    const double first = sample[0]; /* of YBR: the luma */
    if (how->colour == FI_COLOUR_PALETTE) return lookup(&how->palette, first);
    if (how->colour == FI_COLOUR_RGB) return luma_of(sample);
    if (how->colour == FI_COLOUR_YBR_FULL) return first;
    return how->modality.count > 0 ? lookup(&how->modality, first) : first * how->slope + how->intercept;
}

/* Where a stored row lies in the picture: the place of its first sample, and the step to the next. EXIF's orientations
 * (CIPA DC-008, tag 0x0112) name the side of the picture at which the stored first row and first column are. */
static void place_row(const fi_header *header, int y, size_t *first, ptrdiff_t *step)
{
    const bool turned = header->orientation >= 5;
    const size_t width = (size_t)header->width, last_x = (size_t)header->stored_width - 1;
    const size_t up = (size_t)y, down = (size_t)(header->stored_height - 1 - y);
    const bool row_reversed =
        header->orientation == 3 || header->orientation == 4 || header->orientation == 6 || header->orientation == 7;
    const bool column_reversed =
        header->orientation == 2 || header->orientation == 3 || header->orientation == 7 || header->orientation == 8;
    const size_t across = row_reversed ? down : up; /* row of the picture, or its column when it is turned */
    const ptrdiff_t along = turned ? (ptrdiff_t)width : 1;
    *first = (turned ? across : across * width) + (column_reversed ? last_x * (size_t)along : 0);
    *step = column_reversed ? -along : along;
}

fsam_status fi_render_row(void *context, int y, const double *row)
{
    fi_render *render = context;
    const int width = render->header->stored_width, channels = render->header->channels;
    size_t first;
    ptrdiff_t step;
    place_row(render->header, y, &first, &step);
    float *to = render->gray + first;
    for (int x = 0; x < width; x++, to += step, row += channels) *to = (float)value_of(render, row);
    return FSAM_OK;
}

/* ---- windows ---- */

static double cut(double x)
{
    return x > 0 ? (x < 1 ? x : 1) : 0;
}

double fi_window_linear(double x, double centre, double width)
{
    if (width <= 1) return x > centre - 0.5 ? 1 : 0;
    return cut((x - (centre - 0.5)) / (width - 1) + 0.5);
}

double fi_window_linear_exact(double x, double centre, double width)
{
    return cut((x - centre) / width + 0.5);
}

double fi_window_sigmoid(double x, double centre, double width)
{
    return 1 / (1 + exp(-4 * (x - centre) / width));
}

static double window(const fi_rendering *how, double x)
{
    switch (how->voi) {
    case FI_VOI_LINEAR:
        return fi_window_linear(x, how->centre, how->width);
    case FI_VOI_LINEAR_EXACT:
        return fi_window_linear_exact(x, how->centre, how->width);
    case FI_VOI_SIGMOID:
        return fi_window_sigmoid(x, how->centre, how->width);
    case FI_VOI_TABLE:
        return cut(lookup(&how->table, x));
    default:
        return how->high > how->low ? cut((x - how->low) / (how->high - how->low)) : 0;
    }
}

static size_t pixels_of(const fi_render *render)
{
    return (size_t)render->header->width * (size_t)render->header->height;
}

/* The least and the greatest finite value; both 0 when there is none. */
static void find_extremes(const fi_render *render, double *least, double *greatest)
{
    const size_t count = pixels_of(render);
    float low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        const float x = render->gray[i];
        if (!isfinite(x)) continue;
        if (x < low) low = x;
        if (x > high) high = x;
    }
    *least = low <= high ? low : 0;
    *greatest = low <= high ? high : 0;
}

void fi_render_finish(fi_render *render)
{
    fi_rendering *how = &render->how;
    const size_t count = pixels_of(render);
    if (how->voi == FI_VOI_EXTREMES) {
        how->voi = FI_VOI_RANGE;
        find_extremes(render, &how->low, &how->high);
        if (render->header->is_float && how->low >= 0 && how->high <= 1) {
            how->low = 0;
            how->high = 1;
        }
    }
    for (size_t i = 0; i < count; i++) {
        double gray = window(how, render->gray[i]);
        if (isnan(gray)) gray = 0;
        render->gray[i] = (float)(how->inverted ? 1 - gray : gray);
    }
}
