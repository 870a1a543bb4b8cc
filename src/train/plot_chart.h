/* plot_chart.h - curves on axes, drawn on a white canvas. */
#ifndef TRAIN_PLOT_CHART_H
#define TRAIN_PLOT_CHART_H

#include "base/status.h"
#include "image/canvas.h"
#include <stdbool.h>

typedef enum fr_curve_style {
    FR_LINE,  /* from point to point */
    FR_MARKS, /* the same, with a disc at each point */
    FR_BAND   /* pale, in every column of pixels from the least to the greatest value there */
} fr_curve_style;

/* Points (x, y), rising in x; those of which one is NaN, or has no place on the scale, are left out. */
typedef struct fr_curve {
    const char *name; /* NULL: not in the legend */
    int colour;       /* 0 .. FR_CURVE_COLOURS - 1 */
    fr_curve_style style;
    size_t count, stride; /* a point's numbers stand so many doubles after those of the one before; borrowed */
    const double *x, *y;
} fr_curve;

enum { FR_CURVE_COLOURS = 5 };

typedef struct fr_chart {
    const char *x_name, *y_name;
    bool logarithmic;      /* the y axis; where nothing is positive it is linear all the same */
    bool from_zero;        /* the y axis, when it is linear, begins at 0 */
    double x_low, x_high;  /* what the x axis must reach over */
    const fr_curve *curve; /* [curves] */
    size_t curves;
} fr_chart;

/* Draws into the rectangle of the canvas, which is white there: axes with round numbers and their names, a grid, the
 * curves, a legend. Where no curve has a point it says "nothing in the log". FSAM_ERROR_MEMORY is the only failure. */
fsam_status fr_chart_draw(const fr_chart *chart, int left, int top, int width, int height, const fi_canvas *canvas);

/* Writes a text in the chart's letters with its top left corner at (x, y), cut to `most` pixels. */
fsam_status fr_chart_write(const char *text, double size, int x, int y, int most, const fi_canvas *canvas);
/* How many pixels wide it is then, whole. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fr_chart_wide(const char *text, double size, int *wide);

#endif
