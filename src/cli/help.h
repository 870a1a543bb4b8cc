/* help.h - --help, from the option tables. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/options.h"

/* One command: its usage, what it does, its options by section, its examples; 80 columns wide. */
void cli_print_help(const cli_command *command, FILE *out);
/* The program: all commands. */
void cli_print_commands(const cli_command *const *commands, size_t count, FILE *out);

#endif
