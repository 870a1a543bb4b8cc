/* png.h - writing PNG files, whole or not at all, or PNG into memory. */
#ifndef IMAGE_PNG_H
#define IMAGE_PNG_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes mask [height, width] as 8-bit gray: 0 where it is 0, 255 elsewhere. */
fsam_status fi_png_write_mask(const char *path, bool overwrite, const uint8_t *mask, int width, int height);
/* Writes gray [height, width] of 8 or 16 bits. */
fsam_status fi_png_write_gray8(const char *path, bool overwrite, const uint8_t *gray, int width, int height);
fsam_status fi_png_write_gray16(const char *path, bool overwrite, const uint16_t *gray, int width, int height);
/* Writes linear intensities of 16 bits, and that they are such (intensity.h). */
fsam_status fi_png_write_intensity16(const char *path, bool overwrite, const uint16_t *intensity, int width,
                                     int height);
/* Writes rgb [height, width, 3]. */
fsam_status fi_png_write_rgb(const char *path, bool overwrite, const uint8_t *rgb, int width, int height);
/* The same as *size bytes in memory. Owned: free. */
fsam_status fi_png_rgb_bytes(const uint8_t *rgb, int width, int height, unsigned char **bytes, size_t *size);

#endif
