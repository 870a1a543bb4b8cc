/* orientation.h - which way up a camera's picture is. */
#ifndef IMAGE_ORIENTATION_H
#define IMAGE_ORIENTATION_H

#include <stddef.h>

/* The orientation, 1 to 8, that an EXIF block records (a TIFF structure, as a PNG's eXIf chunk has it); 0 when it
 * records none or is damaged, which is no reason to refuse a picture. */
int fi_exif_orientation(const unsigned char *exif, size_t size);

#endif
