/* next_click.h - where somebody would click to correct a mask, always the same for the same masks. */
#ifndef EVAL_NEXT_CLICK_H
#define EVAL_NEXT_CLICK_H

#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>

typedef struct fe_click {
    bool any;        /* false: the masks are equal, and there is nothing to correct */
    int x, y;        /* pixel */
    bool foreground; /* it belongs to the structure and the mask lacks it; else it is superfluous */
} fe_click;

/* Of what is missing and of what is superfluous in `mask`, both [height, width] with 0 outside, the largest part (its
 * pixels joined by their four neighbours; of equal ones the first, row by row), and in it the pixel furthest from
 * anything outside of the part or of the picture (of equal ones the first). FSAM_ERROR_UNSUPPORTED and
 * FSAM_ERROR_MEMORY as fe_distance_map. */
fsam_status fe_next_click(const uint8_t *truth, const uint8_t *mask, int height, int width, fe_click *click);

#endif
