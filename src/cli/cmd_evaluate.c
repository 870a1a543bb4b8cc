/* cmd_evaluate.c - fsam evaluate: how good a model is, on pictures whose masks are known. */
#include "cli/commands.h"
#include "cli/evaluate_run.h"
#include "cli/ranks_failure.h"

typedef cli_evaluate_request request;

static const cli_option options[] = {
    {.name = "model",
     .letter = 'm',
     .kind = CLI_TEXT,
     .field = offsetof(request, model),
     .argument = "MODEL",
     .section = "model",
     .help = "the model file; needed"},
    {.name = "precision",
     .kind = CLI_CHOICE,
     .field = offsetof(request, precision),
     .argument = "PRECISION",
     .choices = "auto|f32|bf16|int8",
     .initial = "auto",
     .help = "of the products: auto, f32, bf16 or int8"},
    {.name = "threads",
     .kind = CLI_INTEGER,
     .field = offsetof(request, threads),
     .argument = "N",
     .low = 0,
     .high = 1024,
     .initial = "0: one a core",
     .help = "threads of each process"},
    {.name = "data",
     .letter = 'd',
     .kind = CLI_TEXTS,
     .field = offsetof(request, data),
     .argument = "DIR",
     .section = "pictures",
     .help = "a data set, or a COCO file; may be repeated, and each is reported by itself"},
    {.name = "text",
     .letter = 't',
     .kind = CLI_TEXTS,
     .field = offsetof(request, texts),
     .argument = "TEXT",
     .help = "what the masks of images/ and masks/ show, or what to look for in pictures without masks"},
    {.name = "split",
     .kind = CLI_TEXT,
     .field = offsetof(request, split),
     .argument = "NAME",
     .initial = "val",
     .help = "the list of cases of simulated X-rays, NAME.txt"},
    {.name = "polarity",
     .kind = CLI_CHOICE,
     .field = offsetof(request, polarity),
     .argument = "POLARITY",
     .choices = "auto|bone-bright|bone-dark",
     .initial = "auto: what the set or the file says, else bone-bright",
     .help = "what is bright in pictures of which nothing says it: auto, bone-bright or bone-dark"},
    {.name = "linear",
     .kind = CLI_FLAG,
     .field = offsetof(request, linear),
     .help = "pictures hold linear intensities, bone dark; those of fsam simulate say so themselves"},
    {.name = "limit",
     .kind = CLI_INTEGER,
     .field = offsetof(request, limit),
     .argument = "N",
     .low = 1,
     .high = FE_MOST_IMAGES,
     .initial = "all",
     .help = "images of each set, spread evenly over it"},
    {.name = "prompts",
     .kind = CLI_TEXT,
     .field = offsetof(request, prompts),
     .argument = "LIST",
     .section = "how to ask",
     .initial = "text,text+1,text+8,box",
     .help = "text, text+K, pointsK and box with commas between; K clicks, 1 to 20, or a range A..B"},
    {.name = "wording",
     .kind = CLI_CHOICE,
     .field = offsetof(request, wording),
     .argument = "KIND",
     .choices = "set|plain|clinical|lay|abbreviation|question|command|typo",
     .initial = "set",
     .help = "words for structures that have a name here: the set's own, or plain, clinical, lay, abbreviation, "
             "question, command or typo"},
    {.name = "single",
     .kind = CLI_FLAG,
     .field = offsetof(request, single),
     .help = "after clicks the network's one mask instead of the best of three"},
    {.name = "absent",
     .kind = CLI_INTEGER,
     .field = offsetof(request, absent),
     .argument = "N",
     .low = 0,
     .high = 32,
     .initial = "6",
     .help = "structures that are not in the picture to ask for, where the set does not say which"},
    {.name = "min-area",
     .kind = CLI_REAL,
     .field = offsetof(request, least_percent),
     .argument = "PERCENT",
     .low = 0,
     .high = 100,
     .initial = "0",
     .help = "leave out masks that are less of their picture"},
    {.name = "json",
     .kind = CLI_TEXT,
     .field = offsetof(request, json),
     .argument = "FILE",
     .section = "reports",
     .help = "all numbers as JSON"},
    {.name = "html",
     .kind = CLI_TEXT,
     .field = offsetof(request, html),
     .argument = "FILE",
     .help = "one HTML file with plots, and the best, middle and worst picture of each set in it"},
    {.name = "force",
     .letter = 'f',
     .kind = CLI_FLAG,
     .field = offsetof(request, force),
     .help = "overwrite files that exist"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CLI_FLAG,
     .field = offsetof(request, quiet),
     .help = "no tables, no progress"},
};

const cli_command cli_evaluate = {
    .name = "evaluate",
    .summary = "measure a model on pictures whose masks are known",
    .operands = "",
    .least = 0,
    .most = 0,
    .about =
        "Asks a model about the pictures of data sets, in words, with clicks that correct it and in boxes, and "
        "measures "
        "its answers: IoU, Dice, Hausdorff distance and its 95 %, whether it knows what is not in the picture, and "
        "whether the IoU that it predicts is right. Beside them stands the mean mask of the set's other pictures, a "
        "guess that looks at no picture. docs/EVALUATION.md says how all of it is defined.\n"
        "\n"
        "A folder's content says what it is: simulated X-rays, COCO, images/ and masks/, pictures alone, or one of the "
        "sets whose manifest.csv is known. A picture that fails is reported, the others are still done, and the exit "
        "status is that of the first.\n"
        "\n"
        "Started by mpirun or srun, all processes share the pictures.",
    .examples = "  fsam evaluate -m model.safetensors --data set --json set.json --html set.html\n"
                "  fsam evaluate -m model.safetensors --data hearts/ -t heart --prompts text,text+1..8,points1..8,box\n"
                "  fsam evaluate -m model.safetensors --data instances.json --limit 100 --min-area 2.5\n"
                "  mpirun -n 8 fsam evaluate -m model.safetensors --data set --json set.json",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_evaluate,
};

int cmd_evaluate(int count, char **word)
{
    request wanted = {.prompts = "text,text+1,text+8,box", .absent = 6};
    fb_ranks *ranks = NULL;
    cli_texts operands;
    bool help;
    fsam_status status = cli_parse(&cli_evaluate, count, word, &wanted, &operands, &help);
    if (status == FSAM_OK && !help) status = fb_ranks_start(&ranks);
    int result = FSAM_OK;
    if (status != FSAM_OK)
        result = cli_failed_at_start(&cli_evaluate, status);
    else if (!help)
        result = cli_evaluate_run(&wanted, ranks);
    fb_ranks_end(ranks);
    cli_request_free(&cli_evaluate, &wanted, &operands);
    return result;
}
