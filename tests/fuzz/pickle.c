/* Fuzzes the pickle reader. */
#include "model/pickle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fm_pickle *pickle;
    if (fm_pickle_read(data, size, 32 << 20, "fuzz", &pickle) == FSAM_OK) fm_pickle_free(pickle);
    return 0;
}
