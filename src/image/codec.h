/* codec.h - what a file format gives to picture.c: probe by content, open (header), read (stored samples). */
#ifndef IMAGE_CODEC_H
#define IMAGE_CODEC_H

#include "image/picture.h"

/* Bytes being read, and the name they have in messages. They outlive what a codec opens. */
typedef struct fi_bytes {
    const unsigned char *data;
    size_t size;
    const char *where;
} fi_bytes;

typedef struct fi_codec {
    const char *kind;
    bool (*probe)(const fi_bytes *bytes);
    /* Everything but the samples: fills *header, which comes zeroed, with tables that *state owns, and checks every
     * size in it. Allocates nothing of the picture's size. *state is closed by the caller, also after a failure that
     * left it set. */
    fsam_status (*open)(const fi_bytes *bytes, fi_header *header, void **state);
    /* The stored samples of frame `frame` (0 .. header->frames - 1), top row first. The caller has checked the frame's
     * pixels against its limit. May be called again, for any frame. */
    fsam_status (*read)(void *state, int frame, fi_take_row *take, void *context);
    void (*close)(void *state);
} fi_codec;

extern const fi_codec fi_png_codec;
extern const fi_codec fi_jpeg_codec;
extern const fi_codec fi_tiff_codec;
extern const fi_codec fi_dicom_codec;

#endif
