/* dicom_seg.h - masks of a DICOM image as a DICOM Segmentation object: binary, one segment a structure, one frame a
 * segment.
 */
#ifndef IMAGE_DICOM_SEG_H
#define IMAGE_DICOM_SEG_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The image that was segmented, and by what. */
typedef struct fi_seg_source {
    const void *data; /* the bytes of the whole DICOM file; needed only while fi_seg_open runs */
    size_t size;
    const char *where;        /* the file's name in messages; copied */
    int frame;                /* counted from 0, as fi_load_options does */
    double row_mm, column_mm; /* distance of neighbouring rows and columns; 0: not known, and not stated */
    const char *model;        /* names the model, UTF-8; copied, and cut at 64 characters */
} fi_seg_source;

typedef struct fi_seg fi_seg;

/* Reads the source's header, up to its pixels. FSAM_ERROR_FORMAT when it is no DICOM file or lacks Rows, Columns, SOP
 * Class UID or SOP Instance UID, without which nothing can refer to it; FSAM_ERROR_ARGUMENT when it has no such frame.
 * What else the source lacks or has wrong is left empty or generated where the standard wants a value. Callers refuse
 * sources that are no DICOM files in words of their own. Owned: fi_seg_free. */
fsam_status fi_seg_open(const fi_seg_source *source, fi_seg **seg);
void fi_seg_free(fi_seg *seg);

/* Of the source, pixels. */
void fi_seg_size(const fi_seg *seg, int *width, int *height);

/* Adds a segment. label: the prompt, UTF-8; mask [rows, columns] of the source, 0 outside, kept as one bit a pixel;
 * width and height must be the source's (FSAM_ERROR_MISMATCH). A mask without a pixel adds nothing: the standard has no
 * empty segments. A label that names a structure of categories.h is coded as that, others as "Anatomical Structure".
 * After another failure than that of the size, the object can only be freed. */
fsam_status fi_seg_add(fi_seg *seg, const char *label, const uint8_t *mask, int width, int height);

/* Segments so far. */
size_t fi_seg_count(const fi_seg *seg);

/* Writes the object to `path`, whole or not at all: a new instance in a new series of the source's study.
 * FSAM_ERROR_ARGUMENT when it has no segment: ask fi_seg_count first, and say that nothing was found. */
fsam_status fi_seg_write(fi_seg *seg, const char *path, bool overwrite);

#ifdef __cplusplus
}
#endif

#endif
