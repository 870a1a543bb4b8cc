/* A frame's stored values, row by row. */
#include "base/memory.h"
#include "image/dicom_inflate.h"
#include "image/dicom_internal.h"
#include "image/dicom_jpeg.h"
#include "image/dicom_rle.h"
#include "image/jpeg2000.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

static const char *const field = "(7FE0,0010) Pixel Data";

/* More passes over a picture than any encoder writes: a small file could keep a processor busy for hours. */
enum { MAX_SCANS = 200 };

/* Where the cells (PS3.5 8.1.1) of a frame lie. */
typedef struct cells {
    const unsigned char *data;
    uint64_t first; /* bit at which the frame starts */
    int bits;       /* of a cell */
    bool big_endian;
    bool swapped; /* bytes change places in pairs: big-endian words of samples that are no words */
    bool planar, halved;
    unsigned char *owned; /* `data`, or NULL */
} cells;

static unsigned byte_at(const cells *from, uint64_t i)
{
    return from->data[from->swapped ? i ^ 1 : i];
}

/* Cell i of the frame. Of other than whole bytes the first has the lowest bits. */
static uint64_t cell_at(const cells *from, uint64_t i)
{
    const uint64_t bit = from->first + i * (uint64_t)from->bits;
    const int bits = from->bits;
    uint64_t value = 0;
    if (bits % 8 == 0 && bit % 8 == 0) {
        const uint64_t at = bit / 8;
        for (int k = 0; k < bits / 8; k++)
            value |= (uint64_t)byte_at(from, at + (uint64_t)k) << 8 * (from->big_endian ? bits / 8 - 1 - k : k);
        return value;
    }
    for (int k = 0; k < bits;) {
        const int inside = (int)((bit + (uint64_t)k) % 8);
        const int taken = bits - k < 8 - inside ? bits - k : 8 - inside;
        const uint64_t part = byte_at(from, (bit + (uint64_t)k) / 8) >> inside & ((1u << taken) - 1);
        value |= part << k;
        k += taken;
    }
    return value;
}

/* The number of the cell that holds sample c of pixel (x, y). */
static uint64_t cell_number(const cells *from, const fi_dicom_shape *shape, int x, int y, int c)
{
    const uint64_t pixel = (uint64_t)y * (uint64_t)shape->columns + (uint64_t)x;
    if (from->halved) return pixel / 2 * 4 + (uint64_t)(c == 0 ? x % 2 : c + 1);
    if (from->planar) return (uint64_t)c * (uint64_t)shape->rows * (uint64_t)shape->columns + pixel;
    return pixel * (uint64_t)shape->samples + (uint64_t)c;
}

/* The low `bits` of a cell as a number. */
static double number_of(uint64_t cell, int bits, bool is_signed)
{
    const uint64_t mask = (UINT64_C(1) << bits) - 1, value = cell & mask;
    const bool negative = is_signed && value >> (bits - 1) != 0;
    return negative ? -(double)(mask - value + 1) : (double)value;
}

/* The bits stored up to the high bit; what lies above (overlays) or below is dropped. */
static double sample_of(const fi_dicom_shape *shape, bool whole, uint64_t cell)
{
    if (whole) return number_of(cell, shape->allocated, true);
    return number_of(cell >> (shape->high_bit + 1 - shape->stored), shape->stored, shape->is_signed);
}

/* Some writers of signed samples fill the cell with the sign, and also write values of more bits than are stored. Then
 * the whole cell is the number: when unused bits are all the same in every cell, and are ones in some cell. (All zeros
 * would tell nothing: the standard leaves them open.) */
static bool fills_cells(const fi_dicom_shape *shape, const cells *from)
{
    const uint64_t unused = (UINT64_C(1) << (shape->allocated - shape->stored)) - 1;
    const uint64_t count = (uint64_t)shape->rows * (uint64_t)shape->columns * (uint64_t)shape->samples;
    bool has_ones = false;
    if (!shape->is_signed || shape->is_float || unused == 0 || shape->high_bit != shape->stored - 1) return false;
    for (uint64_t i = 0; i < count; i++) {
        const uint64_t above = cell_at(from, i) >> shape->stored;
        if (above != 0 && above != unused) return false;
        has_ones |= above == unused;
    }
    return has_ones;
}

static double float_of(int bits, uint64_t cell)
{
    float narrow;
    double wide;
    if (bits == 64) {
        memcpy(&wide, &cell, sizeof wide);
        return wide;
    }
    const uint32_t half = (uint32_t)cell;
    memcpy(&narrow, &half, sizeof narrow);
    return narrow;
}

static fsam_status hand_over(const fi_dicom *dicom, const cells *from, bool whole, fi_take_row *take, void *context)
{
    const fi_dicom_shape *shape = &dicom->shape;
    double *row = fb_alloc((size_t)shape->columns * (size_t)shape->samples, sizeof *row);
    fsam_status status =
        row != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: %s: no memory for a row", dicom->bytes.where, field);
    for (int y = 0; y < shape->rows && status == FSAM_OK; y++) {
        double *to = row;
        for (int x = 0; x < shape->columns; x++)
            for (int c = 0; c < shape->samples; c++) {
                const uint64_t cell = cell_at(from, cell_number(from, shape, x, y, c));
                *to++ = shape->is_float ? float_of(shape->allocated, cell) : sample_of(shape, whole, cell);
            }
        status = take(context, y, row);
    }
    fb_free(row);
    return status;
}

/* Native: in place. */
static cells native_cells(const fi_dicom *dicom, int frame)
{
    const fi_dicom_shape *shape = &dicom->shape;
    const fi_dicom_outline *outline = &dicom->outline;
    const uint64_t cells_of_frame =
        (uint64_t)shape->rows * (uint64_t)shape->columns * (uint64_t)(shape->halved ? 2 : shape->samples);
    return (cells){.data = outline->pixels,
                   .first = (uint64_t)frame * cells_of_frame * (uint64_t)shape->allocated,
                   .bits = shape->allocated,
                   .big_endian = outline->big_endian,
                   .swapped = outline->big_endian && outline->pixel_words && shape->allocated % 16 != 0,
                   .planar = shape->planar,
                   .halved = shape->halved};
}

/* Room for `count` cells of `bits`, which are whole bytes. */
static fsam_status allocate(const fi_dicom *dicom, size_t count, int bits, cells *out)
{
    out->bits = bits;
    out->owned = fb_alloc(count, (size_t)bits / 8);
    out->data = out->owned;
    if (out->owned != NULL) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MEMORY, "%s: %s: no memory for a frame", dicom->bytes.where, field);
}

static size_t samples_of_frame(const fi_dicom_shape *shape)
{
    return (size_t)shape->rows * (size_t)shape->columns * (size_t)shape->samples;
}

static fsam_status read_jpeg2000(const fi_dicom *dicom, const unsigned char *data, size_t size, cells *out)
{
    const fi_dicom_shape *shape = &dicom->shape;
    const fi_jpeg2000 picture = {.data = data,
                                 .size = size,
                                 .width = shape->columns,
                                 .height = shape->rows,
                                 .channels = shape->samples,
                                 .where = dicom->bytes.where,
                                 .field = field};
    FB_TRY(allocate(dicom, samples_of_frame(shape), 32, out));
    return fi_jpeg2000_decode(&picture, (uint32_t *)(void *)out->owned);
}

static fsam_status read_deflated(const fi_dicom *dicom, const unsigned char *data, size_t size, cells *out)
{
    const fi_dicom_shape *shape = &dicom->shape;
    const size_t count = shape->halved ? samples_of_frame(shape) / 3 * 2 : samples_of_frame(shape);
    const size_t needed = (count * (size_t)shape->allocated + 7) / 8;
    size_t found;
    out->bits = shape->allocated;
    out->planar = shape->planar;
    out->halved = shape->halved;
    /* a byte more makes the length even, another shows that it is too long */
    FB_TRY(fi_dicom_inflate(data, size, needed + 2, dicom->bytes.where, field, &out->owned, &found));
    out->data = out->owned;
    if (found >= needed) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: a frame inflates to %zu bytes, fewer than %zu", dicom->bytes.where,
                   field, found, needed);
}

/* A JPEG code stream is decoded at its own precision, in whole bytes. */
static fsam_status check_jpeg(const fi_dicom *dicom, fi_dcmtk_frame *frame)
{
    const fi_dicom_shape *shape = &dicom->shape;
    const char *where = dicom->bytes.where;
    fi_dicom_jpeg jpeg;
    if (!fi_dicom_jpeg_read(frame->data, frame->size, &jpeg))
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: JPEG: no frame header, or a damaged one", where, field);
    if (jpeg.rows != shape->rows || jpeg.columns != shape->columns || jpeg.samples != shape->samples)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: JPEG: %d x %d pixels of %d samples, where %d x %d of %d are stated",
                       where, field, jpeg.columns, jpeg.rows, jpeg.samples, shape->columns, shape->rows,
                       shape->samples);
    if (jpeg.bits < 2 || jpeg.bits > 16)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: JPEG: %d bits a sample, not 2 to 16", where, field, jpeg.bits);
    if (jpeg.scans > MAX_SCANS)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: JPEG: more than %d scans", where, field, MAX_SCANS);
    frame->bits_allocated = jpeg.bits <= 8 ? 8 : 16;
    frame->bits_stored = jpeg.bits;
    frame->high_bit = jpeg.bits - 1;
    return FSAM_OK;
}

/* Cells of one bit are encoded as the bytes that hold them. */
static fsam_status read_rle(const fi_dicom *dicom, const unsigned char *data, size_t size, cells *out)
{
    const fi_dicom_shape *shape = &dicom->shape;
    const bool packed = shape->allocated == 1;
    const size_t pixels = (size_t)shape->rows * (size_t)shape->columns;
    const fi_dicom_rle rle = {.data = data,
                              .size = size,
                              .samples = (size_t)shape->samples,
                              .sample_bytes = packed ? 1 : (size_t)shape->allocated / 8,
                              .pixels = packed ? pixels / 8 + (pixels % 8 != 0) : pixels,
                              .where = dicom->bytes.where,
                              .field = field};
    if (!packed && shape->allocated % 8 != 0)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: (0028,0100) Bits Allocated: RLE of %d bits is not supported",
                       dicom->bytes.where, shape->allocated);
    FB_TRY(allocate(dicom, rle.pixels * rle.samples, 8 * (int)rle.sample_bytes, out));
    out->bits = shape->allocated;
    return fi_dicom_rle_decode(&rle, out->owned);
}

static fsam_status read_jpeg(const fi_dicom *dicom, const unsigned char *data, size_t size, cells *out)
{
    const fi_dicom_shape *shape = &dicom->shape;
    char reason[FI_DCMTK_REASON];
    fi_dcmtk_frame frame = {.transfer_syntax = dicom->outline.transfer_syntax,
                            .photometric = shape->photometric,
                            .rows = shape->rows,
                            .columns = shape->columns,
                            .samples = shape->samples,
                            .bits_allocated = shape->allocated,
                            .bits_stored = shape->stored,
                            .high_bit = shape->high_bit,
                            .is_signed = shape->is_signed,
                            .data = data,
                            .size = size};
    FB_TRY(check_jpeg(dicom, &frame));
    const size_t count = (size_t)frame.rows * (size_t)frame.columns * (size_t)frame.samples;
    const size_t bytes = count * (size_t)frame.bits_allocated / 8, even = bytes + bytes % 2; /* as DCMTK wants it */
    FB_TRY(allocate(dicom, even, 8, out));
    out->bits = frame.bits_allocated;
    if (fi_dcmtk_decode(&frame, out->owned, even, reason)) return FSAM_OK;
    return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: %s: %s", dicom->bytes.where, field, dicom->outline.syntax->words,
                   reason);
}

static fsam_status read_encapsulated(const fi_dicom *dicom, int frame, cells *out)
{
    const unsigned char *data;
    unsigned char *joined;
    size_t size;
    FB_TRY(fi_dicom_fragments_join(&dicom->fragments, dicom->bytes.where, frame, &data, &size, &joined));
    const fi_dicom_coding coding = dicom->outline.syntax->coding;
    fsam_status status = coding == FI_DICOM_JPEG2000  ? read_jpeg2000(dicom, data, size, out)
                         : coding == FI_DICOM_DEFLATE ? read_deflated(dicom, data, size, out)
                         : coding == FI_DICOM_RLE     ? read_rle(dicom, data, size, out)
                                                      : read_jpeg(dicom, data, size, out);
    fb_free(joined);
    return status;
}

fsam_status fi_dicom_read_frame(const fi_dicom *dicom, int frame, fi_take_row *take, void *context)
{
    cells from = {0};
    if (!dicom->outline.encapsulated) {
        from = native_cells(dicom, frame);
        return hand_over(dicom, &from, fills_cells(&dicom->shape, &from), take, context);
    }
    fsam_status status = read_encapsulated(dicom, frame, &from);
    if (status == FSAM_OK) status = hand_over(dicom, &from, false, take, context);
    fb_free(from.owned);
    return status;
}
