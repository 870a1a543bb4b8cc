/* cmd_import.c - fsam import CHECKPOINT -o MODEL.safetensors */
#include "base/file.h"
#include "cli/commands.h"
#include "model/import.h"
#include "text/tokenizer.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: fsam import CHECKPOINT -o MODEL.safetensors [OPTION ...]\n"
    "\n"
    "Makes a model file of a published PyTorch checkpoint, or of a model file. Nothing in a checkpoint is executed.\n"
    "\n"
    "  -o, --output FILE    the model file to write\n"
    "      --swin FILE      take the image backbone from this Swin checkpoint, in the original layout or mmdet's\n"
    "      --clip FILE      take the text tower from OpenAI's CLIP: its .pt, a state dict, or safetensors\n"
    "      --vocab FILE     the tokenizer's merges (bpe_simple_vocab_16e6.txt.gz); default: those of CHECKPOINT\n"
    "      --dtype TYPE     f32, f16 or bf16: how weights of 2 or more dimensions are stored (f32)\n"
    "      --config FILE    JSON whose fields replace what the checkpoint's shapes say\n"
    "      --img-size N     side of the model's input in pixels, which a .pth does not store (448)\n"
    "      --license TEXT   the licence, kept in the model file\n"
    "      --force          overwrite the output\n"
    "  -v, --verbose        list the expected leftovers and the replaced tensors too\n"
    "  -h, --help           this text\n";

enum { OPT_VOCAB = 256, OPT_CONFIG, OPT_IMG_SIZE, OPT_LICENSE, OPT_FORCE, OPT_SWIN, OPT_CLIP, OPT_DTYPE };
enum { LARGEST_CONFIG = 1 << 20 }; /* bytes */

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"swin", required_argument, NULL, OPT_SWIN},
    {"clip", required_argument, NULL, OPT_CLIP},
    {"vocab", required_argument, NULL, OPT_VOCAB},
    {"dtype", required_argument, NULL, OPT_DTYPE},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"img-size", required_argument, NULL, OPT_IMG_SIZE},
    {"license", required_argument, NULL, OPT_LICENSE},
    {"force", no_argument, NULL, OPT_FORCE},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

typedef struct request {
    fm_import_options import;
    const char *vocab, *config;
    bool verbose, help;
} request;

static fsam_status parse_size(const char *text, int *size)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || value < 1 || value > 4096)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--img-size: %s is no number of pixels from 1 to 4096", text);
    *size = (int)value;
    return FSAM_OK;
}

static fsam_status parse_dtype(const char *text, fb_dtype *type)
{
    static const struct {
        const char *name;
        fb_dtype type;
    } types[] = {{"f32", FB_F32}, {"f16", FB_F16}, {"bf16", FB_BF16}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(text, types[i].name) != 0) continue;
        *type = types[i].type;
        return FSAM_OK;
    }
    return fb_fail(FSAM_ERROR_ARGUMENT, "--dtype: %s is none of f32, f16, bf16", text);
}

static fsam_status parse(int count, char **word, request *wanted)
{
    int letter;
    while ((letter = getopt_long(count, word, "o:vh", long_options, NULL)) != -1) {
        switch (letter) {
        case 'o':
            wanted->import.output = optarg;
            break;
        case OPT_SWIN:
            wanted->import.swin = optarg;
            break;
        case OPT_CLIP:
            wanted->import.clip = optarg;
            break;
        case OPT_DTYPE:
            FB_TRY(parse_dtype(optarg, &wanted->import.dtype));
            break;
        case OPT_VOCAB:
            wanted->vocab = optarg;
            break;
        case OPT_CONFIG:
            wanted->config = optarg;
            break;
        case OPT_IMG_SIZE:
            FB_TRY(parse_size(optarg, &wanted->import.img_size));
            break;
        case OPT_LICENSE:
            wanted->import.license = optarg;
            break;
        case OPT_FORCE:
            wanted->import.overwrite = true;
            break;
        case 'v':
            wanted->verbose = true;
            break;
        case 'h':
            wanted->help = true;
            return FSAM_OK;
        default: /* getopt has said what is wrong */
            return fb_fail(FSAM_ERROR_ARGUMENT, "see 'fsam import --help'");
        }
    }
    if (count - optind != 1) return fb_fail(FSAM_ERROR_ARGUMENT, "one checkpoint is needed; see 'fsam import --help'");
    if (wanted->import.output == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "-o MODEL.safetensors is needed");
    wanted->import.source = word[optind];
    return FSAM_OK;
}

/* The text of a small file, NUL-terminated and owned. */
static fsam_status read_text(const char *path, char **text)
{
    fb_map map;
    FB_TRY(fb_map_open(path, &map));
    fsam_status status = FSAM_OK;
    if (map.size > LARGEST_CONFIG)
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: larger than %d bytes", path, LARGEST_CONFIG);
    else if ((*text = calloc(map.size + 1, 1)) == NULL)
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
    else if (map.size > 0)
        memcpy(*text, map.data, map.size);
    fb_map_close(&map);
    return status;
}

static void print_list(FILE *out, const char *what, const fm_import_list *list)
{
    for (size_t i = 0; i < list->count; i++) fprintf(out, "%s: %s\n", what, list->name[i]);
}

static void print_report(const request *wanted, const fm_import_report *report)
{
    print_list(stderr, "missing", &report->missing);
    print_list(stderr, "wrong shape", &report->wrong_shape);
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
    if (status == FSAM_OK) {
        printf("%s: %zu parameters; left over: %zu, and %zu as expected; replaced: %zu\n", wanted->import.output,
               report.written, report.unexpected.count, report.expected.count, report.replaced.count);
        if (!report.tokenizer) printf("the model has no tokenizer, so no prompts in words: see --vocab\n");
    }
    fm_import_report_free(&report);
    return status;
}

int cmd_import(int count, char **word)
{
    request wanted = {0};
    char *config = NULL, *merges = NULL;
    size_t size;
    fsam_status status = parse(count, word, &wanted);
    if (wanted.help) {
        fputs(usage, stdout);
        return FSAM_OK;
    }
    if (status == FSAM_OK && wanted.config != NULL) status = read_text(wanted.config, &config);
    if (status == FSAM_OK && wanted.vocab != NULL) status = fw_vocabulary_read(wanted.vocab, &merges, &size);
    wanted.import.config = config;
    wanted.import.tokenizer = merges;
    if (status == FSAM_OK) status = run_import(&wanted);
    if (status != FSAM_OK) fprintf(stderr, "fsam import: %s\n", fb_message());
    free(config);
    free(merges);
    return status;
}

const cli_command cli_import = {
    .name = "import", .summary = "make a model file of a published PyTorch checkpoint", .run = cmd_import};
