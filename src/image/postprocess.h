/* postprocess.h - from the network's mask logits to a mask of the source picture. */
#ifndef IMAGE_POSTPROCESS_H
#define IMAGE_POSTPROCESS_H

#include "image/prepare.h"
#include <stdint.h>

/* logits [L, L], L = logits_side -> out [source_height, source_width]: bilinear to the S x S input, the padding cut
 * off, bilinear to the source. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fi_postprocess_logits(const float *logits, int logits_side, const fi_geometry *geometry, float *out);
/* The same a band of rows after the other, for callers to whom a float a pixel is too much. `take` gets `count` rows of
 * the source's width from row `top` on; the bands cover the source from top to bottom. */
typedef void fi_take_band(void *context, const float *band, int top, int count);
fsam_status fi_postprocess_bands(const float *logits, int logits_side, const fi_geometry *geometry, fi_take_band *take,
                                 void *context);

#endif
