/* tiff_internal.h - what the files of the TIFF reader share. */
#ifndef IMAGE_TIFF_INTERNAL_H
#define IMAGE_TIFF_INTERNAL_H

#include "image/codec.h"
#include "image/tiff_open.h"

/* What a page's tags say of its samples, as they come out of libtiff: JPEG's YCbCr is RGB by then. All frames of a file
 * have the first one's. */
typedef struct tiff_format {
    uint32_t width, height;
    uint16_t bits, channels; /* of a sample; samples a pixel */
    uint16_t sample_format;  /* SAMPLEFORMAT_UINT, _INT or _IEEEFP */
    uint16_t photometric;    /* PHOTOMETRIC_MINISWHITE, _MINISBLACK, _PALETTE, _RGB or _YCBCR */
    uint16_t compression, orientation;
    bool separate; /* each channel in strips or tiles of its own */
} tiff_format;

typedef struct tiff_file {
    const fi_bytes *bytes;
    size_t offset; /* of what libtiff reads next */
    TIFF *tiff;
    fi_tiff_log log;
    tiff_format format; /* of the first page */
    uint64_t *pages;    /* where the directories of the frames are */
    int page_count;
    double *palette; /* luma 0..1 of 1 << bits indices; NULL when the colours are no palette's */
} tiff_file;

/* Of the page that libtiff is at. Fails for kinds that are not supported. `page`, for messages, counts from 1. */
fsam_status fi_tiff_read_format(tiff_file *file, int page, tiff_format *format);
/* *luma: [1 << format->bits], owned by the caller: free. */
fsam_status fi_tiff_read_palette(tiff_file *file, const tiff_format *format, double **luma);
/* In words; NULL when it is not known. */
const char *fi_tiff_compression_name(uint16_t compression);

/* The rows of the page that libtiff is at, which has file->format. */
fsam_status fi_tiff_read_rows(tiff_file *file, fi_take_row *take, void *context);

/* `count` samples that lie one after the other in `from`, as libtiff gives them (the machine's byte order; less than 8
 * and 9 to 15 bits packed, the highest bit first), to every `step`-th place of `to`. */
void fi_tiff_unpack(const tiff_format *format, const unsigned char *from, size_t count, double *to, size_t step);

#endif
