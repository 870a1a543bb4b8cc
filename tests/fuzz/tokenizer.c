/* Fuzzes the tokenizer: the input up to a NUL is a text for a tiny vocabulary; what follows it, merges of its own. */
#include "text/tokenizer.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void encode(const char *merges, size_t size, const char *text)
{
    fw_tokenizer *tokenizer;
    if (fw_tokenizer_open(merges, size, 0, "fuzz", &tokenizer) != FSAM_OK) return;
    int32_t ids[16];
    int count;
    if (fw_tokenizer_encode(tokenizer, text, 16, ids, &count) == FSAM_OK) {
        if (count < 2 || count > 16) abort();
        for (int i = 0; i < count; i++)
            if (ids[i] < 0 || ids[i] >= fw_tokenizer_vocabulary(tokenizer)) abort();
    }
    fw_tokenizer_free(tokenizer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char tiny[] = "l o\nlo w</w>\na a\naa aa\ne r</w>\n";
    char *text = malloc(size + 1);
    if (!text) return 0;
    if (size > 0) memcpy(text, data, size);
    text[size] = '\0';
    size_t used = strlen(text) + 1;
    encode(tiny, sizeof tiny - 1, text);
    if (used < size) encode(text + used, size - used, text);
    free(text);
    return 0;
}
