/* overlay.h - masks drawn over a picture. */
#ifndef IMAGE_OVERLAY_H
#define IMAGE_OVERLAY_H

#include "image/picture.h"
#include <stdint.h>

enum { FI_OVERLAY_COLOURS = 7 };

/* The colour of the mask at `index`: Okabe and Ito's palette, which colour-blind readers tell apart, without its black
 * (lost on an X-ray); from FI_OVERLAY_COLOURS on it repeats. Borrowed: red, green, blue. */
const uint8_t *fi_overlay_colour(size_t index);

/* Draws masks[0..count-1], each [height, width] with 0 outside, over the gray picture in the order given: a translucent
 * fill, and an outline two pixels wide inside the mask's edge. rgb: [height, width, 3]. */
void fi_overlay_draw(const fi_picture *picture, const uint8_t *const *masks, size_t count, uint8_t *rgb);

#endif
