#include "image/postprocess.h"

#include "base/memory.h"
#include "image/resize.h"

fsam_status fi_postprocess_logits(const float *logits, int logits_side, const fi_geometry *geometry, float *out)
{
    /* Both windows leave the padding out before it is computed: of the S x S input first, of a square frame then. */
    const fi_window unpadded = {.full_height = geometry->side,
                                .full_width = geometry->side,
                                .height = geometry->scaled_height,
                                .width = geometry->scaled_width};
    const fi_window source = {.full_height = geometry->frame_height,
                              .full_width = geometry->frame_width,
                              .height = geometry->source_height,
                              .width = geometry->source_width};
    const size_t stride = (size_t)geometry->scaled_width;
    float *scaled = fb_alloc((size_t)geometry->scaled_height * stride, sizeof *scaled);
    if (scaled == NULL) return fb_fail(FSAM_ERROR_MEMORY, "postprocess: size: no memory for the scaled mask");
    fsam_status status =
        fi_resize_bilinear(logits, logits_side, logits_side, (size_t)logits_side, &unpadded, scaled, stride);
    if (status == FSAM_OK)
        status = fi_resize_bilinear(scaled, geometry->scaled_height, geometry->scaled_width, stride, &source, out,
                                    (size_t)geometry->source_width);
    fb_free(scaled);
    return status;
}

size_t fi_mask_threshold(const float *logits, size_t count, uint8_t *mask)
{
    size_t area = 0;
    for (size_t i = 0; i < count; i++) {
        mask[i] = logits[i] > 0;
        area += mask[i];
    }
    return area;
}
