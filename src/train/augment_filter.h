/* augment_filter.h - changes that look at a pixel's neighbours. Beyond the edges the outermost pixels continue, results
 * are cut to 0..1, and a constant plane stays as it is. FSAM_ERROR_MEMORY is the only failure; the planes are then as
 * they were or partly changed. */
#ifndef TRAIN_AUGMENT_FILTER_H
#define TRAIN_AUGMENT_FILTER_H

#include "train/planes.h"

enum { FR_KERNEL = 5 }; /* the widest side */

/* Weights of a pixel's neighbours, [row][column], their middle one its own. */
typedef struct fr_kernel {
    float weight[FR_KERNEL][FR_KERNEL];
} fr_kernel;

/* `size` 3 or 5; the deviation is 0.3 ((size - 1) / 2 - 1) + 0.8 pixels, so that the kernel's corners hold little. */
fr_kernel fr_gaussian_kernel(int size);
/* A line of `length` pixels, at most FR_KERNEL, through the middle; angle in radians, from x towards y. */
fr_kernel fr_motion_kernel(double length, double angle);
/* strength 0: nothing changes; 1: eight times the difference to the mean of the eight neighbours is added. */
fr_kernel fr_sharpen_kernel(double strength);
/* As if lit from the upper left; strength 0: nothing changes. */
fr_kernel fr_emboss_kernel(double strength);
fsam_status fr_convolve(const fr_kernel *kernel, fr_planes *planes);

/* The median of size x size pixels; `size` 3 or 5. */
fsam_status fr_median(int size, fr_planes *planes);

#endif
