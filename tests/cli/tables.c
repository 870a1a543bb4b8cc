/* tables.c - what is made of the commands' option tables: help, manual pages and completion say all that the tables do,
 * the tables agree with each other, and the exit statuses with docs/EXITCODES.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/exit_status.h"
#include "cli/help.h"
#include "cli/manual.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* ---- the program's own tables ---- */

typedef void print_all(const cli_command *const *commands, size_t count, FILE *out);

static void command_help(const cli_command *const *commands, size_t count, FILE *out)
{
    (void)count;
    cli_print_help(commands[0], out);
}

static void command_manual(const cli_command *const *commands, size_t count, FILE *out)
{
    cli_manual_command(commands[0], commands, count, out);
}

/* What `print` prints of `count` commands. Owned. */
static char *printed(print_all *print, const cli_command *const *commands, size_t count)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    print(commands, count, out);
    fclose(out);
    return text;
}

/* `text` has this word, with nothing that a name consists of before or after it. */
static bool has_word(const char *text, const char *word)
{
    static const char inside[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    size_t length = strlen(word);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
        if ((at == text || strchr(inside, at[-1]) == NULL) &&
            (at[length] == '\0' || strchr(inside, at[length]) == NULL))
            return true;
    return false;
}

static void expect_word(const char *text, const char *where, const cli_command *command, const char *word)
{
    if (has_word(text, word)) return;
    print_error("%s of %s has no %s\n", where, command->name, word);
    fail();
}

/* `word` with each '-' as roff writes it. */
static const char *in_roff(const char *word)
{
    static char escaped[128];
    size_t used = 0;
    for (; *word != '\0' && used < sizeof escaped - 3; word++) {
        if (*word == '-') escaped[used++] = '\\';
        escaped[used++] = *word;
    }
    escaped[used] = '\0';
    return escaped;
}

static void expect_everywhere(const cli_command *command, char *const text[4], const char *word)
{
    static const char *const where[] = {"help", "manual page", "bash completion", "zsh completion"};
    for (int i = 0; i < 4; i++) expect_word(text[i], where[i], command, i == 1 ? in_roff(word) : word);
}

static void expect_option(const cli_command *command, char *const text[4], const cli_option *option)
{
    char word[96];
    snprintf(word, sizeof word, "%s%s", option->kind == CLI_SWITCH ? "" : "--", option->name);
    expect_everywhere(command, text, word);
    snprintf(word, sizeof word, "-%c", option->letter);
    if (option->letter != '\0') {
        expect_word(text[0], "help", command, word);
        expect_word(text[1], "manual page", command, in_roff(word));
        expect_word(text[3], "zsh completion", command, word);
        if (cli_has_value(option)) expect_word(text[2], "bash completion", command, word);
    }
    if (option->kind == CLI_SWITCH) {
        snprintf(word, sizeof word, "--no-%s", option->name);
        expect_word(text[2], "bash completion", command, word);
        expect_word(text[3], "zsh completion", command, word);
    }
    char *choices = strdup(option->choices != NULL ? option->choices : "");
    for (char *choice = strtok(choices, "|"); choice != NULL; choice = strtok(NULL, "|"))
        expect_everywhere(command, text, choice);
    free(choices);
}

static void every_option_is_everywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < cli_command_count; i++) {
        const cli_command *command = cli_commands[i];
        char *text[4] = {printed(command_help, &command, 1), printed(command_manual, &command, 1),
                         printed(cli_completion_bash, &command, 1), printed(cli_completion_zsh, &command, 1)};
        for (size_t k = 0; k < command->count; k++) expect_option(command, text, &command->options[k]);
        expect_option(command, text, &cli_help_option);
        for (int k = 0; k < 4; k++) free(text[k]);
    }
}

static void every_command_is_everywhere(void **state)
{
    (void)state;
    char *text[4] = {printed(cli_print_commands, cli_commands, cli_command_count),
                     printed(cli_manual_program, cli_commands, cli_command_count),
                     printed(cli_completion_bash, cli_commands, cli_command_count),
                     printed(cli_completion_zsh, cli_commands, cli_command_count)};
    for (size_t i = 0; i < cli_command_count; i++) expect_everywhere(cli_commands[i], text, cli_commands[i]->name);
    for (int i = 0; i < 4; i++) free(text[i]);
}

/* Whoever knows one command knows the letters of the others. */
static void letters_mean_one_thing(void **state)
{
    (void)state;
    const char *name_of[128] = {0};
    for (size_t i = 0; i < cli_command_count; i++) {
        for (size_t k = 0; k < cli_commands[i]->count; k++) {
            const cli_option *option = &cli_commands[i]->options[k];
            const char **name = &name_of[(unsigned char)option->letter % 128];
            if (option->letter == 0) continue;
            if (*name == NULL) *name = option->name;
            if (strcmp(*name, option->name) == 0) continue;
            print_error("%s: -%c is --%s here and --%s elsewhere\n", cli_commands[i]->name, option->letter,
                        option->name, *name);
            fail();
        }
    }
}

static void help_fits_a_terminal(void **state)
{
    (void)state;
    for (size_t i = 0; i < cli_command_count; i++) {
        cli_command command = *cli_commands[i];
        const cli_command *list = &command;
        command.examples = NULL; /* they are to be copied as they are */
        char *text = printed(command_help, &list, 1);
        for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
            if (strlen(line) > 80) fail_msg("%s --help: %s", command.name, line);
        free(text);
    }
}

/* ---- exit statuses ---- */

static void exit_statuses_are_the_documented_ones(void **state)
{
    (void)state;
    char line[1024], *row[5];
    size_t known = 0;
    FILE *file = fopen("docs/EXITCODES.md", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (line[0] != '|' || line[2] < '0' || line[2] > '9') continue;
        int cells = 0;
        for (char *cell = strtok(line, "|"); cell != NULL && cells < 5; cell = strtok(NULL, "|")) row[cells++] = cell;
        assert_true(cells >= 3 && known < cli_exit_status_count);
        assert_int_equal(atoi(row[0]), cli_exit_statuses[known].status);
        row[2][strlen(row[2]) - 1] = '\0'; /* the space before the bar */
        assert_string_equal(row[2] + 1, cli_exit_statuses[known].meaning);
        known++;
    }
    fclose(file);
    assert_int_equal(known, cli_exit_status_count);
}

/* ---- a table made to be hard ---- */

static const cli_option hard_options[] = {
    {.name = "out-file", .letter = 'o', .kind = CLI_TEXT, .argument = "FILE", .help = ".hidden \"is\" a\\b"},
    {.name = "depth", .kind = CLI_CHOICE, .argument = "D", .choices = "8|16", .section = "it's", .help = "bits: [n]"},
    {.name = "draw", .kind = CLI_SWITCH, .initial = "on", .help = "draw"},
    {.name = "say", .letter = 's', .kind = CLI_TEXTS, .argument = "X,Y[,+|-]", .help = "say"},
    {.name = "folder", .kind = CLI_TEXT, .argument = "DIR", .help = "where"},
};
static const cli_command hard = {.name = "hard-one",
                                 .summary = "a test",
                                 .operands = "A|B",
                                 .least = 1,
                                 .most = 1,
                                 .about = "'One'\n.two\n\n  as is\n    more",
                                 .examples = "  fsam hard-one 'a~b'",
                                 .options = hard_options,
                                 .count = sizeof hard_options / sizeof hard_options[0]};
static const cli_command *const hard_list = &hard;

static void manual_escapes(void **state)
{
    (void)state;
    static const char before[] = ".TH FSAM\\-HARD\\-ONE 1 \"\" \"fsam ";
    static const char until_statuses[] = ".SH NAME\n"
                                         "fsam\\-hard\\-one \\- a test\n"
                                         ".SH SYNOPSIS\n"
                                         "\\fBfsam hard\\-one\\fR \\fIA|B\\fR [\\fIOPTION\\fR ...]\n"
                                         ".SH DESCRIPTION\n"
                                         "\\(aqOne\\(aq\n"
                                         "\\&.two\n"
                                         ".PP\n"
                                         ".RS 4\n"
                                         ".nf\n"
                                         "as is\n"
                                         "  more\n"
                                         ".fi\n"
                                         ".RE\n"
                                         ".SH OPTIONS\n"
                                         ".TP\n"
                                         "\\fB\\-o\\fR, \\fB\\-\\-out\\-file\\fR \\fIFILE\\fR\n"
                                         "\\&.hidden \\(dqis\\(dq a\\eb\n"
                                         ".SS \"It\\(aqs\"\n"
                                         ".TP\n"
                                         "\\fB\\-\\-depth\\fR \\fID\\fR\n"
                                         "bits: [n]\n"
                                         ".TP\n"
                                         "\\fB\\-\\-\\fR[\\fBno\\-\\fR]\\fBdraw\\fR\n"
                                         "draw (on)\n";
    char *text = printed(command_manual, &hard_list, 1);
    assert_memory_equal(text, before, sizeof before - 1);
    const char *name = strstr(text, ".SH NAME");
    assert_non_null(name);
    assert_memory_equal(name, until_statuses, sizeof until_statuses - 1);
    assert_non_null(
        strstr(text, ".SH EXAMPLES\n.RS 4\n.nf\nfsam hard\\-one \\(aqa\\(tib\\(aq\n.fi\n.RE\n.SH SEE ALSO\n"));
    free(text);
}

static void expect_part(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) fail_msg("no %s in:\n%s", part, text);
}

static void bash_proposes(void **state)
{
    (void)state;
    char *text = printed(cli_completion_bash, &hard_list, 1);
    expect_part(text, "        --out-file | -o) _fsam_files ;;\n");
    expect_part(text, "        --depth) _fsam_among '8 16' \"$word\" ;;\n");
    expect_part(text, "        --say | -s) : ;;\n");
    expect_part(text, "        --folder) _fsam_folders ;;\n");
    expect_part(text, "'--out-file --depth --draw --no-draw --say --folder --help'");
    expect_part(text, "_fsam_among 'A B' \"$word\"\n");
    free(text);
}

static void zsh_proposes(void **state)
{
    (void)state;
    char *text = printed(cli_completion_zsh, &hard_list, 1);
    expect_part(text, "'(-o --out-file)'{-o+,--out-file=}'[.hidden \"is\" a\\\\b]:FILE:_files'");
    expect_part(text, " --depth='[bits\\: \\[n\\]]:D:(8 16)'");
    expect_part(text, "'(--draw --no-draw)'{--draw,--no-draw}'[draw]'");
    expect_part(text, "'*'{-s+,--say=}'[say]:X,Y\\[,+|-\\]: '");
    expect_part(text, " --folder='[where]:DIR:_files -/'");
    expect_part(text, " ':A|B:(A B)'");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_is_everywhere),
        cmocka_unit_test(every_command_is_everywhere),
        cmocka_unit_test(letters_mean_one_thing),
        cmocka_unit_test(help_fits_a_terminal),
        cmocka_unit_test(exit_statuses_are_the_documented_ones),
        cmocka_unit_test(manual_escapes),
        cmocka_unit_test(bash_proposes),
        cmocka_unit_test(zsh_proposes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
