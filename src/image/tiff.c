/* tiff.c - TIFF and BigTIFF pictures, by libtiff from memory. Pages are frames. */
#include "image/tiff_internal.h"

#include "base/memory.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A directory takes few bytes, and libtiff compares each with all before it to find loops. */
enum { MOST_PAGES = 10000 };

/* ---- bytes for libtiff ---- */

static tmsize_t on_read(thandle_t handle, void *to, tmsize_t size)
{
    tiff_file *file = handle;
    const size_t left = file->offset < file->bytes->size ? file->bytes->size - file->offset : 0;
    if (size < 0) return -1;
    const size_t count = (size_t)size < left ? (size_t)size : left;
    if (count > 0) memcpy(to, file->bytes->data + file->offset, count);
    file->offset += count;
    return (tmsize_t)count;
}

static tmsize_t on_write(thandle_t handle, void *from, tmsize_t size)
{
    (void)handle, (void)from, (void)size;
    return -1;
}

static toff_t on_seek(thandle_t handle, toff_t offset, int whence)
{
    tiff_file *file = handle;
    const toff_t from = whence == SEEK_CUR ? file->offset : whence == SEEK_END ? file->bytes->size : 0;
    if (offset > SIZE_MAX - from) return (toff_t)-1;
    file->offset = (size_t)(from + offset);
    return file->offset;
}

static toff_t on_size(thandle_t handle)
{
    return ((const tiff_file *)handle)->bytes->size;
}

/* libtiff only reads what it has mapped. */
static int on_map(thandle_t handle, void **base, toff_t *size)
{
    const tiff_file *file = handle;
    *base = (void *)file->bytes->data;
    *size = file->bytes->size;
    return 1;
}

/* ---- opening ---- */

static bool tiff_probe(const fi_bytes *bytes)
{
    static const char starts[4][5] = {"II*\0", "MM\0*", "II+\0", "MM\0+"}; /* the last two: BigTIFF */
    for (size_t i = 0; bytes->size >= 4 && i < sizeof starts / sizeof *starts; i++)
        if (memcmp(bytes->data, starts[i], 4) == 0) return true;
    return false;
}

static fsam_status damaged(const tiff_file *file)
{
    return fb_fail(FSAM_ERROR_FORMAT, "%s: TIFF: %s", file->bytes->where, fi_tiff_reason(&file->log));
}

/* Notes where the page is that libtiff is at, unless it is a smaller version of another or a transparency mask. */
static fsam_status add_page(tiff_file *file)
{
    uint32_t kind = 0;
    TIFFGetFieldDefaulted(file->tiff, TIFFTAG_SUBFILETYPE, &kind);
    if ((kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0) return FSAM_OK;
    if (file->page_count == MOST_PAGES)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: TIFF: it has more than %d pages", file->bytes->where, MOST_PAGES);
    if ((file->page_count & (file->page_count - 1)) == 0) { /* grown at 0, 1, 2, 4, 8, ... */
        const size_t room = file->page_count > 0 ? 2 * (size_t)file->page_count : 1;
        uint64_t *pages = realloc(file->pages, room * sizeof *pages);
        if (pages == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: TIFF: out of memory", file->bytes->where);
        file->pages = pages;
    }
    file->pages[file->page_count++] = TIFFCurrentDirOffset(file->tiff);
    return FSAM_OK;
}

static fsam_status find_pages(tiff_file *file)
{
    FB_TRY(add_page(file));
    while (!TIFFLastDirectory(file->tiff)) {
        if (TIFFReadDirectory(file->tiff) != 1) return damaged(file);
        FB_TRY(add_page(file));
    }
    if (file->page_count > 0) return FSAM_OK;
    return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: TIFF: NewSubfileType: no page is a full picture", file->bytes->where);
}

static fsam_status go_to_page(tiff_file *file, int page)
{
    fi_tiff_listen(&file->log);
    return TIFFSetSubDirectory(file->tiff, file->pages[page]) == 1 ? FSAM_OK : damaged(file);
}

/* Whole numbers of up to 16 bits have their full range; in wider, signed or floating-point samples it would swallow
 * what a picture uses of it. */
static fi_rendering rendering_of(const tiff_file *file)
{
    const tiff_format *format = &file->format;
    const bool full = format->sample_format == SAMPLEFORMAT_UINT && format->bits <= 16;
    fi_rendering how = {.slope = 1,
                        .voi = full ? FI_VOI_RANGE : FI_VOI_EXTREMES,
                        .high = ldexp(1, format->bits) - 1,
                        .inverted = format->photometric == PHOTOMETRIC_MINISWHITE};
    if (format->photometric == PHOTOMETRIC_RGB) how.colour = FI_COLOUR_RGB;
    if (format->photometric == PHOTOMETRIC_YCBCR) how.colour = FI_COLOUR_YBR_FULL;
    if (format->photometric == PHOTOMETRIC_PALETTE) {
        how.colour = FI_COLOUR_PALETTE;
        how.palette = (fi_table){.count = (size_t)1 << format->bits, .value = file->palette};
        how.high = 1;
    }
    return how;
}

static const char *photometric_of(const tiff_format *format)
{
    switch (format->photometric) {
    case PHOTOMETRIC_MINISWHITE:
        return "MONOCHROME1";
    case PHOTOMETRIC_RGB:
        return "RGB";
    case PHOTOMETRIC_YCBCR:
        return "YBR_FULL";
    case PHOTOMETRIC_PALETTE:
        return "PALETTE COLOR";
    default:
        return "MONOCHROME2";
    }
}

static void fill_header(const tiff_file *file, fi_header *header)
{
    const tiff_format *format = &file->format;
    header->stored_width = (int)format->width;
    header->stored_height = (int)format->height;
    header->orientation = format->orientation;
    header->frames = file->page_count;
    header->channels = format->channels;
    header->bits = header->bits_allocated = format->bits;
    header->is_signed = format->sample_format != SAMPLEFORMAT_UINT;
    header->is_float = format->sample_format == SAMPLEFORMAT_IEEEFP;
    header->compression = fi_tiff_compression_name(format->compression);
    snprintf(header->photometric, sizeof header->photometric, "%s", photometric_of(format));
    header->rendering = rendering_of(file);
}

static fsam_status tiff_open(const fi_bytes *bytes, fi_header *header, void **state)
{
    static const fi_tiff_stream stream = {
        .read = on_read, .write = on_write, .seek = on_seek, .size = on_size, .map = on_map};
    tiff_file *file = calloc(1, sizeof *file);
    if (file == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: TIFF: out of memory", bytes->where);
    *state = file;
    file->bytes = bytes;
    file->tiff = fi_tiff_open(bytes->where, "r", &stream, file, &file->log);
    if (file->tiff == NULL) return damaged(file);
    FB_TRY(find_pages(file));
    FB_TRY(go_to_page(file, 0));
    FB_TRY(fi_tiff_read_format(file, 1, &file->format));
    if (file->format.photometric == PHOTOMETRIC_PALETTE)
        FB_TRY(fi_tiff_read_palette(file, &file->format, &file->palette));
    fill_header(file, header);
    return FSAM_OK;
}

/* ---- reading ---- */

/* The header speaks for all frames: a page that it does not describe is refused. */
static fsam_status check_page(tiff_file *file, int page)
{
    tiff_format format;
    const tiff_format *first = &file->format;
    FB_TRY(fi_tiff_read_format(file, page + 1, &format));
    if (format.width != first->width || format.height != first->height)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: TIFF: page %d: its size is %u x %u, that of the first %u x %u",
                       file->bytes->where, page + 1, (unsigned)format.width, (unsigned)format.height,
                       (unsigned)first->width, (unsigned)first->height);
    if (format.bits != first->bits || format.channels != first->channels ||
        format.sample_format != first->sample_format || format.photometric != first->photometric ||
        format.orientation != first->orientation || format.separate != first->separate)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: TIFF: page %d: its samples are of another kind than the first's",
                       file->bytes->where, page + 1);
    if (file->palette == NULL) return FSAM_OK;
    double *luma;
    FB_TRY(fi_tiff_read_palette(file, &format, &luma));
    const bool same = memcmp(luma, file->palette, ((size_t)1 << format.bits) * sizeof *luma) == 0;
    free(luma);
    if (same) return FSAM_OK;
    return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: TIFF: page %d: ColorMap: it differs from the first page's",
                   file->bytes->where, page + 1);
}

static fsam_status tiff_read(void *state, int frame, fi_take_row *take, void *context)
{
    tiff_file *file = state;
    FB_TRY(go_to_page(file, frame));
    FB_TRY(check_page(file, frame));
    return fi_tiff_read_rows(file, take, context);
}

static void tiff_close(void *state)
{
    tiff_file *file = state;
    if (file->tiff != NULL) fi_tiff_close(file->tiff);
    free(file->pages);
    free(file->palette);
    free(file);
}

const fi_codec fi_tiff_codec = {
    .kind = "TIFF", .probe = tiff_probe, .open = tiff_open, .read = tiff_read, .close = tiff_close};
