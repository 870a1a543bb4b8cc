/* mask_paint.h - a mask as a translucent fill with an antialiased outline. */
#ifndef IMAGE_MASK_PAINT_H
#define IMAGE_MASK_PAINT_H

#include "image/canvas.h"

typedef struct fi_paint {
    uint8_t colour[3];
    double fill;    /* opacity inside, 0..1 */
    double outline; /* pixels of the canvas, inside the mask's edge; 0.5 to 8 */
} fi_paint;

/* Paints mask [height, width], 0 outside, on a canvas that is `scale` times as wide and high; the canvas's border is an
 * edge too. The edge is smoothed over about a pixel of the mask, and more under wide outlines. Nothing changes further
 * than FI_PAINT_REACH pixels outside the mask. */
void fi_mask_paint(const uint8_t *mask, int scale, const fi_paint *paint, const fi_canvas *canvas);

enum { FI_PAINT_REACH = 2 };

#endif
