#include "model/import.h"

#include "base/memory.h"
#include "base/safetensors.h"
#include "model/config.h"
#include "model/torch_file.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct import {
    const fm_import_options *options;
    fm_import_report *report;
    fm_torch_file *file;
    const char *prefix; /* of the names that belong to the model */
    fm_config config;
    fm_parameter *list;
    size_t count;
    float **data; /* a parameter each */
    fb_safetensors_builder *builder;
} import;

static fsam_status exhausted(const import *work)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory", work->options->source);
}

static fsam_status note(const import *work, fm_import_list *list, const char *name)
{
    char **grown = realloc(list->name, (list->count + 1) * sizeof *grown);
    if (grown == NULL) return exhausted(work);
    list->name = grown;
    grown[list->count] = strdup(name);
    return grown[list->count++] != NULL ? FSAM_OK : exhausted(work);
}

static const fm_torch_tensor *find(const import *work, const char *name)
{
    char path[160];
    snprintf(path, sizeof path, "%s%s", work->prefix, name);
    return fm_torch_find(work->file, path);
}

/* Side `axis` of a parameter, or `otherwise`. Values beyond any allowed field are left for fm_config_check. */
static int side(const import *work, const char *name, int axis, int otherwise)
{
    const fm_torch_tensor *tensor = find(work, name);
    if (tensor == NULL || tensor->global != NULL || axis >= tensor->ndim) return otherwise;
    return tensor->dim[axis] > 1 << 28 ? 1 << 28 : (int)tensor->dim[axis];
}

/* How many of PATTERN with %d = 0, 1, ... there are; `otherwise` when none. */
static int count_of(const import *work, const char *before, const char *after, int otherwise)
{
    char name[128];
    int count = 0;
    for (; count < 1024; count++) {
        snprintf(name, sizeof name, "%s%d%s", before, count, after);
        if (find(work, name) == NULL) break;
    }
    return count > 0 ? count : otherwise;
}

static void infer_image(const import *work, fm_config *config)
{
    int rows, hidden;
    config->embed_dims = side(work, "image_encoder.backbone.swin.patch_embed.projection.weight", 0, 192);
    for (int i = 0; i < FM_STAGES; i++) {
        char before[80], name[128];
        snprintf(before, sizeof before, "image_encoder.backbone.swin.stages.%d.blocks.", i);
        config->depths[i] = count_of(work, before, ".norm1.weight", config->depths[i]);
        snprintf(name, sizeof name, "%s0.attn.w_msa.relative_position_bias_table", before);
        config->num_heads[i] = side(work, name, 1, config->num_heads[i]);
    }
    rows = side(work, "image_encoder.backbone.swin.stages.0.blocks.0.attn.w_msa.relative_position_bias_table", 0, 169);
    for (int window = 2; window <= 64; window++)
        if ((2 * window - 1) * (2 * window - 1) == rows) config->window_size = window;
    hidden = side(work, "image_encoder.backbone.swin.stages.0.blocks.0.ffn.layers.1.weight", 1, 0);
    if (hidden > 0 && config->embed_dims > 0) config->mlp_ratio = hidden / config->embed_dims;
    config->neck_width = side(work, "image_encoder.neck.input_ops.0.op_list.0.conv.weight", 0, 128);
    config->neck_depth =
        count_of(work, "image_encoder.neck.middle.op_list.", ".main.point_conv.conv.weight", config->neck_depth);
}

static void infer_config(const import *work, fm_config *config)
{
    (void)fm_config_named("swin-l", config);
    if (work->options->img_size != 0) config->img_size = work->options->img_size;
    infer_image(work, config);
    config->prompt_dim = side(work, "mask_decoder.mask_tokens.weight", 1, 256);
    config->decoder_mlp = side(work, "mask_decoder.transformer.layers.0.mlp.lin1.weight", 0, 2048);
    config->codebook_size = side(work, "prompt_encoder.vq._codebook.embed", 1, 8192);
    config->use_vq = find(work, "prompt_encoder.vq._codebook.embed") != NULL;
    config->text.width = side(work, "prompt_encoder.text_model.token_embedding.weight", 1, 512);
    config->text.vocab = side(work, "prompt_encoder.text_model.token_embedding.weight", 0, 49408);
    config->text.context = side(work, "prompt_encoder.text_model.positional_embedding", 0, 77);
    config->text.out = side(work, "prompt_encoder.text_model.text_projection", 1, 512);
    config->text.layers = count_of(work, "prompt_encoder.text_model.transformer.resblocks.", ".ln_1.weight", 12);
    config->text.heads = config->text.width >= 64 ? config->text.width / 64 : 1; /* as CLIP's towers have it */
    config->text.start = config->text.vocab - 2;
    config->text.end = config->text.vocab - 1;
}

/* The fields of the option `config` over the inferred ones. */
static fsam_status override_config(import *work)
{
    json_error_t error;
    char *inferred = fm_config_format(&work->config);
    json_t *base = inferred != NULL ? json_loads(inferred, 0, NULL) : NULL;
    free(inferred);
    if (base == NULL) return exhausted(work);
    json_t *over = json_loads(work->options->config, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(over)) {
        json_decref(over);
        json_decref(base);
        return fb_fail(FSAM_ERROR_FORMAT, "configuration: not a JSON object");
    }
    json_t *base_text = json_object_get(base, "text"), *over_text = json_object_get(over, "text");
    if (json_is_object(over_text)) { /* one level down, so that other fields of text stay */
        json_object_update(base_text, over_text);
        json_object_del(over, "text");
    }
    json_object_update(base, over);
    char *merged = json_dumps(base, JSON_COMPACT);
    json_decref(over);
    json_decref(base);
    if (merged == NULL) return exhausted(work);
    fsam_status status = fm_config_parse(merged, "configuration", &work->config);
    free(merged);
    return status;
}

static bool starts(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool ends(const char *name, const char *suffix)
{
    size_t length = strlen(name), more = strlen(suffix);
    return length >= more && strcmp(name + length - more, suffix) == 0;
}

static bool expected_leftover(const char *name)
{
    return starts(name, "prompt_encoder.text_model.visual.") ||
           strcmp(name, "prompt_encoder.text_model.logit_scale") == 0 || ends(name, "_codebook.initted") ||
           ends(name, "_codebook.cluster_size") || ends(name, "_codebook.embed_avg") ||
           ends(name, "num_batches_tracked") || ends(name, "relative_position_index") ||
           starts(name, "mask_decoder.travel_tokens.");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts what the file has beyond the parameters into expected and unexpected. */
static fsam_status list_leftovers(import *work)
{
    const char **needed = malloc((work->count + 1) * sizeof *needed);
    if (needed == NULL) return exhausted(work);
    for (size_t i = 0; i < work->count; i++) needed[i] = work->list[i].name;
    qsort(needed, work->count, sizeof *needed, by_name);
    fsam_status status = FSAM_OK;
    for (size_t i = 0; i < fm_torch_count(work->file) && status == FSAM_OK; i++) {
        const char *name = fm_torch_at(work->file, i)->name;
        bool inside = starts(name, work->prefix);
        if (inside) name += strlen(work->prefix);
        if (inside && bsearch(&name, needed, work->count, sizeof *needed, by_name) != NULL) continue;
        status =
            note(work, inside && expected_leftover(name) ? &work->report->expected : &work->report->unexpected, name);
    }
    free(needed);
    return status;
}

static fsam_status check_parameters(import *work)
{
    fm_import_report *report = work->report;
    for (size_t i = 0; i < work->count; i++) {
        const fm_parameter *need = &work->list[i];
        const fm_torch_tensor *have = find(work, need->name);
        bool same = have != NULL && have->ndim == need->ndim;
        for (int axis = 0; same && axis < need->ndim; axis++) same = have->dim[axis] == need->dim[axis];
        if (!same) FB_TRY(note(work, have == NULL ? &report->missing : &report->wrong_shape, need->name));
    }
    if (report->missing.count + report->wrong_shape.count == 0) return FSAM_OK;
    const char *first = report->missing.count > 0 ? report->missing.name[0] : report->wrong_shape.name[0];
    return fb_fail(FSAM_ERROR_MISMATCH, "%s: %zu parameters are missing, %zu have another shape; the first: %s",
                   work->options->source, report->missing.count, report->wrong_shape.count, first);
}

/* An entry under the prefix that no tensor can be made of: the file is refused, whatever its name. */
static fsam_status refuse_opaque(const import *work)
{
    for (size_t i = 0; i < fm_torch_count(work->file); i++) {
        const fm_torch_tensor *tensor = fm_torch_at(work->file, i);
        if (tensor->global == NULL || !starts(tensor->name, work->prefix)) continue;
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: '%s' depends on global %s, which is not understood",
                       work->options->source, tensor->name + strlen(work->prefix), tensor->global);
    }
    return FSAM_OK;
}

static fsam_status add_parameters(import *work)
{
    work->data = calloc(work->count, sizeof *work->data);
    if (work->data == NULL) return exhausted(work);
    for (size_t i = 0; i < work->count; i++) {
        const fm_parameter *need = &work->list[i];
        const fm_torch_tensor *have = find(work, need->name);
        work->data[i] = fb_alloc(have->count, sizeof(float));
        if (work->data[i] == NULL) return exhausted(work);
        FB_TRY(fm_torch_read(work->file, have, work->data[i]));
        FB_TRY(fb_safetensors_builder_add(work->builder, need->name, FB_F32, need->ndim, need->dim, work->data[i]));
    }
    return FSAM_OK;
}

static fsam_status add_metadata(import *work)
{
    fb_safetensors_builder *builder = work->builder;
    const fm_import_options *options = work->options;
    char *config = fm_config_format(&work->config);
    if (config == NULL) return exhausted(work);
    fsam_status status = fb_safetensors_builder_metadata(builder, "fsam.config", config);
    free(config);
    FB_TRY(status);
    FB_TRY(fb_safetensors_builder_metadata(
        builder, "fsam.preparation", "{\"channels\":\"kmeans3\",\"polarity\":\"bone_dark\",\"mean\":0.5,\"std\":0.5}"));
    FB_TRY(fb_safetensors_builder_metadata(builder, "fsam.version", FSAM_VERSION));
    if (options->tokenizer != NULL)
        FB_TRY(fb_safetensors_builder_metadata(builder, "fsam.tokenizer", options->tokenizer));
    if (options->license != NULL) FB_TRY(fb_safetensors_builder_metadata(builder, "license", options->license));
    return FSAM_OK;
}

static fsam_status import_all(import *work)
{
    const fm_import_options *options = work->options;
    FB_TRY(fm_torch_open(options->source, &work->file));
    work->prefix = "";
    for (size_t i = 0; i < fm_torch_count(work->file); i++)
        if (starts(fm_torch_at(work->file, i)->name, "sam.")) work->prefix = "sam.";
    FB_TRY(refuse_opaque(work));
    infer_config(work, &work->config);
    if (options->config != NULL) FB_TRY(override_config(work));
    FB_TRY(fm_config_check(&work->config, options->source));
    FB_TRY(fm_config_parameters(&work->config, &work->list, &work->count));
    FB_TRY(list_leftovers(work));
    FB_TRY(check_parameters(work));
    work->builder = fb_safetensors_builder_new();
    if (work->builder == NULL) return exhausted(work);
    FB_TRY(add_metadata(work));
    FB_TRY(add_parameters(work));
    FB_TRY(fb_safetensors_builder_save(work->builder, options->output, options->overwrite));
    work->report->written = work->count;
    return FSAM_OK;
}

fsam_status fm_import(const fm_import_options *options, fm_import_report *report)
{
    memset(report, 0, sizeof *report);
import work = {.options = options, .report = report };
    fsam_status status = import_all(&work);
    fb_safetensors_builder_free(work.builder);
    for (size_t i = 0; work.data != NULL && i < work.count; i++) fb_free(work.data[i]);
    free(work.data);
    free(work.list);
    fm_torch_close(work.file);
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
    memset(report, 0, sizeof *report);
}
