/* augment_detector.h - what devices and archives do to a picture: few pixels, lossy compression, shutters. */
#ifndef TRAIN_AUGMENT_DETECTOR_H
#define TRAIN_AUGMENT_DETECTOR_H

#include "train/planes.h"
#include <stdbool.h>

/* As if taken with 1 / factor as many pixels along a side, each the mean of those it covers, and enlarged again;
 * factor > 1. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fr_low_resolution(double factor, fr_planes *planes);
/* Each plane written to a gray JPEG of 8 bits and read again; quality 1..100. */
fsam_status fr_jpeg(int quality, fr_planes *planes);

/* What a collimator lets through: a turned rectangle, or an ellipse as of an image intensifier. In pixels. */
typedef struct fr_shutter {
    bool closed; /* there is one; if not, all is open */
    bool round;
    double x, y;           /* its middle; the first pixel's centre is (0, 0) */
    double half_x, half_y; /* half of its sides or diameters */
    double angle;          /* radians, from x towards y */
    float value;           /* of the pixels that it covers */
} fr_shutter;

bool fr_shutter_covers(const fr_shutter *shutter, double x, double y);
void fr_shutter_draw(const fr_shutter *shutter, fr_planes *planes);

#endif
