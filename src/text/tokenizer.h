/* tokenizer.h - CLIP's byte-pair tokenizer. */
#ifndef TEXT_TOKENIZER_H
#define TEXT_TOKENIZER_H

#include "base/status.h"
#include <stddef.h>
#include <stdint.h>

typedef struct fw_tokenizer fw_tokenizer;

/* `merges`: the merges, one a line, two symbols separated by a space (a first line starting with '#' or '"', as in
 * CLIP's own file, is skipped), `size` bytes, of which only the first `max_merges` are used (0: all). The vocabulary
 * is 256 byte symbols, the same with "</w>", one symbol a merge, the start token, the end token. Owned. */
fsam_status fw_tokenizer_open(const char *merges, size_t size, size_t max_merges, const char *where,
                              fw_tokenizer **tokenizer);
void fw_tokenizer_free(fw_tokenizer *tokenizer);

int fw_tokenizer_vocabulary(const fw_tokenizer *tokenizer); /* 512 + merges + 2 */

/* The token ids of `text` (UTF-8; invalid bytes become U+FFFD) with the start token first and the end token last, cut
 * to `context` with the end token kept. ids: `context` elements, zero after the end. *count: ids before the padding.
 * FSAM_ERROR_ARGUMENT when context < 2. Safe from many threads at once. */
fsam_status fw_tokenizer_encode(const fw_tokenizer *tokenizer, const char *text, int context, int32_t *ids, int *count);

/* The content of CLIP's bpe_simple_vocab_16e6.txt.gz, or of the same file not compressed: *merges is owned (free),
 * NUL-terminated and holds exactly the 48,894 merges CLIP uses (or as many as there are), one a line, no header. */
fsam_status fw_vocabulary_read(const char *path, char **merges, size_t *size);

#endif
