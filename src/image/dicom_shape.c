/* The Image Pixel module: sizes and kinds of samples. */
#include "base/memory.h"
#include "image/dicom_internal.h"
#include <limits.h>
#include <string.h>

enum {
    RECOGNITION_CODE = 0x00080010,
    SAMPLES_PER_PIXEL = 0x00280002,
    PHOTOMETRIC_INTERPRETATION = 0x00280004,
    PLANAR_CONFIGURATION = 0x00280006,
    NUMBER_OF_FRAMES = 0x00280008,
    ROWS = 0x00280010,
    COLUMNS = 0x00280011,
    BITS_ALLOCATED = 0x00280100,
    BITS_STORED = 0x00280101,
    HIGH_BIT = 0x00280102,
    PIXEL_REPRESENTATION = 0x00280103
};

/* A whole number from `least` to `greatest`; `otherwise` where the element is missing, unless that is -1. */
static fsam_status number(const fi_dicom *dicom, uint32_t tag, const char *name, int64_t least, int64_t greatest,
                          int64_t otherwise, int *out)
{
    const char *where = dicom->bytes.where;
    int64_t value = otherwise;
    if (!fi_dcmtk_has(dicom->root, tag)) {
        if (otherwise < 0)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: (%04X,%04X) %s: missing", where, tag >> 16, tag & 0xffff, name);
    } else if (!fi_dcmtk_whole(dicom->root, tag, 0, &value)) {
        return fb_fail(FSAM_ERROR_FORMAT, "%s: (%04X,%04X) %s: not a whole number", where, tag >> 16, tag & 0xffff,
                       name);
    }
    if (value < least || value > greatest)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: (%04X,%04X) %s: is %lld, not %lld to %lld", where, tag >> 16,
                       tag & 0xffff, name, (long long)value, (long long)least, (long long)greatest);
    *out = (int)value;
    return FSAM_OK;
}

/* ACR-NEMA, from before DICOM, has one gray sample and says neither. */
static bool is_acr_nema(const fi_dicom *dicom)
{
    return fi_dcmtk_has(dicom->root, RECOGNITION_CODE);
}

static fsam_status read_photometric(fi_dicom *dicom)
{
    fi_dicom_shape *shape = &dicom->shape;
    const char *where = dicom->bytes.where;
    if (!fi_dcmtk_text(dicom->root, PHOTOMETRIC_INTERPRETATION, 0, shape->photometric, sizeof shape->photometric)) {
        if (!is_acr_nema(dicom))
            return fb_fail(FSAM_ERROR_FORMAT, "%s: (0028,0004) Photometric Interpretation: missing", where);
        strcpy(shape->photometric, "MONOCHROME2");
    }
    static const struct {
        const char *term;
        int samples;
    } known[] = {{"MONOCHROME1", 1},  {"MONOCHROME2", 1},     {"PALETTE COLOR", 1}, {"RGB", 3},    {"YBR_FULL", 3},
                 {"YBR_FULL_422", 3}, {"YBR_PARTIAL_422", 3}, {"YBR_ICT", 3},       {"YBR_RCT", 3}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].term, shape->photometric) != 0) continue;
        if (known[i].samples == shape->samples) return FSAM_OK;
        return fb_fail(FSAM_ERROR_FORMAT, "%s: (0028,0002) Samples per Pixel: is %d, which %s does not have", where,
                       shape->samples, shape->photometric);
    }
    return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: (0028,0004) Photometric Interpretation: %s is not supported", where,
                   shape->photometric);
}

static fsam_status read_bits(fi_dicom *dicom)
{
    fi_dicom_shape *shape = &dicom->shape;
    int representation;
    shape->is_float = dicom->outline.pixel_tag != FI_DICOM_PIXELS;
    if (shape->is_float) {
        const int bits = dicom->outline.pixel_tag == FI_DICOM_FLOAT_PIXELS ? 32 : 64;
        shape->stored = bits;
        shape->is_signed = true;
        return number(dicom, BITS_ALLOCATED, "Bits Allocated", bits, bits, bits, &shape->allocated);
    }
    FB_TRY(number(dicom, BITS_ALLOCATED, "Bits Allocated", 1, 32, -1, &shape->allocated));
    FB_TRY(number(dicom, BITS_STORED, "Bits Stored", 1, shape->allocated, -1, &shape->stored));
    FB_TRY(number(dicom, HIGH_BIT, "High Bit", shape->stored - 1, shape->allocated - 1, shape->stored - 1,
                  &shape->high_bit));
    FB_TRY(number(dicom, PIXEL_REPRESENTATION, "Pixel Representation", 0, 1, -1, &representation));
    shape->is_signed = representation == 1;
    return FSAM_OK;
}

/* Native chroma is halved where the photometric interpretation says so; decoders have made it whole. */
static fsam_status read_arrangement(fi_dicom *dicom)
{
    fi_dicom_shape *shape = &dicom->shape;
    int planar = 0;
    if (shape->samples > 1) FB_TRY(number(dicom, PLANAR_CONFIGURATION, "Planar Configuration", 0, 1, 0, &planar));
    const bool plain = !dicom->outline.encapsulated || dicom->outline.syntax->coding == FI_DICOM_DEFLATE;
    shape->planar = planar == 1 && plain;
    shape->halved = plain && strstr(shape->photometric, "_422") != NULL;
    if (!shape->halved) return FSAM_OK;
    if (shape->columns % 2 != 0)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: (0028,0011) Columns: is %d, which is odd, as %s cannot be",
                       dicom->bytes.where, shape->columns, shape->photometric);
    shape->planar = false; /* it has no planes */
    return FSAM_OK;
}

/* Whether all frames are there. */
static fsam_status check_length(const fi_dicom *dicom)
{
    const fi_dicom_shape *shape = &dicom->shape;
    const fi_dicom_outline *outline = &dicom->outline;
    const size_t cells = (size_t)shape->rows * (size_t)shape->columns * (size_t)(shape->halved ? 2 : shape->samples);
    const size_t frame_bits = cells * (size_t)shape->allocated; /* below 2^16 x 2^16 x 3 x 64 */
    size_t bits, needed;
    const char *cut = outline->pixel_bytes < outline->pixel_stated ? " (the file is cut short)" : "";
    if (!fb_multiply(frame_bits, (size_t)shape->frames, &bits)) bits = SIZE_MAX - 16;
    needed = bits / 8 + (bits % 8 != 0);
    if (outline->big_endian) needed += needed % 2; /* bytes may be swapped in pairs */
    if (outline->pixel_bytes >= needed) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT,
                   "%s: (%04X,%04X) Pixel Data: %zu bytes, fewer than the %zu of %d frames of %d x %d%s",
                   dicom->bytes.where, outline->pixel_tag >> 16, outline->pixel_tag & 0xffff, outline->pixel_bytes,
                   needed, shape->frames, shape->columns, shape->rows, cut);
}

fsam_status fi_dicom_read_shape(fi_dicom *dicom)
{
    fi_dicom_shape *shape = &dicom->shape;
    FB_TRY(number(dicom, ROWS, "Rows", 1, UINT16_MAX, -1, &shape->rows));
    FB_TRY(number(dicom, COLUMNS, "Columns", 1, UINT16_MAX, -1, &shape->columns));
    FB_TRY(number(dicom, NUMBER_OF_FRAMES, "Number of Frames", 1, INT_MAX - 1, 1, &shape->frames));
    FB_TRY(number(dicom, SAMPLES_PER_PIXEL, "Samples per Pixel", 1, UINT16_MAX, is_acr_nema(dicom) ? 1 : -1,
                  &shape->samples));
    FB_TRY(read_photometric(dicom));
    FB_TRY(read_bits(dicom));
    FB_TRY(read_arrangement(dicom));
    return dicom->outline.encapsulated ? FSAM_OK : check_length(dicom);
}
