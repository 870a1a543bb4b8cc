/* vocabulary_learn.h - a byte-pair vocabulary learned from texts, in the form that fw_tokenizer_open reads.
 *
 * R. Sennrich and others, "Neural machine translation of rare words with subword units", ACL 2016: the words of all
 * texts, each a row of symbols, at first its bytes; again and again the pair of neighbours that is most frequent
 * becomes one symbol.
 */
#ifndef TEXT_VOCABULARY_LEARN_H
#define TEXT_VOCABULARY_LEARN_H

#include "base/status.h"
#include <stddef.h>

enum { FW_MOST_LEARNED = 65536 }; /* merges */

/* At most `most` merges (0 to FW_MOST_LEARNED), fewer when no pair of symbols is left that the texts have twice. Words
 * are split and lower-cased as CLIP does (pieces.h). Of pairs that are equally frequent the one that comes first as
 * text is taken, so that the order of the texts does not matter. *merges: one a line, NUL-terminated, owned (free);
 * *learned: how many. FSAM_ERROR_ARGUMENT when `most` is out of range. */
fsam_status fw_vocabulary_learn(const char *const *texts, size_t count, size_t most, char **merges, size_t *learned);

#endif
