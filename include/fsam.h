/*
 * fsam.h - the public interface of libfsam: promptable segmentation of X-ray images.
 *
 * A model is opened once; an image is encoded once; it is then prompted as often as one likes, in words,
 * with points, a box or a previous mask, in any combination. Handles are opaque; every x_free accepts NULL.
 * No function prints or exits. A function that can fail returns an fsam_status and leaves one line of text,
 * naming the file and the field, in fsam_last_error() of the calling thread.
 *
 * Pixel rule: integer coordinates name pixel centres of the SOURCE image, x to the right, y down, (0, 0) the
 * first pixel. A box x0, y0, x1, y1 is inclusive.
 */
#ifndef FSAM_H
#define FSAM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define FSAM_PUBLIC __attribute__((visibility("default")))
#else
#define FSAM_PUBLIC
#endif

/* What a fallible function returns. The numbers are also the program's exit statuses (docs/EXITCODES.md);
 * 3 is left free there for "not in this image", which is an answer and no error. */
typedef enum fsam_status {
    FSAM_OK = 0,
    FSAM_ERROR_INTERNAL = 1,    /* a fault of this library */
    FSAM_ERROR_ARGUMENT = 2,    /* the caller's arguments are unusable */
    FSAM_ERROR_IO = 4,          /* a file cannot be opened, read or written */
    FSAM_ERROR_FORMAT = 5,      /* a file's content is malformed */
    FSAM_ERROR_MEMORY = 6,      /* memory is exhausted or a stated limit is exceeded */
    FSAM_ERROR_UNSUPPORTED = 7, /* well-formed, but of a kind that is not supported */
    FSAM_ERROR_MISMATCH = 8     /* parts that do not fit together: a model without a parameter, a check that failed */
} fsam_status;

/* The last failure of this thread as one line without a newline; "" if there was none. Borrowed: valid until
 * the next call into the library on this thread. */
FSAM_PUBLIC const char *fsam_last_error(void);

#ifdef __cplusplus
}
#endif

#endif
