/* mask_file.c - masks from picture files. */
#include "base/memory.h"
#include "eval/data_set_internal.h"

/* A mask being made. Of colours every channel counts but alpha, which is the last of an even number. */
typedef struct stencil {
    int value, width, channels;
    uint8_t *mask;
} stencil;

static fsam_status take_row(void *context, int y, const double *row)
{
    const stencil *s = context;
    uint8_t *out = s->mask + (size_t)y * (size_t)s->width;
    const int counting = s->channels % 2 == 0 ? s->channels - 1 : s->channels;
    for (int x = 0; x < s->width; x++)
        for (int k = 0; k < counting; k++) {
            const double stored = row[(size_t)x * (size_t)s->channels + (size_t)k];
            out[x] |= s->value < 0 ? stored != 0 : stored == s->value;
        }
    return FSAM_OK;
}

static fsam_status read_opened(fi_file *file, const char *path, int value, fi_rle *mask)
{
    const fi_header *header = fi_file_header(file);
    if (header->orientation > 1)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: orientation %d: a mask must lie as it is shown", path,
                       header->orientation);
    if ((size_t)header->stored_width * (size_t)header->stored_height > FI_MAX_PIXELS)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: a mask of more than %zu pixels", path, FI_MAX_PIXELS);
    const stencil s = {value, header->stored_width, header->channels,
                       fb_alloc((size_t)header->stored_width * (size_t)header->stored_height, 1)};
    if (s.mask == NULL) return fe_no_memory(path);
    fsam_status status = fi_file_stored(file, 0, 0, take_row, (void *)&s);
    if (status == FSAM_OK) status = fi_rle_encode(s.mask, header->stored_height, header->stored_width, mask);
    fb_free(s.mask);
    return status;
}

fsam_status fe_mask_read(const char *path, int value, fi_rle *mask)
{
    fi_file *file;
    FB_TRY(fi_file_open(path, &file));
    const fsam_status status = read_opened(file, path, value, mask);
    fi_file_close(file);
    return status;
}
