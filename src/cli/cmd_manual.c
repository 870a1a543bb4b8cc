/* cmd_manual.c - fsam manual [COMMAND] */
#include "base/file.h"
#include "cli/commands.h"
#include "cli/manual.h"

#include <stdlib.h>

typedef struct request {
    const char *folder;
    bool force;
} request;

static const cli_option options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(request, folder),
     .argument = "DIR",
     .help = "write every page as a file of this folder, which must be there: fsam.1, fsam-segment.1, ..."},
    {.name = "force",
     .letter = 'f',
     .kind = CLI_FLAG,
     .field = offsetof(request, force),
     .help = "overwrite files that exist"},
};

const cli_command cli_manual = {
    .name = "manual",
    .summary = "print manual pages for man(1)",
    .operands = "[COMMAND]",
    .most = 2,
    .about = "Prints the manual page of a command, or without COMMAND that of the program, in roff.\n"
             "They are what 'make install' puts into share/man.",
    .examples = "  fsam manual segment | man -l -",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_manual,
};

/* `command` NULL: the program's page. */
static void print_page(const cli_command *command, FILE *out)
{
    if (command != NULL)
        cli_manual_command(command, cli_commands, cli_command_count, out);
    else
        cli_manual_program(cli_commands, cli_command_count, out);
}

static fsam_status write_page(const request *wanted, const cli_command *command)
{
    char name[CLI_PAGE_NAME], path[4096], *text = NULL;
    size_t size = 0;
    cli_manual_name(command, name);
    int length = snprintf(path, sizeof path, "%s/%s.1", wanted->folder, name);
    if (length < 0 || (size_t)length >= sizeof path)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--output: longer than %zu bytes", sizeof path);
    FILE *page = open_memstream(&text, &size);
    if (page == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    print_page(command, page);
    bool good = !ferror(page);
    good = fclose(page) == 0 && good;
    fsam_status status =
        good ? fb_file_write(path, wanted->force, text, size) : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    free(text);
    return status;
}

static fsam_status run(const request *wanted, const cli_texts *names)
{
    const cli_command *command = NULL;
    size_t used = 0;
    if (names->count > 0) FB_TRY(cli_command_find(names->count, names->item, &command, &used));
    if (used < names->count) return fb_fail(FSAM_ERROR_ARGUMENT, "%s is one too many", names->item[used]);
    if (wanted->folder == NULL) {
        print_page(command, stdout);
        return FSAM_OK;
    }
    if (command != NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--output DIR: takes all pages, so no COMMAND");
    FB_TRY(write_page(wanted, NULL));
    for (size_t i = 0; i < cli_command_count; i++) FB_TRY(write_page(wanted, cli_commands[i]));
    return FSAM_OK;
}

int cmd_manual(int count, char **word)
{
    request wanted = {0};
    cli_texts names;
    bool help;
    fsam_status status = cli_parse(&cli_manual, count, word, &wanted, &names, &help);
    if (status == FSAM_OK && !help) status = run(&wanted, &names);
    cli_request_free(&cli_manual, &wanted, &names);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_manual, status);
}
