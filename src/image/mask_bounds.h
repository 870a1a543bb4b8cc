/* mask_bounds.h - the smallest box around a mask. */
#ifndef IMAGE_MASK_BOUNDS_H
#define IMAGE_MASK_BOUNDS_H

#include <stdbool.h>
#include <stdint.h>

/* Pixels left..right-1 of rows top..bottom-1. */
typedef struct fi_bounds {
    int left, top, right, bottom;
} fi_bounds;

/* Of mask [height, width], 0 outside. False when it is empty. */
bool fi_mask_bounds(const uint8_t *mask, int width, int height, fi_bounds *bounds);

#endif
