/* Any bytes as a run-length mask: its size, then its text or its counts; what is read is decoded and written again. */
#include "image/rle.h"

#include "base/status.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const fi_rle *rle)
{
    static uint8_t mask[256 * 256], again[256 * 256];
    const size_t pixels = (size_t)rle->height * (size_t)rle->width;
    fi_rle written;
    fi_rle_decode(rle, mask);
    char *text = fi_rle_text(rle);
    if (text == NULL) return;
    if (fi_rle_from_text(text, strlen(text), rle->height, rle->width, "written", &written) != FSAM_OK) abort();
    fi_rle_decode(&written, again);
    if (memcmp(mask, again, pixels) != 0 || fi_rle_area(&written) != fi_rle_area(rle)) abort();
    const fi_rle_box box = fi_rle_bounds(rle);
    if (box.x < 0 || box.y < 0 || box.x + box.width > rle->width || box.y + box.height > rle->height) abort();
    free(text);
    fi_rle_free(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fi_rle rle;
    fsam_status status;
    if (size < 3) return 0;
    const int height = data[1], width = data[2];
    data += 3;
    size -= 3;
    if (data[-3] % 2 == 0) {
        status = fi_rle_from_text((const char *)data, size, height, width, "fuzz", &rle);
    } else {
        static int64_t counts[1024];
        const size_t count = size / sizeof *counts < 1024 ? size / sizeof *counts : 1024;
        memcpy(counts, data, count * sizeof *counts);
        status = fi_rle_from_counts(counts, count, height, width, "fuzz", &rle);
    }
    if (status == FSAM_OK) {
        check(&rle);
        fi_rle_free(&rle);
    } else if (rle.counts != NULL || fb_message()[0] == '\0') {
        abort();
    }
    return 0;
}
