/* cmd_completion.c - fsam completion bash|zsh */
#include "cli/commands.h"
#include "cli/completion.h"

#include <string.h>

const cli_command cli_completion = {
    .name = "completion",
    .summary = "print the completion script for a shell",
    .operands = "bash|zsh",
    .least = 1,
    .most = 1,
    .about = "Prints a script that makes bash or zsh complete fsam's commands, options, their choices\n"
             "and files. 'make install' puts it where the shells look for it.",
    .examples = "  source <(fsam completion bash)",
    .run = cmd_completion,
};

static fsam_status print_script(const char *shell)
{
    if (strcmp(shell, "bash") == 0)
        cli_completion_bash(cli_commands, cli_command_count, stdout);
    else if (strcmp(shell, "zsh") == 0)
        cli_completion_zsh(cli_commands, cli_command_count, stdout);
    else
        return fb_fail(FSAM_ERROR_ARGUMENT, "'%s' is none of %s", shell, cli_completion.operands);
    return FSAM_OK;
}

int cmd_completion(int count, char **word)
{
    cli_texts shells;
    bool help;
    fsam_status status = cli_parse(&cli_completion, count, word, NULL, &shells, &help);
    if (status == FSAM_OK && !help) status = print_script(shells.item[0]);
    cli_request_free(&cli_completion, NULL, &shells);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_completion, status);
}
