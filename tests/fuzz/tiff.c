/* Any bytes as a TIFF file: opened, and small pictures loaded, every frame. */
#include "picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return load_as("TIFF", data, size);
}
