/* cmd_train_text.c - fsam train-text: an encoder of texts, trained on what structures are called. */
#include "base/memory.h"
#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/progress.h"
#include "train/text_file.h"
#include "train/text_head.h"
#include "train/text_retrieval.h"
#include "train/text_training.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct request {
    const char *output, *measure, *texts, *log;
    int seed, steps, codebook, width, layers, heads, out, merges, rows, batch, views, sentences, every_s;
    double rate, decay, contrast, temperature, noise, variations;
    bool resume, force, json, quiet;
    cli_texts ask;
} request;

/* NOLINTBEGIN(bugprone-macro-parentheses): initialisers */
#define SIZE(option, member, word, least, most, preset, text)                                                          \
    {                                                                                                                  \
        .name = option, .kind = CLI_INTEGER, .field = offsetof(request, member), .argument = word, .low = least,       \
        .high = most, .initial = preset, .help = text                                                                  \
    }
#define REAL(option, member, word, least, most, preset, text)                                                          \
    {                                                                                                                  \
        .name = option, .kind = CLI_REAL, .field = offsetof(request, member), .argument = word, .low = least,          \
        .high = most, .initial = preset, .help = text                                                                  \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

static const cli_option options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .field = offsetof(request, output),
     .argument = "FILE",
     .section = "files",
     .help = "where the encoder goes; while it is trained, FILE.state holds what a later run needs to go on"},
    {.name = "measure",
     .kind = CLI_TEXT,
     .field = offsetof(request, measure),
     .argument = "FILE",
     .help =
         "train nothing, ask this encoder; --seed, --keep-out, --sentences-out and --texts must be as it was trained"},
    {.name = "resume",
     .kind = CLI_FLAG,
     .field = offsetof(request, resume),
     .help = "go on from FILE.state when it is there; the other options must be the same"},
    SIZE("save-every", every_s, "SECONDS", 0, 86400, "60", "how often FILE.state is written; 0: after every step"),
    {.name = "force", .letter = 'f', .kind = CLI_FLAG, .field = offsetof(request, force), .help = "overwrite FILE"},
    {.name = "texts",
     .kind = CLI_TEXT,
     .field = offsetof(request, texts),
     .argument = "FILE",
     .help = "texts of your own, which add to the built-in ones (docs/TEXTS.md)"},
    {.name = "log",
     .kind = CLI_TEXT,
     .field = offsetof(request, log),
     .argument = "FILE",
     .help = "losses and rate every 20 steps, a JSON object a line, added at the end of the file"},
    {.name = "width",
     .kind = CLI_INTEGER,
     .field = offsetof(request, width),
     .argument = "N",
     .low = 1,
     .high = 8192,
     .initial = "128",
     .section = "the encoder",
     .help = "channels of the tower"},
    SIZE("layers", layers, "N", 1, 128, "3", "blocks of the tower"),
    SIZE("heads", heads, "N", 1, 256, "4", "heads of attention; divides the width"),
    SIZE("out", out, "N", 1, 8192, "128", "channels of the vectors"),
    SIZE("merges", merges, "N", 0, 65536, "1500", "merges of the vocabulary at most, learned from the texts"),
    {.name = "seed",
     .kind = CLI_INTEGER,
     .field = offsetof(request, seed),
     .argument = "N",
     .low = 0,
     .high = 2147483647,
     .initial = "1",
     .section = "training",
     .help = "what chance starts from: which texts are kept out, first values, batches"},
    SIZE("steps", steps, "N", 1, 100000000, "2500", "batches"),
    SIZE("rows", rows, "N", 77, 1048576, "1024", "tokens of a batch at most"),
    SIZE("batch", batch, "N", 2, 65536, "96", "texts of a batch at most"),
    SIZE("views", views, "N", 1, 64, "2", "texts of a name in a batch"),
    REAL("rate", rate, "RATE", 0, 1, "0.002", "learning rate at its peak"),
    REAL("decay", decay, "DECAY", 0, 10, "0.05", "weight decay"),
    REAL("temperature", temperature, "T", 0.001, 10, "0.05", "what cosines are divided by"),
    REAL("contrast", contrast, "WEIGHT", 0, 100, "0.3", "weight of the contrastive loss beside that of the prototypes"),
    REAL("noise", noise, "SHARE", 0, 1, "0", "share of the texts that get words that mean nothing around them"),
    {.name = "keep-out",
     .kind = CLI_REAL,
     .field = offsetof(request, variations),
     .argument = "SHARE",
     .low = 0,
     .high = 0.5,
     .initial = "0.1",
     .section = "what is asked afterwards",
     .help = "share of the texts that is never learned"},
    SIZE("sentences-out", sentences, "N", 0, 64, "4", "sentences around a name that are never learned"),
    SIZE(
        "codebook", codebook, "ROWS", 0, 65536, "0: none is tried",
        "also train an MLP and a codebook of so many rows on the vectors, and an MLP alone, for --steps or 2000 steps, "
        "and compare them"),
    {.name = "ask",
     .kind = CLI_TEXTS,
     .field = offsetof(request, ask),
     .argument = "TEXT",
     .help = "say which name is nearest to this text; may be given several times"},
    {.name = "json",
     .kind = CLI_FLAG,
     .field = offsetof(request, json),
     .section = "reports",
     .help = "one JSON object"},
    {.name = "quiet",
     .letter = 'q',
     .kind = CLI_FLAG,
     .field = offsetof(request, quiet),
     .help = "print failures only"},
};

const cli_command cli_train_text = {
    .name = "train-text",
    .summary = "train the encoder of texts of a model",
    .operands = "",
    .least = 0,
    .most = 0,
    .about = "Trains an encoder of CLIP's form, with a vocabulary of its own, to tell the names of\n"
             "structures, groups and tools apart by what people call them (fsam describe). Some\n"
             "texts, and all texts of some sentences, are kept out of training and asked about\n"
             "afterwards. docs/TRAINING.md says what was tried.",
    .examples = "  fsam train-text -o words.safetensors\n"
                "  fsam train-text -o words.safetensors --resume --ask \"What's the bone next to the hip?\"",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_train_text,
};

static fr_text_settings settings_of(const request *wanted)
{
    fr_text_settings settings = fr_text_settings_default;
    settings.seed = (uint64_t)wanted->seed;
    settings.shape = (fr_text_shape){wanted->width, wanted->layers, wanted->heads, wanted->out};
    settings.merges = wanted->merges;
    settings.rows = wanted->rows;
    settings.texts = wanted->batch;
    settings.views = wanted->views;
    settings.steps = (uint64_t)wanted->steps;
    settings.rate = wanted->rate;
    settings.decay = wanted->decay;
    settings.temperature = wanted->temperature;
    settings.contrast = wanted->contrast;
    settings.augmentation.noise = wanted->noise;
    return settings;
}

/* ---- training ---- */

typedef struct run {
    const request *wanted;
    fr_text_corpus corpus;
    fr_text_training *training;     /* NULL: --measure */
    const fr_text_encoder *encoder; /* of the training, or `opened` */
    fr_text_encoder *opened;
    char *state; /* path */
    FILE *log;
    double seconds; /* of this run */
} run;

static void log_step(const run *r, const fr_text_step *step)
{
    enum { EVERY = 20 };
    if (r->log == NULL || (step->step % EVERY != 0 && step->step != 1)) return;
    fprintf(r->log,
            "{\"step\":%" PRIu64 ",\"texts\":%d,\"names\":%.5f,\"pairs\":%.5f,\"rate\":%.3e,\"norm\":%.4f,"
            "\"seconds\":%.1f}\n",
            step->step, step->texts, step->names, step->pairs, step->rate, step->norm, r->seconds);
    fflush(r->log);
}

static void show_step(const run *r, const fr_text_step *step, uint64_t first)
{
    const double each = r->seconds / (double)(step->step - first);
    cli_progress("step %" PRIu64 " of %d, loss %.3f + %.3f, rate %.1e, %.0f s left", step->step, r->wanted->steps,
                 step->names, step->pairs, step->rate, each * (double)((uint64_t)r->wanted->steps - step->step));
}

static fsam_status train(run *r)
{
    const uint64_t first = fr_text_training_steps(r->training), last = (uint64_t)r->wanted->steps;
    const double began = cli_now();
    double saved = began;
    while (fr_text_training_steps(r->training) < last) {
        fr_text_step step;
        FB_TRY(fr_text_training_step(r->training, &step));
        r->seconds = cli_now() - began;
        log_step(r, &step);
        show_step(r, &step, first);
        if (cli_now() - saved < r->wanted->every_s && step.step != last) continue;
        FB_TRY(fr_text_training_save(r->training, r->state));
        saved = cli_now();
    }
    return FSAM_OK;
}

/* ---- what came of it ---- */

static const char *const use_words[FR_TEXT_USES] = {"learned", "kept-out texts", "kept-out sentences"};

static const char *const use_keys[FR_TEXT_USES] = {"learned", "variations", "sentences"};

static double share(size_t part, size_t all)
{
    return all > 0 ? (double)part / (double)all : 0;
}

/* Learned texts are not compared with each other. */
static json_t *json_of(const fr_retrieval *found, fr_text_use use)
{
    json_t *object = json_pack("{s:I, s:f}", "asked", (json_int_t)found->asked, "by_prototype",
                               share(found->by_prototype, found->asked));
    if (use != FR_TEXT_LEARNED) json_object_set_new(object, "by_text", json_real(share(found->by_text, found->asked)));
    for (int c = 0; c < FR_CONFUSIONS; c++)
        json_object_set_new(object, fr_confusion_name((fr_confusion)c), json_integer((json_int_t)found->confusion[c]));
    return object;
}

static void print_found(const fr_retrieval *found, fr_text_use use)
{
    printf("%-18s %5zu: %.4f by prototype", use_words[use], found->asked, share(found->by_prototype, found->asked));
    if (use != FR_TEXT_LEARNED) printf(", %.4f by nearest text", share(found->by_text, found->asked));
    printf("; taken for");
    for (int c = 0; c < FR_CONFUSIONS; c++) printf(" %s %zu", fr_confusion_name((fr_confusion)c), found->confusion[c]);
    putchar('\n');
}

static json_t *json_of_head(const fr_text_head_result *head)
{
    json_t *object = json_pack("{s:I}", "codes", (json_int_t)head->codes);
    for (int use = 0; use < FR_TEXT_USES; use++)
        json_object_set_new(object, use_keys[use],
                            json_pack("{s:f, s:f}", "by_token", share(head->by_token[use], head->asked[use]), "by_code",
                                      share(head->by_code[use], head->asked[use])));
    return object;
}

/* The head with the codebook, rows revived and not, then without. */
static fsam_status study_head(const run *r, const float *vectors, json_t *report)
{
    static const char *const ways[] = {"without_codebook", "with_codebook", "with_codebook_revived"};
    static const char *const words[] = {"without:", "with a codebook:", "with a codebook, revived:"};
    for (int with = 2; with >= 0 && r->wanted->codebook > 0; with--) {
        fr_text_head_settings settings = fr_text_head_settings_default;
        fr_text_head_result head;
        settings.seed = (uint64_t)r->wanted->seed;
        if ((uint64_t)r->wanted->steps < settings.steps) settings.steps = (uint64_t)r->wanted->steps;
        settings.codebook = with > 0 ? r->wanted->codebook : 0;
        if (with != 2) settings.revive = 0;
        FB_TRY(fr_text_head_study(r->encoder, &r->corpus, vectors, &settings, &head));
        json_object_set_new(report, ways[with], json_of_head(&head));
        if (r->wanted->quiet || r->wanted->json) continue;
        printf("%s", words[with]);
        for (int use = 1; use < FR_TEXT_USES; use++)
            printf(" %s %.4f by token, %.4f by code;", use_words[use], share(head.by_token[use], head.asked[use]),
                   share(head.by_code[use], head.asked[use]));
        printf(" %zu codes used\n", head.codes);
    }
    return FSAM_OK;
}

static fsam_status measure(const run *r, json_t *report)
{
    const fr_text_encoder *encoder = r->encoder;
    float *vectors;
    FB_TRY(fr_text_vectors(encoder, &r->corpus, &vectors));
    fsam_status status = FSAM_OK;
    for (int use = 0; use < FR_TEXT_USES && status == FSAM_OK; use++) {
        fr_retrieval found;
        status = fr_text_retrieve(encoder, &r->corpus, vectors, (fr_text_use)use, &found);
        if (status != FSAM_OK || found.asked == 0) continue;
        json_object_set_new(report, use_keys[use], json_of(&found, (fr_text_use)use));
        if (!r->wanted->quiet && !r->wanted->json) print_found(&found, (fr_text_use)use);
    }
    if (status == FSAM_OK) status = study_head(r, vectors, report);
    fb_free(vectors);
    return status;
}

static fsam_status answer(const run *r, json_t *report)
{
    const fr_text_encoder *encoder = r->encoder;
    const int channels = encoder->config.text.out;
    json_t *list = json_array();
    json_object_set_new(report, "asked", list);
    float *vector = calloc((size_t)channels, sizeof *vector);
    fsam_status status = vector != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < r->wanted->ask.count && status == FSAM_OK; i++) {
        const char *text = r->wanted->ask.item[i];
        int name;
        double cosine;
        status = fr_text_encode(encoder, &text, 1, vector);
        if (status != FSAM_OK) break;
        fr_text_unit(vector, channels);
        status = fr_text_nearest(encoder, vector, &name, &cosine);
        if (status != FSAM_OK) break;
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:f}", "text", text, "name", encoder->name[name], "cosine", cosine));
        if (!r->wanted->quiet && !r->wanted->json) printf("\"%s\": %s (%.3f)\n", text, encoder->name[name], cosine);
    }
    free(vector);
    return status;
}

/* "fsam.training": everything that the encoder depends on, and how good it is. */
static json_t *history(const run *r)
{
    const request *w = r->wanted;
    char hash[20], date[32];
    const time_t now = time(NULL);
    struct tm utc;
    snprintf(hash, sizeof hash, "%016" PRIx64, fr_text_corpus_hash(&r->corpus));
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    return json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:i}", "what",
                     "encoder of texts, trained on fsam's own descriptions", "corpus", hash, "date", date, "seed",
                     w->seed, "steps", w->steps, "merges", w->merges, "rows", w->rows, "batch", w->batch, "views",
                     w->views, "rate", w->rate, "decay", w->decay, "temperature", w->temperature, "contrast",
                     w->contrast, "noise", w->noise, "keep_out", w->variations, "sentences_out", w->sentences);
}

static fsam_status finish(const run *r)
{
    json_t *report = r->training != NULL ? history(r) : json_object();
    const fr_text_encoder *encoder = r->encoder;
    if (report == NULL) return fb_fail(FSAM_ERROR_MEMORY, "out of memory for the report");
    json_object_set_new(report, "tower_parameters", json_integer((json_int_t)fr_text_tower_elements(encoder)));
    json_object_set_new(report, "vocabulary", json_integer(encoder->config.text.vocab));
    fsam_status status = measure(r, report);
    char *training = status == FSAM_OK ? json_dumps(report, JSON_COMPACT) : NULL;
    if (status == FSAM_OK && training == NULL) status = fb_fail(FSAM_ERROR_MEMORY, "out of memory for the report");
    if (status == FSAM_OK && r->training != NULL)
        status = fr_text_file_save(encoder, training, r->wanted->output, r->wanted->force);
    free(training);
    if (status == FSAM_OK) status = answer(r, report);
    if (status == FSAM_OK && r->wanted->json) {
        json_dumpf(report, stdout, JSON_INDENT(1));
        putchar('\n');
    }
    json_decref(report);
    if (status == FSAM_OK && r->training != NULL) unlink(r->state);
    return status;
}

/* An encoder whose prototypes are of other names cannot be asked about these. */
static fsam_status open_encoder(run *r)
{
    FB_TRY(fr_text_file_open(r->wanted->measure, &r->opened, NULL));
    r->encoder = r->opened;
    bool same = r->opened->names == r->corpus.names;
    for (size_t i = 0; i < r->corpus.names && same; i++)
        same = strcmp(r->opened->name[i], r->corpus.name[i].name->name) == 0;
    if (same) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MISMATCH, "%s: fsam.text.names: not the names that this program has texts of",
                   r->wanted->measure);
}

static fsam_status run_with(run *r, const fw_texts *texts)
{
    const request *w = r->wanted;
    const fr_text_split split = {(uint64_t)w->seed, w->variations, w->sentences};
    const fr_text_settings settings = settings_of(w);
    FB_TRY(fr_text_corpus_make(texts, &split, &r->corpus));
    if (w->measure != NULL) {
        FB_TRY(open_encoder(r));
        return finish(r);
    }
    FB_TRY(fr_text_training_new(&r->corpus, &settings, &r->training));
    r->encoder = fr_text_training_encoder(r->training);
    if (w->resume && access(r->state, F_OK) == 0) FB_TRY(fr_text_training_load(r->training, r->state));
    cli_progress_start(!w->quiet);
    const fsam_status status = train(r);
    cli_progress_clear();
    FB_TRY(status);
    return finish(r);
}

static fsam_status run_all(const request *wanted)
{
    run r = {.wanted = wanted};
    fw_texts *texts;
    if (wanted->output == NULL && wanted->measure == NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--output FILE is needed");
    if (wanted->output != NULL && wanted->measure != NULL)
        return fb_fail(FSAM_ERROR_ARGUMENT, "--output does not go with --measure, which trains nothing");
    if (wanted->output != NULL && !wanted->force && access(wanted->output, F_OK) == 0)
        return fb_fail(FSAM_ERROR_ARGUMENT, "%s: exists; --force overwrites it", wanted->output);
    FB_TRY(fw_texts_open(wanted->texts, &texts));
    fsam_status status = asprintf(&r.state, "%s.state", wanted->output != NULL ? wanted->output : "") >= 0
                             ? FSAM_OK
                             : fb_fail(FSAM_ERROR_MEMORY, "out of memory");
    if (status == FSAM_OK && wanted->log != NULL && (r.log = fopen(wanted->log, "a")) == NULL)
        status = fb_fail(FSAM_ERROR_IO, "%s: cannot be written", wanted->log);
    if (status == FSAM_OK) status = run_with(&r, texts);
    if (r.log != NULL && fclose(r.log) != 0 && status == FSAM_OK)
        status = fb_fail(FSAM_ERROR_IO, "%s: cannot be written", wanted->log);
    fr_text_training_free(r.training);
    fr_text_encoder_free(r.opened);
    fr_text_corpus_free(&r.corpus);
    fw_texts_free(texts);
    free(r.state);
    return status;
}

int cmd_train_text(int count, char **word)
{
    const fr_text_settings *usual = &fr_text_settings_default;
    request wanted = {.seed = (int)usual->seed,
                      .steps = (int)usual->steps,
                      .width = usual->shape.width,
                      .layers = usual->shape.layers,
                      .heads = usual->shape.heads,
                      .out = usual->shape.out,
                      .merges = usual->merges,
                      .rows = usual->rows,
                      .batch = usual->texts,
                      .views = usual->views,
                      .every_s = 60,
                      .rate = usual->rate,
                      .decay = usual->decay,
                      .contrast = usual->contrast,
                      .temperature = usual->temperature,
                      .noise = usual->augmentation.noise,
                      .variations = 0.1,
                      .sentences = 4};
    cli_texts operands;
    bool help;
    fsam_status status = cli_parse(&cli_train_text, count, word, &wanted, &operands, &help);
    if (status == FSAM_OK && !help) status = run_all(&wanted);
    cli_request_free(&cli_train_text, &wanted, &operands);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_train_text, status);
}
