/* html.h - parts of the one HTML file that an evaluation makes: texts, pictures, and plots as SVG. */
#ifndef EVAL_HTML_H
#define EVAL_HTML_H

#include "base/status.h"
#include "image/canvas.h"
#include <stdbool.h>
#include <stdio.h>

/* A text from anywhere: what HTML would take for its own becomes harmless, and so do bytes that are no UTF-8 and
 * control characters. */
void fe_html_text(FILE *file, const char *text);

/* A picture within the file, as PNG in base 64; alt: what it shows. */
fsam_status fe_html_picture(FILE *file, const fi_canvas *canvas, const char *alt);

/* An axis; its ticks stand at equal distances from `low` to `high`. */
typedef struct fe_axis {
    const char *label;
    double low, high;
    int ticks; /* parts between them */
} fe_axis;

/* Points that are joined by a line; those with a NaN are left out. */
typedef struct fe_series {
    const char *name;
    size_t count;
    const double *x, *y;
} fe_series;

typedef struct fe_plot {
    const char *title;
    fe_axis x, y;
    bool diagonal; /* a thin line where x and y are alike */
} fe_plot;

void fe_html_lines(FILE *file, const fe_plot *plot, const fe_series *series, size_t count);
/* Bars side by side: of each series y[i] stands in the i-th of `count` equal parts of the x axis. x is not read. */
void fe_html_bars(FILE *file, const fe_plot *plot, const fe_series *series, size_t count);

#endif
