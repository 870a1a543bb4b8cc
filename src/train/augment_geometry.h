/* augment_geometry.h - a part of a picture, turned, scaled and perhaps mirrored, as a picture of its own. */
#ifndef TRAIN_AUGMENT_GEOMETRY_H
#define TRAIN_AUGMENT_GEOMETRY_H

#include "train/planes.h"
#include <stdbool.h>

/* Where in its source a picture's pixels lie. Pixel centres are whole numbers, the first (0, 0), in both. */
typedef struct fr_placing {
    int width, height;        /* of the picture that is made */
    double source_from[2][3]; /* source x, y = rows times (x, y, 1) */
    bool mirrored;            /* left and right are swapped */
} fr_placing;

/* The source as it is. */
fr_placing fr_placing_whole(int width, int height);
/* The picture of width x height whose middle shows the source's (x, y), `step` source pixels apart from pixel to pixel,
 * turned clockwise by `angle` (radians), mirrored before that. */
fr_placing fr_placing_at(int width, int height, double x, double y, double step, double angle, bool mirrored);
void fr_placing_map(const fr_placing *placing, double x, double y, double *source_x, double *source_y);

typedef struct fr_outside {
    bool continued; /* the outermost pixels go on; else: */
    float value;    /* of what is not in the source */
} fr_outside;

/* picture->value: of the caller's, count planes of placing's size. Bilinear; smooth: where source pixels lie closer
 * than the picture's, each is the mean over a grid of places (else pixels between are passed over, as at inference). */
void fr_place(const fr_planes *source, const fr_placing *placing, fr_outside outside, bool smooth, fr_planes *picture);

#endif
