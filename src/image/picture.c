#include "image/picture.h"

#include "base/file.h"
#include "base/memory.h"
#include "image/codec.h"
#include <string.h>

static const fi_codec *const codecs[] = {&fi_png_codec, &fi_jpeg_codec};

static fsam_status find_codec(const fi_bytes *bytes, const fi_codec **codec)
{
    if (bytes->data == NULL || bytes->size == 0)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: content: the file is empty", bytes->where);
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
        if (!codecs[i]->probe(bytes)) continue;
        *codec = codecs[i];
        return FSAM_OK;
    }
    return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: content: neither PNG nor JPEG", bytes->where);
}

fsam_status fi_picture_allocate(fi_picture *picture, const char *where, size_t max_pixels)
{
    size_t count;
    if (!fb_multiply((size_t)picture->width, (size_t)picture->height, &count) || count > max_pixels)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: size: %d x %d is more than %zu pixels", where, picture->width,
                       picture->height, max_pixels);
    picture->gray = fb_alloc(count, sizeof(float));
    if (picture->gray == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: size: no memory for %d x %d pixels", where, picture->width,
                       picture->height);
    return FSAM_OK;
}

fsam_status fi_picture_header_memory(const void *data, size_t size, const char *where, fi_picture *picture)
{
    const fi_bytes bytes = {.data = data, .size = size, .where = where};
    const fi_codec *codec = NULL;
    *picture = (fi_picture){0};
    FB_TRY(find_codec(&bytes, &codec));
    fsam_status status = codec->header(&bytes, picture);
    if (status != FSAM_OK) *picture = (fi_picture){0};
    return status;
}

fsam_status fi_picture_load_memory(const void *data, size_t size, const char *where, size_t max_pixels,
                                   fi_picture *picture)
{
    const fi_bytes bytes = {.data = data, .size = size, .where = where};
    const fi_codec *codec = NULL;
    *picture = (fi_picture){0};
    FB_TRY(find_codec(&bytes, &codec));
    fsam_status status = codec->load(&bytes, max_pixels, picture);
    if (status != FSAM_OK) fi_picture_free(picture);
    return status;
}

fsam_status fi_picture_load(const char *path, size_t max_pixels, fi_picture *picture)
{
    fb_map map;
    *picture = (fi_picture){0};
    FB_TRY(fb_map_open(path, &map));
    fsam_status status = fi_picture_load_memory(map.data, map.size, path, max_pixels, picture);
    fb_map_close(&map);
    return status;
}

void fi_picture_free(fi_picture *picture)
{
    if (picture == NULL) return;
    fb_free(picture->gray);
    *picture = (fi_picture){0};
}
