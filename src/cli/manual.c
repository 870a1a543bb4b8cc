#include "cli/manual.h"
#include "cli/exit_status.h"

#include <ctype.h>
#include <string.h>

enum { INDENT = 2 };

/* ---- text that roff prints as it is ---- */

/* Characters that roff takes for its own, or typesets as another: an option's dash must stay one that can be copied. */
static const char *escape(char c)
{
    switch (c) {
    case '\\':
        return "\\e";
    case '-':
        return "\\-";
    case '\'':
        return "\\(aq";
    case '"':
        return "\\(dq";
    case '`':
        return "\\(ga";
    case '^':
        return "\\(ha";
    case '~':
        return "\\(ti";
    default:
        return NULL;
    }
}

static void put_part(const char *text, size_t length, FILE *out)
{
    for (size_t i = 0; i < length; i++) {
        const char *special = escape(text[i]);
        if (special != NULL)
            fputs(special, out);
        else
            fputc(text[i], out);
    }
}

static void put(const char *text, FILE *out)
{
    put_part(text, strlen(text), out);
}

/* What begins a line of text: a full stop there would make it a request. */
static void put_start(const char *text, size_t length, FILE *out)
{
    if (length > 0 && text[0] == '.') fputs("\\&", out);
    put_part(text, length, out);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Paragraphs are filled; lines that begin with a space are set as they are, but for the help's INDENT. */
static void put_paragraphs(const char *text, FILE *out)
{
    bool literal = false;
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n"), indent = least(strspn(line, " "), INDENT);
        bool indented = indent > 0;
        if (indented != literal) fputs(indented ? ".RS 4\n.nf\n" : ".fi\n.RE\n", out);
        literal = indented;
        if (length == 0) {
            fputs(".PP\n", out);
        } else {
            put_start(line + indent, length - indent, out);
            fputc('\n', out);
        }
        line += length + (line[length] == '\n');
    }
    if (literal) fputs(".fi\n.RE\n", out);
}

/* ---- sections ---- */

void cli_manual_name(const cli_command *command, char name[CLI_PAGE_NAME])
{
    snprintf(name, CLI_PAGE_NAME, "fsam%s%s", command != NULL ? "-" : "", command != NULL ? command->name : "");
    for (char *space = name; (space = strchr(space, ' ')) != NULL;) *space = '-';
}

static void put_reference(const cli_command *command, FILE *out)
{
    char name[CLI_PAGE_NAME];
    cli_manual_name(command, name);
    fputs("\\fB", out);
    put(name, out);
    fputs("\\fR(1)", out);
}

static void put_title(const char *page, FILE *out)
{
    fputs(".TH ", out);
    for (; *page != '\0'; page++) put_part(&(char){(char)toupper((unsigned char)*page)}, 1, out);
    fprintf(out, " 1 \"\" \"fsam %s\" \"Manual of fsam\"\n", FSAM_VERSION);
}

static void put_name(const char *page, const char *summary, FILE *out)
{
    fputs(".SH NAME\n", out);
    put(page, out);
    fputs(" \\- ", out);
    put(summary, out);
    fputc('\n', out);
}

static void put_option(const cli_option *option, FILE *out)
{
    fputs(".TP\n", out);
    if (option->letter != 0) fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-", out);
    if (option->kind == CLI_SWITCH) fputs("\\fR[\\fBno\\-\\fR]\\fB", out);
    put(option->name, out);
    fputs("\\fR", out);
    if (option->argument != NULL) {
        fputs(" \\fI", out);
        put(option->argument, out);
        fputs("\\fR", out);
    }
    fputc('\n', out);
    put_start(option->help, strlen(option->help), out);
    if (option->initial != NULL) {
        fputs(" (", out);
        put(option->initial, out);
        fputc(')', out);
    }
    fputc('\n', out);
}

/* The headings of the help, with a capital. */
static void put_heading(const char *section, FILE *out)
{
    fputs(".SS \"", out);
    put_part(&(char){(char)toupper((unsigned char)section[0])}, 1, out);
    put(section + 1, out);
    fputs("\"\n", out);
}

static void put_options(const cli_command *command, FILE *out)
{
    fputs(".SH OPTIONS\n", out);
    for (size_t i = 0; i < command->count; i++) {
        if (command->options[i].section != NULL) put_heading(command->options[i].section, out);
        put_option(&command->options[i], out);
    }
    put_option(&cli_help_option, out);
}

static void put_exit_statuses(FILE *out)
{
    fputs(".SH EXIT STATUS\n", out);
    for (size_t i = 0; i < cli_exit_status_count; i++) {
        fprintf(out, ".TP\n%d\n", cli_exit_statuses[i].status);
        put(cli_exit_statuses[i].meaning, out);
        fputc('\n', out);
    }
}

/* The program's page and those of the commands but `self`, NULL: all commands' only. */
static void put_see_also(const cli_command *self, const cli_command *const *commands, size_t count, FILE *out)
{
    const char *comma = "";
    fputs(".SH SEE ALSO\n", out);
    if (self != NULL) {
        put_reference(NULL, out);
        comma = ",\n";
    }
    for (size_t i = 0; i < count; i++) {
        if (commands[i] == self) continue;
        fputs(comma, out);
        put_reference(commands[i], out);
        comma = ",\n";
    }
    fputc('\n', out);
}

/* ---- pages ---- */

void cli_manual_program(const cli_command *const *commands, size_t count, FILE *out)
{
    static const cli_option version = {.name = "version", .kind = CLI_FLAG, .help = "print the version"};
    put_title("fsam", out);
    put_name("fsam", "promptable segmentation of X-ray images", out);
    fputs(".SH SYNOPSIS\n\\fBfsam\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR ...]\n", out);
    fputs(".SH COMMANDS\n", out);
    for (size_t i = 0; i < count; i++) {
        fputs(".TP\n\\fB", out);
        put(commands[i]->name, out);
        fputs("\\fR\n", out);
        put(commands[i]->summary, out);
        fputs(": ", out);
        put_reference(commands[i], out);
        fputc('\n', out);
    }
    fputs(".SH OPTIONS\n", out);
    put_option(&cli_help_option, out);
    put_option(&version, out);
    put_exit_statuses(out);
    put_see_also(NULL, commands, count, out);
}

void cli_manual_command(const cli_command *command, const cli_command *const *commands, size_t count, FILE *out)
{
    char page[CLI_PAGE_NAME];
    cli_manual_name(command, page);
    put_title(page, out);
    put_name(page, command->summary, out);
    fputs(".SH SYNOPSIS\n\\fBfsam ", out);
    put(command->name, out);
    fputs("\\fR", out);
    if (command->operands[0] != '\0') {
        fputs(" \\fI", out);
        put(command->operands, out);
        fputs("\\fR", out);
    }
    fputs(" [\\fIOPTION\\fR ...]\n.SH DESCRIPTION\n", out);
    put_paragraphs(command->about, out);
    put_options(command, out);
    put_exit_statuses(out);
    if (command->examples != NULL) {
        fputs(".SH EXAMPLES\n", out);
        put_paragraphs(command->examples, out);
    }
    put_see_also(command, commands, count, out);
}
