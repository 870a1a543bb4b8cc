/* Any bytes as a CT slice: its attributes, and its pixels when it has not too many. */
#include "volume/dicom_slice.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_PIXELS = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fv_dicom_slice slice;
    if (fv_dicom_slice_read(data, size, "fuzz", &slice) != FSAM_OK) {
        if (strncmp(fb_message(), "fuzz", 4) != 0) abort();
        return 0;
    }
    if (slice.rows < 1 || slice.columns < 1) abort();
    const size_t pixels = (size_t)slice.rows * (size_t)slice.columns;
    int16_t *hu = pixels <= MOST_PIXELS ? malloc(pixels * sizeof *hu) : NULL;
    if (hu != NULL && fv_dicom_slice_hu(data, size, "fuzz", &slice, hu) != FSAM_OK && fb_message()[0] == '\0') abort();
    free(hu);
    return 0;
}
