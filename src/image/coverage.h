/* coverage.h - from a mask of the source picture to how much of each cell of the network's input it covers. */
#ifndef IMAGE_COVERAGE_H
#define IMAGE_COVERAGE_H

#include "image/prepare.h"
#include <stdint.h>

/* mask [source_height, source_width], 0 outside -> out [cells, cells], each the part, 0..1, of a square cell of the S x
 * S input that the mask covers, exactly, as areas of pixels; cells beyond the source are 0. FSAM_ERROR_MEMORY is the
 * only failure; nothing of the source's size is allocated. */
fsam_status fi_mask_coverage(const uint8_t *mask, const fi_geometry *geometry, int cells, float *out);

#endif
