/* words.h - from a text to its prompt token: tokenizer, text tower, codebook; recent texts are remembered. */
#ifndef MODEL_WORDS_H
#define MODEL_WORDS_H

#include "model/tower.h"
#include "text/tokenizer.h"

enum { FM_WORDS_REMEMBERED = 256 }; /* texts */

typedef struct fm_words fm_words;

/* The base's and the tokenizer's owners must outlive it. FSAM_ERROR_MEMORY is the only failure. Owned. */
fsam_status fm_words_new(fm_base base, const fw_tokenizer *tokenizer, fm_words **words);
void fm_words_free(fm_words *words);

/* The prompt token [D] of `text` (UTF-8), borrowed until the next call. Texts that the tokenizer cannot tell apart are
 * one text. FSAM_ERROR_ARGUMENT when the text holds no word. */
fsam_status fm_words_token(fm_words *words, const char *text, const float **token);

/* How often the tower has run, and the bytes held. */
size_t fm_words_runs(const fm_words *words);
size_t fm_words_bytes(const fm_words *words);
/* The tower's session for the shortest texts that ran so far, NULL: none did. For measuring its steps. Borrowed. */
ft_session *fm_words_session(const fm_words *words);

#endif
