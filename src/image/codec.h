/* codec.h - what a file format gives to picture.c: probe by content, header, load. */
#ifndef IMAGE_CODEC_H
#define IMAGE_CODEC_H

#include "image/picture.h"

/* Bytes being read, and the name they have in messages. */
typedef struct fi_bytes {
    const unsigned char *data;
    size_t size;
    const char *where;
} fi_bytes;

typedef struct fi_codec {
    const char *kind;
    bool (*probe)(const fi_bytes *bytes);
    /* Sets all but `gray`. Width and height are 1 or more. */
    fsam_status (*header)(const fi_bytes *bytes, fi_picture *picture);
    /* The header again, then `gray`, refusing more than `max_pixels` in between. `gray` may be left allocated on
     * failure: picture.c frees it. */
    fsam_status (*load)(const fi_bytes *bytes, size_t max_pixels, fi_picture *picture);
} fi_codec;

extern const fi_codec fi_png_codec;
extern const fi_codec fi_jpeg_codec;

/* Allocates picture->gray for its width and height, both checked against `max_pixels` first. */
fsam_status fi_picture_allocate(fi_picture *picture, const char *where, size_t max_pixels);

/* Rec. 601 luma of samples out of 0..largest. Division of integers in double, so that equal parts give exactly what
 * the gray sample gives. */
static inline float fi_luma(unsigned red, unsigned green, unsigned blue, double largest)
{
    return (float)((299.0 * red + 587.0 * green + 114.0 * blue) / (1000.0 * largest));
}

#endif
