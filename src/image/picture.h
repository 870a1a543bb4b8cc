/* picture.h - gray pictures read from PNG and JPEG files, told apart by their content. */
#ifndef IMAGE_PICTURE_H
#define IMAGE_PICTURE_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

/* A default for max_pixels: more than any detector has, less than hurts. */
#define FI_MAX_PIXELS ((size_t)1 << 28)

/* One gray plane. Colour is reduced by Rec. 601 luma (299 R + 587 G + 114 B) / 1000; alpha is dropped. */
typedef struct fi_picture {
    int width, height;
    float *gray;      /* [height, width], 0..1: sample / largest sample */
    int bits;         /* of a sample in the file */
    int channels;     /* in the file: 1 to 4; a palette counts as 1 */
    const char *kind; /* "PNG" or "JPEG" */
} fi_picture;

/* Reads `path`, refusing pictures of more than `max_pixels` before anything of their size is allocated. The picture
 * is owned: fi_picture_free. On failure it is left empty. */
fsam_status fi_picture_load(const char *path, size_t max_pixels, fi_picture *picture);
/* The same from memory; `where` stands for the path in messages. */
fsam_status fi_picture_load_memory(const void *data, size_t size, const char *where, size_t max_pixels,
                                   fi_picture *picture);
/* Only the header: everything but `gray`, which is NULL. */
fsam_status fi_picture_header_memory(const void *data, size_t size, const char *where, fi_picture *picture);
/* Frees the plane and empties the picture. */
void fi_picture_free(fi_picture *picture);

#endif
