/* Any bytes as a safetensors file: opened, walked, small tensors converted. */
#include "base/safetensors.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static float out[4096];
    fb_safetensors *file;
    if (fb_safetensors_open_memory(data, size, "fuzz", &file) != FSAM_OK) {
        if (file != NULL || fb_message()[0] == '\0') abort();
        return 0;
    }
    for (size_t i = 0; i < fb_safetensors_count(file); i++) {
        const fb_tensor *tensor = fb_safetensors_at(file, i);
        if (fb_safetensors_find(file, tensor->name) != tensor) abort();
        if ((const uint8_t *)tensor->data < data || (const uint8_t *)tensor->data + tensor->bytes > data + size)
            abort();
        if (tensor->count <= sizeof out / sizeof *out) fb_tensor_to_f32(tensor, out);
        fb_safetensors_drop(file, tensor);
    }
    for (size_t i = 0; i < fb_safetensors_metadata_count(file); i++) {
        const char *key, *value;
        fb_safetensors_metadata_at(file, i, &key, &value);
        if (fb_safetensors_metadata(file, key) != value) abort();
    }
    fb_safetensors_close(file);
    return 0;
}
