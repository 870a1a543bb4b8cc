/* text_data.h - the files of data/text, built into the program. */
#ifndef TEXT_TEXT_DATA_H
#define TEXT_TEXT_DATA_H

#include <stddef.h>

typedef struct fw_text_data {
    const char *name;  /* "structures.txt" */
    const char *bytes; /* no NUL at the end */
    size_t size;
} fw_text_data;

typedef enum fw_text_file { FW_STRUCTURES, FW_GROUPS_AND_MEMBERS, FW_TOOLS, FW_FRAMES, FW_TEXT_FILES } fw_text_file;

fw_text_data fw_text_data_of(fw_text_file file);

#endif
