/* Any bytes as a DICOM file: opened, and its first frames loaded. */
#include "image/codec.h"

#include <stdlib.h>

enum { MAX_FRAMES = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const fi_bytes bytes = {.data = data, .size = size, .where = "fuzz"};
    fi_load_options options = {.max_pixels = 1 << 20};
    fi_file *file = NULL;
    if (!fi_dicom_codec.probe(&bytes)) return 0;
    if (fi_file_open_memory(data, size, "fuzz", &file) != FSAM_OK) {
        if (file != NULL || fb_message()[0] == '\0') abort();
        return 0;
    }
    const int frames = fi_file_header(file)->frames;
    for (options.frame = 0; options.frame < frames && options.frame < MAX_FRAMES; options.frame++) {
        fi_picture picture;
        const fsam_status status = fi_file_load(file, &options, &picture);
        if ((status == FSAM_OK) != (picture.gray != NULL)) abort();
        fi_picture_free(&picture);
    }
    fi_file_close(file);
    return 0;
}
