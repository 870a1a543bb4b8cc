/* manual.h - manual pages in roff (the man(7) macros), from the option tables. They carry no date, so that a version
 * always makes the same pages. */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "cli/options.h"

enum { CLI_PAGE_NAME = 64 }; /* bytes of a page's name, with NUL */

/* "fsam-volume-info" of "volume info", "fsam" of NULL. */
void cli_manual_name(const cli_command *command, char name[CLI_PAGE_NAME]);

/* fsam(1): the program and the list of its commands. */
void cli_manual_program(const cli_command *const *commands, size_t count, FILE *out);
/* fsam-NAME(1): one command; `commands` are those it refers to. */
void cli_manual_command(const cli_command *command, const cli_command *const *commands, size_t count, FILE *out);

#endif
