/* commands.c - the list of the subcommands. */
#include "cli/commands.h"

#include <stdio.h>
#include <string.h>

const cli_command *const cli_commands[] = {
    &cli_segment,
    &cli_image,
    &cli_info,
    &cli_import,
    &cli_verify_clip,
    &cli_simulate,
    &cli_phantom,
    &cli_volume_info,
    &cli_volume_resample,
    &cli_volume_mesh,
    &cli_volume_synthesize,
    &cli_volume_vary,
    &cli_describe,
    &cli_train_text,
    &cli_train,
    &cli_finish,
    &cli_evaluate,
    &cli_bench,
    &cli_help,
    &cli_completion,
    &cli_manual,
};
const size_t cli_command_count = sizeof cli_commands / sizeof cli_commands[0];

enum { NAMES = 64 };

size_t cli_family_length(const cli_command *command)
{
    const char *space = strchr(command->name, ' ');
    return space != NULL ? (size_t)(space - command->name) : 0;
}

static bool is_of_family(const cli_command *command, const char *name)
{
    size_t length = cli_family_length(command);
    return length != 0 && strlen(name) == length && strncmp(command->name, name, length) == 0;
}

/* A family, whose second word is `second`; NULL, or an option: missing. */
static fsam_status find_in_family(const char *family, const char *second, const cli_command **command)
{
    char list[128] = "";
    size_t length = 0;
    for (size_t i = 0; i < cli_command_count; i++) {
        if (!is_of_family(cli_commands[i], family)) continue;
        const char *name = cli_commands[i]->name + cli_family_length(cli_commands[i]) + 1;
        *command = cli_commands[i];
        if (second != NULL && strcmp(name, second) == 0) return FSAM_OK;
        length += (size_t)snprintf(list + length, sizeof list - length, "%s%s", length > 0 ? ", " : "", name);
        if (length >= sizeof list) break;
    }
    if (second == NULL || second[0] == '-') return fb_fail(FSAM_ERROR_ARGUMENT, "%s: what? One of %s", family, list);
    return fb_fail(FSAM_ERROR_ARGUMENT, "%s %s: no such command; there are %s", family, second, list);
}

fsam_status cli_command_find(size_t count, const char *const *word, const cli_command **command, size_t *used)
{
    const char *names[NAMES];
    size_t known = cli_command_count < NAMES ? cli_command_count : NAMES;
    *used = 1;
    for (size_t i = 0; i < known; i++) {
        *command = cli_commands[i];
        names[i] = cli_commands[i]->name;
        if (strcmp(word[0], names[i]) == 0) return FSAM_OK;
        if (!is_of_family(cli_commands[i], word[0])) continue;
        *used = 2;
        return find_in_family(word[0], count > 1 ? word[1] : NULL, command);
    }
    if (word[0][0] == '-') return fb_fail(FSAM_ERROR_ARGUMENT, "unknown option %s (fsam --help)", word[0]);
    const char *near = cli_nearest(word[0], names, known);
    if (near != NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: no such command; did you mean %s? (fsam --help)", word[0], near);
    return fb_fail(FSAM_ERROR_ARGUMENT, "%s: no such command (fsam --help)", word[0]);
}
