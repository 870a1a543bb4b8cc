#include "image/postprocess.h"

#include "base/memory.h"
#include "image/resize.h"

/* The S x S input's logits without the padding, [scaled_height, scaled_width]. *scaled is owned: fb_free. */
static fsam_status scale(const float *logits, int logits_side, const fi_geometry *geometry, float **scaled)
{
    const fi_window unpadded = {.full_height = geometry->side,
                                .full_width = geometry->side,
                                .height = geometry->scaled_height,
                                .width = geometry->scaled_width};
    const size_t stride = (size_t)geometry->scaled_width;
    *scaled = fb_alloc((size_t)geometry->scaled_height * stride, sizeof **scaled);
    if (*scaled == NULL) return fb_fail(FSAM_ERROR_MEMORY, "postprocess: size: no memory for the scaled mask");
    fsam_status status =
        fi_resize_bilinear(logits, logits_side, logits_side, (size_t)logits_side, &unpadded, *scaled, stride);
    if (status == FSAM_OK) return FSAM_OK;
    fb_free(*scaled);
    *scaled = NULL;
    return status;
}

/* Rows top..top+count of the source; the padding of a square frame is never computed. */
static fsam_status source_rows(const float *scaled, const fi_geometry *geometry, int top, int count, float *out)
{
    const fi_window rows = {.full_height = geometry->frame_height,
                            .full_width = geometry->frame_width,
                            .top = top,
                            .height = count,
                            .width = geometry->source_width};
    return fi_resize_bilinear(scaled, geometry->scaled_height, geometry->scaled_width, (size_t)geometry->scaled_width,
                              &rows, out, (size_t)geometry->source_width);
}

fsam_status fi_postprocess_logits(const float *logits, int logits_side, const fi_geometry *geometry, float *out)
{
    float *scaled;
    FB_TRY(scale(logits, logits_side, geometry, &scaled));
    fsam_status status = source_rows(scaled, geometry, 0, geometry->source_height, out);
    fb_free(scaled);
    return status;
}

fsam_status fi_postprocess_bands(const float *logits, int logits_side, const fi_geometry *geometry, fi_take_band *take,
                                 void *context)
{
    enum { ROWS = 64 };
    float *scaled, *band = fb_alloc((size_t)geometry->source_width * ROWS, sizeof *band);
    if (band == NULL) return fb_fail(FSAM_ERROR_MEMORY, "postprocess: width: no memory for a band of the mask");
    fsam_status status = scale(logits, logits_side, geometry, &scaled);
    for (int top = 0; top < geometry->source_height && status == FSAM_OK; top += ROWS) {
        const int left = geometry->source_height - top, count = left < ROWS ? left : ROWS;
        status = source_rows(scaled, geometry, top, count, band);
        if (status == FSAM_OK) take(context, band, top, count);
    }
    fb_free(scaled);
    fb_free(band);
    return status;
}
