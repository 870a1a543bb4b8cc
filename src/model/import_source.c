#include "model/import_source.h"

#include "model/swin_layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char swin_part[] = "image_encoder.backbone.swin.";
static const char clip_part[] = "prompt_encoder.text_model.";

static bool starts(const char *name, const char *prefix)
{
    return strncmp(name, prefix, strlen(prefix)) == 0;
}

static bool ends(const char *name, const char *suffix)
{
    size_t length = strlen(name), more = strlen(suffix);
    return length >= more && strcmp(name + length - more, suffix) == 0;
}

/* ---- what a file holds ---- */

/* Finds the prefix under which the file has `marker`. */
static bool find_prefix(fm_source *source, const char *const *prefixes, const char *marker)
{
    char name[128];
    for (; *prefixes != NULL; prefixes++) {
        snprintf(name, sizeof name, "%s%s", *prefixes, marker);
        if (fm_weights_find(source->weights, name) == NULL) continue;
        source->prefix = *prefixes;
        return true;
    }
    return false;
}

static void recognise_checkpoint(fm_source *source)
{
    source->part = source->prefix = "";
    for (size_t i = 0; i < fm_weights_count(source->weights); i++)
        if (starts(fm_weights_at(source->weights, i)->name, "sam.")) source->prefix = "sam.";
}

static fsam_status recognise_swin(fm_source *source)
{
    static const char *const prefixes[] = {"", "backbone.", swin_part, "sam.image_encoder.backbone.swin.", NULL};
    source->part = swin_part;
    source->original = find_prefix(source, prefixes, "patch_embed.proj.weight");
    if (source->original || find_prefix(source, prefixes, "patch_embed.projection.weight")) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MISMATCH,
                   "%s: no Swin backbone: it has neither patch_embed.proj.weight nor patch_embed.projection.weight",
                   fm_weights_path(source->weights));
}

static fsam_status recognise_clip(fm_source *source)
{
    static const char *const prefixes[] = {"", "text_model.", clip_part, "sam.prompt_encoder.text_model.", NULL};
    source->part = clip_part;
    if (find_prefix(source, prefixes, "token_embedding.weight")) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MISMATCH, "%s: no CLIP text tower: it has no token_embedding.weight",
                   fm_weights_path(source->weights));
}

fsam_status fm_source_open(fm_source_kind kind, const char *path, fm_source *source)
{
    *source = (fm_source){.kind = kind};
    FB_TRY(fm_weights_open(path, &source->weights));
    fsam_status status = FSAM_OK;
    switch (kind) {
    case FM_SOURCE_CHECKPOINT:
        recognise_checkpoint(source);
        break;
    case FM_SOURCE_SWIN:
        status = recognise_swin(source);
        break;
    case FM_SOURCE_CLIP:
        status = recognise_clip(source);
        break;
    }
    if (status != FSAM_OK) fm_source_close(source);
    return status;
}

void fm_source_close(fm_source *source)
{
    fm_weights_close(source->weights);
    source->weights = NULL;
}

/* ---- its tensors ---- */

const fm_weight *fm_source_find(const fm_source *source, const char *parameter)
{
    char original[128], name[192];
    if (source->weights == NULL || !starts(parameter, source->part)) return NULL;
    const char *rest = parameter + strlen(source->part);
    if (source->original) {
        if (!fm_swin_original_name(rest, original, sizeof original)) return NULL;
        rest = original;
    }
    snprintf(name, sizeof name, "%s%s", source->prefix, rest);
    return fm_weights_find(source->weights, name);
}

/* The number that a name goes on with, and a dot; -1 for anything else. Nothing has as many as the most said. */
static int leading_number(const char *text)
{
    enum { MOST = 1 << 20 };
    int number = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) number = number < MOST ? 10 * number + (*at - '0') : MOST;
    return at > text && *at == '.' ? number : -1;
}

int fm_source_count(const fm_source *source, const char *prefix)
{
    char before[192];
    int most = -1;
    if (source->weights == NULL || !starts(prefix, source->part)) return 0;
    const char *rest = prefix + strlen(source->part);
    bool renamed = source->original && starts(rest, "stages.");
    snprintf(before, sizeof before, "%s%s%s", source->prefix, renamed ? "layers." : "",
             renamed ? rest + strlen("stages.") : rest);
    for (size_t i = 0; i < fm_weights_count(source->weights); i++) {
        const fm_weight *weight = fm_weights_at(source->weights, i);
        if (!starts(weight->name, before) || fm_source_expects(source, weight)) continue;
        int number = leading_number(weight->name + strlen(before));
        if (number > most) most = number;
    }
    return most + 1;
}

/* Side of the square that a bias table's rows are, 0 when they are none. */
static int table_side(int64_t rows)
{
    for (int side = 3; side <= 127; side += 2)
        if ((int64_t)side * side == rows) return side;
    return 0;
}

static bool is_resized(const fm_source *source, const fm_parameter *parameter, const fm_weight *weight)
{
    return source->kind == FM_SOURCE_SWIN && ends(parameter->name, "relative_position_bias_table") &&
           weight->dim[0] != parameter->dim[0];
}

bool fm_source_fits(const fm_source *source, const fm_parameter *parameter, const fm_weight *weight)
{
    if (weight->ndim != parameter->ndim) return false;
    int axis = is_resized(source, parameter, weight) ? 1 : 0;
    if (axis == 1 && table_side(weight->dim[0]) == 0) return false;
    for (; axis < parameter->ndim; axis++)
        if (weight->dim[axis] != parameter->dim[axis]) return false;
    return true;
}

fsam_status fm_source_read(const fm_source *source, const fm_parameter *parameter, const fm_weight *weight, float *out)
{
    bool resized = is_resized(source, parameter, weight);
    if (!resized && !(source->original && fm_swin_is_merged(parameter->name)))
        return fm_weights_read(source->weights, weight, out);
    float *raw = malloc(weight->count * sizeof *raw);
    if (raw == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory", fm_weights_path(source->weights));
    fsam_status status = fm_weights_read(source->weights, weight, raw);
    size_t columns = (size_t)parameter->dim[parameter->ndim - 1];
    if (status == FSAM_OK && resized)
        fm_swin_resize_table(raw, table_side(weight->dim[0]), (int)columns, table_side(parameter->dim[0]), out);
    else if (status == FSAM_OK)
        fm_swin_merge_order(raw, weight->count / columns, columns, out);
    free(raw);
    return status;
}

static bool is_one_of(const char *name, const char *const *prefixes, const char *const *suffixes)
{
    for (; *prefixes != NULL; prefixes++)
        if (starts(name, *prefixes)) return true;
    for (; *suffixes != NULL; suffixes++)
        if (ends(name, *suffixes)) return true;
    return false;
}

bool fm_source_expects(const fm_source *source, const fm_weight *weight)
{
    static const struct {
        const char *prefixes[6], *suffixes[6]; /* each ends with NULL */
    } known[] = {
        [FM_SOURCE_CHECKPOINT] = {{"prompt_encoder.text_model.visual.", "prompt_encoder.text_model.logit_scale",
                                   "mask_decoder.travel_tokens."},
                                  {"_codebook.initted", "_codebook.cluster_size", "_codebook.embed_avg",
                                   "num_batches_tracked", "relative_position_index"}},
        [FM_SOURCE_SWIN] = {{"head.", "norm."}, {"attn_mask", "relative_position_index"}},
        [FM_SOURCE_CLIP] = {{"visual.", "logit_scale", "input_resolution", "context_length", "vocab_size"}, {NULL}},
    };
    /* of a file that holds more than the part it was given for, the rest is no surprise */
    if (!starts(weight->name, source->prefix)) return source->kind != FM_SOURCE_CHECKPOINT;
    return is_one_of(weight->name + strlen(source->prefix), known[source->kind].prefixes, known[source->kind].suffixes);
}

/* Whatever its name: who put it there meant it for the model. */
fsam_status fm_source_refuse_opaque(const fm_source *source)
{
    if (source->weights == NULL) return FSAM_OK;
    for (size_t i = 0; i < fm_weights_count(source->weights); i++) {
        const fm_weight *weight = fm_weights_at(source->weights, i);
        if (weight->global == NULL || !starts(weight->name, source->prefix)) continue;
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: '%s' depends on global %s, which is not understood",
                       fm_weights_path(source->weights), weight->name + strlen(source->prefix), weight->global);
    }
    return FSAM_OK;
}

/* ---- all of them ---- */

const fm_source *fm_sources_for(const fm_sources *sources, const char *parameter)
{
    if (sources->swin.weights != NULL && starts(parameter, swin_part)) return &sources->swin;
    if (sources->clip.weights != NULL && starts(parameter, clip_part)) return &sources->clip;
    return &sources->checkpoint;
}

bool fm_sources_may_start(const fm_sources *sources, const char *parameter)
{
    return sources->swin.weights != NULL && starts(parameter, swin_part) &&
           starts(parameter + strlen(swin_part), "norm");
}

const fm_weight *fm_sources_find(const fm_sources *sources, const char *parameter, const fm_source **source)
{
    *source = fm_sources_for(sources, parameter);
    const fm_weight *found = fm_source_find(*source, parameter);
    if (found != NULL || !fm_sources_may_start(sources, parameter)) return found;
    *source = &sources->checkpoint;
    return fm_source_find(*source, parameter);
}
