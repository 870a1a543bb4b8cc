#include "train/plot_chart.h"

#include "image/lettering.h"
#include "image/overlay.h"
#include "train/plot_scale.h"

#include <limits.h>
#include <math.h>
#include <string.h>

enum {
    LEFT = 72,   /* pixels beside the frame, for the numbers */
    RIGHT = 18,  /* half of the last number */
    TOP = 54,    /* the axis's name, the legend */
    BOTTOM = 54, /* numbers, the axis's name */
    TICK_ROOM = 44
};
static const double letter_size = 13, curve_width = 1.8, mark_size = 6;
static const uint8_t ink[3] = {34, 34, 34}, grid[3] = {222, 222, 222};
/* Of Okabe and Ito's palette (image/overlay.h) those that are dark enough on white: blue, vermillion, green, purple,
 * orange. */
static const size_t palette[FR_CURVE_COLOURS] = {6, 4, 2, 5, 0};

/* A chart being drawn. */
typedef struct drawing {
    const fr_chart *chart;
    const fi_canvas *canvas;
    fi_lettering *letters;
    int left, top, right, bottom; /* of the frame */
    fr_scale x, y;
} drawing;

/* ---- letters ---- */

/* aligned: 0 begins at x, 1 ends there, 0.5 has its middle there. Returns the width in *wide (NULL: not wanted). */
static fsam_status put(const fi_lettering *letters, const char *text, double x, double y, double aligned, int most,
                       const fi_canvas *canvas, int *wide)
{
    const fi_line line = fi_lettering_set(letters, text, most);
    if (wide != NULL) *wide = line.width;
    return fi_lettering_draw(letters, &line, (int)lrint(x - aligned * line.width), (int)lrint(y), ink, canvas);
}

fsam_status fr_chart_write(const char *text, double size, int x, int y, int most, const fi_canvas *canvas)
{
    fi_lettering *letters;
    FB_TRY(fi_lettering_new(size, 0, &letters));
    const fsam_status status = put(letters, text, x, y, 0, most, canvas, NULL);
    fi_lettering_free(letters);
    return status;
}

fsam_status fr_chart_wide(const char *text, double size, int *wide)
{
    fi_lettering *letters;
    FB_TRY(fi_lettering_new(size, 0, &letters));
    *wide = fi_lettering_set(letters, text, INT_MAX / 64).width;
    fi_lettering_free(letters);
    return FSAM_OK;
}

/* ---- scales ---- */

static double point(const double *list, const fr_curve *curve, size_t i)
{
    return list[i * curve->stride];
}

/* The range of what can be drawn; how many points that is. */
static size_t find_range(const fr_chart *chart, bool positive, double *low, double *high)
{
    size_t count = 0;
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t c = 0; c < chart->curves; c++)
        for (size_t i = 0; i < chart->curve[c].count; i++) {
            const double y = point(chart->curve[c].y, &chart->curve[c], i);
            if (!isfinite(y) || (positive && y <= 0)) continue;
            *low = fmin(*low, y);
            *high = fmax(*high, y);
            count++;
        }
    return count;
}

static bool make_scales(drawing *d)
{
    const fr_chart *chart = d->chart;
    double low, high;
    const int across = (d->right - d->left) / 90, up = (d->bottom - d->top) / TICK_ROOM;
    d->x = fr_scale_linear(chart->x_low, chart->x_high, across < 2 ? 2 : across > 12 ? 12 : across);
    const bool logarithmic = chart->logarithmic && find_range(chart, true, &low, &high) > 0;
    const int most = up < 2 ? 2 : up > 12 ? 12 : up;
    if (logarithmic) {
        d->y = fr_scale_log(low, high, most);
        return true;
    }
    const bool any = find_range(chart, false, &low, &high) > 0;
    if (any && chart->from_zero) low = fmin(low, 0);
    if (any && chart->from_zero) high = fmax(high, 0);
    d->y = fr_scale_linear(low, high, most);
    return any;
}

static double at_x(const drawing *d, double x)
{
    return d->left + (d->right - d->left) * fr_scale_place(&d->x, x);
}

static double at_y(const drawing *d, double y)
{
    return d->bottom - (d->bottom - d->top) * fr_scale_place(&d->y, y);
}

/* ---- axes ---- */

static void rule(const drawing *d, double x0, double y0, double x1, double y1, const uint8_t colour[3])
{
    const double from[2] = {x0, y0}, to[2] = {x1, y1};
    fi_canvas_line(d->canvas, from, to, 1, colour);
}

static fsam_status draw_numbers(const drawing *d)
{
    const int height = fi_lettering_height(d->letters);
    for (int i = 0; i < d->x.ticks; i++) {
        char text[FR_TICK_TEXT];
        fr_tick_text(d->x.tick[i], text);
        const double x = at_x(d, d->x.tick[i]);
        rule(d, x, d->bottom, x, d->bottom + 4, ink);
        FB_TRY(put(d->letters, text, x, d->bottom + 6, 0.5, d->canvas->width, d->canvas, NULL));
    }
    for (int i = 0; i < d->y.ticks; i++) {
        char text[FR_TICK_TEXT];
        fr_tick_text(d->y.tick[i], text);
        const double y = at_y(d, d->y.tick[i]);
        rule(d, d->left - 4, y, d->left, y, ink);
        FB_TRY(put(d->letters, text, d->left - 8, y - height / 2.0, 1, LEFT, d->canvas, NULL));
    }
    return FSAM_OK;
}

static fsam_status draw_axes(const drawing *d)
{
    const int height = fi_lettering_height(d->letters);
    for (int i = 0; i < d->x.ticks; i++) rule(d, at_x(d, d->x.tick[i]), d->top, at_x(d, d->x.tick[i]), d->bottom, grid);
    for (int i = 0; i < d->y.ticks; i++) rule(d, d->left, at_y(d, d->y.tick[i]), d->right, at_y(d, d->y.tick[i]), grid);
    rule(d, d->left, d->top, d->left, d->bottom, ink);
    rule(d, d->left, d->bottom, d->right, d->bottom, ink);
    FB_TRY(draw_numbers(d));
    FB_TRY(put(d->letters, d->chart->x_name, (d->left + d->right) / 2.0, d->bottom + 10 + height, 0.5,
               d->right - d->left, d->canvas, NULL));
    return put(d->letters, d->chart->y_name, d->left - LEFT + 10, d->top - 12 - 2 * height, 0, d->right - d->left,
               d->canvas, NULL);
}

/* ---- curves ---- */

static void colour_of(const fr_curve *curve, uint8_t colour[3])
{
    fi_overlay_colour(palette[curve->colour % FR_CURVE_COLOURS], colour);
}

static bool has_place(const drawing *d, const fr_curve *curve, size_t i, double place[2])
{
    place[0] = at_x(d, point(curve->x, curve, i));
    place[1] = at_y(d, point(curve->y, curve, i));
    return isfinite(place[0]) && isfinite(place[1]);
}

/* Points that are closer than half a pixel to the one before add nothing to be seen, and there may be a million. */
static void draw_line(const drawing *d, const fr_curve *curve)
{
    double last[2], next[2];
    uint8_t colour[3];
    bool any = false;
    colour_of(curve, colour);
    for (size_t i = 0; i < curve->count; i++) {
        if (!has_place(d, curve, i, next)) continue;
        if (any && next[0] - last[0] < 0.5 && i + 1 < curve->count) continue;
        fi_canvas_line(d->canvas, any ? last : next, next, curve_width, colour);
        if (curve->style == FR_MARKS) fi_canvas_line(d->canvas, next, next, mark_size, colour);
        memcpy(last, next, sizeof last);
        any = true;
    }
}

static void fill_column(const drawing *d, int x, double low, double high, const uint8_t colour[3])
{
    enum { PALE = FI_OPAQUE * 3 / 10 };
    if (x < 0 || x >= d->canvas->width) return;
    for (int y = (int)fmax(0, lrint(low)); y <= (int)lrint(high) && y < d->canvas->height; y++)
        fi_canvas_mix(d->canvas, x, y, colour, PALE);
}

/* Each column reaches from the value before it on, so that few points are connected too; columns between two points
 * belong to the first of them. */
static void draw_band(const drawing *d, const fr_curve *curve)
{
    double low = 0, high = 0, last = NAN, place[2];
    int column = -1;
    uint8_t colour[3];
    colour_of(curve, colour);
    for (size_t i = 0; i < curve->count; i++) {
        if (!has_place(d, curve, i, place)) continue;
        const int here = (int)lrint(place[0]);
        if (here != column) {
            for (; column >= 0 && column < here; column++) fill_column(d, column, low, high, colour);
            low = high = place[1];
        }
        low = fmin(low, fmin(place[1], last)); /* of a number and none the number */
        high = fmax(high, fmax(place[1], last));
        last = place[1];
        column = here;
    }
    if (column >= 0) fill_column(d, column, low, high, colour);
}

static fsam_status draw_legend(const drawing *d)
{
    const int height = fi_lettering_height(d->letters);
    double x = d->left;
    const double y = d->top - 6 - height;
    for (size_t c = 0; c < d->chart->curves; c++) {
        const fr_curve *curve = &d->chart->curve[c];
        uint8_t colour[3];
        int wide;
        if (curve->name == NULL) continue;
        colour_of(curve, colour);
        const double from[2] = {x + 2, y + height / 2.0}, to[2] = {x + 16, y + height / 2.0};
        fi_canvas_line(d->canvas, from, to, 3, colour);
        FB_TRY(put(d->letters, curve->name, x + 23, y, 0, d->right - (int)x, d->canvas, &wide));
        x += 23 + wide + 16;
    }
    return FSAM_OK;
}

static fsam_status draw(drawing *d)
{
    const bool any = make_scales(d);
    FB_TRY(draw_axes(d));
    FB_TRY(draw_legend(d));
    for (size_t c = 0; c < d->chart->curves; c++) {
        if (d->chart->curve[c].style == FR_BAND)
            draw_band(d, &d->chart->curve[c]);
        else
            draw_line(d, &d->chart->curve[c]);
    }
    if (any) return FSAM_OK;
    return put(d->letters, "nothing in the log", (d->left + d->right) / 2.0, (d->top + d->bottom) / 2.0, 0.5,
               d->right - d->left, d->canvas, NULL);
}

fsam_status fr_chart_draw(const fr_chart *chart, int left, int top, int width, int height, const fi_canvas *canvas)
{
    drawing d = {.chart = chart,
                 .canvas = canvas,
                 .left = left + LEFT,
                 .top = top + TOP,
                 .right = left + width - RIGHT,
                 .bottom = top + height - BOTTOM};
    FB_TRY(fi_lettering_new(letter_size, 0, &d.letters));
    const fsam_status status = draw(&d);
    fi_lettering_free(d.letters);
    return status;
}
