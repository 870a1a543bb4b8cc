/* Any bytes as a PNG file: opened, and small pictures loaded. */
#include "picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return load_as("PNG", data, size);
}
