/* cmd_help.c - fsam help [COMMAND] */
#include "cli/commands.h"
#include "cli/help.h"

const cli_command cli_help = {
    .name = "help",
    .summary = "explain a command",
    .operands = "[COMMAND]",
    .most = 2,
    .about = "Prints what 'fsam COMMAND --help' prints, or without COMMAND what 'fsam --help' does.",
    .examples = "  fsam help segment",
    .run = cmd_help,
};

static fsam_status explain(const cli_texts *names)
{
    const cli_command *command;
    size_t used;
    if (names->count == 0) {
        cli_print_commands(cli_commands, cli_command_count, stdout);
        return FSAM_OK;
    }
    FB_TRY(cli_command_find(names->count, names->item, &command, &used));
    if (used < names->count) return fb_fail(FSAM_ERROR_ARGUMENT, "%s is one too many", names->item[used]);
    cli_print_help(command, stdout);
    return FSAM_OK;
}

int cmd_help(int count, char **word)
{
    cli_texts names;
    bool help;
    fsam_status status = cli_parse(&cli_help, count, word, NULL, &names, &help);
    if (status == FSAM_OK && !help) status = explain(&names);
    cli_request_free(&cli_help, NULL, &names);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_help, status);
}
