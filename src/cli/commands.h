/* commands.h - the subcommands. Each entry function gets its words (word[0] is its name) and returns the exit status.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/options.h"

int cmd_bench(int count, char **word);
int cmd_import(int count, char **word);
int cmd_info(int count, char **word);
int cmd_segment(int count, char **word);
int cmd_verify_clip(int count, char **word);

extern const cli_command cli_bench, cli_import, cli_info, cli_segment, cli_verify_clip;

#endif
