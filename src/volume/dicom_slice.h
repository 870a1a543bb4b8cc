/* dicom_slice.h - one CT slice of a DICOM file: what a series is put together from. DCMTK stands behind it. */
#ifndef VOLUME_DICOM_SLICE_H
#define VOLUME_DICOM_SLICE_H

#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>

enum { FV_DICOM_UID = 65 }; /* bytes of a unique identifier, and NUL */

typedef struct fv_dicom_slice {
    char series[FV_DICOM_UID];
    int rows, columns;
    double position_mm[3]; /* of the centre of the first pixel, LPS */
    double orientation[6]; /* unit vectors along which the columns, and then the rows, are counted */
    double row_spacing_mm; /* from a row to the next */
    double column_spacing_mm;
    double slope, intercept; /* HU = slope * stored + intercept */
    double tilt_degrees;     /* of the gantry, as recorded; 0 when it is not */
    int bits_stored;         /* 1..16, the lowest of 16 */
    bool is_signed;
    bool has_padding;
    int padding; /* stored value of pixels outside the picture */
} fv_dicom_slice;

#ifdef __cplusplus
extern "C" {
#endif

/* Whether a file begins as DICOM files do and is no DICOMDIR. false also when it cannot be read. */
bool fv_dicom_probe(const char *path);
/* Reads and checks everything but the pixels. The message names the attribute. */
fsam_status fv_dicom_slice_read(const char *path, fv_dicom_slice *slice);
/* Decodes the pixels of the file that `slice` was read from. hu: rows * columns, cut to int16. */
fsam_status fv_dicom_slice_hu(const char *path, const fv_dicom_slice *slice, int16_t *hu);

#ifdef __cplusplus
}
#endif

#endif
