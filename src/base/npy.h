/* npy.h - one array in NumPy's file format, mapped into memory: little-endian float16, float32 or float64, row-major.
 */
#ifndef BASE_NPY_H
#define BASE_NPY_H

#include "base/safetensors.h"

typedef struct fb_npy fb_npy;

/* Maps and checks `path`: versions 1 to 3, the header's fields, and that the data is as long as the shape says.
 * FSAM_ERROR_FORMAT: malformed; FSAM_ERROR_UNSUPPORTED: another element type or order. Owned: fb_npy_close. */
fsam_status fb_npy_open(const char *path, fb_npy **file);
/* The same from memory that outlives the handle; `where` stands for the path in messages. */
fsam_status fb_npy_open_memory(const void *data, size_t size, const char *where, fb_npy **file);
void fb_npy_close(fb_npy *file);
/* Borrowed; its name is the path. */
const fb_tensor *fb_npy_tensor(const fb_npy *file);

#endif
