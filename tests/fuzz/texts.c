/* Fuzzes the reader of people's own texts: the input is the file. */
#include "text/blocks.h"
#include "text/slots.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fw_blocks blocks;
    if (fw_blocks_parse((const char *)data, size, "fuzz", &blocks) == FSAM_OK) {
        for (size_t i = 0; i < blocks.count; i++) {
            fw_slots slots[FW_MOST_NAMES];
            char text[FW_TEXT_BYTES];
            size_t count;
            if (!fw_slots_expand(blocks.block[i].head, slots, &count)) continue;
            for (size_t k = 0; k < blocks.block[i].count; k++)
                for (size_t n = 0; n < count; n++)
                    (void)fw_slots_fill(blocks.line[blocks.block[i].first + k].value, &slots[n], "x", text);
        }
    }
    fw_blocks_free(&blocks);
    return 0;
}
