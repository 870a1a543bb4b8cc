/* tiff_write.h - writing TIFF files, whole or not at all. */
#ifndef IMAGE_TIFF_WRITE_H
#define IMAGE_TIFF_WRITE_H

#include "base/status.h"
#include <stdbool.h>

/* Writes gray [height, width] as 32-bit floats: deflated in strips of 64 rows, floating-point predictor. */
fsam_status fi_tiff_write_float(const char *path, bool overwrite, const float *gray, int width, int height);

#endif
