/* The distance of pixels, and where it is meant (PS3.3 10.7.1.3 tells the attributes apart). */
#include "image/dicom_internal.h"
#include <math.h>
#include <string.h>

enum {
    MODALITY = 0x00080060,
    IMAGER_PIXEL_SPACING = 0x00181164,
    NOMINAL_SCANNED_PIXEL_SPACING = 0x00182010,
    PIXEL_SPACING = 0x00280030,
    PIXEL_SPACING_CALIBRATION_TYPE = 0x00280a02,
    PIXEL_MEASURES_SEQUENCE = 0x00289110,
    FRAME_PIXEL_DATA_PROPERTIES_SEQUENCE = 0x00289443
};

/* [rows, columns] in mm; false unless both are positive. */
static bool read_pair(const fi_dcmtk_item *item, uint32_t tag, double mm[2])
{
    return fi_dcmtk_number(item, tag, 0, &mm[0]) && fi_dcmtk_number(item, tag, 1, &mm[1]) && isfinite(mm[0]) &&
           isfinite(mm[1]) && mm[0] > 0.0 && mm[1] > 0.0;
}

static bool equal(const double a[2], const double b[2])
{
    static const double written = 1e-4; /* relative: what rounding to a decimal string leaves */
    return fabs(a[0] - b[0]) <= written * b[0] && fabs(a[1] - b[1]) <= written * b[1];
}

static bool is_projection(const fi_dicom *dicom)
{
    static const char *const projections[] = {"CR", "DX", "MG", "PX", "IO", "RG", "XA", "RF"};
    char modality[17] = "";
    fi_dcmtk_text(dicom->root, MODALITY, 0, modality, sizeof modality);
    for (size_t i = 0; i < sizeof projections / sizeof *projections; i++)
        if (strcmp(modality, projections[i]) == 0) return true;
    return false;
}

/* Of Pixel Spacing beside `raw`, the distance at the detector or on the film. */
static fi_spacing_kind kind_beside(const fi_dicom *dicom, const double spacing[2], const double raw[2],
                                   fi_spacing_kind raw_kind)
{
    if (fi_dcmtk_has(dicom->root, PIXEL_SPACING_CALIBRATION_TYPE)) return FI_SPACING_CALIBRATED;
    return equal(spacing, raw) ? raw_kind : FI_SPACING_CALIBRATED;
}

/* Of Pixel Spacing alone. A projection that does not say that it was corrected is taken for one that was not. */
static fi_spacing_kind kind_alone(const fi_dicom *dicom)
{
    if (fi_dcmtk_has(dicom->root, PIXEL_SPACING_CALIBRATION_TYPE)) return FI_SPACING_CALIBRATED;
    return is_projection(dicom) ? FI_SPACING_DETECTOR : FI_SPACING_PATIENT;
}

void fi_dicom_read_spacing(const fi_dicom *dicom, fi_spacing *spacing)
{
    double mm[2], detector[2], film[2];
    const double *chosen = mm;
    const bool has_spacing =
        read_pair(fi_dicom_holder(dicom, PIXEL_MEASURES_SEQUENCE, PIXEL_SPACING), PIXEL_SPACING, mm);
    const bool has_detector =
        read_pair(fi_dicom_holder(dicom, FRAME_PIXEL_DATA_PROPERTIES_SEQUENCE, IMAGER_PIXEL_SPACING),
                  IMAGER_PIXEL_SPACING, detector);
    const bool has_film = read_pair(dicom->root, NOMINAL_SCANNED_PIXEL_SPACING, film);
    *spacing = (fi_spacing){.kind = FI_SPACING_NONE};
    if (has_spacing && has_detector) {
        spacing->kind = kind_beside(dicom, mm, detector, FI_SPACING_DETECTOR);
    } else if (has_spacing && has_film) {
        spacing->kind = kind_beside(dicom, mm, film, FI_SPACING_SCANNED);
    } else if (has_spacing) {
        spacing->kind = kind_alone(dicom);
    } else if (has_detector) {
        spacing->kind = FI_SPACING_DETECTOR;
        chosen = detector;
    } else if (has_film) {
        spacing->kind = FI_SPACING_SCANNED;
        chosen = film;
    } else {
        return;
    }
    spacing->row_mm = chosen[0];
    spacing->column_mm = chosen[1];
}
