/* blocks.h - text files of blocks, which people edit: a line "[HEAD]", then lines "key: value". Empty lines and lines
 * that begin with '#' mean nothing. */
#ifndef TEXT_BLOCKS_H
#define TEXT_BLOCKS_H

#include "base/status.h"
#include <stddef.h>

enum {
    FW_BLOCKS_BYTES = 8 << 20, /* the largest file */
    FW_LINE_BYTES = 2000       /* the longest line */
};

typedef struct fw_line {
    const char *key, *value; /* without spaces at their ends; neither is empty */
    int number;              /* of the line in the file, from 1 */
} fw_line;

typedef struct fw_block {
    const char *head; /* between the brackets */
    int number;       /* its line in the file */
    size_t first, count;
} fw_block; /* lines first to first + count - 1 of the file */

typedef struct fw_blocks {
    char *where; /* the file, for messages */
    char *text;  /* that the lines point into */
    fw_line *line;
    size_t lines;
    fw_block *block;
    size_t count;
} fw_blocks;

/* FSAM_ERROR_FORMAT, "WHERE:LINE: ...", for what is neither a head nor a pair, bytes that are no UTF-8, control
 * characters and overlong lines; FSAM_ERROR_MEMORY for too large a file. Owned: fw_blocks_free, also after a failure.
 */
fsam_status fw_blocks_parse(const char *data, size_t size, const char *where, fw_blocks *blocks);
void fw_blocks_free(fw_blocks *blocks);

/* What is wrong with the bytes of a line, and where (from 0): "is no UTF-8", "is a control character"; NULL: nothing.
 * Static. */
const char *fw_line_fault(const char *line, size_t *at);

#endif
