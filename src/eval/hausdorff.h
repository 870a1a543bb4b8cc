/* hausdorff.h - how far the borders of two masks are from each other. */
#ifndef EVAL_HAUSDORFF_H
#define EVAL_HAUSDORFF_H

#include "base/status.h"
#include <stdint.h>

/* In pixels, between the centres of border pixels: those of a mask of which one of the four neighbours is outside of it
 * or of the picture. From every border pixel of either mask the nearest of the other is looked for: `most` is the
 * longest of these ways; `most_95` leaves out the longest twentieth of the ways from each mask (the nearest-rank 95th
 * percentile, of both directions the larger).
 *
 * Two empty masks are 0 apart. Where one is empty there is no way; both numbers are then the diagonal between the
 * outermost pixels' centres, the longest way in the picture, so that a miss is never left out of a mean. */
typedef struct fe_hausdorff {
    double most, most_95;
} fe_hausdorff;

/* Of masks a and b [height, width], 0 outside. FSAM_ERROR_UNSUPPORTED and FSAM_ERROR_MEMORY as fe_distance_map. */
fsam_status fe_hausdorff_of(const uint8_t *a, const uint8_t *b, int height, int width, fe_hausdorff *result);

#endif
