/* How stored values are shown: modality table or rescale, table or window of interest (VOI), polarity. */
#include "base/memory.h"
#include "image/dicom_internal.h"
#include <math.h>
#include <string.h>

enum {
    MODALITY = 0x00080060,
    PIXEL_INTENSITY_RELATIONSHIP = 0x00281040,
    PIXEL_INTENSITY_RELATIONSHIP_SIGN = 0x00281041,
    WINDOW_CENTER = 0x00281050,
    WINDOW_WIDTH = 0x00281051,
    RESCALE_INTERCEPT = 0x00281052,
    RESCALE_SLOPE = 0x00281053,
    VOI_LUT_FUNCTION = 0x00281056,
    MODALITY_LUT_SEQUENCE = 0x00283000,
    LUT_DESCRIPTOR = 0x00283002,
    LUT_DATA = 0x00283006,
    VOI_LUT_SEQUENCE = 0x00283010,
    FRAME_VOI_LUT_SEQUENCE = 0x00289132,
    PIXEL_VALUE_TRANSFORMATION_SEQUENCE = 0x00289145,
    FRAME_PIXEL_DATA_PROPERTIES_SEQUENCE = 0x00289443,
    SHARED_FUNCTIONAL_GROUPS_SEQUENCE = 0x52009229,
    PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE = 0x52009230
};

const fi_dcmtk_item *fi_dicom_holder(const fi_dicom *dicom, uint32_t group, uint32_t tag)
{
    static const uint32_t groups[] = {SHARED_FUNCTIONAL_GROUPS_SEQUENCE, PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE};
    if (fi_dcmtk_has(dicom->root, tag)) return dicom->root;
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        const fi_dcmtk_item *item = fi_dcmtk_child(fi_dcmtk_child(dicom->root, groups[i], 0), group, 0);
        if (fi_dcmtk_has(item, tag)) return item;
    }
    return NULL;
}

/* Entries of a table of words: 16 bits each, or two to a word where the descriptor says 8 bits. */
static double entry(const uint16_t *words, bool packed, size_t i)
{
    return packed ? words[i / 2] >> 8 * (i % 2) & 0xff : words[i];
}

/* An item of a Modality or VOI LUT Sequence (PS3.3 C.11.1, C.11.2). `values` is owned by the file; *bits: of an entry.
 */
static fsam_status read_table(const char *where, const fi_dcmtk_item *item, bool is_signed, double **values,
                              fi_table *table, int *bits)
{
    int64_t entries, first, width;
    size_t words_count;
    if (!fi_dcmtk_whole(item, LUT_DESCRIPTOR, 0, &entries) || !fi_dcmtk_whole(item, LUT_DESCRIPTOR, 1, &first) ||
        !fi_dcmtk_whole(item, LUT_DESCRIPTOR, 2, &width))
        return fb_fail(FSAM_ERROR_FORMAT, "%s: (0028,3002) LUT Descriptor: missing, or not three numbers", where);
    entries &= 0xffff;
    if (entries == 0) entries = 65536;
    if (width < 1 || width > 16)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: (0028,3002) LUT Descriptor: %lld bits an entry, not 1 to 16", where,
                       (long long)width);
    const uint16_t *words = fi_dcmtk_words(item, LUT_DATA, &words_count);
    const bool packed = width <= 8 && words_count < (size_t)entries;
    if (words == NULL || words_count * (packed ? 2 : 1) < (size_t)entries)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: (0028,3006) LUT Data: %zu words, too few for %lld entries", where,
                       words_count, (long long)entries);
    *values = fb_alloc((size_t)entries, sizeof **values);
    if (*values == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: (0028,3006) LUT Data: no memory", where);
    for (size_t i = 0; i < (size_t)entries; i++) (*values)[i] = entry(words, packed, i);
    *table = (fi_table){.first = is_signed ? (int16_t)first : first, .count = (size_t)entries, .value = *values};
    *bits = (int)width;
    return FSAM_OK;
}

/* The Modality LUT of XA and RF leads to linear intensity and is not meant for display (PS3.4 N.2.5). */
static bool shows_modality_table(const fi_dicom *dicom)
{
    char modality[17] = "";
    fi_dcmtk_text(dicom->root, MODALITY, 0, modality, sizeof modality);
    return strcmp(modality, "XA") != 0 && strcmp(modality, "RF") != 0;
}

static fsam_status read_modality(fi_dicom *dicom, fi_rendering *rendering)
{
    const fi_dcmtk_item *table = fi_dcmtk_child(dicom->root, MODALITY_LUT_SEQUENCE, 0);
    rendering->slope = 1.0;
    if (fi_dcmtk_has(table, LUT_DATA) && shows_modality_table(dicom)) {
        int bits;
        return read_table(dicom->bytes.where, table, dicom->shape.is_signed, &dicom->modality_table,
                          &rendering->modality, &bits);
    }
    const fi_dcmtk_item *rescale = fi_dicom_holder(dicom, PIXEL_VALUE_TRANSFORMATION_SEQUENCE, RESCALE_SLOPE);
    double slope, intercept;
    if (!fi_dcmtk_number(rescale, RESCALE_SLOPE, 0, &slope) || !isfinite(slope) || slope == 0.0) return FSAM_OK;
    if (!fi_dcmtk_number(rescale, RESCALE_INTERCEPT, 0, &intercept) || !isfinite(intercept)) intercept = 0.0;
    rendering->slope = slope;
    rendering->intercept = intercept;
    return FSAM_OK;
}

static fsam_status read_voi_table(fi_dicom *dicom, const fi_dcmtk_item *item, fi_rendering *rendering)
{
    int bits;
    /* What goes in can be negative where stored values can, or where the rescale makes them so. */
    const bool is_signed = dicom->shape.is_signed || rendering->intercept < 0.0;
    FB_TRY(read_table(dicom->bytes.where, item, is_signed, &dicom->voi_table, &rendering->table, &bits));
    double largest = (double)((1 << bits) - 1);
    for (size_t i = 0; i < rendering->table.count; i++) largest = fmax(largest, dicom->voi_table[i]);
    for (size_t i = 0; i < rendering->table.count; i++) dicom->voi_table[i] /= largest;
    rendering->voi = FI_VOI_TABLE;
    return FSAM_OK;
}

static fi_voi voi_function(const fi_dcmtk_item *item)
{
    char name[17] = "";
    fi_dcmtk_text(item, VOI_LUT_FUNCTION, 0, name, sizeof name);
    return strcmp(name, "SIGMOID") == 0        ? FI_VOI_SIGMOID
           : strcmp(name, "LINEAR_EXACT") == 0 ? FI_VOI_LINEAR_EXACT
                                               : FI_VOI_LINEAR;
}

/* The first table, else the first window that can be used, else the frame's extremes. */
static fsam_status read_voi(fi_dicom *dicom, fi_rendering *rendering)
{
    const fi_dcmtk_item *table = fi_dcmtk_child(dicom->root, VOI_LUT_SEQUENCE, 0);
    rendering->voi = FI_VOI_EXTREMES;
    if (fi_dcmtk_has(table, LUT_DATA)) return read_voi_table(dicom, table, rendering);
    if (dicom->shape.stored == 1) {
        rendering->voi = FI_VOI_RANGE;
        rendering->high = 1.0;
        return FSAM_OK;
    }
    const fi_dcmtk_item *window = fi_dicom_holder(dicom, FRAME_VOI_LUT_SEQUENCE, WINDOW_WIDTH);
    const fi_voi function = voi_function(window);
    double centre, width;
    if (!fi_dcmtk_number(window, WINDOW_CENTER, 0, &centre) || !isfinite(centre)) return FSAM_OK;
    if (!fi_dcmtk_number(window, WINDOW_WIDTH, 0, &width) || !isfinite(width)) return FSAM_OK;
    if (function == FI_VOI_LINEAR ? width < 1.0 : width <= 0.0) return FSAM_OK;
    rendering->voi = function;
    rendering->centre = centre;
    rendering->width = width;
    return FSAM_OK;
}

/* OpenJPEG has undone the transforms ICT and RCT, so those samples are RGB. Partial range: ITU-R BT.601's 16 to 235. */
static void read_colour(const fi_dicom *dicom, fi_rendering *rendering)
{
    const char *photometric = dicom->shape.photometric;
    rendering->slope = 1.0;
    rendering->voi = FI_VOI_RANGE;
    rendering->high = ldexp(1.0, dicom->shape.stored) - 1.0;
    rendering->colour = FI_COLOUR_RGB;
    if (strncmp(photometric, "YBR_FULL", 8) == 0) rendering->colour = FI_COLOUR_YBR_FULL;
    if (strncmp(photometric, "YBR_PARTIAL", 11) != 0) return;
    rendering->colour = FI_COLOUR_YBR_FULL;
    rendering->low = ldexp(16.0, dicom->shape.stored - 8);
    rendering->high = ldexp(235.0, dicom->shape.stored - 8);
}

fsam_status fi_dicom_read_rendering(fi_dicom *dicom, fi_rendering *rendering)
{
    *rendering = (fi_rendering){.slope = 1.0};
    if (dicom->shape.samples > 1) {
        read_colour(dicom, rendering);
        return FSAM_OK;
    }
    if (strcmp(dicom->shape.photometric, "PALETTE COLOR") == 0) {
        rendering->colour = FI_COLOUR_PALETTE;
        rendering->voi = FI_VOI_RANGE;
        rendering->high = 1.0;
        return fi_dicom_read_palette(dicom, &rendering->palette);
    }
    /* Presentation LUT Shape is INVERSE exactly where this is MONOCHROME1 (PS3.3 C.7.6.1): no second inversion. */
    rendering->inverted = strcmp(dicom->shape.photometric, "MONOCHROME1") == 0;
    FB_TRY(read_modality(dicom, rendering));
    return read_voi(dicom, rendering);
}

static bool falls(const fi_table *table)
{
    return table->count > 0 && table->value[0] > table->value[table->count - 1];
}

/* Whether larger stored values are shown darker. */
static bool is_reversed(const fi_rendering *rendering)
{
    const bool modality = rendering->modality.count > 0 ? falls(&rendering->modality) : rendering->slope < 0.0;
    const bool voi = rendering->voi == FI_VOI_TABLE && falls(&rendering->table);
    return modality ^ voi ^ rendering->inverted;
}

/* 1: larger stored values are more X-rays, thus less bone; -1: the contrary; 0: not said (PS3.3 C.8.11.3.1.2 of DX,
 * C.8.7.1.1.2 of XA and RF). */
static int intensity_sign(const fi_dicom *dicom, const char *modality)
{
    const fi_dcmtk_item *item =
        fi_dicom_holder(dicom, FRAME_PIXEL_DATA_PROPERTIES_SEQUENCE, PIXEL_INTENSITY_RELATIONSHIP_SIGN);
    int64_t sign;
    char relation[17] = "";
    if (fi_dcmtk_whole(item, PIXEL_INTENSITY_RELATIONSHIP_SIGN, 0, &sign) && sign != 0)
        return sign == 1 ? 1 : -1; /* -1 read as unsigned is 65535 */
    if (strcmp(modality, "XA") != 0 && strcmp(modality, "RF") != 0) return 0;
    item = fi_dicom_holder(dicom, FRAME_PIXEL_DATA_PROPERTIES_SEQUENCE, PIXEL_INTENSITY_RELATIONSHIP);
    fi_dcmtk_text(item, PIXEL_INTENSITY_RELATIONSHIP, 0, relation, sizeof relation);
    return strcmp(relation, "LIN") == 0 || strcmp(relation, "LOG") == 0;
}

fi_says fi_dicom_read_says(const fi_dicom *dicom, const fi_header *header)
{
    static const char *const bright[] = {"CR", "DX", "MG", "PX", "IO"};
    if (header->rendering.colour != FI_COLOUR_GRAY) return FI_SAYS_NOTHING;
    const int sign = intensity_sign(dicom, header->modality);
    if (sign != 0) return (sign > 0) ^ is_reversed(&header->rendering) ? FI_SAYS_BONE_DARK : FI_SAYS_BONE_BRIGHT;
    for (size_t i = 0; i < sizeof bright / sizeof *bright; i++)
        if (strcmp(header->modality, bright[i]) == 0) return FI_SAYS_BONE_BRIGHT;
    return FI_SAYS_NOTHING;
}
