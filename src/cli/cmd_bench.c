/* cmd_bench.c - fsam bench: how fast a model is on this machine, part by part. */
#include "base/memory.h"
#include "cli/bench_parts.h"
#include "cli/clock.h"
#include "cli/commands.h"
#include "cli/json_text.h"
#include "tensor/cpu/peak.h"

#include <jansson.h>
#include <omp.h>

typedef struct request {
    const char *config, *model;
    int precision, threads, repeat; /* precision: in the order of fsam_precision */
    bool json, profile;
} request;

static const cli_option options[] = {
    {.name = "config",
     .kind = CLI_TEXT,
     .field = offsetof(request, config),
     .argument = "SIZE",
     .choices = "swin-t|swin-s|swin-b|swin-l|micro",
     .section = "what is timed",
     .initial = "swin-l",
     .help = "generated weights of size swin-t, swin-s, swin-b, swin-l or micro"},
    {.name = "model",
     .letter = 'm',
     .kind = CLI_TEXT,
     .field = offsetof(request, model),
     .argument = "MODEL",
     .help = "a model file instead"},
    {.name = "precision",
     .kind = CLI_CHOICE,
     .field = offsetof(request, precision),
     .argument = "PRECISION",
     .choices = "auto|f32|bf16|int8",
     .section = "how",
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
    {.name = "repeat",
     .kind = CLI_INTEGER,
     .field = offsetof(request, repeat),
     .argument = "N",
     .low = 1,
     .high = 10000,
     .initial = "5",
     .help = "runs of each part, of which the median counts"},
    {.name = "profile",
     .kind = CLI_FLAG,
     .field = offsetof(request, profile),
     .section = "reports",
     .help = "also the time of each kind of operation"},
    {.name = "json", .kind = CLI_FLAG, .field = offsetof(request, json), .help = "one JSON object"},
};

const cli_command cli_bench = {
    .name = "bench",
    .summary = "time a model's parts on this machine",
    .operands = "",
    .about = "Times the image encoder (with its neck, and what the decoder needs of the image\n"
             "alone), the decoder (one prompt after encoding, to logits) and the text tower (a\n"
             "new text of 8 tokens), and compares with what this processor's multiply-add units\n"
             "can do at most, measured in the same run. GFLOP are those of the products that run,\n"
             "a multiplication and an addition counting as two; MB are 10^6 bytes.",
    .examples = "  fsam bench --config swin-l --precision bf16 --profile\n"
                "  fsam bench --model fluorosam.safetensors --json",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_bench,
};

typedef struct bench {
    const request *wanted;
    const char *name; /* of the configuration or the file */
    fm_model *model;
    bench_parts parts;
    ft_precision precision;
    double load_seconds, peak;                           /* peak: operations a second, 0: not to be had */
    double seconds[BENCH_PARTS], flop[BENCH_PARTS];      /* medians of a run; operations in one */
    bench_operation operation[BENCH_PARTS][FT_OP_COUNT]; /* with --profile */
    size_t operations[BENCH_PARTS];
} bench;

static const char *const precision_names[] = {"f32", "bf16", "int8"};

static ft_precision precision_of(int chosen)
{
    if (chosen == FSAM_PRECISION_AUTO) return ft_cpu_best();
    return (ft_precision)(chosen - FSAM_PRECISION_F32);
}

static fsam_status load(bench *b)
{
    fm_config config;
    double start = cli_now();
    b->precision = precision_of(b->wanted->precision);
    b->name = b->wanted->model != NULL ? b->wanted->model : b->wanted->config;
    if (b->wanted->model != NULL) {
        FB_TRY(fm_model_open(b->name, &b->model));
    } else {
        FB_TRY(fm_config_named(b->name, &config));
        FB_TRY(fm_model_generate(&config, 1, NULL, &b->model));
    }
    FB_TRY(bench_parts_make(b->model, ft_cpu(b->precision), &b->parts));
    b->load_seconds = cli_now() - start;
    return FSAM_OK;
}

static fsam_status measure(bench *b)
{
    int repeat = b->wanted->repeat;
    b->peak = fk_peak((fk_precision)b->precision);
    for (int i = 0; i < BENCH_PARTS; i++) {
        bench_kind kind = (bench_kind)i;
        FB_TRY(bench_time(&b->parts, kind, repeat, &b->seconds[i]));
        b->flop[i] = bench_flop(&b->parts, kind);
        if (b->wanted->profile) FB_TRY(bench_profile(&b->parts, kind, repeat, b->operation[i], &b->operations[i]));
    }
    return FSAM_OK;
}

/* ---- report ---- */

static double giga(double value)
{
    return 1e-9 * value;
}

static double mega_bytes(size_t bytes)
{
    return 1e-6 * (double)bytes;
}

static size_t weights_bytes(const bench *b)
{
    return ft_weights_bytes(fm_predictor_base(b->parts.predictor).weights);
}

static json_t *real_or_null(double value, bool there)
{
    return there ? json_real(value) : json_null();
}

static json_t *profile_json(const bench *b)
{
    json_t *result = json_object();
    for (int i = 0; i < BENCH_PARTS; i++) {
        json_t *rows = json_array();
        for (size_t k = 0; k < b->operations[i]; k++) {
            const bench_operation *each = &b->operation[i][k];
            json_array_append_new(rows, json_pack("{s:s, s:i, s:f, s:f}", "operation", each->name, "steps", each->steps,
                                                  "ms", 1e3 * each->seconds, "gflop", giga(each->flop)));
        }
        json_object_set_new(result, bench_names[i], rows);
    }
    return result;
}

static fsam_status print_json(const bench *b)
{
    double rate = b->flop[BENCH_ENCODER] / b->seconds[BENCH_ENCODER];
    json_t *object = json_object();
    json_object_set_new(object, "config", cli_json_text(b->name));
    json_object_set_new(object, "precision", json_string(precision_names[b->precision]));
    json_object_set_new(object, "threads", json_integer(omp_get_max_threads()));
    json_object_set_new(object, "encoder_s", json_real(b->seconds[BENCH_ENCODER]));
    json_object_set_new(object, "decoder_s", json_real(b->seconds[BENCH_DECODER]));
    json_object_set_new(object, "text_s", json_real(b->seconds[BENCH_TEXT]));
    json_object_set_new(object, "load_s", json_real(b->load_seconds));
    json_object_set_new(object, "peak_rss_mb", json_real(mega_bytes(fb_peak_resident())));
    json_object_set_new(object, "weights_mb", json_real(mega_bytes(weights_bytes(b))));
    json_object_set_new(object, "gflop", json_real(giga(b->flop[BENCH_ENCODER])));
    json_object_set_new(object, "gflops", json_real(giga(rate)));
    json_object_set_new(object, "peak_gflops", real_or_null(giga(b->peak), b->peak > 0));
    json_object_set_new(object, "share_of_peak", real_or_null(rate / b->peak, b->peak > 0));
    if (b->wanted->profile) json_object_set_new(object, "profile", profile_json(b));
    bool good = json_dumpf(object, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6)) == 0;
    putchar('\n');
    json_decref(object);
    return good ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory for the report", b->name);
}

static void print_profile(const bench *b, int i)
{
    double total = 0;
    for (size_t k = 0; k < b->operations[i]; k++) total += b->operation[i][k].seconds;
    printf("\n%-22s %5s %10s %7s %9s %9s\n", bench_names[i], "steps", "ms", "share", "GFLOP", "GFLOP/s");
    for (size_t k = 0; k < b->operations[i]; k++) {
        const bench_operation *each = &b->operation[i][k];
        printf("  %-20s %5d %10.3f %5.1f %% %9.3f %9.1f\n", each->name, each->steps, 1e3 * each->seconds,
               100 * each->seconds / total, giga(each->flop), each->seconds > 0 ? giga(each->flop) / each->seconds : 0);
    }
}

static void print_text(const bench *b)
{
    printf("%s, %s, %d threads, medians of %d\n", b->name, precision_names[b->precision], omp_get_max_threads(),
           b->wanted->repeat);
    for (int i = 0; i < BENCH_PARTS; i++) {
        double rate = b->flop[i] / b->seconds[i];
        printf("  %-8s %10.3f ms %9.3f GFLOP %8.1f GFLOP/s", bench_names[i], 1e3 * b->seconds[i], giga(b->flop[i]),
               giga(rate));
        if (b->peak > 0) printf(" %6.1f %% of %.1f", 100 * rate / b->peak, giga(b->peak));
        putchar('\n');
    }
    printf("  load     %10.3f ms; weights %.1f MB, peak memory %.1f MB\n", 1e3 * b->load_seconds,
           mega_bytes(weights_bytes(b)), mega_bytes(fb_peak_resident()));
    for (int i = 0; i < BENCH_PARTS && b->wanted->profile; i++) print_profile(b, i);
}

static fsam_status run(const request *wanted)
{
    static bench b; /* large */
    b.wanted = wanted;
    if (wanted->threads > 0) omp_set_num_threads(wanted->threads);
    fsam_status status = load(&b);
    if (status == FSAM_OK) status = measure(&b);
    if (status == FSAM_OK && wanted->json)
        status = print_json(&b);
    else if (status == FSAM_OK)
        print_text(&b);
    bench_parts_free(&b.parts);
    fm_model_free(b.model);
    return status;
}

int cmd_bench(int count, char **word)
{
    request wanted = {.config = "swin-l", .repeat = 5};
    cli_texts operands;
    bool help;
    fsam_status status = cli_parse(&cli_bench, count, word, &wanted, &operands, &help);
    if (status == FSAM_OK && !help) status = run(&wanted);
    cli_request_free(&cli_bench, &wanted, &operands);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_bench, status);
}
