#include "cli/image_convert.h"
#include "base/memory.h"
#include "image/png.h"
#include "image/tiff_write.h"

#include <math.h>
#include <string.h>
#include <strings.h>

fsam_status cli_image_form_of(const char *path, cli_image_form *form)
{
    const char *name = strrchr(path, '/'), *dot = strrchr(name != NULL ? name : path, '.');
    *form = CLI_PNG_8;
    if (dot != NULL && strcasecmp(dot, ".png") == 0) return FSAM_OK;
    *form = CLI_TIFF_FLOAT;
    if (dot != NULL && (strcasecmp(dot, ".tif") == 0 || strcasecmp(dot, ".tiff") == 0)) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "--output: '%s' ends in neither .png nor .tiff", path);
}

static fsam_status no_memory(const char *path)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
}

/* Black for NaN, which floating-point files may have. */
static float shown(float gray)
{
    return gray > 0 ? fminf(gray, 1) : 0;
}

static fsam_status write_8(const char *path, bool overwrite, const fi_picture *picture, size_t count)
{
    uint8_t *sample = fb_alloc(count, sizeof *sample);
    if (sample == NULL) return no_memory(path);
    for (size_t i = 0; i < count; i++) sample[i] = (uint8_t)lrintf(255 * shown(picture->gray[i]));
    fsam_status status = fi_png_write_gray8(path, overwrite, sample, picture->width, picture->height);
    fb_free(sample);
    return status;
}

static fsam_status write_16(const char *path, bool overwrite, const fi_picture *picture, size_t count)
{
    uint16_t *sample = fb_alloc(count, sizeof *sample);
    if (sample == NULL) return no_memory(path);
    for (size_t i = 0; i < count; i++) sample[i] = (uint16_t)lrintf(65535 * shown(picture->gray[i]));
    fsam_status status = fi_png_write_gray16(path, overwrite, sample, picture->width, picture->height);
    fb_free(sample);
    return status;
}

fsam_status cli_image_write(const char *path, bool overwrite, cli_image_form form, bool inverted, fi_picture *picture)
{
    size_t count = (size_t)picture->width * (size_t)picture->height;
    for (size_t i = 0; i < count && inverted; i++) picture->gray[i] = 1 - picture->gray[i];
    if (form == CLI_PNG_8) return write_8(path, overwrite, picture, count);
    if (form == CLI_PNG_16) return write_16(path, overwrite, picture, count);
    return fi_tiff_write_float(path, overwrite, picture->gray, picture->width, picture->height);
}
