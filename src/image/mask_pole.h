/* mask_pole.h - where the name of a mask goes: near its pole of inaccessibility. */
#ifndef IMAGE_MASK_POLE_H
#define IMAGE_MASK_POLE_H

#include "image/mask_bounds.h"

/* A point of the mask's largest connected part, at least four fifths as far from its edge as any, and of those the
 * nearest to the part's centroid. */
typedef struct fi_pole {
    double x, y;
    double radius;                /* of the largest disc around it in that part */
    double left, right, up, down; /* from it to the part's edge along its row and its column */
} fi_pole;

/* Of mask [height, width], 0 outside; in pixels, to within a hundredth of the mask's longer side. False when the mask
 * is empty. */
bool fi_mask_pole(const uint8_t *mask, int width, int height, fi_pole *pole);

#endif
