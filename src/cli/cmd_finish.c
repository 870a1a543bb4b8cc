/* cmd_finish.c - fsam finish RUN -o MODEL: a model that can be passed on. */
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/finish_run.h"
#include "eval/data_set.h"

typedef cli_finish_request request;

static const cli_option options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(request, output),
     .argument = "FILE",
     .section = "files",
     .help = "the model file to write; needed"},
    {.name = "force",
     .letter = 'f',
     .kind = CLI_FLAG,
     .field = offsetof(request, force),
     .help = "overwrite the output"},
    {.name = "dtype",
     .kind = CLI_CHOICE,
     .field = offsetof(request, dtype),
     .argument = "TYPE",
     .choices = "bf16|f16|f32",
     .initial = "bf16",
     .help = "bf16, f16 or f32: how weights of 2 or more dimensions are stored"},
    {.name = "data",
     .letter = 'd',
     .kind = CLI_TEXTS,
     .field = offsetof(request, data),
     .argument = "DIR",
     .section = "the threshold",
     .initial = "the sets that the run was validated on",
     .help = "a data set that the model has not learned from; may be given several times"},
    {.name = "keep",
     .kind = CLI_REAL,
     .field = offsetof(request, keep_percent),
     .argument = "PERCENT",
     .low = 1,
     .high = 100,
     .initial = "90",
     .help = "share of the structures in view that are to be found present"},
    {.name = "limit",
     .kind = CLI_INTEGER,
     .field = offsetof(request, limit),
     .argument = "N",
     .low = 1,
     .high = FE_MOST_IMAGES,
     .initial = "all",
     .help = "pictures of each set, spread evenly over it"},
    {.name = "threads",
     .kind = CLI_INTEGER,
     .field = offsetof(request, threads),
     .argument = "N",
     .low = 0,
     .high = 1024,
     .initial = "0: one a core",
     .help = "threads of the arithmetic"},
    {.name = "name",
     .kind = CLI_TEXT,
     .field = offsetof(request, name),
     .argument = "NAME",
     .section = "what the file says of itself",
     .initial = "the output's name",
     .help = "what the model is called"},
    {.name = "release",
     .kind = CLI_TEXT,
     .field = offsetof(request, release),
     .argument = "VERSION",
     .help = "which version of it this is"},
    {.name = "license",
     .kind = CLI_TEXT,
     .field = offsetof(request, license),
     .argument = "TEXT",
     .initial = "what the model says already",
     .help = "of the weights"},
    {.name = "credit",
     .kind = CLI_TEXTS,
     .field = offsetof(request, credit),
     .argument = "TEXT",
     .help = "whom to credit beside the data sets; may be given several times"},
    {.name = "words",
     .kind = CLI_TEXT,
     .field = offsetof(request, words),
     .argument = "FILE",
     .help = "the encoder of texts that the run began with: the model is checked to have it, and says how it was made"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CLI_FLAG,
     .field = offsetof(request, quiet),
     .section = "reports",
     .help = "print failures only"},
};

const cli_command cli_finish = {
    .name = "finish",
    .summary = "make a model that can be passed on out of a run of training",
    .operands = "RUN",
    .least = 1,
    .most = 1,
    .about =
        "Makes one small file of the best model of a run (of its folder, or of a model file): weights in bfloat16, and "
        "in its metadata what it is, how it was trained, on which structures, under which licences, and from which "
        "score on an answer counts.\n"
        "\n"
        "That threshold is measured: pictures that the model has not learned from are asked in words for all that "
        "is in them and for some that is not. It is the greatest that keeps 90 % of the former (--keep); how many "
        "of the latter it refuses is printed, and kept in the file. The products are in f32, "
        "whatever the machine is fastest at.\n"
        "\n"
        "Licences and names are read from the data sets that the run was trained on, which must be where the run "
        "says. A model that was finished before keeps what it says. The date is SOURCE_DATE_EPOCH's, where that is "
        "set.",
    .examples = "  fsam finish run -o model.safetensors --license \"CC BY 4.0\"\n"
                "  fsam finish run -o default.safetensors --words words.safetensors --release 2 --data held\n"
                "  fsam info model.safetensors",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_finish,
};

int cmd_finish(int count, char **word)
{
    request wanted = {.keep_percent = 90};
    cli_texts operands;
    bool help;
    fsam_status status = cli_parse(&cli_finish, count, word, &wanted, &operands, &help);
    int result = status;
    if (status != FSAM_OK)
        result = cli_failed(&cli_finish, status);
    else if (!help)
        result = cli_finish_run(&wanted, operands.item[0]);
    cli_request_free(&cli_finish, &wanted, &operands);
    return result;
}
