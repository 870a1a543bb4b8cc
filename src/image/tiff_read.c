/* tiff_read.c - the rows of a page, from strips or tiles. */
#include "image/tiff_internal.h"

#include "base/dtype.h"
#include "base/memory.h"
#include <math.h>
#include <string.h>

/* What decoding may take beside the picture: for each pixel of it, enough for four floats, and to spare for tiles,
 * which may stick out of a small picture. More is not asked for on the word of tags. */
enum { BYTES_A_PIXEL = 16, SPARE_BYTES = 64 << 20 };

/* How samples are read. A band is what must be decoded to have a row whole, in units of which some lie side by side,
 * and of separate planes the same of each: tiles, strips where planes are separate, else the row itself. */
typedef struct tiff_layout {
    bool tiled;
    uint32_t unit_width, unit_height; /* pixels */
    uint32_t across;
    uint16_t planes;   /* 1 when the samples of a pixel lie together, else one a channel */
    uint16_t together; /* channels in a plane */
    size_t row_bytes, unit_bytes, band_bytes;
} tiff_layout;

static fsam_status bad_layout(const tiff_file *file, const char *field, const tiff_layout *layout)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s: TIFF: %s: %u x %u does not go with %u x %u pixels", file->bytes->where,
                   field, (unsigned)layout->unit_width, (unsigned)layout->unit_height, (unsigned)file->format.width,
                   (unsigned)file->format.height);
}

static size_t row_bytes_of(const tiff_format *format, uint32_t width, uint16_t channels)
{
    return ((size_t)width * channels * format->bits + 7) / 8; /* at most 2^31 * 16 * 64 bits */
}

static fsam_status measure(const tiff_file *file, tiff_layout *layout)
{
    const tiff_format *format = &file->format;
    const char *field = layout->tiled ? "TileWidth, TileLength" : "RowsPerStrip";
    if (layout->unit_width < 1 || layout->unit_height < 1) return bad_layout(file, field, layout);
    layout->across = (format->width - 1) / layout->unit_width + 1;
    layout->row_bytes = row_bytes_of(format, layout->unit_width, layout->together);
    const size_t units = (size_t)layout->across * layout->planes;
    const size_t pixels = (size_t)format->width * format->height; /* each below 2^31 */
    if (!fb_multiply(layout->row_bytes, layout->unit_height, &layout->unit_bytes) ||
        !fb_multiply(layout->unit_bytes, units, &layout->band_bytes) ||
        layout->band_bytes / BYTES_A_PIXEL > pixels + SPARE_BYTES / BYTES_A_PIXEL)
        return bad_layout(file, field, layout);
    const tmsize_t told = layout->tiled      ? TIFFTileSize(file->tiff)
                          : format->separate ? TIFFStripSize(file->tiff)
                                             : TIFFScanlineSize(file->tiff);
    return told >= 0 && (size_t)told == layout->unit_bytes ? FSAM_OK : bad_layout(file, field, layout);
}

static fsam_status read_layout(const tiff_file *file, tiff_layout *layout)
{
    const tiff_format *format = &file->format;
    *layout = (tiff_layout){.tiled = TIFFIsTiled(file->tiff) != 0,
                            .planes = format->separate ? format->channels : 1,
                            .together = format->separate ? 1 : format->channels};
    if (layout->tiled) {
        TIFFGetField(file->tiff, TIFFTAG_TILEWIDTH, &layout->unit_width);
        TIFFGetField(file->tiff, TIFFTAG_TILELENGTH, &layout->unit_height);
    } else {
        layout->unit_width = format->width;
        layout->unit_height = 1;
        if (format->separate) TIFFGetFieldDefaulted(file->tiff, TIFFTAG_ROWSPERSTRIP, &layout->unit_height);
        if (layout->unit_height > format->height) layout->unit_height = format->height;
    }
    return measure(file, layout);
}

/* One unit of the band that starts at row y. */
static bool read_unit(tiff_file *file, const tiff_layout *layout, uint32_t y, uint32_t column, uint16_t plane,
                      unsigned char *to)
{
    TIFF *tiff = file->tiff;
    const uint32_t rows_left = file->format.height - y;
    if (layout->tiled) {
        const uint32_t tile = TIFFComputeTile(tiff, column * layout->unit_width, y, 0, plane);
        return TIFFReadEncodedTile(tiff, tile, to, (tmsize_t)layout->unit_bytes) == (tmsize_t)layout->unit_bytes;
    }
    if (!file->format.separate) return TIFFReadScanline(tiff, to, y, 0) == 1;
    const uint32_t rows = layout->unit_height < rows_left ? layout->unit_height : rows_left;
    const tmsize_t wanted = (tmsize_t)(rows * layout->row_bytes);
    return TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, y, plane), to, wanted) == wanted;
}

/* libtiff's decoders of JPEG and fax go on after damage, with a warning and made-up samples; a picture to be measured
 * is better refused. LZW's only warning says that a file is of the old kind. */
static bool made_up(const tiff_file *file)
{
    return file->log.error[0] != '\0' || (file->log.warning[0] != '\0' && file->format.compression != COMPRESSION_LZW);
}

static fsam_status read_band(tiff_file *file, const tiff_layout *layout, uint32_t y, unsigned char *band)
{
    fi_tiff_listen(&file->log);
    for (uint16_t plane = 0; plane < layout->planes; plane++)
        for (uint32_t column = 0; column < layout->across; column++, band += layout->unit_bytes)
            if (!read_unit(file, layout, y, column, plane, band) || made_up(file))
                return fb_fail(FSAM_ERROR_FORMAT, "%s: TIFF: samples of row %u: %s", file->bytes->where, (unsigned)y,
                               fi_tiff_reason(&file->log));
    return FSAM_OK;
}

/* band: from the row's first byte in the first unit on. */
static void unpack_row(const tiff_file *file, const tiff_layout *layout, const unsigned char *band, double *row)
{
    const uint16_t channels = file->format.channels;
    for (uint16_t plane = 0; plane < layout->planes; plane++)
        for (uint32_t column = 0; column < layout->across; column++, band += layout->unit_bytes) {
            const uint32_t x = column * layout->unit_width, left = file->format.width - x;
            const uint32_t width = left < layout->unit_width ? left : layout->unit_width;
            fi_tiff_unpack(&file->format, band, (size_t)width * layout->together, row + (size_t)x * channels + plane,
                           layout->planes);
        }
}

static fsam_status hand_over(tiff_file *file, const tiff_layout *layout, unsigned char *band, double *row,
                             fi_take_row *take, void *context)
{
    for (uint32_t y = 0; y < file->format.height; y++) {
        const uint32_t down = y % layout->unit_height;
        if (down == 0) FB_TRY(read_band(file, layout, y, band));
        unpack_row(file, layout, band + down * layout->row_bytes, row);
        FB_TRY(take(context, (int)y, row));
    }
    return FSAM_OK;
}

fsam_status fi_tiff_read_rows(tiff_file *file, fi_take_row *take, void *context)
{
    tiff_layout layout;
    FB_TRY(read_layout(file, &layout));
    unsigned char *band = fb_alloc(layout.band_bytes, 1);
    double *row = fb_alloc((size_t)file->format.width * file->format.channels, sizeof *row);
    fsam_status status = band != NULL && row != NULL
                             ? hand_over(file, &layout, band, row, take, context)
                             : fb_fail(FSAM_ERROR_MEMORY, "%s: TIFF: no memory for its rows", file->bytes->where);
    fb_free(band);
    fb_free(row);
    return status;
}

/* ---- samples ---- */

/* Sample i of those that are packed. */
static unsigned packed(const unsigned char *from, size_t i, unsigned bits)
{
    unsigned value = 0;
    for (size_t bit = i * bits, end = bit + bits; bit < end; bit++)
        value = value << 1 | (from[bit / 8] >> (7 - bit % 8) & 1);
    return value;
}

static double float_sample(const unsigned char *from, size_t i, unsigned bits)
{
    uint16_t half;
    float single;
    double value;
    if (bits == 16) return memcpy(&half, from + i * sizeof half, sizeof half), (double)fb_f32_from_f16(half);
    if (bits == 32) return memcpy(&single, from + i * sizeof single, sizeof single), (double)single;
    memcpy(&value, from + i * sizeof value, sizeof value);
    return value;
}

static unsigned whole_sample(const unsigned char *from, size_t i, unsigned bits)
{
    uint16_t half;
    uint32_t word;
    if (bits == 8) return from[i];
    if (bits == 16) return memcpy(&half, from + i * sizeof half, sizeof half), half;
    if (bits == 32) return memcpy(&word, from + i * sizeof word, sizeof word), word;
    return packed(from, i, bits);
}

void fi_tiff_unpack(const tiff_format *format, const unsigned char *from, size_t count, double *to, size_t step)
{
    const unsigned bits = format->bits;
    if (format->sample_format == SAMPLEFORMAT_IEEEFP) {
        for (size_t i = 0; i < count; i++) to[i * step] = float_sample(from, i, bits);
        return;
    }
    const double beyond = ldexp(1, (int)bits);
    const double first_negative = format->sample_format == SAMPLEFORMAT_INT ? beyond / 2 : beyond;
    for (size_t i = 0; i < count; i++) {
        const double value = whole_sample(from, i, bits);
        to[i * step] = value < first_negative ? value : value - beyond;
    }
}
