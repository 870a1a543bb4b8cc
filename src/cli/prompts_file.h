/* prompts_file.h - prompts from a file, one a line as JSON (docs/FORMATS.md, "Prompts file"). */
#ifndef CLI_PROMPTS_FILE_H
#define CLI_PROMPTS_FILE_H

#include "cli/asks.h"

enum { CLI_MOST_PROMPTS = 10000 }; /* of one file */

/* Adds the prompts of `path` to the list. Paths of masks are relative to the file's folder. The message is "FILE:LINE:
 * field: what": FSAM_ERROR_FORMAT when the line is no JSON object, has a field that is not known or a value that cannot
 * be used, or asks for nothing; FSAM_ERROR_MEMORY when a line has more than FB_JSON_RECORD bytes or the file more than
 * CLI_MOST_PROMPTS prompts. A file without any is FSAM_ERROR_FORMAT too. */
fsam_status cli_prompts_read(const char *path, cli_asks *asks);
/* The same from memory; `where` stands for the path. */
fsam_status cli_prompts_read_memory(const void *data, size_t size, const char *where, cli_asks *asks);

#endif
