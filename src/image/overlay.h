/* overlay.h - segmented structures drawn over a picture, for people to look at. */
#ifndef IMAGE_OVERLAY_H
#define IMAGE_OVERLAY_H

#include "image/picture.h"
#include <stdint.h>

/* A structure that was asked for. Borrowed. */
typedef struct fi_overlay_item {
    const char *name;    /* UTF-8, written beside it; NULL or "": none */
    const uint8_t *mask; /* [height, width] of the picture, 0 outside; NULL: it is not in the image */
} fi_overlay_item;

/* The drawing. Owned: fi_overlay_free. */
typedef struct fi_overlay {
    int width, height;
    uint8_t *rgb; /* [height, width, 3] */
} fi_overlay;

/* Draws items[0..count-1] over the gray picture in the order given. FSAM_ERROR_MEMORY is the only failure, and leaves
 * the overlay empty. */
fsam_status fi_overlay_draw(const fi_picture *picture, const fi_overlay_item *items, size_t count, fi_overlay *overlay);
void fi_overlay_free(fi_overlay *overlay);

enum { FI_OVERLAY_COLOURS = 21 };

/* The colour of items[index], as red, green, blue: Okabe and Ito's palette, which colour-blind readers tell apart,
 * without its black (lost on an X-ray); then the seven lighter, then darker; from FI_OVERLAY_COLOURS on they repeat. */
void fi_overlay_colour(size_t index, uint8_t rgb[3]);

#endif
