/* completion.h - scripts that make a shell complete fsam's command line, from the option tables: commands, options, the
 * choices of an option, and files where a value or an operand is one. */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "cli/options.h"

void cli_completion_bash(const cli_command *const *commands, size_t count, FILE *out);
void cli_completion_zsh(const cli_command *const *commands, size_t count, FILE *out);

#endif
