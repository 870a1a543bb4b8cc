/* overlay_text.h - the words of an overlay: a name at each structure, and a line of those that are not in the image. */
#ifndef IMAGE_OVERLAY_TEXT_H
#define IMAGE_OVERLAY_TEXT_H

#include "image/overlay.h"

/* Writes on a canvas that is `scale` times as wide and high as the masks. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fi_overlay_write(const fi_overlay_item *items, size_t count, int scale, const fi_canvas *canvas);

#endif
