/* dicom_slice.h - one CT slice of a DICOM file: what a series is put together from. It is read as pictures are
 * (src/image): the guard stands before all of it, and whatever compression pictures may have a slice may have too. */
#ifndef VOLUME_DICOM_SLICE_H
#define VOLUME_DICOM_SLICE_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FV_DICOM_UID = 65 }; /* bytes of a unique identifier, and NUL */

typedef struct fv_dicom_slice {
    char series[FV_DICOM_UID];
    int rows, columns;     /* 1..65535 */
    double position_mm[3]; /* of the centre of the first pixel, LPS */
    double orientation[6]; /* unit vectors along which the columns, and then the rows, are counted */
    double row_spacing_mm; /* from a row to the next */
    double column_spacing_mm;
    double slope, intercept; /* HU = slope * stored + intercept */
    double tilt_degrees;     /* of the gantry, as recorded; 0 when it is not */
    bool has_padding;
    int padding; /* stored value of pixels outside the picture */
} fv_dicom_slice;

/* Whether a file begins as DICOM files do and is no DICOMDIR. false also when it cannot be read. */
bool fv_dicom_probe(const char *path);
/* Reads and checks everything but the pixels, of a file in memory; `where` stands for its path in messages, which name
 * the attribute. */
fsam_status fv_dicom_slice_read(const void *data, size_t size, const char *where, fv_dicom_slice *slice);
/* Decodes the pixels of the file that `slice` was read from. hu: rows * columns, cut to int16. */
fsam_status fv_dicom_slice_hu(const void *data, size_t size, const char *where, const fv_dicom_slice *slice,
                              int16_t *hu);

#endif
