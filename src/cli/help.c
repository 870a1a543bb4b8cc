#include "cli/help.h"

#include <string.h>

enum { HELP_COLUMN = 29, COLUMNS = 80 };

/* Prints the words of `text` from column `at` on, further lines indented. Returns the column reached. */
static int print_words(const char *text, size_t length, int indent, int at, FILE *out)
{
    for (size_t next = 0; next < length;) {
        int word = (int)strcspn(text + next, " \n");
        if (at > indent && at + 1 + word > COLUMNS) {
            fprintf(out, "\n%*s", indent, "");
            at = indent;
        }
        at += fprintf(out, "%s%.*s", at > indent ? " " : "", word, text + next);
        next += (size_t)word;
        next += strspn(text + next, " ");
    }
    return at;
}

/* Paragraphs, filled anew; lines that begin with a space as they are. */
static void print_paragraphs(const char *text, FILE *out)
{
    int at = 0;
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        bool as_is = length == 0 || text[0] == ' ';
        if (as_is && at > 0) fputc('\n', out);
        if (as_is)
            fprintf(out, "%.*s\n", (int)length, text);
        else
            at = print_words(text, length, 0, at, out);
        if (as_is) at = 0;
        text += length + (text[length] == '\n');
    }
    if (at > 0) fputc('\n', out);
}

static void print_option(const cli_option *option, FILE *out)
{
    char initial[96];
    int at = option->letter != 0 ? fprintf(out, "  -%c, ", option->letter) : fprintf(out, "      ");
    at += fprintf(out, "--%s%s%s%s", option->kind == CLI_SWITCH ? "[no-]" : "", option->name,
                  option->argument != NULL ? " " : "", option->argument != NULL ? option->argument : "");
    if (at + 2 > HELP_COLUMN) {
        fputc('\n', out);
        at = 0;
    }
    fprintf(out, "%*s", HELP_COLUMN - at, "");
    at = print_words(option->help, strlen(option->help), HELP_COLUMN, HELP_COLUMN, out);
    if (option->initial != NULL) {
        snprintf(initial, sizeof initial, "(%s)", option->initial);
        print_words(initial, strlen(initial), HELP_COLUMN, at, out);
    }
    fputc('\n', out);
}

void cli_print_help(const cli_command *command, FILE *out)
{
    fprintf(out, "usage: fsam %s%s%s [OPTION ...]\n\n", command->name, command->operands[0] != '\0' ? " " : "",
            command->operands);
    print_paragraphs(command->about, out);
    for (size_t i = 0; i < command->count; i++) {
        const cli_option *option = &command->options[i];
        if (i == 0 || option->section != NULL)
            fprintf(out, "\n%s:\n", option->section != NULL ? option->section : "options");
        print_option(option, out);
    }
    if (command->count == 0) fprintf(out, "\noptions:\n");
    print_option(&cli_help_option, out);
    if (command->examples == NULL) return;
    fputs("\nexamples:\n", out);
    print_paragraphs(command->examples, out);
}

void cli_print_commands(const cli_command *const *commands, size_t count, FILE *out)
{
    fprintf(out, "usage: fsam COMMAND [OPTION ...]\n\ncommands:\n");
    for (size_t i = 0; i < count; i++) fprintf(out, "  %-15s %s\n", commands[i]->name, commands[i]->summary);
    fprintf(out, "\n'fsam COMMAND --help' explains one. 'fsam --version' prints the version.\n");
}
