/* commands.h - the subcommands. Each gets its words (word[0] is its name) and returns the exit status. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

int cmd_import(int count, char **word);

#endif
