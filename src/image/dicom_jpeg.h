/* dicom_jpeg.h - what a JPEG or JPEG-LS code stream says of itself, read before it is decoded. */
#ifndef IMAGE_DICOM_JPEG_H
#define IMAGE_DICOM_JPEG_H

#include <stdbool.h>
#include <stddef.h>

typedef struct fi_dicom_jpeg {
    int bits, rows, columns, samples; /* of the frame header */
    int scans;
} fi_dicom_jpeg;

/* False when no frame header follows the segments at the start, or one of these is damaged. */
bool fi_dicom_jpeg_read(const unsigned char *data, size_t size, fi_dicom_jpeg *jpeg);

#endif
