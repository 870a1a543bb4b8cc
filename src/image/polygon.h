/* polygon.h - closed polygons as masks. */
#ifndef IMAGE_POLYGON_H
#define IMAGE_POLYGON_H

#include <stddef.h>
#include <stdint.h>

/* Adds a polygon to mask [height, width]: pixels whose centres lie inside by the even-odd rule become 255. Corners are
 * (x, y) pairs of finite numbers as COCO has them: pixel (0, 0) reaches from 0 to 1, so its centre is at (0.5, 0.5).
 * The polygon may leave the picture. scratch [height, width]: all 0, and 0 again afterwards. */
void fi_polygon_fill(const double (*corner)[2], size_t count, int height, int width, uint8_t *mask, uint8_t *scratch);

#endif
