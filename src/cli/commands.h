/* commands.h - the subcommands. Each entry function gets its words (word[0] is the last of its name) and returns the
 * exit status. Commands of one family stand together in the list. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/options.h"

int cmd_bench(int count, char **word);
int cmd_completion(int count, char **word);
int cmd_describe(int count, char **word);
int cmd_evaluate(int count, char **word);
int cmd_finish(int count, char **word);
int cmd_help(int count, char **word);
int cmd_image(int count, char **word);
int cmd_import(int count, char **word);
int cmd_info(int count, char **word);
int cmd_manual(int count, char **word);
int cmd_phantom(int count, char **word);
int cmd_segment(int count, char **word);
int cmd_simulate(int count, char **word);
int cmd_train(int count, char **word);
int cmd_train_text(int count, char **word);
int cmd_verify_clip(int count, char **word);
int cmd_volume_info(int count, char **word);
int cmd_volume_mesh(int count, char **word);
int cmd_volume_resample(int count, char **word);
int cmd_volume_synthesize(int count, char **word);
int cmd_volume_vary(int count, char **word);

extern const cli_command cli_bench;
extern const cli_command cli_completion;
extern const cli_command cli_describe;
extern const cli_command cli_evaluate;
extern const cli_command cli_finish;
extern const cli_command cli_help;
extern const cli_command cli_image;
extern const cli_command cli_import;
extern const cli_command cli_info;
extern const cli_command cli_manual;
extern const cli_command cli_phantom;
extern const cli_command cli_segment;
extern const cli_command cli_simulate;
extern const cli_command cli_train;
extern const cli_command cli_train_text;
extern const cli_command cli_verify_clip;
extern const cli_command cli_volume_info;
extern const cli_command cli_volume_mesh;
extern const cli_command cli_volume_resample;
extern const cli_command cli_volume_synthesize;
extern const cli_command cli_volume_vary;

/* All of them, in the order in which they are listed. */
extern const cli_command *const cli_commands[];
extern const size_t cli_command_count;

/* The command that the words begin with, which are `count` and at least one; *used of them are its name.
 * FSAM_ERROR_ARGUMENT when there is none; the message says which one may have been meant. */
fsam_status cli_command_find(size_t count, const char *const *word, const cli_command **command, size_t *used);

/* The length of a name's first word when it has another, which makes it one of a family; else 0. */
size_t cli_family_length(const cli_command *command);

#endif
