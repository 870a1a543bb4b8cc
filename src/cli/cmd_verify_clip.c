/* cmd_verify_clip.c - fsam verify-clip WEIGHTS */
#include "cli/commands.h"
#include "model/verify_clip.h"

typedef struct request {
    const char *golden, *vocab;
    bool quiet;
} request;

static const cli_option options[] = {
    {.name = "golden",
     .kind = CLI_TEXT,
     .field = offsetof(request, golden),
     .argument = "DIR",
     .initial = "../shared/clip",
     .help = "the reference: clip_vitb32_text_golden.tsv and clip_vitb32_text_golden_f16.npy"},
    {.name = "vocab",
     .kind = CLI_TEXT,
     .field = offsetof(request, vocab),
     .argument = "FILE",
     .initial = "those of a model file, else DIR/bpe_simple_vocab_16e6.txt.gz",
     .help = "the tokenizer's merges"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CLI_FLAG,
     .field = offsetof(request, quiet),
     .help = "print no numbers and no verdict, only what is wrong"},
};

const cli_command cli_verify_clip = {
    .name = "verify-clip",
    .summary = "check weights of CLIP's text tower against vectors that CLIP made",
    .operands = "WEIGHTS",
    .least = 1,
    .most = 1,
    .about = "Says whether WEIGHTS (OpenAI's CLIP .pt, a state dict, safetensors, or a model file)\n"
             "are those of the text tower that made the reference vectors, and whether the\n"
             "tokenizer gives the reference's tokens. The exit status is 8 when they are not.",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_verify_clip,
};

static void print_check(const char *weights, const fm_clip_check *check)
{
    printf("%s: %zu vectors, %zu prompts with other tokens\n", weights, check->vectors, check->other_tokens);
    printf("cosine distance: worst %.2e (\"%s\"), mean %.2e; at most %.0e\n", check->worst_distance,
           check->worst_prompt, check->mean_distance, FM_CLIP_DISTANCE);
    printf("relative error: worst %.2e; at most %.0e\n", check->worst_relative, FM_CLIP_RELATIVE);
}

static fsam_status verify(const request *wanted, const char *weights)
{
    fm_clip_check check;
    fsam_status status = fm_verify_clip(weights, wanted->golden, wanted->vocab, &check);
    bool compared = check.vectors > 0 && (status == FSAM_OK || status == FSAM_ERROR_MISMATCH);
    if (!compared || wanted->quiet) return status;
    print_check(weights, &check);
    printf("verdict: %s\n", status == FSAM_OK ? "as CLIP makes them" : "NOT as CLIP makes them");
    return status;
}

int cmd_verify_clip(int count, char **word)
{
    request wanted = {.golden = "../shared/clip"};
    cli_texts operands;
    bool help;
    fsam_status status = cli_parse(&cli_verify_clip, count, word, &wanted, &operands, &help);
    if (status == FSAM_OK && !help) status = verify(&wanted, operands.item[0]);
    cli_request_free(&cli_verify_clip, &wanted, &operands);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_verify_clip, status);
}
