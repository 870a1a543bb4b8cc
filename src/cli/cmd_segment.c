/* cmd_segment.c - fsam segment: masks of what is asked for, in one picture or many. */
#include "cli/commands.h"
#include "cli/progress.h"
#include "cli/segment_image.h"

#include <math.h>
#include <string.h>

typedef struct request {
    const char *model, *folder, *dump;
    cli_ask_words words;
    int precision, threads, polarity; /* in the order of the library's enumerations */
    bool single, candidates, overlay, force, json, quiet, verbose;
    double least_score; /* NaN: the model's */
} request;

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
     .help = "threads of the whole process"},
    {.name = "text",
     .letter = 't',
     .kind = CLI_TEXTS,
     .field = offsetof(request, words.texts),
     .argument = "TEXT",
     .section = "what to look for",
     .help = "a structure in words; each text is an answer of its own"},
    {.name = "point",
     .letter = 'p',
     .kind = CLI_TEXTS,
     .field = offsetof(request, words.points),
     .argument = "X,Y[,+|-]",
     .help = "a pixel that belongs to it (+) or does not (-); may be repeated"},
    {.name = "box",
     .letter = 'b',
     .kind = CLI_TEXT,
     .field = offsetof(request, words.box),
     .argument = "X0,Y0,X1,Y1",
     .help = "a box around it, in pixels, both corners inside"},
    {.name = "mask",
     .kind = CLI_TEXT,
     .field = offsetof(request, words.mask),
     .argument = "FILE",
     .help = "a picture of the image's size, not black where it is, to be refined"},
    {.name = "polarity",
     .kind = CLI_CHOICE,
     .field = offsetof(request, polarity),
     .argument = "POLARITY",
     .choices = "auto|bone-bright|bone-dark",
     .initial = "auto: bone-bright",
     .help = "what is bright in the image: auto, bone-bright or bone-dark"},
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(request, folder),
     .argument = "DIR",
     .section = "answers",
     .initial = "the current one",
     .help = "folder for the files, made if it is not there"},
    {.name = "overlay",
     .kind = CLI_SWITCH,
     .field = offsetof(request, overlay),
     .initial = "on",
     .help = "also a picture of all masks over the image"},
    {.name = "force",
     .letter = 'f',
     .kind = CLI_FLAG,
     .field = offsetof(request, force),
     .help = "overwrite files that exist"},
    {.name = "single",
     .kind = CLI_FLAG,
     .field = offsetof(request, single),
     .help = "the network's one mask instead of the best of three; better with several points"},
    {.name = "all-candidates",
     .kind = CLI_FLAG,
     .field = offsetof(request, candidates),
     .help = "files for the second and third best masks too"},
    {.name = "min-score",
     .kind = CLI_REAL,
     .field = offsetof(request, least_score),
     .argument = "X",
     .low = 0,
     .high = 1,
     .initial = "the model's",
     .help = "an answer with a lower score is \"not in this image\""},
    {.name = "json",
     .kind = CLI_FLAG,
     .field = offsetof(request, json),
     .section = "reports",
     .help = "a JSON object for each image, one a line"},
    {.name = "dump",
     .kind = CLI_TEXT,
     .field = offsetof(request, dump),
     .argument = "FILE",
     .help = "safetensors of the network's input, embedding, tokens and logits"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CLI_FLAG,
     .field = offsetof(request, quiet),
     .help = "no progress, and no line for each answer"},
    {.name = "verbose",
     .letter = 'v',
     .kind = CLI_FLAG,
     .field = offsetof(request, verbose),
     .help = "also what was used and how long it took"},
};

const cli_command cli_segment = {
    .name = "segment",
    .summary = "find structures in X-ray images, asked for in words, points, a box or a mask",
    .operands = "IMAGE ...",
    .least = 1,
    .most = -1,
    .about = "Writes a mask (PNG, 0 or 255, of the image's size) for each structure asked for in\n"
             "each PNG or JPEG image: DIR/IMAGE.TEXT.png, and all of them over the image as\n"
             "DIR/IMAGE.overlay.png. The mask of a structure that is not in the image is black.\n"
             "Points, box and mask belong to every text; without a text they are one question.\n"
             "Pixels count from (0, 0), the centre of the first, x to the right and y down.\n"
             "\n"
             "Exit status 0: all are present; 3: at least one is not in its image; others are\n"
             "failures (docs/EXITCODES.md). When one image fails the others are still done.",
    .examples = "  fsam segment -m fluorosam.safetensors -t \"left lung\" -t \"right femur\" chest.png\n"
                "  fsam segment -m fluorosam.safetensors -p 120,80 -p 40,200,- -o masks *.png",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_segment,
};

/* What can be said before anything is read. */
static fsam_status check(const request *wanted, const cli_texts *images)
{
    if (wanted->model == NULL) return fb_fail(FSAM_ERROR_ARGUMENT, "--model MODEL is needed");
    if (wanted->single && wanted->candidates)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--single and --all-candidates: there is one or the other");
    if (wanted->dump != NULL && images->count > 1) return fb_fail(FSAM_ERROR_ARGUMENT, "--dump: one image only");
    return FSAM_OK;
}

static fsam_status open_model(const request *wanted, const cli_asks *asks, fsam_model **model)
{
    const fsam_model_options how = {.precision = (fsam_precision)wanted->precision, .threads = wanted->threads};
    fsam_model_info info;
    cli_progress("%s: opening", wanted->model);
    FB_TRY(fsam_model_open(wanted->model, &how, model));
    fsam_model_describe(*model, &info);
    if (wanted->verbose) {
        static const char *const names[] = {"auto", "f32", "bf16", "int8"};
        cli_progress_clear();
        fprintf(stderr, "%s: products in %s, present from a score of %g\n", wanted->model, names[info.precision],
                info.present_threshold);
    }
    for (size_t i = 0; i < asks->count; i++)
        if (asks->item[i].text != NULL && !info.has_tokenizer)
            return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: has no tokenizer, so it understands no --text", wanted->model);
    return FSAM_OK;
}

/* All images with one model. The exit status: of the first failure, else 3 when a structure is absent. */
static int segment_all(const request *wanted, const cli_plan *plan, const cli_asks *asks)
{
    cli_segment_job job = {.model_path = wanted->model,
                           .asks = asks,
                           .polarity = (fsam_polarity)wanted->polarity,
                           .single = wanted->single,
                           .least_score = wanted->least_score,
                           .dump = wanted->dump,
                           .overwrite = wanted->force,
                           .json = wanted->json,
                           .quiet = wanted->quiet,
                           .verbose = wanted->verbose};
    fsam_status status = open_model(wanted, asks, &job.model);
    int result = status == FSAM_OK ? FSAM_OK : cli_failed(&cli_segment, status);
    bool absent = false;
    for (size_t i = 0; i < plan->images && status == FSAM_OK; i++) {
        cli_progress("%zu of %zu: %s", i + 1, plan->images, plan->image[i].source);
        fsam_status one = cli_segment_image(&job, &plan->image[i], &absent);
        cli_progress_clear();
        if (one == FSAM_OK) continue;
        int code = cli_failed(&cli_segment, one);
        if (result == FSAM_OK) result = code;
    }
    cli_progress_clear();
    fsam_model_free(job.model);
    return result != FSAM_OK ? result : absent ? CLI_ABSENT : FSAM_OK;
}

static int run(const request *wanted, const cli_texts *images)
{
    cli_asks asks = {0};
    cli_plan plan = {0};
    const cli_plan_options where = {wanted->folder, wanted->overlay, wanted->candidates};
    const char *others[2] = {wanted->model, wanted->words.mask};
    const cli_texts inputs = {others, wanted->words.mask != NULL ? 2 : 1};
    fsam_status status = check(wanted, images);
    if (status == FSAM_OK) status = cli_asks_from_words(&wanted->words, &asks);
    if (status == FSAM_OK) status = cli_plan_make(images, &asks, &where, &plan);
    if (status == FSAM_OK) status = cli_plan_check(&plan, &where, &inputs, wanted->dump, wanted->force);
    int result = status == FSAM_OK ? segment_all(wanted, &plan, &asks) : cli_failed(&cli_segment, status);
    cli_plan_free(&plan);
    cli_asks_free(&asks);
    return result;
}

int cmd_segment(int count, char **word)
{
    request wanted = {.overlay = true, .least_score = NAN};
    cli_texts images;
    bool help;
    fsam_status status = cli_parse(&cli_segment, count, word, &wanted, &images, &help);
    int result = FSAM_OK;
    if (status != FSAM_OK)
        result = cli_failed(&cli_segment, status);
    else if (!help) {
        cli_progress_start(!wanted.quiet);
        result = run(&wanted, &images);
    }
    cli_request_free(&cli_segment, &wanted, &images);
    return result;
}
