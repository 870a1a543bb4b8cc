/* main.c - finds the subcommand; everything else is its business. */
#include "base/file.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/help.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Being stopped leaves no half-written file behind: only what is safe in a handler is done here. */
static void stopped(int number)
{
    fb_writers_unlink_all(); /* NOLINT(bugprone-signal-handler): atomics, poll and unlink only */
    _exit(CLI_SIGNALLED + number);
}

/* Ctrl-C, kill, a closed terminal (unless nohup asked to go on), and a reader of our output that has read enough. A
 * file that grows beyond its limit is an error of writing like a full disk. */
static void catch_signals(void)
{
    (void)signal(SIGINT, stopped);
    (void)signal(SIGTERM, stopped);
    (void)signal(SIGPIPE, stopped);
    if (signal(SIGHUP, stopped) == SIG_IGN) (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
}

/* The status, unless what was printed did not reach its place: a full disk is no success. */
static int flushed(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    fprintf(stderr, "fsam: standard output: cannot be written\n");
    return status == FSAM_OK ? FSAM_ERROR_IO : status;
}

static int run(int count, char **word)
{
    const cli_command *command;
    size_t used;
    if (count == 0) {
        cli_print_commands(cli_commands, cli_command_count, stderr);
        return FSAM_ERROR_ARGUMENT;
    }
    if (strcmp(word[0], "--help") == 0 || strcmp(word[0], "-h") == 0) {
        cli_print_commands(cli_commands, cli_command_count, stdout);
        return FSAM_OK;
    }
    if (strcmp(word[0], "--version") == 0) {
        printf("fsam %s\n", FSAM_VERSION);
        return FSAM_OK;
    }
    fsam_status status = cli_command_find((size_t)count, (const char *const *)word, &command, &used);
    if (status == FSAM_OK) return command->run(count - (int)used + 1, word + used - 1);
    fprintf(stderr, "fsam: %s\n", fb_message());
    return (int)status;
}

int main(int count, char **word)
{
    catch_signals();
    return flushed(count > 1 ? run(count - 1, word + 1) : run(0, NULL));
}
