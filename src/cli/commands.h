/* commands.h - the subcommands. Each entry function gets its words (word[0] is its name) and returns the exit status.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/options.h"

int cmd_bench(int count, char **word);
int cmd_completion(int count, char **word);
int cmd_describe(int count, char **word);
int cmd_help(int count, char **word);
int cmd_image(int count, char **word);
int cmd_import(int count, char **word);
int cmd_info(int count, char **word);
int cmd_manual(int count, char **word);
int cmd_segment(int count, char **word);
int cmd_verify_clip(int count, char **word);

extern const cli_command cli_bench, cli_completion, cli_describe, cli_help, cli_image, cli_import, cli_info, cli_manual,
    cli_segment, cli_verify_clip;

/* All of them, in the order in which they are listed. */
extern const cli_command *const cli_commands[];
extern const size_t cli_command_count;

/* FSAM_ERROR_ARGUMENT when there is none of this name; the message says which one may have been meant. */
fsam_status cli_command_find(const char *name, const cli_command **command);

#endif
