/* Any bytes as a NIfTI file: the header, and the voxels of small ones. */
#include "volume/nifti.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 4096 }; /* voxels */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int16_t hu[MOST];
    static uint16_t ids[MOST];
    fv_nifti *file;
    for (int labels = 0; labels < 2; labels++) {
        if (fv_nifti_open_memory(data, size, "fuzz", MOST, &file) != FSAM_OK) {
            if (file != NULL || fb_message()[0] == '\0') abort();
            return 0;
        }
        if (fv_grid_voxels(fv_nifti_grid(file)) > MOST) abort();
        (void)(labels != 0 ? fv_nifti_read_ids(file, ids) : fv_nifti_read_hu(file, hu));
        fv_nifti_close(file);
    }
    return 0;
}
