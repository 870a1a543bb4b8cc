/* options.c - the command line parser: every way to write an option, and what is said of those that are wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "cli/help.h"
#include "cli/options.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

typedef struct request {
    bool force, overlay;
    const char *model;
    cli_texts texts;
    int threads, precision;
    double score;
} request;

static const cli_option options[] = {
    {.name = "force", .letter = 'f', .kind = CLI_FLAG, .field = offsetof(request, force), .help = "overwrite"},
    {.name = "overlay", .kind = CLI_SWITCH, .field = offsetof(request, overlay), .help = "draw", .initial = "on"},
    {.name = "model",
     .letter = 'm',
     .kind = CLI_TEXT,
     .field = offsetof(request, model),
     .argument = "MODEL",
     .section = "what",
     .help = "the model"},
    {.name = "text",
     .letter = 't',
     .kind = CLI_TEXTS,
     .field = offsetof(request, texts),
     .argument = "TEXT",
     .help = "a text"},
    {.name = "threads",
     .kind = CLI_INTEGER,
     .field = offsetof(request, threads),
     .argument = "N",
     .low = 0,
     .high = 1024,
     .help = "threads"},
    {.name = "precision",
     .kind = CLI_CHOICE,
     .field = offsetof(request, precision),
     .argument = "P",
     .choices = "auto|f32|bf16",
     .help = "of products"},
    {.name = "score",
     .kind = CLI_REAL,
     .field = offsetof(request, score),
     .argument = "X",
     .low = 0,
     .high = 1,
     .help = "least score"},
};
static const cli_command command = {.name = "test",
                                    .summary = "a test",
                                    .operands = "IMAGE ...",
                                    .least = 1,
                                    .most = 2,
                                    .about = "Tests.",
                                    .options = options,
                                    .count = sizeof options / sizeof options[0]};

/* Parses the words of `line`, separated by spaces, into `wanted`; the lists are the caller's to free. */
static fsam_status parse(const char *line, request *wanted, cli_texts *operands)
{
    static char copy[512];
    static char *word[64];
    int count = 0;
    bool help;
    snprintf(copy, sizeof copy, "test %s", line);
    for (char *at = strtok(copy, " "); at != NULL; at = strtok(NULL, " ")) word[count++] = at;
    *wanted = (request){.overlay = true, .threads = -1, .score = 0.5};
    return cli_parse(&command, count, word, wanted, operands, &help);
}

static void takes_every_form(void **state)
{
    (void)state;
    request wanted;
    cli_texts operands;
    assert_int_equal(parse("--model=a=b -t one a.png --text two -tthree --no-overlay --threads 4 -f --precision bf16 "
                           "--score=0.25 -- -b.png",
                           &wanted, &operands),
                     FSAM_OK);
    assert_string_equal(wanted.model, "a=b");
    assert_int_equal(wanted.texts.count, 3);
    assert_string_equal(wanted.texts.item[1], "two");
    assert_string_equal(wanted.texts.item[2], "three");
    assert_true(wanted.force);
    assert_false(wanted.overlay);
    assert_int_equal(wanted.threads, 4);
    assert_int_equal(wanted.precision, 2);
    assert_true(wanted.score > 0.2499 && wanted.score < 0.2501);
    assert_int_equal(operands.count, 2);
    assert_string_equal(operands.item[0], "a.png");
    assert_string_equal(operands.item[1], "-b.png");
    cli_request_free(&command, &wanted, &operands);
    assert_null(wanted.texts.item);
}

static void keeps_defaults(void **state)
{
    (void)state;
    request wanted;
    cli_texts operands;
    assert_int_equal(parse("-", &wanted, &operands), FSAM_OK);
    assert_true(wanted.overlay && !wanted.force && wanted.model == NULL && wanted.threads == -1);
    assert_string_equal(operands.item[0], "-");
    cli_request_free(&command, &wanted, &operands);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *line, *said;
    } wrong[] = {
        {"--modle x a", "unknown option --modle; did you mean --model? (fsam test --help)"},
        {"--over a", "unknown option --over; did you mean --overlay? (fsam test --help)"},
        {"--zzz=1 a", "unknown option --zzz (fsam test --help)"},
        {"-fx a", "unknown option -x (fsam test --help)"},
        {"a --model", "--model needs a value: MODEL"},
        {"--model --force a", "--model needs a value: MODEL"},
        {"a -t", "-t needs a value: TEXT"},
        {"--force=yes a", "--force takes no value"},
        {"--no-force a", "unknown option --no-force; did you mean --force? (fsam test --help)"},
        {"--threads 1.5 a", "--threads: '1.5' is no whole number from 0 to 1024"},
        {"--threads 2x a", "--threads: '2x' is no whole number from 0 to 1024"},
        {"--score nan a", "--score: 'nan' is no number from 0 to 1"},
        {"--precision f3 a", "--precision: 'f3' is none of auto|f32|bf16"},
        {"", "IMAGE ... is missing (fsam test --help)"},
        {"a b c", "'c' is one too many (fsam test --help)"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        request wanted;
        cli_texts operands;
        assert_int_equal(parse(wrong[i].line, &wanted, &operands), FSAM_ERROR_ARGUMENT);
        assert_string_equal(fb_message(), wrong[i].said);
        cli_request_free(&command, &wanted, &operands);
    }
}

static void prints_the_table(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    cli_print_help(&command, out);
    fclose(out);
    assert_string_equal(text, "usage: fsam test IMAGE ... [OPTION ...]\n"
                              "\n"
                              "Tests.\n"
                              "\n"
                              "options:\n"
                              "  -f, --force                overwrite\n"
                              "      --[no-]overlay         draw (on)\n"
                              "\n"
                              "what:\n"
                              "  -m, --model MODEL          the model\n"
                              "  -t, --text TEXT            a text\n"
                              "      --threads N            threads\n"
                              "      --precision P          of products\n"
                              "      --score X              least score\n"
                              "  -h, --help                 print help\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(takes_every_form), cmocka_unit_test(keeps_defaults),
                                       cmocka_unit_test(says_what_is_wrong), cmocka_unit_test(prints_the_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
