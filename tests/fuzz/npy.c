/* Any bytes as a NumPy file: opened, and small arrays converted. */
#include "base/npy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static float out[4096];
    fb_npy *file;
    if (fb_npy_open_memory(data, size, "fuzz", &file) != FSAM_OK) {
        if (file != NULL || fb_message()[0] == '\0') abort();
        return 0;
    }
    const fb_tensor *tensor = fb_npy_tensor(file);
    if ((const uint8_t *)tensor->data + tensor->bytes != data + size) abort();
    if (tensor->count <= sizeof out / sizeof *out) fb_tensor_to_f32(tensor, out);
    fb_npy_close(file);
    return 0;
}
