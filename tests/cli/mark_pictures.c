/* mark_pictures.c - the mark as PNG, JPEG and TIFF. */
#include "mark.h"

#include <stdio.h>

#include <jpeglib.h>
#include <png.h>
#include <stdint.h>
#include <string.h>
#include <tiffio.h>

enum { TILE = 64, BYTES = 4 /* of a sample, at most */ };

/* ---- PNG ---- */

/* Entries of a palette in no order, so that an index taken for a level shows. */
static const int palette[] = {MARK_BRIGHT, MARK_DARK, MARK_GROUND};

static png_byte palette_index(int level)
{
    png_byte i = 0;
    while (palette[i] != level) i++;
    return i;
}

bool mark_draw_png(const char *kind, const char *path)
{
    static png_byte pixels[MARK_HEIGHT][MARK_WIDTH][3];
    static png_uint_16 words[MARK_HEIGHT][MARK_WIDTH];
    png_byte entries[3 * sizeof palette / sizeof *palette];
    png_image image = {.version = PNG_IMAGE_VERSION, .width = MARK_WIDTH, .height = MARK_HEIGHT};
    const bool gray = strcmp(kind, "png-8") == 0, mapped = strcmp(kind, "png-palette") == 0;
    image.format = gray ? PNG_FORMAT_GRAY : mapped ? PNG_FORMAT_RGB_COLORMAP : PNG_FORMAT_RGB;
    for (int y = 0; y < MARK_HEIGHT; y++)
        for (int x = 0; x < MARK_WIDTH; x++) {
            const int level = mark_level(x, y);
            png_byte *flat = &pixels[0][0][0] + y * MARK_WIDTH + x;
            words[y][x] = (png_uint_16)(level * 257);
            if (gray || mapped)
                *flat = gray ? (png_byte)level : palette_index(level);
            else
                mark_colour(level, pixels[y][x]);
        }
    for (size_t i = 0; i < sizeof palette / sizeof *palette; i++) mark_colour(palette[i], entries + 3 * i);
    image.colormap_entries = mapped ? sizeof palette / sizeof *palette : 0;
    if (strcmp(kind, "png-16") == 0) {
        image.format = PNG_FORMAT_LINEAR_Y;
        return png_image_write_to_file(&image, path, 0, words, 0, NULL) != 0;
    }
    if (!gray && !mapped && strcmp(kind, "png-colour") != 0) return false;
    return png_image_write_to_file(&image, path, 0, pixels, 0, entries) != 0;
}

bool mark_draw_mask(const char *kind, const char *path)
{
    static png_byte pixels[MARK_HEIGHT][MARK_WIDTH];
    png_image image = {.version = PNG_IMAGE_VERSION, .width = MARK_WIDTH, .height = MARK_HEIGHT};
    const int level = strcmp(kind, "mask-bright") == 0 ? MARK_BRIGHT : strcmp(kind, "mask-dark") == 0 ? MARK_DARK : -1;
    if (level < 0 && strcmp(kind, "mask-none") != 0) return false;
    image.format = PNG_FORMAT_GRAY;
    for (int y = 0; y < MARK_HEIGHT; y++)
        for (int x = 0; x < MARK_WIDTH; x++) pixels[y][x] = mark_level(x, y) == level ? 255 : 0;
    return png_image_write_to_file(&image, path, 0, pixels, 0, NULL) != 0;
}

/* ---- JPEG ---- */

/* Orientation 6, and nothing else: EXIF's marker around a TIFF directory of one entry. */
static const unsigned char exif_turned[] = {'E', 'x',  'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1,
                                            1,   0x12, 0,   3,   0, 0, 0,   1,   0, 6,  0, 0, 0, 0, 0, 0};

static void put_jpeg(struct jpeg_compress_struct *encoder, const mark_layout *layout)
{
    unsigned char row[MARK_WIDTH * 3];
    JSAMPROW rows[1] = {row};
    for (int y = 0; y < layout->height; y++) {
        for (int x = 0; x < layout->width; x++)
            if (encoder->input_components == 1)
                row[x] = (unsigned char)mark_stored(layout, x, y);
            else
                mark_colour(mark_stored(layout, x, y), row + 3 * x);
        jpeg_write_scanlines(encoder, rows, 1);
    }
}

bool mark_draw_jpeg(const char *kind, const char *path)
{
    struct jpeg_compress_struct encoder;
    struct jpeg_error_mgr errors;
    const bool gray = strcmp(kind, "jpeg-gray") == 0, turned = strcmp(kind, "jpeg-turned") == 0;
    const mark_layout layout = mark_layout_of(turned);
    if (!gray && !turned && strcmp(kind, "jpeg-colour") != 0) return false;
    FILE *file = fopen(path, "wb");
    if (file == NULL) return false;
    encoder.err = jpeg_std_error(&errors);
    jpeg_create_compress(&encoder);
    jpeg_stdio_dest(&encoder, file);
    encoder.image_width = (JDIMENSION)layout.width;
    encoder.image_height = (JDIMENSION)layout.height;
    encoder.input_components = gray ? 1 : 3;
    encoder.in_color_space = gray ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&encoder);
    jpeg_set_quality(&encoder, 95, TRUE);
    jpeg_start_compress(&encoder, TRUE);
    if (turned) jpeg_write_marker(&encoder, JPEG_APP0 + 1, exif_turned, sizeof exif_turned);
    put_jpeg(&encoder, &layout);
    jpeg_finish_compress(&encoder);
    jpeg_destroy_compress(&encoder);
    return fclose(file) == 0;
}

/* ---- TIFF ---- */

typedef struct tiff_kind {
    const char *name;
    uint16_t bits, format, photometric;
    bool tiled, turned;
} tiff_kind;

static const tiff_kind tiff_kinds[] = {
    {"tiff-8", 8, SAMPLEFORMAT_UINT, PHOTOMETRIC_MINISBLACK, false, false},
    {"tiff-16", 16, SAMPLEFORMAT_UINT, PHOTOMETRIC_MINISBLACK, false, false},
    {"tiff-float", 32, SAMPLEFORMAT_IEEEFP, PHOTOMETRIC_MINISBLACK, false, false},
    {"tiff-white", 8, SAMPLEFORMAT_UINT, PHOTOMETRIC_MINISWHITE, false, false},
    {"tiff-tiled", 16, SAMPLEFORMAT_UINT, PHOTOMETRIC_MINISBLACK, true, false},
    {"tiff-turned", 8, SAMPLEFORMAT_UINT, PHOTOMETRIC_MINISBLACK, false, true},
};

/* Columns left.. of row y in the machine's byte order; nothing beyond the picture. */
static void put_tiff_row(const tiff_kind *kind, int left, int width, int y, unsigned char *row)
{
    const mark_layout layout = mark_layout_of(kind->turned);
    for (int x = left; x < left + width && x < layout.width && y < layout.height; x++) {
        const int shown = mark_stored(&layout, x, y),
                  level = kind->photometric == PHOTOMETRIC_MINISWHITE ? 255 - shown : shown;
        const uint16_t word = (uint16_t)(level * 257);
        const float real = (float)level / 255;
        if (kind->bits == 8)
            row[x - left] = (unsigned char)level;
        else
            memcpy(row + (x - left) * kind->bits / 8, kind->bits == 16 ? (const void *)&word : &real, kind->bits / 8U);
    }
}

static bool put_tiles(TIFF *tiff, const tiff_kind *kind)
{
    static unsigned char tile[TILE * TILE * BYTES];
    bool good = true;
    for (int top = 0; top < MARK_HEIGHT; top += TILE)
        for (int left = 0; left < MARK_WIDTH; left += TILE) {
            for (int y = 0; y < TILE; y++)
                put_tiff_row(kind, left, TILE, top + y, tile + (size_t)y * (size_t)TIFFTileRowSize(tiff));
            good = good && TIFFWriteTile(tiff, tile, (uint32_t)left, (uint32_t)top, 0, 0) > 0;
        }
    return good;
}

static bool put_strips(TIFF *tiff, const tiff_kind *kind, const mark_layout *layout)
{
    unsigned char row[MARK_WIDTH * BYTES];
    bool good = true;
    for (int y = 0; y < layout->height; y++) {
        put_tiff_row(kind, 0, layout->width, y, row);
        good = good && TIFFWriteScanline(tiff, row, (uint32_t)y, 0) == 1;
    }
    return good;
}

static bool put_tiff(TIFF *tiff, const tiff_kind *kind)
{
    const mark_layout layout = mark_layout_of(kind->turned);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, layout.width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, layout.height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, kind->bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, kind->format);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, kind->photometric);
    if (kind->turned) TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_RIGHTTOP);
    if (!kind->tiled) return put_strips(tiff, kind, &layout);
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, TILE);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, TILE);
    return put_tiles(tiff, kind);
}

bool mark_draw_tiff(const char *kind, const char *path)
{
    size_t i = 0;
    while (i < sizeof tiff_kinds / sizeof *tiff_kinds && strcmp(tiff_kinds[i].name, kind) != 0) i++;
    if (i == sizeof tiff_kinds / sizeof *tiff_kinds) return false;
    TIFF *tiff = TIFFOpen(path, "w");
    const bool good = tiff != NULL && put_tiff(tiff, &tiff_kinds[i]);
    if (tiff != NULL) TIFFClose(tiff);
    return good;
}
