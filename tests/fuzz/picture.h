/* picture.h - what the fuzzers of picture files share. */
#ifndef TESTS_FUZZ_PICTURE_H
#define TESTS_FUZZ_PICTURE_H

#include "image/picture.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first frames of `kind`, as gray: within 0..1, or refused with a message. Other kinds are left to their fuzzers.
 */
static inline int load_as(const char *kind, const uint8_t *data, size_t size)
{
    enum { FRAMES = 3 };
    fi_file *file;
    if (fi_file_open_memory(data, size, "fuzz", &file) != FSAM_OK) {
        if (file != NULL || fb_message()[0] == '\0') abort();
        return 0;
    }
    const fi_header *header = fi_file_header(file);
    for (int frame = 0; strcmp(header->kind, kind) == 0 && frame < header->frames && frame < FRAMES; frame++) {
        const fi_load_options options = {.max_pixels = 1 << 20, .frame = frame};
        fi_picture picture;
        fsam_status status = fi_file_load(file, &options, &picture);
        if ((status == FSAM_OK) != (picture.gray != NULL)) abort();
        for (size_t i = 0; status == FSAM_OK && i < (size_t)picture.width * (size_t)picture.height; i++)
            if (!(picture.gray[i] >= 0 && picture.gray[i] <= 1)) abort();
        fi_picture_free(&picture);
    }
    fi_file_close(file);
    return 0;
}

#endif
