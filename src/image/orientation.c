#include "image/orientation.h"

#include "base/memory.h"
#include <libexif/exif-data.h>
#include <string.h>

/* What libexif expects before the block. */
static const unsigned char mark[6] = {'E', 'x', 'i', 'f', 0, 0};
/* A JPEG's marker holds no more; what goes beyond is not read. */
enum { MOST_BYTES = 65535 };

static int orientation_in(ExifData *data)
{
    const ExifEntry *entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
    if (entry == NULL || entry->format != EXIF_FORMAT_SHORT || entry->components < 1 || entry->size < 2) return 0;
    const int orientation = exif_get_short(entry->data, exif_data_get_byte_order(data));
    return orientation >= 1 && orientation <= 8 ? orientation : 0;
}

int fi_exif_orientation(const unsigned char *exif, size_t size)
{
    int orientation = 0;
    if (size > MOST_BYTES) size = MOST_BYTES;
    unsigned char *block = fb_alloc(sizeof mark + size, 1);
    ExifData *data = exif_data_new();
    if (block != NULL && data != NULL && size > 0) {
        memcpy(block, mark, sizeof mark);
        memcpy(block + sizeof mark, exif, size);
        exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION); /* adds entries that are not there */
        exif_data_load_data(data, block, (unsigned)(sizeof mark + size));
        orientation = orientation_in(data);
    }
    exif_data_unref(data);
    fb_free(block);
    return orientation;
}
