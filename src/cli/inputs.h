/* inputs.h - the files that words on the command line stand for: files, folders, patterns. */
#ifndef CLI_INPUTS_H
#define CLI_INPUTS_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct cli_input {
    char *path;  /* owned by the list */
    bool listed; /* found in folders only: that it is no picture is no failure */
    bool exists;
    dev_t device; /* of a file that exists */
    ino_t inode;
} cli_input;

/* A zeroed list is empty and ready. Owned: cli_inputs_free. */
typedef struct cli_inputs {
    cli_input *item;
    size_t count;
} cli_inputs;

/* Adds what `word` stands for: the file of this name; the regular files of this folder, and with `recursive` of those
 * below it, sorted by name, hidden ones left out; else the files that match it as a pattern of the shell, sorted. A
 * name of nothing is added as it is, for whoever opens it to say so. FSAM_ERROR_IO when a folder cannot be read or has
 * no files, or nothing matches a pattern. */
fsam_status cli_inputs_add(cli_inputs *inputs, const char *word, bool recursive);
/* Leaves each file once, where it came first. */
fsam_status cli_inputs_unique(cli_inputs *inputs);
void cli_inputs_free(cli_inputs *inputs);

#endif
