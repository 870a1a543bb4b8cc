/* main.c - finds the subcommand; everything else is its business. */
#include "base/file.h"
#include "cli/commands.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const cli_command *const commands[] = {&cli_segment, &cli_info, &cli_import, &cli_verify_clip, &cli_bench};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void help(FILE *out)
{
    fprintf(out, "usage: fsam COMMAND [OPTION ...]\n\ncommands:\n");
    for (int i = 0; i < COMMANDS; i++) fprintf(out, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
    fprintf(out, "\n'fsam COMMAND --help' explains one. 'fsam --version' prints the version.\n");
}

/* One line: `name` is no command, but may be meant for one. */
static void say_unknown(const char *name)
{
    const char *names[COMMANDS];
    for (int i = 0; i < COMMANDS; i++) names[i] = commands[i]->name;
    const char *near = cli_nearest(name, names, COMMANDS);
    if (near != NULL)
        fprintf(stderr, "fsam: %s: no such command; did you mean %s? (fsam --help)\n", name, near);
    else
        fprintf(stderr, "fsam: %s: no such command (fsam --help)\n", name);
}

/* Ctrl-C leaves no half-written file behind: only what is safe in a handler is done here. */
static void interrupted(int number)
{
    (void)number;
    fb_writers_unlink_all(); /* NOLINT(bugprone-signal-handler): atomic loads and unlink only */
    _exit(130);
}

/* The status, unless what was printed did not reach its place: a full disk is no success. */
static int flushed(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    fprintf(stderr, "fsam: standard output: cannot be written\n");
    return status == FSAM_OK ? FSAM_ERROR_IO : status;
}

int main(int count, char **word)
{
    (void)signal(SIGINT, interrupted);
    (void)signal(SIGTERM, interrupted);
    const char *name = count > 1 ? word[1] : "";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        help(stdout);
        return FSAM_OK;
    }
    if (strcmp(name, "--version") == 0) {
        printf("fsam %s\n", FSAM_VERSION);
        return FSAM_OK;
    }
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(name, commands[i]->name) == 0) return flushed(commands[i]->run(count - 1, word + 1));
    if (count > 1)
        say_unknown(name);
    else
        help(stderr);
    return FSAM_ERROR_ARGUMENT;
}
