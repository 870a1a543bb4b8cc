#include "model/import.h"

#include "model/import_config.h"
#include "model/metadata.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct work work;

/* Where a parameter comes from. */
typedef struct origin {
    const work *of;
    const fm_parameter *need;
    const fm_source *source;
    const fm_weight *weight; /* NULL: nowhere; it starts as a norm that changes nothing */
} origin;

struct work {
    const fm_import_options *options;
    fm_import_report *report;
    fm_sources sources;
    fm_config config;
    fm_parameter *list;
    origin *origins; /* a parameter each */
    size_t count;
    fb_safetensors_builder *builder;
};

static fsam_status exhausted(const work *w)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory", w->options->source);
}

static fsam_status note(const work *w, fm_import_list *list, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static fsam_status note(const work *w, fm_import_list *list, const char *format, ...)
{
    char **grown = realloc(list->name, (list->count + 1) * sizeof *grown);
    if (grown == NULL) return exhausted(w);
    list->name = grown;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&grown[list->count], format, args);
    va_end(args);
    if (length < 0) return exhausted(w);
    list->count++;
    return FSAM_OK;
}

/* ---- what is needed and what there is ---- */

static fsam_status note_shape(const work *w, const origin *from)
{
    char is[FM_SHAPE_TEXT], should[FM_SHAPE_TEXT];
    return note(w, &w->report->wrong_shape, "%s: %s: shape %s, expected %s", fm_weights_path(from->source->weights),
                from->weight->name, fm_shape_text(from->weight->ndim, from->weight->dim, is),
                fm_shape_text(from->need->ndim, from->need->dim, should));
}

static fsam_status find_origin(const work *w, const fm_parameter *need, origin *from)
{
    const fm_source *source;
    const fm_weight *weight = fm_sources_find(&w->sources, need->name, &source);
    *from = (origin){.of = w, .need = need, .source = source, .weight = weight};
    if (weight == NULL) {
        bool may_start = fm_sources_may_start(&w->sources, need->name);
        const char *path = fm_weights_path(fm_sources_for(&w->sources, need->name)->weights);
        return note(w, may_start ? &w->report->started : &w->report->missing, "%s: %s", path, need->name);
    }
    return fm_source_fits(source, need, weight) ? FSAM_OK : note_shape(w, from);
}

static fsam_status find_origins(work *w)
{
    w->origins = calloc(w->count, sizeof *w->origins);
    if (w->origins == NULL) return exhausted(w);
    for (size_t i = 0; i < w->count; i++) FB_TRY(find_origin(w, &w->list[i], &w->origins[i]));
    return FSAM_OK;
}

static fsam_status check_complete(const work *w)
{
    const fm_import_report *report = w->report;
    if (report->missing.count + report->wrong_shape.count == 0) return FSAM_OK;
    const char *first = report->missing.count > 0 ? report->missing.name[0] : report->wrong_shape.name[0];
    return fb_fail(FSAM_ERROR_MISMATCH, "%s: %zu parameters are missing, %zu have another shape; the first: %s",
                   w->options->source, report->missing.count, report->wrong_shape.count, first);
}

/* Where a tensor that nothing needed belongs in the report. */
static fm_import_list *leftover_list(const work *w, const fm_source *source, const fm_weight *weight)
{
    size_t prefix = strlen(source->prefix);
    if (fm_source_expects(source, weight)) return &w->report->expected;
    if (source->kind == FM_SOURCE_CHECKPOINT && strncmp(weight->name, source->prefix, prefix) == 0 &&
        fm_sources_for(&w->sources, weight->name + prefix) != source)
        return &w->report->replaced;
    return &w->report->unexpected;
}

static fsam_status list_leftovers(const work *w, const fm_source *source)
{
    if (source->weights == NULL) return FSAM_OK;
    size_t count = fm_weights_count(source->weights);
    bool *used = calloc(count + 1, sizeof *used);
    if (used == NULL) return exhausted(w);
    for (size_t i = 0; i < w->count; i++)
        if (w->origins[i].source == source && w->origins[i].weight != NULL)
            used[fm_weights_index(source->weights, w->origins[i].weight)] = true;
    fsam_status status = FSAM_OK;
    for (size_t i = 0; i < count && status == FSAM_OK; i++) {
        const fm_weight *weight = fm_weights_at(source->weights, i);
        if (!used[i])
            status =
                note(w, leftover_list(w, source, weight), "%s: %s", fm_weights_path(source->weights), weight->name);
    }
    free(used);
    return status;
}

/* ---- writing ---- */

static fsam_status read_values(const origin *from, float *out)
{
    if (from->weight != NULL) return fm_source_read(from->source, from->need, from->weight, out);
    bool is_bias = strstr(from->need->name, ".bias") != NULL;
    for (int64_t i = 0; i < from->need->dim[0]; i++) out[i] = is_bias ? 0.0f : 1.0f;
    return FSAM_OK;
}

/* Biases, norms and statistics stay in float32: they are small, and rounding them costs most. */
static fb_dtype stored_type(const work *w, const fm_parameter *need)
{
    return need->ndim >= 2 && need->kind != FM_BUFFER ? w->options->dtype : FB_F32;
}

static fsam_status make_parameter(void *context, void *out)
{
    const origin *from = context;
    const fm_parameter *need = from->need;
    fb_dtype type = stored_type(from->of, need);
    size_t count = fm_parameter_elements(need);
    if (type == FB_F32) return read_values(from, out);
    float *values = malloc(count * sizeof *values);
    if (values == NULL) return exhausted(from->of);
    fsam_status status = read_values(from, values);
    if (status == FSAM_OK && !fb_tensor_from_f32(type, values, count, out))
        status = fb_fail(FSAM_ERROR_ARGUMENT, "%s: '%s': a value is too large for %s", from->of->options->source,
                         need->name, fb_dtype_name(type));
    free(values);
    return status;
}

static fsam_status add_parameters(work *w)
{
    for (size_t i = 0; i < w->count; i++) {
        const fm_parameter *need = &w->list[i];
        FB_TRY(fb_safetensors_builder_add_made(w->builder, need->name, stored_type(w, need), need->ndim, need->dim,
                                               make_parameter, &w->origins[i]));
    }
    return FSAM_OK;
}

static const char *tokenizer_of(const work *w)
{
    if (w->options->tokenizer != NULL) return w->options->tokenizer;
    return fm_weights_metadata(w->sources.checkpoint.weights, "fsam.tokenizer");
}

/* Who opens the model checks them the same way: what is written must open. */
static fsam_status check_tokenizer(const work *w)
{
    char where[512];
    const char *merges = tokenizer_of(w);
    fw_tokenizer *tokenizer;
    if (merges == NULL) return FSAM_OK;
    if (w->options->tokenizer != NULL)
        snprintf(where, sizeof where, "%s: the tokenizer given", w->options->source);
    else
        snprintf(where, sizeof where, "%s: fsam.tokenizer", w->options->source);
    FB_TRY(fm_metadata_tokenizer(merges, where, &w->config, &tokenizer));
    fw_tokenizer_free(tokenizer);
    return FSAM_OK;
}

/* What this import decides; the rest of a model file's metadata is carried over. */
static bool is_decided(const work *w, const char *key)
{
    for (size_t i = 0; i < w->options->more; i++)
        if (strcmp(key, w->options->metadata[2 * i]) == 0) return true;
    return strcmp(key, "fsam.config") == 0 || strcmp(key, "fsam.version") == 0 || strcmp(key, "fsam.tokenizer") == 0 ||
           (strcmp(key, "license") == 0 && w->options->license != NULL);
}

static fsam_status carry_metadata(const work *w)
{
    const fm_weights *weights = w->sources.checkpoint.weights;
    for (size_t i = 0; i < fm_weights_metadata_count(weights); i++) {
        const char *key, *value;
        fm_weights_metadata_at(weights, i, &key, &value);
        if (!is_decided(w, key)) FB_TRY(fb_safetensors_builder_metadata(w->builder, key, value));
    }
    if (fm_weights_metadata(weights, "fsam.preparation") != NULL) return FSAM_OK;
    return fb_safetensors_builder_metadata(w->builder, "fsam.preparation", fm_published_preparation);
}

static fsam_status add_metadata(const work *w)
{
    char *config = fm_config_format(&w->config);
    if (config == NULL) return exhausted(w);
    fsam_status status = fb_safetensors_builder_metadata(w->builder, "fsam.config", config);
    free(config);
    FB_TRY(status);
    FB_TRY(fb_safetensors_builder_metadata(w->builder, "fsam.version", FSAM_VERSION));
    FB_TRY(carry_metadata(w));
    for (size_t i = 0; i < w->options->more; i++)
        FB_TRY(
            fb_safetensors_builder_metadata(w->builder, w->options->metadata[2 * i], w->options->metadata[2 * i + 1]));
    w->report->tokenizer = tokenizer_of(w) != NULL;
    if (w->report->tokenizer) FB_TRY(fb_safetensors_builder_metadata(w->builder, "fsam.tokenizer", tokenizer_of(w)));
    if (w->options->license == NULL) return FSAM_OK;
    return fb_safetensors_builder_metadata(w->builder, "license", w->options->license);
}

/* ---- the whole ---- */

static fsam_status open_sources(work *w)
{
    const fm_import_options *options = w->options;
    fm_sources *sources = &w->sources;
    FB_TRY(fm_source_open(FM_SOURCE_CHECKPOINT, options->source, &sources->checkpoint));
    if (options->swin != NULL) FB_TRY(fm_source_open(FM_SOURCE_SWIN, options->swin, &sources->swin));
    if (options->clip != NULL) FB_TRY(fm_source_open(FM_SOURCE_CLIP, options->clip, &sources->clip));
    FB_TRY(fm_source_refuse_opaque(&sources->checkpoint));
    FB_TRY(fm_source_refuse_opaque(&sources->swin));
    return fm_source_refuse_opaque(&sources->clip);
}

static fsam_status match(work *w)
{
    FB_TRY(fm_import_config(&w->sources, w->options->img_size, w->options->config, &w->config));
    FB_TRY(fm_config_parameters(&w->config, &w->list, &w->count));
    FB_TRY(find_origins(w));
    FB_TRY(list_leftovers(w, &w->sources.checkpoint));
    FB_TRY(list_leftovers(w, &w->sources.swin));
    FB_TRY(list_leftovers(w, &w->sources.clip));
    FB_TRY(check_complete(w));
    return check_tokenizer(w);
}

static fsam_status import_all(work *w)
{
    FB_TRY(open_sources(w));
    FB_TRY(match(w));
    w->builder = fb_safetensors_builder_new();
    if (w->builder == NULL) return exhausted(w);
    FB_TRY(add_metadata(w));
    FB_TRY(add_parameters(w));
    FB_TRY(fb_safetensors_builder_save(w->builder, w->options->output, w->options->overwrite));
    w->report->written = w->count;
    return FSAM_OK;
}

fsam_status fm_import(const fm_import_options *options, fm_import_report *report)
{
    memset(report, 0, sizeof *report);
    work w = {.options = options, .report = report};
    fsam_status status = import_all(&w);
    fb_safetensors_builder_free(w.builder);
    free(w.origins);
    free(w.list);
    fm_source_close(&w.sources.checkpoint);
    fm_source_close(&w.sources.swin);
    fm_source_close(&w.sources.clip);
    return status;
}

static void list_free(fm_import_list *list)
{
    for (size_t i = 0; i < list->count; i++) free(list->name[i]);
    free(list->name);
}

void fm_import_report_free(fm_import_report *report)
{
    if (report == NULL) return;
    list_free(&report->missing);
    list_free(&report->wrong_shape);
    list_free(&report->unexpected);
    list_free(&report->expected);
    list_free(&report->replaced);
    list_free(&report->started);
    memset(report, 0, sizeof *report);
}
