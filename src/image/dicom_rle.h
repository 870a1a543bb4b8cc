/* dicom_rle.h - DICOM's run-length encoding (PS3.5 annex G). DCMTK has it too, but believes the offsets in its header.
 */
#ifndef IMAGE_DICOM_RLE_H
#define IMAGE_DICOM_RLE_H

#include "base/status.h"
#include <stddef.h>

typedef struct fi_dicom_rle {
    const unsigned char *data; /* one frame */
    size_t size;
    size_t samples, sample_bytes; /* a segment for each byte of each sample: 15 at most */
    size_t pixels;                /* bytes of a segment */
    const char *where, *field;    /* stand in messages */
} fi_dicom_rle;

/* Decodes to out[pixels, samples, sample_bytes], the lowest byte of a sample first. */
fsam_status fi_dicom_rle_decode(const fi_dicom_rle *frame, unsigned char *out);

#endif
