/* Any bytes as a JPEG file: opened, and small pictures loaded. */
#include "picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return load_as("JPEG", data, size);
}
