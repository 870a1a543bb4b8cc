/* render.h - from stored rows to the gray picture that is shown. */
#ifndef IMAGE_RENDER_H
#define IMAGE_RENDER_H

#include "image/picture.h"

/* A picture being made: rows first, in any order, then the steps that need to know all of them. */
typedef struct fi_render {
    const fi_header *header; /* borrowed */
    fi_rendering how;        /* the header's, with the window that was asked for */
    float *gray;             /* borrowed: [header->height, header->width] */
} fi_render;

/* fi_take_row: the row's values after the modality step, put where the orientation shows them. */
fsam_status fi_render_row(void *render, int y, const double *row);
/* When all rows are there: window or table, and inversion, in place. */
void fi_render_finish(fi_render *render);

/* DICOM's windows (PS3.3 C.11.2.1.2 and C.11.2.1.3): x to 0..1. */
double fi_window_linear(double x, double centre, double width);
double fi_window_linear_exact(double x, double centre, double width);
double fi_window_sigmoid(double x, double centre, double width);

#endif
