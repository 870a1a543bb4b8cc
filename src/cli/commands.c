/* commands.c - the list of the subcommands. */
#include "cli/commands.h"

#include <string.h>

const cli_command *const cli_commands[] = {&cli_segment,  &cli_image, &cli_info, &cli_import,     &cli_verify_clip,
                                           &cli_describe, &cli_bench, &cli_help, &cli_completion, &cli_manual};
const size_t cli_command_count = sizeof cli_commands / sizeof cli_commands[0];

enum { NAMES = 64 };

fsam_status cli_command_find(const char *name, const cli_command **command)
{
    const char *names[NAMES];
    size_t count = cli_command_count < NAMES ? cli_command_count : NAMES;
    for (size_t i = 0; i < count; i++) {
        *command = cli_commands[i];
        names[i] = cli_commands[i]->name;
        if (strcmp(name, names[i]) == 0) return FSAM_OK;
    }
    if (name[0] == '-') return fb_fail(FSAM_ERROR_ARGUMENT, "unknown option %s (fsam --help)", name);
    const char *near = cli_nearest(name, names, count);
    if (near != NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: no such command; did you mean %s? (fsam --help)", name, near);
    return fb_fail(FSAM_ERROR_ARGUMENT, "%s: no such command (fsam --help)", name);
}
