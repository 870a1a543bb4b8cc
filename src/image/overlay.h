/* overlay.h - segmented structures drawn over a picture, for people to look at. */
#ifndef IMAGE_OVERLAY_H
#define IMAGE_OVERLAY_H

#include "image/canvas.h"
#include "image/picture.h"

/* A structure that was asked for. Borrowed. */
typedef struct fi_overlay_item {
    const char *name;    /* UTF-8, written at it; NULL or "": none */
    const uint8_t *mask; /* [height, width] of the picture, 0 outside; NULL: it is not in the image */
} fi_overlay_item;

/* Draws items[0..count-1] over the gray picture in the order given: a translucent fill, an antialiased outline inside
 * the mask's edge, and the name, light with a dark halo, in the middle of its largest part or beside it; a name for
 * which there is no room is left out. The names of those that are not in the image stand in a line at the bottom.
 *
 * A picture whose longer side is below FI_OVERLAY_SIDE is enlarged by the whole number that brings it there, but at
 * most FI_OVERLAY_ENLARGED, so that names can be read; others keep their size. One that uses less than three quarters
 * of its range (between the 0.5th and the 99.5th percentile of its gray values) is stretched so that these are black
 * and white: many 16-bit files would look black.
 *
 * The drawing is owned: fi_canvas_free. FSAM_ERROR_MEMORY is the only failure, and leaves it empty. */
fsam_status fi_overlay_draw(const fi_picture *picture, const fi_overlay_item *items, size_t count, fi_canvas *overlay);

enum { FI_OVERLAY_SIDE = 512, FI_OVERLAY_ENLARGED = 8, FI_OVERLAY_COLOURS = 21 };

/* The colour of items[index], as red, green, blue: Okabe and Ito's palette, which colour-blind readers tell apart,
 * without its black (lost on an X-ray); then the seven lighter, then darker; from FI_OVERLAY_COLOURS on they repeat. */
void fi_overlay_colour(size_t index, uint8_t rgb[3]);

#endif
