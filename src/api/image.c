/* image.c - pictures: read, or given as gray values. */
#include "api/internal.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define MOST_GRAY ((size_t)1 << 28) /* pixels of a picture that is given as values: the caller has them already */

static fsam_status load_options(const fsam_image_options *options, const char *where, fi_load_options *how)
{
    *how = (fi_load_options){0};
    if (options == NULL) return FSAM_OK;
    if (options->frame < 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: frame: %d: frames count from 1", where, options->frame);
    if (options->window < FSAM_WINDOW_FILE || options->window > FSAM_WINDOW_FULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: window: %d is no fsam_window", where, (int)options->window);
    *how = (fi_load_options){.max_pixels = options->max_pixels,
                             .frame = options->frame > 0 ? options->frame - 1 : 0,
                             .window = (fi_window_choice)options->window,
                             .centre = options->window_centre,
                             .width = options->window_width,
                             .intensity = options->linear != 0 ? FI_INTENSITY_LINEAR : FI_INTENSITY_OF_FILE};
    return FSAM_OK;
}

fsam_status fa_image_wrap(fi_picture *picture, fsam_image **image)
{
    *image = calloc(1, sizeof **image);
    if (*image == NULL) {
        fi_picture_free(picture);
        return fb_fail(FSAM_ERROR_MEMORY, "image: out of memory");
    }
    (*image)->picture = *picture;
    *picture = (fi_picture){0};
    return FSAM_OK;
}

fsam_status fsam_image_load(const char *path, const fsam_image_options *options, fsam_image **image)
{
    fi_load_options how;
    fi_picture picture;
    *image = NULL;
    if (path == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "image: no path");
    FB_TRY(load_options(options, path, &how));
    FB_TRY(fi_picture_load(path, &how, &picture));
    return fa_image_wrap(&picture, image);
}

fsam_status fsam_image_load_memory(const void *data, size_t size, const char *where, const fsam_image_options *options,
                                   fsam_image **image)
{
    fi_load_options how;
    fi_picture picture;
    *image = NULL;
    if (where == NULL) where = "image";
    if (data == NULL && size > 0) return fb_fail(FSAM_ERROR_ARGUMENT, "%s: no data", where);
    FB_TRY(load_options(options, where, &how));
    FB_TRY(fi_picture_load_memory(data, size, where, &how, &picture));
    return fa_image_wrap(&picture, image);
}

fsam_status fsam_image_from_gray(const float *gray, int width, int height, fsam_image **image)
{
    *image = NULL;
    if (gray == NULL || width < 1 || height < 1)
        return fb_fail(FSAM_ERROR_ARGUMENT, "image: gray values of %d x %d pixels", width, height);
    const size_t count = (size_t)width * (size_t)height;
    if (count > MOST_GRAY)
        return fb_fail(FSAM_ERROR_MEMORY, "image: %d x %d pixels are more than %zu", width, height, MOST_GRAY);
    fi_picture picture = {.width = width, .height = height, .bits = 32, .channels = 1, .kind = "gray", .frames = 1};
    picture.gray = fb_alloc(count, sizeof *gray);
    if (picture.gray == NULL) return fb_fail(FSAM_ERROR_MEMORY, "image: no memory for %d x %d pixels", width, height);
    memcpy(picture.gray, gray, count * sizeof *gray);
    return fa_image_wrap(&picture, image);
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

void fsam_image_describe(const fsam_image *image, fsam_image_info *info)
{
    static const fsam_polarity polarities[] = {[FI_SAYS_NOTHING] = FSAM_POLARITY_AUTO,
                                               [FI_SAYS_BONE_BRIGHT] = FSAM_POLARITY_BONE_BRIGHT,
                                               [FI_SAYS_BONE_DARK] = FSAM_POLARITY_BONE_DARK};
    *info = (fsam_image_info){.kind = ""};
    if (image == NULL) return;
    const fi_picture *picture = &image->picture;
    *info = (fsam_image_info){.width = picture->width,
                              .height = picture->height,
                              .frame = picture->frame + 1,
                              .frames = picture->frames,
                              .bits = picture->bits,
                              .kind = picture->kind,
                              .spacing_kind = (fsam_spacing_kind)picture->spacing.kind,
                              .polarity = polarities[picture->says]};
    if (picture->spacing.kind == FI_SPACING_NONE) return;
    info->spacing_mm[0] = picture->spacing.row_mm;
    info->spacing_mm[1] = picture->spacing.column_mm;
}

void fsam_image_set_polarity(fsam_image *image, fsam_polarity polarity)
{
    if (image != NULL) image->polarity = polarity;
}
