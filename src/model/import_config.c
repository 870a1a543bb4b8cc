#include "model/import_config.h"

#include "base/json.h"
#include <stdio.h>
#include <stdlib.h>

static const char first_table[] =
    "image_encoder.backbone.swin.stages.0.blocks.0.attn.w_msa.relative_position_bias_table";

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "configuration: no memory");
}

/* Side `axis` of a tensor, or `otherwise`. Values beyond any allowed field are left for fm_config_check. */
static int side_of(const fm_weight *weight, int axis, int otherwise)
{
    if (weight == NULL || weight->global != NULL || axis >= weight->ndim) return otherwise;
    return weight->dim[axis] > 1 << 28 ? 1 << 28 : (int)weight->dim[axis];
}

static const fm_weight *find(const fm_sources *sources, const char *name)
{
    const fm_source *source;
    return fm_sources_find(sources, name, &source);
}

static int side(const fm_sources *sources, const char *name, int axis, int otherwise)
{
    return side_of(find(sources, name), axis, otherwise);
}

/* Blocks or layers named PREFIX n. ...: one more than the highest n of any tensor, so that what a file lacks of them
 * is missed and not left out; `otherwise` when there is none. */
static int count_of(const fm_sources *sources, const char *prefix, int otherwise)
{
    int count = fm_source_count(fm_sources_for(sources, prefix), prefix);
    return count > 0 ? count : otherwise;
}

/* The heads of a stage, from the first of its blocks that has a bias table. */
static int heads_of(const fm_sources *sources, const char *blocks, int depth, int otherwise)
{
    int heads = 0;
    for (int i = 0; i < depth && i < 256 && heads == 0; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s%d.attn.w_msa.relative_position_bias_table", blocks, i);
        heads = side(sources, name, 1, 0);
    }
    return heads > 0 ? heads : otherwise;
}

static void infer_backbone(const fm_sources *sources, fm_config *config)
{
    config->embed_dims =
        side(sources, "image_encoder.backbone.swin.patch_embed.projection.weight", 0, config->embed_dims);
    for (int i = 0; i < FM_STAGES; i++) {
        char blocks[80];
        snprintf(blocks, sizeof blocks, "image_encoder.backbone.swin.stages.%d.blocks.", i);
        config->depths[i] = count_of(sources, blocks, config->depths[i]);
        config->num_heads[i] = heads_of(sources, blocks, config->depths[i], config->num_heads[i]);
    }
    int hidden = side(sources, "image_encoder.backbone.swin.stages.0.blocks.0.ffn.layers.1.weight", 1, 0);
    if (hidden > 0 && config->embed_dims > 0) config->mlp_ratio = hidden / config->embed_dims;
}

/* The window is the checkpoint's: tables of a backbone from elsewhere are resized to it. use_vq stays true: every
 * published checkpoint has a codebook, so that one without it lacks it. */
static void infer_rest(const fm_sources *sources, fm_config *config)
{
    int rows = side_of(fm_source_find(&sources->checkpoint, first_table), 0, 169);
    for (int window = 2; window <= FM_LARGEST_WINDOW; window++)
        if ((2 * window - 1) * (2 * window - 1) == rows) config->window_size = window;
    config->neck_width = side(sources, "image_encoder.neck.input_ops.0.op_list.0.conv.weight", 0, config->neck_width);
    config->neck_depth = count_of(sources, "image_encoder.neck.middle.op_list.", config->neck_depth);
    config->prompt_dim = side(sources, "mask_decoder.mask_tokens.weight", 1, config->prompt_dim);
    config->decoder_mlp = side(sources, "mask_decoder.transformer.layers.0.mlp.lin1.weight", 0, config->decoder_mlp);
    config->codebook_size = side(sources, "prompt_encoder.vq._codebook.embed", 1, config->codebook_size);
}

void fm_import_text_config(const fm_sources *sources, fm_config *config)
{
    int width = side(sources, "prompt_encoder.text_model.token_embedding.weight", 1, config->text.width);
    /* no shape tells the heads: CLIP's towers have one for 64 channels */
    if (width != config->text.width) config->text.heads = width >= 64 ? width / 64 : 1;
    config->text.width = width;
    config->text.vocab = side(sources, "prompt_encoder.text_model.token_embedding.weight", 0, config->text.vocab);
    config->text.context = side(sources, "prompt_encoder.text_model.positional_embedding", 0, config->text.context);
    config->text.out = side(sources, "prompt_encoder.text_model.text_projection", 1, config->text.out);
    config->text.layers = count_of(sources, "prompt_encoder.text_model.transformer.resblocks.", config->text.layers);
    config->text.start = config->text.vocab - 2;
    config->text.end = config->text.vocab - 1;
}

/* Puts the fields of a JSON object over those of the configuration. */
static fsam_status override_config(const char *fields, fm_config *config)
{
    json_t *over;
    FB_TRY(fb_json_parse(fields, FB_JSON_SETTINGS, JSON_REJECT_DUPLICATES, "configuration", &over));
    char *inferred = fm_config_format(config);
    json_t *base = inferred != NULL ? json_loads(inferred, 0, NULL) : NULL;
    free(inferred);
    if (base == NULL) {
        json_decref(over);
        return exhausted();
    }
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
    if (merged == NULL) return exhausted();
    fsam_status status = fm_config_parse(merged, "configuration", config);
    free(merged);
    return status;
}

/* What the checkpoint says of itself, or the published sizes. */
static fsam_status base_config(const fm_sources *sources, bool *known, fm_config *config)
{
    const char *json = fm_weights_metadata(sources->checkpoint.weights, "fsam.config");
    char where[512];
    *known = json != NULL;
    if (!*known) return fm_config_named("swin-l", config);
    snprintf(where, sizeof where, "%s: fsam.config", fm_weights_path(sources->checkpoint.weights));
    return fm_config_parse(json, where, config);
}

fsam_status fm_import_config(const fm_sources *sources, int img_size, const char *over, fm_config *config)
{
    bool known;
    FB_TRY(base_config(sources, &known, config));
    if (img_size != 0) config->img_size = img_size;
    if (!known || sources->swin.weights != NULL) infer_backbone(sources, config);
    if (!known) infer_rest(sources, config);
    if (!known || sources->clip.weights != NULL) fm_import_text_config(sources, config);
    if (over != NULL) FB_TRY(override_config(over, config));
    return fm_config_check(config, fm_weights_path(sources->checkpoint.weights));
}
