/* Palette Color Lookup Tables (PS3.3 C.7.9), also segmented ones, as luma. */
#include "base/memory.h"
#include "image/dicom_internal.h"
#include <math.h>

enum { RED_DESCRIPTOR = 0x00281101, RED_DATA = 0x00281201, RED_SEGMENTS = 0x00281221 }; /* green and blue follow */

static const char *const field = "(0028,1201) Palette Color Lookup Table Data";

/* A table being filled from segments. */
typedef struct expansion {
    const uint16_t *words;
    size_t count;
    double *value;
    size_t entries, filled;
} expansion;

/* Appends; false when the table has no room. */
static bool append(expansion *e, double value)
{
    if (e->filled == e->entries) return false;
    e->value[e->filled++] = value;
    return true;
}

/* The discrete (0) or linear (1) segment at words[*at]; leaves *at behind it. False: it does not fit. */
static bool expand_segment(expansion *e, size_t *at)
{
    if (e->count - *at < 3) return false;
    const unsigned code = e->words[*at], length = e->words[*at + 1];
    const uint16_t *data = e->words + *at + 2;
    const size_t used = 2 + (code == 0 ? (size_t)length : 1);
    if (code > 1 || used > e->count - *at || (code == 1 && e->filled == 0)) return false;
    const double from = code == 1 ? e->value[e->filled - 1] : 0.0;
    for (unsigned i = 0; i < length; i++)
        if (!append(e, code == 0 ? data[i] : round(from + (data[0] - from) * (i + 1) / length))) return false;
    *at += used;
    return true;
}

/* PS3.3 C.7.9.2: an indirect segment (2) repeats a number of earlier ones, found by the offset of the first in bytes.
 */
static bool expand(expansion *e)
{
    for (size_t at = 0; at < e->count && e->filled < e->entries;) {
        if (e->words[at] != 2) {
            if (!expand_segment(e, &at)) return false;
            continue;
        }
        if (e->count - at < 4) return false;
        size_t from = (e->words[at + 2] | (size_t)e->words[at + 3] << 16) / 2;
        for (unsigned i = 0; i < e->words[at + 1]; i++)
            if (from >= at || !expand_segment(e, &from)) return false;
        at += 4;
    }
    return e->filled == e->entries;
}

/* Values of one colour, 0 to 2^bits - 1. */
static fsam_status read_colour(const fi_dicom *dicom, uint32_t colour, int bits, double *value, size_t entries)
{
    const char *where = dicom->bytes.where;
    size_t count;
    const uint16_t *words = fi_dcmtk_words(dicom->root, RED_DATA + colour, &count);
    if (words == NULL) {
        words = fi_dcmtk_words(dicom->root, RED_SEGMENTS + colour, &count);
        expansion e = {.words = words, .count = count, .value = value, .entries = entries};
        if (words == NULL) return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: missing", where, field);
        if (expand(&e)) return FSAM_OK;
        return fb_fail(FSAM_ERROR_FORMAT, "%s: (0028,1221) Segmented Palette Color Lookup Table Data: damaged", where);
    }
    const bool packed = bits == 8 && count < entries;
    if (count * (packed ? 2 : 1) < entries)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: %zu words, too few for %zu entries", where, field, count, entries);
    for (size_t i = 0; i < entries; i++) value[i] = packed ? words[i / 2] >> 8 * (i % 2) & 0xff : words[i];
    return FSAM_OK;
}

/* Entries (of the red table, which the others must equal), the first index and the bits of an entry. */
static fsam_status read_descriptor(const fi_dicom *dicom, fi_table *palette, int *bits)
{
    int64_t number[3] = {0};
    for (uint32_t i = 0; i < 3; i++)
        if (!fi_dcmtk_whole(dicom->root, RED_DESCRIPTOR, i, &number[i]))
            return fb_fail(FSAM_ERROR_FORMAT,
                           "%s: (0028,1101) Red Palette Color Lookup Table Descriptor: missing, or not three numbers",
                           dicom->bytes.where);
    if (number[2] != 8 && number[2] != 16)
        return fb_fail(FSAM_ERROR_FORMAT,
                       "%s: (0028,1101) Red Palette Color Lookup Table Descriptor: %lld bits, not 8 or 16",
                       dicom->bytes.where, (long long)number[2]);
    palette->count = (number[0] & 0xffff) == 0 ? 65536 : (size_t)(number[0] & 0xffff);
    palette->first = dicom->shape.is_signed ? (int16_t)number[1] : number[1];
    *bits = (int)number[2];
    return FSAM_OK;
}

fsam_status fi_dicom_read_palette(fi_dicom *dicom, fi_table *palette)
{
    static const double weight[3] = {0.299, 0.587, 0.114}; /* luma of ITU-R BT.601 */
    int bits;
    FB_TRY(read_descriptor(dicom, palette, &bits));
    const size_t entries = palette->count;
    dicom->palette = fb_alloc(entries, sizeof(double));
    double *value = fb_alloc(entries, sizeof(double));
    fsam_status status = dicom->palette != NULL && value != NULL
                             ? FSAM_OK
                             : fb_fail(FSAM_ERROR_MEMORY, "%s: %s: no memory", dicom->bytes.where, field);
    for (uint32_t colour = 0; colour < 3 && status == FSAM_OK; colour++) {
        status = read_colour(dicom, colour, bits, value, entries);
        for (size_t i = 0; i < entries && status == FSAM_OK; i++)
            dicom->palette[i] += weight[colour] * value[i] / (bits == 8 ? 255.0 : 65535.0);
    }
    fb_free(value);
    palette->value = dicom->palette;
    return status;
}
