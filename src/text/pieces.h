/* pieces.h - how CLIP splits a text into the pieces that are merged, and how merges write bytes. For those who read
 * merges (tokenizer.h) and who learn them (vocabulary_learn.h). */
#ifndef TEXT_PIECES_H
#define TEXT_PIECES_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

typedef enum fw_piece_kind { FW_WORD, FW_START_MARK, FW_END_MARK } fw_piece_kind;

typedef struct fw_piece {
    fw_piece_kind kind;
    const char *text; /* borrowed, no NUL at its end */
    size_t size;      /* bytes, 1 or more */
} fw_piece;

typedef struct fw_splitter fw_splitter;

/* Owned. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fw_splitter_new(fw_splitter **splitter);
void fw_splitter_free(fw_splitter *splitter);

/* What takes pieces. *enough, false before, ends the splitting when it is set. Its failure is passed on. */
typedef fsam_status fw_piece_taker(void *context, const fw_piece *piece, bool *enough);

/* The pieces of a text, which is normalised first (normalise.h), in their order: words, single digits, runs of other
 * characters, and CLIP's marks of start and end. FSAM_ERROR_ARGUMENT for a text of more than 16 MiB. Safe from many
 * threads at once. */
fsam_status fw_splitter_split(const fw_splitter *splitter, const char *text, fw_piece_taker *take, void *context);

enum { FW_BYTE_SYMBOL = 4 }; /* bytes that hold any byte's symbol, with its NUL */

/* How merges write `byte`: printable bytes of Latin-1 as themselves, the others as characters from 256 on. */
void fw_byte_symbol(unsigned char byte, char out[FW_BYTE_SYMBOL]);
/* Whether `byte` is of those written as themselves, which come first in the vocabulary. */
bool fw_byte_printable(unsigned char byte);

#endif
