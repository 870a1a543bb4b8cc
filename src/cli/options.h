/*
 * options.h - the command line of a subcommand, from one table, which parsing, --help (help.h), manual pages (manual.h)
 * and shell completion (completion.h) share.
 *
 * Long options are --name VALUE or --name=VALUE, short ones -n VALUE, -nVALUE or, of flags, several in one word (-fv).
 * Words that start with no dash are operands, "-" is one, and "--" ends the options. Every command has --help.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/status.h"
#include <stdbool.h>
#include <stdio.h>

/* What an option's value is, and the type of the field of the request in which it is left. */
typedef enum cli_kind {
    CLI_FLAG,    /* bool: true; no value */
    CLI_SWITCH,  /* bool: true for --name, false for --no-name; no value */
    CLI_TEXT,    /* const char *: borrowed from the command line; the last one counts */
    CLI_TEXTS,   /* cli_texts: every one given, in order */
    CLI_INTEGER, /* int, from `low` to `high` */
    CLI_REAL,    /* double, from `low` to `high` */
    CLI_CHOICE   /* int: the place in `choices` */
} cli_kind;

/* Values or operands in the order given; the strings are borrowed from the command line. */
typedef struct cli_texts {
    const char **item;
    size_t count;
} cli_texts;

typedef struct cli_option {
    const char *name; /* without dashes */
    char letter;      /* 0: none */
    cli_kind kind;
    size_t field;         /* offset in the request */
    const char *argument; /* what the value is called; FILE, DIR and MODEL are completed as paths. NULL: no value */
    const char *choices;  /* of CLI_CHOICE: "auto|f32|bf16"; of CLI_TEXT: words that completion proposes */
    double low, high;     /* of CLI_INTEGER and CLI_REAL, inclusive */
    const char *initial;  /* the default in words, for the help; NULL: none to speak of */
    const char *section;  /* heading under which it and those after it stand; NULL: as the one before */
    const char *help;     /* one sentence without a full stop */
} cli_option;

typedef struct cli_command {
    const char *name;    /* one word, or that of a family and its own: "volume info" */
    const char *summary; /* one line, for the list of commands */
    /* For the usage line: "IMAGE ...", "[COMMAND]". Completed as files, unless it is COMMAND or choices ("bash|zsh").
     */
    const char *operands;
    int least, most;   /* operands allowed; most < 0: any number */
    const char *about; /* paragraphs for --help and manual pages, an empty line between them; they are filled anew, but
                        * lines that begin with a space stay as they are */
    const char *examples; /* the same; NULL: none */
    const cli_option *options;
    size_t count;
    int (*run)(int count, char **word); /* word[0] is the last word of its name; returns the exit status */
} cli_command;

/* Fills the request, whose fields hold the defaults before, from word[1] on. *help: --help was asked for and has been
 * printed; nothing else is to be done. FSAM_ERROR_ARGUMENT says in one line what is wrong, and which option may have
 * been meant. Owned also on failure: cli_request_free with the same request. */
fsam_status cli_parse(const cli_command *command, int count, char **word, void *request, cli_texts *operands,
                      bool *help);
/* Frees the lists (CLI_TEXTS) in the request and the operands. */
void cli_request_free(const cli_command *command, void *request, cli_texts *operands);

/* -h, --help, which every command has without its being in the table. */
extern const cli_option cli_help_option;

bool cli_has_value(const cli_option *option);

/* Prints "fsam NAME: " and the last error to standard error; returns `status`, for `return cli_failed(...)`. */
int cli_failed(const cli_command *command, fsam_status status);

/* Of `count` names the one most like `word`, NULL when none is near. */
const char *cli_nearest(const char *word, const char *const *names, size_t count);

#endif
