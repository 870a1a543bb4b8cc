/* nifti_labels.h - label maps of pictures, as NIfTI-1 files. */
#ifndef IMAGE_NIFTI_LABELS_H
#define IMAGE_NIFTI_LABELS_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FI_MOST_LABELS = 65535, FI_NIFTI_MOST_SIDE = 32767 /* pixels; what a header of NIfTI-1 holds */ };

/* A label a pixel, made from one answer after the other: where several hold a pixel, the greatest logit has it, and of
 * equal ones the first. 6 bytes a pixel. */
typedef struct fi_labels {
    int width, height;
    uint16_t *label; /* [height, width]; 0: none */
    float *logit;    /* [height, width]; of the label, 0 where there is none */
} fi_labels;

/* Owned: fi_labels_free, which empties it. On failure it is left empty. */
fsam_status fi_labels_make(int width, int height, fi_labels *labels);
void fi_labels_free(fi_labels *labels);
/* Rows top .. top + count - 1 of the logits of one answer, band [count, width]: inside where they are above 0. */
void fi_labels_take(fi_labels *labels, uint16_t label, const float *band, int top, int count);

typedef struct fi_nifti_options {
    bool overwrite;
    double row_mm, column_mm; /* distance of neighbouring rows and columns; 0: not known */
    const char *const *names; /* of labels 1 .. name_count, UTF-8 */
    size_t name_count;        /* at most FI_MOST_LABELS */
} fi_nifti_options;

/* Writes the map to `path`, whole or not at all: compressed when the name ends in ".gz". [width, height, 1] of uint8,
 * or of uint16 from 256 names on. As ITK and Slicer show it, x runs to the right and y down: the axes are those of LPS,
 * so that NIfTI's (RAS) qform and sform are diag(-dx, -dy, 1), with the first pixel at the origin. Where the distance
 * of pixels is not known it is 1, in no unit. The names stand in a header extension (code 6, a comment): JSON,
 * {"1": "left lung", ...}. FSAM_ERROR_UNSUPPORTED when a side is over FI_NIFTI_MOST_SIDE. */
fsam_status fi_nifti_write_labels(const char *path, const fi_labels *labels, const fi_nifti_options *options);

#endif
