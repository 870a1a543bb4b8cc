/* jpeg2000.h - JPEG 2000 and HTJ2K code streams, bare or in a JP2 box, through OpenJPEG. */
#ifndef IMAGE_JPEG2000_H
#define IMAGE_JPEG2000_H

#include "base/status.h"
#include <stddef.h>
#include <stdint.h>

/* What the code stream is expected to hold; anything else is refused before it is decoded. */
typedef struct fi_jpeg2000 {
    const unsigned char *data;
    size_t size;
    int width, height, channels;
    const char *where, *field; /* stand in messages */
} fi_jpeg2000;

/* Decodes to cells[height, width, channels] of 32 bits, two's complement where the code stream is signed. Components of
 * fewer samples are enlarged by repetition; a colour transform of the code stream's own is undone. */
fsam_status fi_jpeg2000_decode(const fi_jpeg2000 *picture, uint32_t *cells);

#endif
