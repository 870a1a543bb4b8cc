/* distance_map.h - how far every pixel is from the nearest of some pixels, exactly. */
#ifndef EVAL_DISTANCE_MAP_H
#define EVAL_DISTANCE_MAP_H

#include "base/status.h"
#include <stdint.h>

enum { FE_MOST_SIDE = 32767 }; /* pixels of a picture's width or height, so that squares fit into 32 bits */

/* squared [height, width] of the caller's: for each pixel the square of the Euclidean distance from its centre to that
 * of the nearest pixel that is set in `seeds` [height, width]; (height + width)^2 where no pixel is. Linear in the
 * pixels: A. Meijster and others, "A general algorithm for computing distance transforms in linear time", 2000.
 * FSAM_ERROR_UNSUPPORTED when a side has more than FE_MOST_SIDE pixels, FSAM_ERROR_MEMORY when out of it. */
fsam_status fe_distance_map(const uint8_t *seeds, int height, int width, uint32_t *squared);

#endif
