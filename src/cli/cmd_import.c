/* cmd_import.c - fsam import CHECKPOINT -o MODEL.safetensors */
#include "base/file.h"
#include "base/json.h"
#include "cli/commands.h"
#include "cli/safe_text.h"
#include "model/config.h"
#include "model/import.h"
#include "text/tokenizer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct request {
    fm_import_options import;
    const char *vocab, *config;
    int dtype; /* in the order of the choices */
    bool quiet, verbose;
} request;

static const cli_option options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(request, import.output),
     .argument = "FILE",
     .section = "files",
     .help = "the model file to write; needed"},
    {.name = "swin",
     .kind = CLI_TEXT,
     .field = offsetof(request, import.swin),
     .argument = "FILE",
     .help = "take the image backbone from this Swin checkpoint, in the original layout or mmdet's"},
    {.name = "clip",
     .kind = CLI_TEXT,
     .field = offsetof(request, import.clip),
     .argument = "FILE",
     .help = "take the text tower from OpenAI's CLIP: its .pt, a state dict, or safetensors"},
    {.name = "vocab",
     .kind = CLI_TEXT,
     .field = offsetof(request, vocab),
     .argument = "FILE",
     .initial = "those of CHECKPOINT",
     .help = "the tokenizer's merges: bpe_simple_vocab_16e6.txt.gz"},
    {.name = "config",
     .kind = CLI_TEXT,
     .field = offsetof(request, config),
     .argument = "FILE",
     .help = "JSON whose fields replace what the checkpoint's shapes say"},
    {.name = "force",
     .letter = 'f',
     .kind = CLI_FLAG,
     .field = offsetof(request, import.overwrite),
     .help = "overwrite the output"},
    {.name = "dtype",
     .kind = CLI_CHOICE,
     .field = offsetof(request, dtype),
     .argument = "TYPE",
     .choices = "f32|f16|bf16",
     .section = "content",
     .initial = "f32",
     .help = "f32, f16 or bf16: how weights of 2 or more dimensions are stored"},
    {.name = "img-size",
     .kind = CLI_INTEGER,
     .field = offsetof(request, import.img_size),
     .argument = "N",
     .low = 1,
     .high = FM_LARGEST_SIDE,
     .initial = "448",
     .help = "side of the model's input in pixels, which a .pth does not store"},
    {.name = "license",
     .kind = CLI_TEXT,
     .field = offsetof(request, import.license),
     .argument = "TEXT",
     .help = "the licence, kept in the model file"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CLI_FLAG,
     .field = offsetof(request, quiet),
     .section = "reports",
     .help = "print only what is missing or has another shape"},
    {.name = "verbose",
     .letter = 'v',
     .kind = CLI_FLAG,
     .field = offsetof(request, verbose),
     .help = "list the expected leftovers and the replaced tensors too"},
};

const cli_command cli_import = {
    .name = "import",
    .summary = "make a model file of a published PyTorch checkpoint",
    .operands = "CHECKPOINT",
    .least = 1,
    .most = 1,
    .about = "Makes a model file of a published PyTorch checkpoint, or of a model file. Nothing in\n"
             "a checkpoint is executed.",
    .examples = "  fsam import fluorosam.pth -o fluorosam.safetensors --vocab bpe_simple_vocab_16e6.txt.gz",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_import,
};

/* The text of a small file, NUL-terminated and owned. */
static fsam_status read_text(const char *path, char **text)
{
    fb_map map;
    FB_TRY(fb_map_open(path, &map));
    fsam_status status = FSAM_OK;
    if (map.size > FB_JSON_SETTINGS)
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: larger than %d bytes", path, FB_JSON_SETTINGS);
    else if ((*text = calloc(map.size + 1, 1)) == NULL)
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    else if (map.size > 0)
        memcpy(*text, map.data, map.size);
    fb_map_close(&map);
    return status;
}

static void print_list(FILE *out, const char *what, const fm_import_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        fprintf(out, "%s: ", what);
        cli_print_text(out, list->name[i]); /* a name may be anything that its file says */
        putc('\n', out);
    }
}

static void print_report(const request *wanted, const fm_import_report *report)
{
    print_list(stderr, "missing", &report->missing);
    print_list(stderr, "wrong shape", &report->wrong_shape);
    if (wanted->quiet) return;
    print_list(stderr, "left over", &report->unexpected);
    print_list(stderr, "starts at weight 1, bias 0", &report->started);
    if (!wanted->verbose) return;
    print_list(stderr, "replaced", &report->replaced);
    print_list(stderr, "left over, as expected", &report->expected);
}

static fsam_status run_import(const request *wanted)
{
    fm_import_report report = {0};
    fsam_status status = fm_import(&wanted->import, &report);
    print_report(wanted, &report);
    if (status == FSAM_OK && !wanted->quiet) {
        printf("%s: %zu parameters; left over: %zu, and %zu as expected; replaced: %zu\n", wanted->import.output,
               report.written, report.unexpected.count, report.expected.count, report.replaced.count);
        if (!report.tokenizer) printf("the model has no tokenizer, so no prompts in words: see --vocab\n");
    }
    fm_import_report_free(&report);
    return status;
}

static fsam_status run(request *wanted)
{
    static const fb_dtype types[] = {FB_F32, FB_F16, FB_BF16};
    char *config = NULL, *merges = NULL;
    size_t size;
    fsam_status status = FSAM_OK;
    if (wanted->import.output == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--output FILE is needed");
    if (wanted->config != NULL) status = read_text(wanted->config, &config);
    if (status == FSAM_OK && wanted->vocab != NULL) status = fw_vocabulary_read(wanted->vocab, &merges, &size);
    wanted->import.dtype = types[wanted->dtype];
    wanted->import.config = config;
    wanted->import.tokenizer = merges;
    if (status == FSAM_OK) status = run_import(wanted);
    free(config);
    free(merges);
    return status;
}

int cmd_import(int count, char **word)
{
    request wanted = {0};
    cli_texts operands;
    bool help;
    fsam_status status = cli_parse(&cli_import, count, word, &wanted, &operands, &help);
    if (status == FSAM_OK && !help) {
        wanted.import.source = operands.item[0];
        status = run(&wanted);
    }
    cli_request_free(&cli_import, &wanted, &operands);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_import, status);
}
