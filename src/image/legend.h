/* legend.h - the line at the bottom of an overlay that names what is not in the image. */
#ifndef IMAGE_LEGEND_H
#define IMAGE_LEGEND_H

#include "image/overlay.h"

/* Writes the names of the items without a mask in letters of `size` pixels, in at most three lines that take no more
 * than a third of the height; those for which there is no room are counted. *bottom: the row at which the legend
 * starts, or the canvas's height. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fi_legend_write(const fi_overlay_item *items, size_t count, double size, const fi_canvas *canvas,
                            int *bottom);

#endif
