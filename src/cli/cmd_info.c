/* cmd_info.c - fsam info: what a model file holds. */
#include "api/internal.h"
#include "base/json.h"
#include "base/safetensors.h"
#include "cli/commands.h"
#include "cli/safe_text.h"
#include "model/footprint.h"

#include <string.h>

typedef struct request {
    bool json;
} request;

static const cli_option options[] = {
    {.name = "json", .kind = CLI_FLAG, .field = offsetof(request, json), .help = "one JSON object"},
};

const cli_command cli_info = {
    .name = "info",
    .summary = "describe a model file",
    .operands = "MODEL",
    .least = 1,
    .most = 1,
    .about = "Shows a model file's configuration, its parameters by part, the memory that its\n"
             "weights take at each precision (computed from their shapes), and what it says about\n"
             "its tokenizer, thresholds, names and licence. MB are 10^6 bytes. Every parameter's\n"
             "name and shape is checked; no weight is read.",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .run = cmd_info,
};

typedef struct description {
    const char *path;
    fsam_model *model;
    fsam_model_info info;
    fm_footprint footprint;
    size_t bytes;   /* of the file's tensors */
    char types[64]; /* "F32", "F16 F32" */
    /* As the file has them, NULL: nothing. */
    json_t *release, *names, *thresholds, *training, *words;
} description;

/* Element types in the file, and the bytes of all its tensors. */
static fsam_status read_types(description *d)
{
    fb_safetensors *file;
    bool seen[FB_DTYPE_COUNT] = {false};
    FB_TRY(fb_safetensors_open(d->path, &file));
    for (size_t i = 0; i < fb_safetensors_count(file); i++) {
        const fb_tensor *tensor = fb_safetensors_at(file, i);
        d->bytes += tensor->bytes;
        if (seen[tensor->dtype]) continue;
        seen[tensor->dtype] = true;
        size_t used = strlen(d->types);
        snprintf(d->types + used, sizeof d->types - used, "%s%s", used > 0 ? " " : "", fb_dtype_name(tensor->dtype));
    }
    fb_safetensors_close(file);
    return FSAM_OK;
}

static fsam_status read_json(const description *d, const char *key, json_t **value)
{
    const char *text = fm_model_metadata(d->model->model, key);
    char where[512];
    *value = NULL;
    if (text[0] == '\0') return FSAM_OK;
    snprintf(where, sizeof where, "%s: %s", d->path, key);
    return fb_json_parse(text, FB_JSON_RECORD, JSON_DECODE_ANY, where, value);
}

static fsam_status describe(description *d)
{
    FB_TRY(fsam_model_open(d->path, NULL, &d->model));
    fsam_model_describe(d->model, &d->info);
    FB_TRY(fm_footprint_of(fm_model_config(d->model->model), &d->footprint));
    FB_TRY(read_types(d));
    FB_TRY(read_json(d, "fsam.model", &d->release));
    FB_TRY(read_json(d, "fsam.names", &d->names));
    FB_TRY(read_json(d, "fsam.thresholds", &d->thresholds));
    FB_TRY(read_json(d, "fsam.training", &d->training));
    return read_json(d, "fsam.words", &d->words);
}

static double mega(size_t bytes)
{
    return 1e-6 * (double)bytes;
}

static json_t *text_or_null(const char *text)
{
    return text[0] != '\0' ? json_string(text) : json_null();
}

/* A value of the file's, null when there is none. */
static void put(json_t *object, const char *key, json_t *value)
{
    json_object_set(object, key, value != NULL ? value : json_null());
}

static const char *polarity_of(const description *d)
{
    return fm_model_bone_bright(d->model->model) ? "bone_bright" : "bone_dark";
}

static fsam_status print_json(const description *d)
{
    const fsam_model_info *info = &d->info;
    json_t *config = json_loads(info->config, 0, NULL), *object = json_object();
    put(object, "model", d->release);
    json_object_set_new(object, "file_mb", json_real(mega(d->bytes)));
    json_object_set_new(object, "dtype", json_string(d->types));
    json_object_set_new(object, "config", config != NULL ? config : json_null());
    json_object_set_new(object, "parameters",
                        json_pack("{s:I, s:I, s:I, s:I, s:I}", "total", (json_int_t)info->parameters, "encoder",
                                  (json_int_t)info->encoder_parameters, "text", (json_int_t)info->text_parameters,
                                  "prompt", (json_int_t)info->prompt_parameters, "decoder",
                                  (json_int_t)info->decoder_parameters));
    json_object_set_new(object, "weights_mb",
                        json_pack("{s:f, s:f, s:f}", "f32", mega(d->footprint.f32), "bf16", mega(d->footprint.bf16),
                                  "int8", mega(d->footprint.int8)));
    json_object_set_new(object, "tokenizer", json_boolean(info->has_tokenizer));
    json_object_set_new(object, "present_threshold", json_real(info->present_threshold));
    put(object, "thresholds", d->thresholds);
    json_object_set_new(object, "polarity", json_string(polarity_of(d)));
    put(object, "names", d->names);
    put(object, "training", d->training);
    put(object, "words", d->words);
    json_object_set_new(object, "version", text_or_null(fm_model_metadata(d->model->model, "fsam.version")));
    json_object_set_new(object, "license", text_or_null(info->license));
    json_object_set_new(object, "credit", text_or_null(info->credit));
    bool good = json_dumpf(object, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) == 0;
    putchar('\n');
    json_decref(object);
    return good ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory for the report", d->path);
}

static void print_config(const fm_config *c, bool bone_bright)
{
    printf("input       %d x %d pixels, bone %s\n", c->img_size, c->img_size, bone_bright ? "bright" : "dark");
    printf("encoder     Swin, width %d, blocks %d %d %d %d, heads %d %d %d %d, windows of %d; neck %d wide, %d deep\n",
           c->embed_dims, c->depths[0], c->depths[1], c->depths[2], c->depths[3], c->num_heads[0], c->num_heads[1],
           c->num_heads[2], c->num_heads[3], c->window_size, c->neck_width, c->neck_depth);
    printf("decoder     width %d, %d heads, MLP %d\n", c->prompt_dim, c->decoder_heads, c->decoder_mlp);
    printf("text        CLIP, width %d, %d layers, %d heads, %d words, at most %d tokens", c->text.width,
           c->text.layers, c->text.heads, c->text.vocab, c->text.context);
    if (c->use_vq)
        printf("; codebook of %d\n", c->codebook_size);
    else
        printf("; no codebook\n");
}

/* A line of what a file says of itself. */
static void print_said(const char *label, const char *text)
{
    fputs(label, stdout);
    cli_print_text(stdout, text);
    putchar('\n');
}

static void print_release(const description *d)
{
    static const char *const fields[] = {"name", "version", "date"};
    char line[256];
    size_t used = 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const char *text = json_string_value(json_object_get(d->release, fields[i]));
        if (text == NULL || used >= sizeof line) continue;
        used += (size_t)snprintf(line + used, sizeof line - used, "%s%s%s", used > 0 ? ", " : "",
                                 i == 1 ? "version " : "", text);
    }
    if (used > 0) print_said("model       ", line);
}

/* With what was measured of it, where the file says so. */
static void print_threshold(const description *d)
{
    const json_t *kept = json_object_get(d->thresholds, "kept"), *rejected = json_object_get(d->thresholds, "rejected");
    printf("present     from a score of %g", d->info.present_threshold);
    if (json_is_number(kept) && json_is_number(rejected))
        printf(", which keeps %.1f %% of what is in view and refuses %.1f %% of what is not",
               100 * json_number_value(kept), 100 * json_number_value(rejected));
    putchar('\n');
}

static void print_text(const description *d)
{
    const fsam_model_info *info = &d->info;
    printf("file        %s, %.1f MB of %s\n", d->path, mega(d->bytes), d->types);
    print_release(d);
    print_config(fm_model_config(d->model->model), fm_model_bone_bright(d->model->model));
    printf("parameters  %lld: encoder %lld, text %lld, prompts %lld, decoder %lld\n", (long long)info->parameters,
           (long long)info->encoder_parameters, (long long)info->text_parameters, (long long)info->prompt_parameters,
           (long long)info->decoder_parameters);
    printf("weights     %.1f MB in f32, %.1f MB in bf16, %.1f MB in int8\n", mega(d->footprint.f32),
           mega(d->footprint.bf16), mega(d->footprint.int8));
    printf("tokenizer   %s\n", info->has_tokenizer ? "yes" : "none: it understands no text");
    print_threshold(d);
    if (d->names != NULL)
        printf("names       %zu\n", json_is_array(d->names) ? json_array_size(d->names) : json_object_size(d->names));
    print_said("licence     ", info->license[0] != '\0' ? info->license : "not stated");
    if (info->credit[0] != '\0') print_said("credit      ", info->credit);
    const char *words = json_string_value(json_object_get(d->words, "what"));
    if (words != NULL) print_said("words       ", words);
}

static fsam_status run(const request *wanted, const char *path)
{
    description d = {.path = path};
    fsam_status status = describe(&d);
    if (status == FSAM_OK && wanted->json)
        status = print_json(&d);
    else if (status == FSAM_OK)
        print_text(&d);
    json_t *const owned[] = {d.release, d.names, d.thresholds, d.training, d.words};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) json_decref(owned[i]);
    fsam_model_free(d.model);
    return status;
}

int cmd_info(int count, char **word)
{
    request wanted = {0};
    cli_texts operands;
    bool help;
    fsam_status status = cli_parse(&cli_info, count, word, &wanted, &operands, &help);
    if (status == FSAM_OK && !help) status = run(&wanted, operands.item[0]);
    cli_request_free(&cli_info, &wanted, &operands);
    return status == FSAM_OK ? FSAM_OK : cli_failed(&cli_info, status);
}
