/* cmd_describe.c - fsam describe: what structures, groups and tools are called, and more of it from a language model.
 */
#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/safe_text.h"
#include "text/descriptions.h"
#include "text/endpoint.h"
#include "text/suggestions.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct request {
    const char *texts, *output, *key_env;
    fw_endpoint endpoint;
    bool json, quiet;
} request;

static const cli_option options[] = {
    {.name = "texts",
     .kind = CLI_TEXT,
     .field = offsetof(request, texts),
     .argument = "FILE",
     .section = "what is shown",
     .help = "texts of your own, which add to the built-in ones (docs/TEXTS.md)"},
    {.name = "json", .kind = CLI_FLAG, .field = offsetof(request, json), .help = "one JSON object"},
    {.name = "endpoint",
     .kind = CLI_TEXT,
     .field = offsetof(request, endpoint.url),
     .argument = "URL",
     .section = "more from a language model",
     .help = "ask this OpenAI-compatible service for more variations, such as http://localhost:8080/v1"},
    {.name = "model",
     .kind = CLI_TEXT,
     .field = offsetof(request, endpoint.model),
     .argument = "NAME",
     .help = "the service's model; needed with --endpoint"},
    {.name = "key-env",
     .kind = CLI_TEXT,
     .field = offsetof(request, key_env),
     .argument = "VAR",
     .help = "the environment variable that holds the service's key"},
    {.name = "timeout",
     .kind = CLI_REAL,
     .field = offsetof(request, endpoint.timeout_s),
     .argument = "SECONDS",
     .low = 0.1,
     .high = 3600,
     .initial = "120",
     .help = "how long to wait for each answer"},
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(request, output),
     .argument = "FILE",
     .help = "your file of texts, to whose end what passes the checks is added; it is made when it is not there"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CLI_FLAG,
     .field = offsetof(request, quiet),
     .section = "reports",
     .help = "print failures only"},
};

const cli_command cli_describe = {
    .name = "describe",
    .summary = "list what structures, groups and tools are called",
    .operands = "[NAME ...]",
    .least = 0,
    .most = -1,
    .about = "Lists the structures, groups and families of tools that texts can ask for. With\n"
             "names, such as femur_left, ribs_upper or pedicle_screw, prints all variations of\n"
             "each, by kind: plain, clinical, lay, abbreviation, question, command, typo.\n\n"
             "With --endpoint, asks a language model for more, once for every NAME (none: for\n"
             "all), checks the answers (length, side, number, refusals, texts known already)\n"
             "and adds the rest to a file. That file is read with --texts.",
    .examples = "  fsam describe femur_left\n"
                "  fsam describe femur_left --endpoint http://localhost:8080/v1 --model llama -o mine.txt",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_describe,
};

/* ---- what is shown ---- */

static const char *const kind_words[] = {[FW_CATEGORY] = "category", [FW_GROUP] = "group", [FW_TOOL] = "tool"};
static const char *const side_words[] = {[FB_SIDE_NONE] = NULL, [FB_SIDE_LEFT] = "left", [FB_SIDE_RIGHT] = "right"};

static json_t *json_of(const fw_name *name, const fw_variations *list)
{
    json_t *members = json_array(), *variations = json_array();
    for (size_t i = 0; i < name->member_count; i++) json_array_append_new(members, json_string(name->members[i]->name));
    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(variations, json_pack("{s:s, s:s}", "kind", fw_text_kind_name(list->item[i].kind), "text",
                                                    list->item[i].text));
    return json_pack("{s:s, s:s, s:s, s:s?, s:o, s:o}", "name", name->name, "kind", kind_words[name->kind],
                     "description", name->description, "side", side_words[name->side], "members", members, "variations",
                     variations);
}

static void print_variations(const fw_name *name, const fw_variations *list)
{
    printf("%s: %s, %zu variations\n", name->name, name->description, list->count);
    if (name->kind == FW_GROUP) {
        printf("  joins");
        for (size_t i = 0; i < name->member_count; i++) printf(" %s", name->members[i]->name);
        printf("%s\n", name->all_tools ? " every tool" : "");
    }
    for (size_t i = 0; i < list->count; i++) {
        printf("  %-12s  ", fw_text_kind_name(list->item[i].kind));
        cli_print_text(stdout, list->item[i].text);
        putchar('\n');
    }
}

static fsam_status show(const fw_texts *texts, const char *wanted, bool in_full, json_t *array)
{
    const fw_name *name = fw_name_find(texts, wanted);
    fw_variations list;
    fsam_status status = fw_variations_of(texts, wanted, &list);
    if (status == FSAM_OK && array != NULL)
        json_array_append_new(array, json_of(name, &list));
    else if (status == FSAM_OK && in_full)
        print_variations(name, &list);
    else if (status == FSAM_OK)
        printf("%-28s %-9s %3zu  %s\n", name->name, kind_words[name->kind], list.count, name->description);
    fw_variations_free(&list);
    return status;
}

static fsam_status show_all(const request *wanted, const cli_texts *names)
{
    fw_texts *texts;
    FB_TRY(fw_texts_open(wanted->texts, &texts));
    fsam_status status = FSAM_OK;
    json_t *array = wanted->json ? json_array() : NULL;
    for (size_t i = 0; status == FSAM_OK && i < names->count; i++) status = show(texts, names->item[i], true, array);
    for (size_t i = 0; status == FSAM_OK && names->count == 0 && fw_name_at(texts, i) != NULL; i++)
        status = show(texts, fw_name_at(texts, i)->name, false, array);
    if (status == FSAM_OK && wanted->json) {
        json_t *object = json_pack("{s:O}", "names", array);
        if (object == NULL || json_dumpf(object, stdout, JSON_INDENT(1)) != 0)
            status = fb_fail(FSAM_ERROR_MEMORY, "out of memory for the report");
        putchar('\n');
        json_decref(object);
    }
    json_decref(array);
    fw_texts_free(texts);
    return status;
}

/* ---- more from a language model ---- */

static fsam_status ask(const request *wanted, const fw_texts *texts, const char *name, fw_variations *list,
                       fw_suggestion_tally *tally)
{
    char *words = NULL, *answer = NULL;
    fsam_status status = fw_suggestions_request(texts, name, &words);
    if (status == FSAM_OK) status = fw_endpoint_ask(&wanted->endpoint, words, &answer);
    if (status == FSAM_OK) status = fw_suggestions_read(texts, name, answer, list, tally);
    free(words);
    free(answer);
    return status;
}

/* The output is read anew for every name, so that what was added for one is known to the next, and nothing is lost when
 * a later one fails. */
static fsam_status ask_for(const request *wanted, const char *name)
{
    fw_texts *texts;
    fw_variations list = {0};
    fw_suggestion_tally tally = {0};
    const bool exists = access(wanted->output, F_OK) == 0;
    FB_TRY(fw_texts_open(exists ? wanted->output : NULL, &texts));
    cli_progress("asking for %s", name);
    fsam_status status = ask(wanted, texts, name, &list, &tally);
    cli_progress_clear();
    if (status == FSAM_OK && list.count > 0) status = fw_suggestions_append(wanted->output, exists, &name, &list, 1);
    if (status == FSAM_OK && !wanted->quiet) {
        printf("%s: %zu added, %zu refused", name, tally.taken, tally.refused);
        if (tally.fault != NULL) printf(" (the last: %s)", tally.fault);
        putchar('\n');
    }
    fw_variations_free(&list);
    fw_texts_free(texts);
    return status;
}

static fsam_status check_endpoint(request *wanted)
{
    if (wanted->endpoint.model == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--model NAME is needed with --endpoint");
    if (wanted->output == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--output FILE is needed with --endpoint");
    if (wanted->json || wanted->texts != NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--json and --texts do not go with --endpoint");
    if (wanted->key_env == NULL) return FSAM_OK;
    wanted->endpoint.key = getenv(wanted->key_env);
    if (wanted->endpoint.key != NULL) return FSAM_OK;
    return fb_fail(FSAM_ERROR_ARGUMENT, "--key-env: the environment has no %s", wanted->key_env);
}

static fsam_status ask_all(request *wanted, const cli_texts *names)
{
    fw_texts *texts;
    FB_TRY(check_endpoint(wanted));
    FB_TRY(fw_texts_open(NULL, &texts));
    fsam_status status = FSAM_OK;
    for (size_t i = 0; status == FSAM_OK && i < names->count; i++)
        if (fw_name_find(texts, names->item[i]) == NULL)
            status = fb_fail(FSAM_ERROR_ARGUMENT, "%s: no such category, group or tool", names->item[i]);
    cli_progress_start(!wanted->quiet);
    for (size_t i = 0; status == FSAM_OK && i < names->count; i++) status = ask_for(wanted, names->item[i]);
    for (size_t i = 0; status == FSAM_OK && names->count == 0 && fw_name_at(texts, i) != NULL; i++)
        status = ask_for(wanted, fw_name_at(texts, i)->name);
    fw_texts_free(texts);
    return status;
}

static fsam_status run(request *wanted, const cli_texts *names)
{
    if (wanted->endpoint.url != NULL) return ask_all(wanted, names);
    if (wanted->output != NULL || wanted->endpoint.model != NULL || wanted->key_env != NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--output, --model and --key-env are of --endpoint");
    return show_all(wanted, names);
}

int cmd_describe(int count, char **word)
{
    request wanted = {0};
    cli_texts operands;
    bool help;
    fsam_status status = cli_parse(&cli_describe, count, word, &wanted, &operands, &help);
    if (status == FSAM_OK && !help) status = run(&wanted, &operands);
    cli_request_free(&cli_describe, &wanted, &operands);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_describe, status);
}
