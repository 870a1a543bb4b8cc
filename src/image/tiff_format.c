/* tiff_format.c - what the tags of a page say of its samples. */
#include "image/tiff_internal.h"

#include <stdlib.h>

/* More samples a pixel than alpha and a few extra ones belong to pictures of another trade, and rows of them could be
 * of any length. */
enum { MOST_CHANNELS = 16 };

static fsam_status unsupported(const tiff_file *file, int page, const char *field, unsigned value)
{
    return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: TIFF: page %d: %s: %u is not supported", file->bytes->where, page,
                   field, value);
}

static fsam_status check_samples(const tiff_file *file, int page, const tiff_format *format)
{
    const unsigned bits = format->bits;
    if (format->sample_format == SAMPLEFORMAT_IEEEFP) {
        if (bits != 16 && bits != 32 && bits != 64) return unsupported(file, page, "BitsPerSample of floats", bits);
    } else if (format->sample_format == SAMPLEFORMAT_UINT || format->sample_format == SAMPLEFORMAT_INT) {
        if (bits < 1 || (bits > 16 && bits != 32)) return unsupported(file, page, "BitsPerSample", bits);
    } else {
        return unsupported(file, page, "SampleFormat", format->sample_format);
    }
    if (format->channels < 1 || format->channels > MOST_CHANNELS)
        return unsupported(file, page, "SamplesPerPixel", format->channels);
    return FSAM_OK;
}

static fsam_status check_colours(const tiff_file *file, int page, const tiff_format *format)
{
    switch (format->photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
        return FSAM_OK;
    case PHOTOMETRIC_PALETTE:
        if (format->bits <= 16 && format->sample_format == SAMPLEFORMAT_UINT) return FSAM_OK;
        return unsupported(file, page, "BitsPerSample of a palette's index", format->bits);
    case PHOTOMETRIC_RGB:
    case PHOTOMETRIC_YCBCR:
        if (format->channels >= 3) return FSAM_OK;
        return fb_fail(FSAM_ERROR_FORMAT, "%s: TIFF: page %d: SamplesPerPixel: %u of a colour picture",
                       file->bytes->where, page, (unsigned)format->channels);
    default:
        return unsupported(file, page, "PhotometricInterpretation", format->photometric);
    }
}

/* libtiff decodes JPEG's YCbCr to RGB when asked, unless in separate planes. Other YCbCr is read where each pixel has
 * samples of its own. */
static fsam_status choose_colours(tiff_file *file, int page, tiff_format *format)
{
    uint16_t across = 1, down = 1;
    if (format->compression == COMPRESSION_OJPEG) return unsupported(file, page, "Compression", COMPRESSION_OJPEG);
    if (format->photometric != PHOTOMETRIC_YCBCR) return FSAM_OK;
    if (format->compression == COMPRESSION_JPEG && !format->separate) {
        TIFFSetField(file->tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        format->photometric = PHOTOMETRIC_RGB;
        return FSAM_OK;
    }
    TIFFGetFieldDefaulted(file->tiff, TIFFTAG_YCBCRSUBSAMPLING, &across, &down);
    return across == 1 && down == 1 ? FSAM_OK : unsupported(file, page, "YCbCrSubSampling", across * 10u + down);
}

fsam_status fi_tiff_read_format(tiff_file *file, int page, tiff_format *format)
{
    TIFF *tiff = file->tiff;
    uint32_t depth = 1;
    uint16_t planar = PLANARCONFIG_CONTIG;
    *format = (tiff_format){0};
    if (TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &format->width) != 1 ||
        TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &format->height) != 1 || format->width < 1 ||
        format->width > INT32_MAX || format->height < 1 || format->height > INT32_MAX)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: TIFF: page %d: ImageWidth, ImageLength: %u x %u", file->bytes->where,
                       page, (unsigned)format->width, (unsigned)format->height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &format->bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &format->channels);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format->sample_format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &format->compression);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &format->orientation);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_IMAGEDEPTH, &depth);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planar);
    format->separate = planar == PLANARCONFIG_SEPARATE && format->channels > 1;
    if (TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &format->photometric) != 1)
        format->photometric = format->channels >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
    if (format->sample_format == SAMPLEFORMAT_VOID) format->sample_format = SAMPLEFORMAT_UINT;
    if (depth != 1) return unsupported(file, page, "ImageDepth", depth);
    if (!TIFFIsCODECConfigured(format->compression)) return unsupported(file, page, "Compression", format->compression);
    FB_TRY(check_samples(file, page, format));
    FB_TRY(check_colours(file, page, format));
    return choose_colours(file, page, format);
}

fsam_status fi_tiff_read_palette(tiff_file *file, const tiff_format *format, double **luma)
{
    uint16_t *red, *green, *blue;
    const size_t count = (size_t)1 << format->bits;
    double largest = 255; /* some writers put 8-bit colours into the 16-bit map */
    *luma = NULL;
    if (TIFFGetField(file->tiff, TIFFTAG_COLORMAP, &red, &green, &blue) != 1)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: TIFF: ColorMap: it is missing", file->bytes->where);
    *luma = malloc(count * sizeof **luma);
    if (*luma == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: TIFF: ColorMap: out of memory", file->bytes->where);
    for (size_t i = 0; i < count; i++)
        if (red[i] > 255 || green[i] > 255 || blue[i] > 255) largest = 65535;
    for (size_t i = 0; i < count; i++)
        (*luma)[i] = (299.0 * red[i] + 587.0 * green[i] + 114.0 * blue[i]) / (1000 * largest);
    return FSAM_OK;
}

const char *fi_tiff_compression_name(uint16_t compression)
{
    static const struct {
        uint16_t code;
        const char *name;
    } names[] = {{COMPRESSION_NONE, "none"},
                 {COMPRESSION_CCITTRLE, "CCITT modified Huffman"},
                 {COMPRESSION_CCITTRLEW, "CCITT modified Huffman"},
                 {COMPRESSION_CCITTFAX3, "CCITT group 3"},
                 {COMPRESSION_CCITTFAX4, "CCITT group 4"},
                 {COMPRESSION_LZW, "LZW"},
                 {COMPRESSION_JPEG, "JPEG"},
                 {COMPRESSION_PACKBITS, "PackBits"},
                 {COMPRESSION_DEFLATE, "deflate"},
                 {COMPRESSION_ADOBE_DEFLATE, "deflate"},
                 {COMPRESSION_PIXARLOG, "PixarLog"},
                 {COMPRESSION_LZMA, "LZMA"},
                 {COMPRESSION_ZSTD, "Zstandard"},
                 {COMPRESSION_WEBP, "WebP"},
                 {COMPRESSION_LERC, "LERC"},
                 {COMPRESSION_JBIG, "JBIG"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == compression) return names[i].name;
    return NULL;
}
