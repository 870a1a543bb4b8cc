/* texts_internal.h - what the files of descriptions.h share. */
#ifndef TEXT_TEXTS_INTERNAL_H
#define TEXT_TEXTS_INTERNAL_H

#include "text/blocks.h"
#include "text/descriptions.h"
#include "text/slots.h"
#include "text/text_data.h"

/* A block that says something of a name, with the side and the number that the name has in the block's head. */
typedef struct fw_use {
    const fw_blocks *file;
    const fw_block *block;
    fw_slots slots;
} fw_use;

enum { FW_MOST_USES = 256 }; /* blocks that a name may have */

typedef struct fw_entry {
    fw_name name;
    char key[FW_NAME_BYTES], description[FW_TEXT_BYTES];
    fw_use *use;
    size_t uses;
} fw_entry;

struct fw_texts {
    fw_blocks file[FW_TEXT_FILES + 1]; /* the last: the user's */
    fw_entry *entry;
    size_t count;
};

/* The entry of a name; NULL when there is none. */
const fw_entry *fw_entry_find(const fw_texts *texts, const char *name);

/* The lines of `block`, and the block of the frames that has this head; never NULL once the texts are open. */
const fw_line *fw_block_lines(const fw_blocks *file, const fw_block *block);
const fw_block *fw_frames_block(const fw_texts *texts, const char *head);

#endif
