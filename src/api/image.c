/* image.c - pictures: read, or given as gray values. */
#include "api/internal.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const size_t default_pixels = (size_t)64 << 20;

static fsam_status image_new(fsam_image **image)
{
    *image = calloc(1, sizeof **image);
    return *image != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "image: out of memory");
}

/* Hands the image over when it was read. */
static fsam_status finish(fsam_image *image, fsam_status status, fsam_image **result)
{
    if (status == FSAM_OK)
        *result = image;
    else
        fsam_image_free(image);
    return status;
}

fsam_status fsam_image_load(const char *path, size_t max_pixels, fsam_image **result)
{
    fsam_image *image;
    *result = NULL;
    if (path == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "image: no path");
    FB_TRY(image_new(&image));
    return finish(image, fi_picture_load(path, max_pixels > 0 ? max_pixels : default_pixels, &image->picture), result);
}

fsam_status fsam_image_load_memory(const void *data, size_t size, const char *where, size_t max_pixels,
                                   fsam_image **result)
{
    fsam_image *image;
    *result = NULL;
    if (where == NULL) where = "image";
    if (data == NULL && size > 0) return fb_fail(FSAM_ERROR_ARGUMENT, "%s: no data", where);
    FB_TRY(image_new(&image));
    if (max_pixels == 0) max_pixels = default_pixels;
    return finish(image, fi_picture_load_memory(data, size, where, max_pixels, &image->picture), result);
}

fsam_status fsam_image_from_gray(const float *gray, int width, int height, fsam_image **result)
{
    fsam_image *image;
    *result = NULL;
    if (gray == NULL || width < 1 || height < 1)
        return fb_fail(FSAM_ERROR_ARGUMENT, "image: gray values of %d x %d pixels", width, height);
    const size_t count = (size_t)width * (size_t)height;
    if (count > FI_MAX_PIXELS)
        return fb_fail(FSAM_ERROR_MEMORY, "image: %d x %d pixels are more than %zu", width, height, FI_MAX_PIXELS);
    FB_TRY(image_new(&image));
    image->picture = (fi_picture){.width = width, .height = height, .bits = 32, .channels = 1, .kind = "gray"};
    image->picture.gray = fb_alloc(count, sizeof *gray);
    if (image->picture.gray == NULL)
        return finish(image, fb_fail(FSAM_ERROR_MEMORY, "image: no memory for %d x %d pixels", width, height), result);
    memcpy(image->picture.gray, gray, count * sizeof *gray);
    return finish(image, FSAM_OK, result);
}

void fsam_image_free(fsam_image *image)
{
    if (image == NULL) return;
    fi_picture_free(&image->picture);
    free(image);
}

int fsam_image_width(const fsam_image *image)
{
    return image != NULL ? image->picture.width : 0;
}

int fsam_image_height(const fsam_image *image)
{
    return image != NULL ? image->picture.height : 0;
}

void fsam_image_set_polarity(fsam_image *image, fsam_polarity polarity)
{
    if (image != NULL) image->polarity = polarity;
}
