/* dicom_inflate.h - raw deflate (RFC 1951, no zlib header), as DICOM has it. */
#ifndef IMAGE_DICOM_INFLATE_H
#define IMAGE_DICOM_INFLATE_H

#include "base/status.h"
#include <stddef.h>

/* Inflates `size` bytes to *out (owned: fb_free), which grows as it must, up to `limit` bytes. `where` and `field`
 * stand in messages. */
fsam_status fi_dicom_inflate(const unsigned char *data, size_t size, size_t limit, const char *where, const char *field,
                             unsigned char **out, size_t *out_size);

#endif
