#include "volume/dicom_slice.h"

#include "image/codec.h"
#include "image/dicom_dcmtk.h"
#include "image/dicom_guard.h"
#include "volume/volume.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct attribute {
    uint32_t tag;
    const char *name;
} attribute;

static const attribute MODALITY = {0x00080060, "Modality"};
static const attribute TILT = {0x00181120, "GantryDetectorTilt"};
static const attribute SERIES = {0x0020000e, "SeriesInstanceUID"};
static const attribute POSITION = {0x00200032, "ImagePositionPatient"};
static const attribute ORIENTATION = {0x00200037, "ImageOrientationPatient"};
static const attribute SAMPLES = {0x00280002, "SamplesPerPixel"};
static const attribute PHOTOMETRIC = {0x00280004, "PhotometricInterpretation"};
static const attribute FRAMES = {0x00280008, "NumberOfFrames"};
static const attribute ROWS = {0x00280010, "Rows"};
static const attribute COLUMNS = {0x00280011, "Columns"};
static const attribute SPACING = {0x00280030, "PixelSpacing"};
static const attribute REPRESENTATION = {0x00280103, "PixelRepresentation"};
static const attribute PADDING = {0x00280120, "PixelPaddingValue"};
static const attribute INTERCEPT = {0x00281052, "RescaleIntercept"};
static const attribute SLOPE = {0x00281053, "RescaleSlope"};
static const attribute PIXELS = {0x7fe00010, "PixelData"};

/* The elements before the pixels, and where they come from. */
typedef struct elements {
    const char *where;
    const fi_dcmtk_item *root;
} elements;

static fsam_status bad(const char *where, attribute of, const char *reason)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s: (%04x,%04x) %s: %s", where, of.tag >> 16, of.tag & 0xffff, of.name, reason);
}

static fsam_status unsupported(const char *where, attribute of, const char *reason)
{
    return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: (%04x,%04x) %s: %s", where, of.tag >> 16, of.tag & 0xffff, of.name,
                   reason);
}

/* `count` finite numbers. */
static fsam_status get_numbers(const elements *from, attribute of, unsigned long count, double *numbers)
{
    for (unsigned long i = 0; i < count; i++)
        if (!fi_dcmtk_number(from->root, of.tag, i, &numbers[i]) || !isfinite(numbers[i]))
            return bad(from->where, of, "missing or malformed");
    return FSAM_OK;
}

static fsam_status get_size(const elements *from, attribute of, int *size)
{
    int64_t value;
    if (!fi_dcmtk_whole(from->root, of.tag, 0, &value)) return bad(from->where, of, "missing or malformed");
    if (value < 1 || value > UINT16_MAX) return bad(from->where, of, "not in 1..65535");
    *size = (int)value;
    return FSAM_OK;
}

static fsam_status get_text(const elements *from, attribute of, char *text, size_t size)
{
    if (fi_dcmtk_text(from->root, of.tag, 0, text, size) && text[0] != '\0') return FSAM_OK;
    return bad(from->where, of, "missing or malformed");
}

static fsam_status check_kind(const elements *from)
{
    char text[32];
    int samples;
    FB_TRY(get_text(from, MODALITY, text, sizeof text));
    if (strcmp(text, "CT") != 0) return unsupported(from->where, MODALITY, "not CT");
    if (fi_dcmtk_text(from->root, FRAMES.tag, 0, text, sizeof text) && text[0] != '\0' && strcmp(text, "1") != 0)
        return unsupported(from->where, FRAMES, "a CT of several frames in one file is not read");
    FB_TRY(get_size(from, SAMPLES, &samples));
    if (samples != 1) return unsupported(from->where, SAMPLES, "not 1");
    FB_TRY(get_text(from, PHOTOMETRIC, text, sizeof text));
    return strcmp(text, "MONOCHROME2") == 0 ? FSAM_OK : unsupported(from->where, PHOTOMETRIC, "not MONOCHROME2");
}

static fsam_status check_orientation(const char *where, const double o[6])
{
    const double columns = o[0] * o[0] + o[1] * o[1] + o[2] * o[2], rows = o[3] * o[3] + o[4] * o[4] + o[5] * o[5];
    const double dot = o[0] * o[3] + o[1] * o[4] + o[2] * o[5];
    if (fabs(columns - 1) <= 1e-2 && fabs(rows - 1) <= 1e-2 && fabs(dot) <= 1e-3) return FSAM_OK;
    return bad(where, ORIENTATION, "not two unit vectors at right angles");
}

static fsam_status read_geometry(const elements *from, fv_dicom_slice *slice)
{
    double spacing[2];
    FB_TRY(get_size(from, ROWS, &slice->rows));
    FB_TRY(get_size(from, COLUMNS, &slice->columns));
    FB_TRY(get_numbers(from, POSITION, 3, slice->position_mm));
    FB_TRY(get_numbers(from, ORIENTATION, 6, slice->orientation));
    FB_TRY(check_orientation(from->where, slice->orientation));
    FB_TRY(get_numbers(from, SPACING, 2, spacing));
    if (spacing[0] <= 0 || spacing[1] <= 0) return bad(from->where, SPACING, "not positive");
    slice->row_spacing_mm = spacing[0];
    slice->column_spacing_mm = spacing[1];
    if (!fi_dcmtk_number(from->root, TILT.tag, 0, &slice->tilt_degrees)) slice->tilt_degrees = 0;
    return FSAM_OK;
}

/* Padding is written with the sign that the pixels have, whatever its value representation says. */
static void read_padding(const elements *from, fv_dicom_slice *slice)
{
    int64_t is_signed = 0, value;
    if (!fi_dcmtk_whole(from->root, PADDING.tag, 0, &value)) return;
    fi_dcmtk_whole(from->root, REPRESENTATION.tag, 0, &is_signed);
    slice->has_padding = true;
    slice->padding = is_signed != 0 ? (int16_t)value : (uint16_t)value;
}

static fsam_status read_elements(const elements *from, fv_dicom_slice *slice)
{
    FB_TRY(check_kind(from));
    FB_TRY(get_text(from, SERIES, slice->series, sizeof slice->series));
    FB_TRY(read_geometry(from, slice));
    FB_TRY(get_numbers(from, SLOPE, 1, &slice->slope));
    FB_TRY(get_numbers(from, INTERCEPT, 1, &slice->intercept));
    if (slice->slope == 0) return bad(from->where, SLOPE, "is 0");
    read_padding(from, slice);
    return FSAM_OK;
}

static fsam_status parse(const char *where, const fi_dicom_outline *outline, fv_dicom_slice *slice)
{
    char reason[FI_DCMTK_REASON];
    if (outline->pixel_tag == 0) return bad(where, PIXELS, "missing");
    fi_dcmtk_set *set = fi_dcmtk_parse(outline->data, outline->size, outline->implicit_vr, outline->big_endian, reason);
    if (set == NULL) return fb_fail(FSAM_ERROR_FORMAT, "%s: not readable as DICOM: %s", where, reason);
    const elements from = {where, fi_dcmtk_root(set)};
    const fsam_status status = read_elements(&from, slice);
    fi_dcmtk_close(set);
    return status;
}

bool fv_dicom_probe(const char *path)
{
    char start[132];
    FILE *file = fopen(path, "rb");
    if (file == NULL) return false;
    const bool whole = fread(start, 1, sizeof start, file) == sizeof start;
    fclose(file);
    const char *slash = strrchr(path, '/');
    return whole && memcmp(start + 128, "DICM", 4) == 0 && strcmp(slash != NULL ? slash + 1 : path, "DICOMDIR") != 0;
}

fsam_status fv_dicom_slice_read(const void *data, size_t size, const char *where, fv_dicom_slice *slice)
{
    const fi_bytes bytes = {data, size, where};
    fi_dicom_outline outline;
    *slice = (fv_dicom_slice){0};
    fsam_status status = fi_dicom_outline_read(&bytes, &outline);
    if (status == FSAM_OK) status = parse(where, &outline, slice);
    fi_dicom_outline_free(&outline);
    return status;
}

typedef struct target {
    const fv_dicom_slice *slice;
    int16_t *hu;
} target;

static fsam_status take_row(void *context, int y, const double *stored)
{
    const target *to = context;
    const fv_dicom_slice *slice = to->slice;
    int16_t *hu = to->hu + (size_t)y * (size_t)slice->columns;
    for (int x = 0; x < slice->columns; x++) {
        const bool outside = slice->has_padding && stored[x] == slice->padding;
        const double value = outside ? FV_HU_OUTSIDE : slice->slope * stored[x] + slice->intercept;
        hu[x] = (int16_t)lrint(fmin(fmax(value, INT16_MIN), INT16_MAX)); /* fmax makes a NaN the least */
    }
    return FSAM_OK;
}

fsam_status fv_dicom_slice_hu(const void *data, size_t size, const char *where, const fv_dicom_slice *slice,
                              int16_t *hu)
{
    target to = {slice, hu};
    fi_file *file;
    FB_TRY(fi_file_open_memory(data, size, where, &file));
    const fi_header *header = fi_file_header(file);
    const bool same = strcmp(header->kind, "DICOM") == 0 && header->channels == 1 &&
                      header->stored_width == slice->columns && header->stored_height == slice->rows;
    const size_t pixels = (size_t)slice->rows * (size_t)slice->columns;
    const fsam_status status = same ? fi_file_stored(file, pixels, 0, take_row, &to)
                                    : fb_fail(FSAM_ERROR_FORMAT, "%s: changed while it was read", where);
    fi_file_close(file);
    return status;
}
