#include "cli/options.h"
#include "cli/help.h"
#include "cli/progress.h"
#include "cli/safe_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES = 128 };

const cli_option cli_help_option = {.name = "help", .letter = 'h', .kind = CLI_FLAG, .help = "print help"};

bool cli_has_value(const cli_option *option)
{
    return option->kind != CLI_FLAG && option->kind != CLI_SWITCH;
}

/* ---- values ---- */

static fsam_status append(cli_texts *list, const char *text)
{
    const char **item = realloc((void *)list->item, (list->count + 1) * sizeof *item);
    if (item == NULL) return fb_fail(FSAM_ERROR_MEMORY, "out of memory");
    list->item = item;
    list->item[list->count++] = text;
    return FSAM_OK;
}

static fsam_status take_number(const cli_option *option, const char *text, void *field)
{
    char *end;
    double value = strtod(text, &end);
    bool whole = option->kind == CLI_INTEGER;
    if (end == text || *end != '\0' || !(value >= option->low && value <= option->high) ||
        (whole && value != floor(value)))
        return fb_fail(FSAM_ERROR_ARGUMENT, "--%s: '%s' is no %s from %g to %g", option->name, text,
                       whole ? "whole number" : "number", option->low, option->high);
    if (whole)
        *(int *)field = (int)value;
    else
        *(double *)field = value;
    return FSAM_OK;
}

static fsam_status take_choice(const cli_option *option, const char *text, int *field)
{
    size_t length = strlen(text);
    int place = 0;
    for (const char *at = option->choices; at != NULL; place++) {
        const char *bar = strchr(at, '|');
        size_t width = bar != NULL ? (size_t)(bar - at) : strlen(at);
        if (width == length && strncmp(at, text, width) == 0) {
            *field = place;
            return FSAM_OK;
        }
        at = bar != NULL ? bar + 1 : NULL;
    }
    return fb_fail(FSAM_ERROR_ARGUMENT, "--%s: '%s' is none of %s", option->name, text, option->choices);
}

/* `text`: the value, NULL of a flag; `on`: false for --no-NAME. */
static fsam_status take(const cli_option *option, const char *text, bool on, void *request)
{
    void *field = (char *)request + option->field;
    if (text == NULL) {
        *(bool *)field = on;
        return FSAM_OK;
    }
    if (option->kind == CLI_TEXTS) return append(field, text);
    if (option->kind == CLI_CHOICE) return take_choice(option, text, field);
    if (option->kind != CLI_TEXT) return take_number(option, text, field);
    *(const char **)field = text;
    return FSAM_OK;
}

/* ---- words ---- */

typedef struct parser {
    const cli_command *command;
    char **word;
    int count, next;
    void *request;
    cli_texts *operands;
    bool *help;
} parser;

/* The unknown option as it was typed, without a value, and the one that may have been meant. */
static fsam_status unknown(const parser *p, const char *typed, size_t length)
{
    const char *names[NAMES];
    char word[64];
    size_t count = 0;
    snprintf(word, sizeof word, "%.*s", (int)length, typed);
    for (size_t i = 0; i < p->command->count && count < NAMES - 1; i++) names[count++] = p->command->options[i].name;
    names[count++] = "help";
    const char *near = strncmp(word, "--", 2) == 0 ? cli_nearest(word + 2, names, count) : NULL;
    if (near != NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "unknown option %s; did you mean --%s? (fsam %s --help)", word, near,
                       p->command->name);
    return fb_fail(FSAM_ERROR_ARGUMENT, "unknown option %s (fsam %s --help)", word, p->command->name);
}

static fsam_status next_value(parser *p, const char *name, const cli_option *option, const char **value)
{
    /* A word of two dashes is more likely the next option than a value; --name=--value says that it is one. */
    if (p->next >= p->count || strncmp(p->word[p->next], "--", 2) == 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s needs a value: %s", name, option->argument);
    *value = p->word[p->next++];
    return FSAM_OK;
}

/* --NAME, --NAME=VALUE, --no-NAME */
static fsam_status parse_long(parser *p, const char *word)
{
    const char *name = word + 2, *equals = strchr(name, '='), *value = equals != NULL ? equals + 1 : NULL;
    size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
    if (length == 4 && strncmp(name, "help", 4) == 0) {
        *p->help = true;
        return FSAM_OK;
    }
    for (size_t i = 0; i < p->command->count; i++) {
        const cli_option *option = &p->command->options[i];
        bool off = option->kind == CLI_SWITCH && strncmp(name, "no-", 3) == 0;
        size_t skip = off ? 3 : 0;
        if (strlen(option->name) + skip != length || strncmp(option->name, name + skip, length - skip) != 0) continue;
        if (!cli_has_value(option) && value != NULL)
            return fb_fail(FSAM_ERROR_ARGUMENT, "%.*s takes no value", (int)length + 2, word);
        if (cli_has_value(option) && value == NULL) FB_TRY(next_value(p, word, option, &value));
        return take(option, value, !off, p->request);
    }
    return unknown(p, word, length + 2);
}

/* -n VALUE, -nVALUE, or several flags */
static fsam_status parse_short(parser *p, const char *word)
{
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        const cli_option *option = NULL;
        const char *value = NULL;
        char name[3] = {'-', *letter, '\0'};
        for (size_t i = 0; i < p->command->count; i++)
            if (p->command->options[i].letter == *letter) option = &p->command->options[i];
        if (option == NULL && *letter == 'h') {
            *p->help = true;
            return FSAM_OK;
        }
        if (option == NULL) return unknown(p, name, 2);
        if (!cli_has_value(option)) {
            FB_TRY(take(option, NULL, true, p->request));
            continue;
        }
        if (letter[1] != '\0')
            value = letter + 1;
        else
            FB_TRY(next_value(p, name, option, &value));
        return take(option, value, true, p->request);
    }
    return FSAM_OK;
}

static fsam_status parse_words(parser *p)
{
    bool ended = false;
    while (p->next < p->count && !*p->help) {
        const char *word = p->word[p->next++];
        if (ended || word[0] != '-' || word[1] == '\0')
            FB_TRY(append(p->operands, word));
        else if (strcmp(word, "--") == 0)
            ended = true;
        else
            FB_TRY(word[1] == '-' ? parse_long(p, word) : parse_short(p, word));
    }
    return FSAM_OK;
}

fsam_status cli_parse(const cli_command *command, int count, char **word, void *request, cli_texts *operands,
                      bool *help)
{
    parser p = {command, word, count, 1, request, operands, help};
    *help = false;
    *operands = (cli_texts){0};
    FB_TRY(parse_words(&p));
    if (*help) {
        cli_print_help(command, stdout);
        return FSAM_OK;
    }
    if (operands->count < (size_t)command->least)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s is missing (fsam %s --help)", command->operands, command->name);
    if (command->most >= 0 && operands->count > (size_t)command->most)
        return fb_fail(FSAM_ERROR_ARGUMENT, "'%s' is one too many (fsam %s --help)", operands->item[command->most],
                       command->name);
    return FSAM_OK;
}

void cli_request_free(const cli_command *command, void *request, cli_texts *operands)
{
    for (size_t i = 0; i < command->count; i++) {
        if (command->options[i].kind != CLI_TEXTS) continue;
        cli_texts *list = (cli_texts *)((char *)request + command->options[i].field);
        free((void *)list->item);
        *list = (cli_texts){0};
    }
    free((void *)operands->item);
    *operands = (cli_texts){0};
}

int cli_failed(const cli_command *command, fsam_status status)
{
    cli_progress_clear();
    fprintf(stderr, "fsam %s: ", command->name);
    cli_print_text(stderr, fb_message());
    fputc('\n', stderr);
    return (int)status;
}
