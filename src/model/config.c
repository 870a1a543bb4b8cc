#include "model/config.h"

#include "base/json.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static const fm_config published = {.img_size = 448,
                                    .embed_dims = 192,
                                    .depths = {2, 2, 18, 2},
                                    .num_heads = {6, 12, 24, 48},
                                    .window_size = 7,
                                    .mlp_ratio = 4,
                                    .neck_width = 128,
                                    .neck_depth = 3,
                                    .prompt_dim = 256,
                                    .decoder_mlp = 2048,
                                    .decoder_heads = 8,
                                    .codebook_size = 8192,
                                    .use_vq = true,
                                    .text = {.width = 512,
                                             .layers = 12,
                                             .heads = 8,
                                             .context = 77,
                                             .vocab = 49408,
                                             .start = 49406,
                                             .end = 49407,
                                             .out = 512}};

static const struct {
    const char *name;
    int embed_dims, middle_depth, first_heads;
} sizes[] = {
    {"swin-t", 96, 6, 3}, {"swin-s", 96, 18, 3}, {"swin-b", 128, 18, 4}, {"swin-l", 192, 18, 6}, {"micro", 32, 2, 1}};

static void make_micro(fm_config *config)
{
    config->img_size = 112;
    config->prompt_dim = 64;
    config->codebook_size = 512;
    config->text.width = 32;
    config->text.layers = 2;
    config->text.heads = 2;
}

fsam_status fm_config_named(const char *name, fm_config *config)
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        if (strcmp(name, sizes[i].name) != 0) continue;
        *config = published;
        config->embed_dims = sizes[i].embed_dims;
        config->depths[2] = sizes[i].middle_depth;
        for (int stage = 0; stage < FM_STAGES; stage++) config->num_heads[stage] = sizes[i].first_heads << stage;
        if (strcmp(name, "micro") == 0) make_micro(config);
        return FSAM_OK;
    }
    return fb_fail(FSAM_ERROR_ARGUMENT,
                   "model size '%s' is unknown: it is one of swin-t, swin-s, swin-b, swin-l, micro", name);
}

/* The integer fields: where each lies, what it is called in JSON, and the range in which no size overflows. */
typedef struct field {
    const char *name;
    size_t offset;
    int low, high;
} field;

static const field fields[] = {{"img_size", offsetof(fm_config, img_size), 28, FM_LARGEST_SIDE},
                               {"embed_dims", offsetof(fm_config, embed_dims), 1, 2048},
                               {"window_size", offsetof(fm_config, window_size), 2, FM_LARGEST_WINDOW},
                               {"mlp_ratio", offsetof(fm_config, mlp_ratio), 1, 16},
                               {"neck_width", offsetof(fm_config, neck_width), 1, 4096},
                               {"neck_depth", offsetof(fm_config, neck_depth), 1, 64},
                               {"prompt_dim", offsetof(fm_config, prompt_dim), 8, 4096},
                               {"decoder_mlp", offsetof(fm_config, decoder_mlp), 1, 65536},
                               {"decoder_heads", offsetof(fm_config, decoder_heads), 1, 256},
                               {"codebook_size", offsetof(fm_config, codebook_size), 1, 1 << 20}};

static const field text_fields[] = {
    {"width", offsetof(fm_config, text.width), 1, 8192},    {"layers", offsetof(fm_config, text.layers), 1, 128},
    {"heads", offsetof(fm_config, text.heads), 1, 256},     {"context", offsetof(fm_config, text.context), 2, 4096},
    {"vocab", offsetof(fm_config, text.vocab), 3, 1 << 20}, {"start", offsetof(fm_config, text.start), 0, 1 << 20},
    {"end", offsetof(fm_config, text.end), 0, 1 << 20},     {"out", offsetof(fm_config, text.out), 1, 8192}};

enum { FIELDS = sizeof fields / sizeof fields[0], TEXT_FIELDS = sizeof text_fields / sizeof text_fields[0] };

static int *field_of(fm_config *config, const field *entry)
{
    return (int *)(void *)((char *)config + entry->offset);
}

static int field_value(const fm_config *config, const field *entry)
{
    return *(const int *)(const void *)((const char *)config + entry->offset);
}

static fsam_status check_ranges(const fm_config *config, const field *list, int count, const char *group,
                                const char *where)
{
    for (int i = 0; i < count; i++) {
        int value = field_value(config, &list[i]);
        if (value < list[i].low || value > list[i].high)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: %s%s: %d is not in %d..%d", where, group, list[i].name, value,
                           list[i].low, list[i].high);
    }
    return FSAM_OK;
}

static fsam_status check_stages(const fm_config *config, const char *where)
{
    for (int i = 0; i < FM_STAGES; i++) {
        int width = config->embed_dims << i, heads = config->num_heads[i];
        if (config->depths[i] < 1 || config->depths[i] > 256)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: depths[%d]: %d is not in 1..256", where, i, config->depths[i]);
        if (heads < 1 || heads > width || width % heads != 0)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: num_heads[%d]: %d does not divide the width %d", where, i, heads,
                           width);
    }
    return FSAM_OK;
}

fsam_status fm_config_check(const fm_config *config, const char *where)
{
    FB_TRY(check_ranges(config, fields, FIELDS, "", where));
    FB_TRY(check_ranges(config, text_fields, TEXT_FIELDS, "text.", where));
    FB_TRY(check_stages(config, where));
    if (config->img_size % 4 != 0)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: img_size: %d is not a multiple of 4", where, config->img_size);
    /* cross-attention has half the width, the upscaling ends at an eighth of it */
    if (config->prompt_dim % 8 != 0 || config->prompt_dim / 2 % config->decoder_heads != 0)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: prompt_dim: %d does not fit %d decoder heads", where, config->prompt_dim,
                       config->decoder_heads);
    if (config->text.width % config->text.heads != 0)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: text.heads: %d does not divide the width %d", where, config->text.heads,
                       config->text.width);
    if (config->text.start >= config->text.vocab || config->text.end >= config->text.vocab)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: text.vocab: %d does not hold the start and end tokens", where,
                       config->text.vocab);
    return FSAM_OK;
}

static fsam_status parse_integer(const json_t *value, const char *where, const char *group, const char *name, int *out)
{
    if (!json_is_integer(value)) return fb_fail(FSAM_ERROR_FORMAT, "%s: %s%s: not an integer", where, group, name);
    json_int_t number = json_integer_value(value);
    if (number < 0 || number > INT32_MAX)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s%s: %lld is out of range", where, group, name, (long long)number);
    *out = (int)number;
    return FSAM_OK;
}

static fsam_status parse_fields(const json_t *object, const field *list, int count, const char *group,
                                const char *where, fm_config *config)
{
    for (int i = 0; i < count; i++) {
        const json_t *value = json_object_get(object, list[i].name);
        if (value != NULL) FB_TRY(parse_integer(value, where, group, list[i].name, field_of(config, &list[i])));
    }
    return FSAM_OK;
}

static fsam_status parse_stages(const json_t *object, const char *name, const char *where, int *out)
{
    const json_t *array = json_object_get(object, name);
    if (array == NULL) return FSAM_OK;
    if (!json_is_array(array) || json_array_size(array) != FM_STAGES)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: %s: not an array of %d integers", where, name, (int)FM_STAGES);
    for (size_t i = 0; i < FM_STAGES; i++) FB_TRY(parse_integer(json_array_get(array, i), where, "", name, &out[i]));
    return FSAM_OK;
}

static fsam_status parse_text(const json_t *object, const char *where, fm_config *config)
{
    const json_t *text = json_object_get(object, "text");
    if (text == NULL) return FSAM_OK;
    if (!json_is_object(text)) return fb_fail(FSAM_ERROR_FORMAT, "%s: text: not an object", where);
    const json_t *kind = json_object_get(text, "kind");
    if (kind != NULL && !json_is_string(kind)) return fb_fail(FSAM_ERROR_FORMAT, "%s: text.kind: not a string", where);
    if (kind != NULL && strcmp(json_string_value(kind), "clip") != 0)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: text.kind: '%s' is not supported, only clip", where,
                       json_string_value(kind));
    return parse_fields(text, text_fields, TEXT_FIELDS, "text.", where, config);
}

static fsam_status parse_object(const json_t *object, const char *where, fm_config *config)
{
    if (!json_is_object(object)) return fb_fail(FSAM_ERROR_FORMAT, "%s: not an object", where);
    FB_TRY(parse_fields(object, fields, FIELDS, "", where, config));
    FB_TRY(parse_stages(object, "depths", where, config->depths));
    FB_TRY(parse_stages(object, "num_heads", where, config->num_heads));
    const json_t *use_vq = json_object_get(object, "use_vq");
    if (use_vq != NULL && !json_is_boolean(use_vq))
        return fb_fail(FSAM_ERROR_FORMAT, "%s: use_vq: not true or false", where);
    if (use_vq != NULL) config->use_vq = json_is_true(use_vq);
    FB_TRY(parse_text(object, where, config));
    return fm_config_check(config, where);
}

fsam_status fm_config_parse(const char *json, const char *where, fm_config *config)
{
    json_t *object;
    FB_TRY(fb_json_parse(json, FB_JSON_SETTINGS, JSON_REJECT_DUPLICATES, where, &object));
    *config = published;
    fsam_status status = parse_object(object, where, config);
    json_decref(object);
    return status;
}

static int format_fields(json_t *object, const field *list, int count, const fm_config *config)
{
    int failed = 0;
    for (int i = 0; i < count; i++)
        failed |= json_object_set_new(object, list[i].name, json_integer(field_value(config, &list[i])));
    return failed;
}

char *fm_config_format(const fm_config *config)
{
    json_t *object = json_object(), *text = json_object(), *depths = json_array(), *heads = json_array();
    int failed = format_fields(object, fields, FIELDS, config);
    for (int i = 0; i < FM_STAGES; i++) {
        failed |= json_array_append_new(depths, json_integer(config->depths[i]));
        failed |= json_array_append_new(heads, json_integer(config->num_heads[i]));
    }
    failed |= json_object_set_new(text, "kind", json_string("clip"));
    failed |= format_fields(text, text_fields, TEXT_FIELDS, config);
    failed |= json_object_set_new(object, "depths", depths);
    failed |= json_object_set_new(object, "num_heads", heads);
    failed |= json_object_set_new(object, "use_vq", json_boolean(config->use_vq));
    failed |= json_object_set_new(object, "text", text);
    failed |= json_object_set_new(object, "precision", json_string("float32"));
    char *result = failed ? NULL : json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return result;
}

/* ---- parameters ---- */

const char *fm_shape_text(int ndim, const int64_t *dim, char text[static FM_SHAPE_TEXT])
{
    size_t length = (size_t)snprintf(text, FM_SHAPE_TEXT, "[");
    for (int i = 0; i < ndim; i++)
        length +=
            (size_t)snprintf(text + length, FM_SHAPE_TEXT - length, "%s%lld", i > 0 ? ", " : "", (long long)dim[i]);
    snprintf(text + length, FM_SHAPE_TEXT - length, "]");
    return text;
}

typedef struct names {
    fm_parameter *list;
    size_t count, capacity;
    bool failed; /* memory is exhausted: checked once, at the end */
    fm_parameter_kind kind;
} names;

/* Adds PREFIX SUFFIX with `ndim` sides, given as int. */
static void add(names *all, const char *prefix, const char *suffix, int ndim, ...)
{
    if (all->failed) return;
    if (all->count == all->capacity) {
        size_t capacity = all->capacity == 0 ? 512 : all->capacity * 2;
        fm_parameter *list = realloc(all->list, capacity * sizeof *list);
        all->failed = list == NULL;
        if (list == NULL) return;
        all->list = list;
        all->capacity = capacity;
    }
    fm_parameter *entry = &all->list[all->count++];
    memset(entry, 0, sizeof *entry);
    snprintf(entry->name, sizeof entry->name, "%s%s", prefix, suffix);
    entry->kind = all->kind;
    entry->ndim = ndim;
    va_list sides;
    va_start(sides, ndim);
    for (int i = 0; i < ndim; i++) entry->dim[i] = va_arg(sides, int);
    va_end(sides);
}

/* Weight (out x in) and bias of a linear layer. */
static void add_linear(names *all, const char *prefix, const char *name, int out, int in)
{
    char path[112];
    snprintf(path, sizeof path, "%s%s", prefix, name);
    add(all, path, ".weight", 2, out, in);
    add(all, path, ".bias", 1, out);
}

/* Weight and bias of one value a channel. */
static void add_norm(names *all, const char *prefix, const char *name, int width)
{
    char path[112];
    snprintf(path, sizeof path, "%s%s", prefix, name);
    add(all, path, ".weight", 1, width);
    add(all, path, ".bias", 1, width);
}

static void add_batch_norm(names *all, const char *prefix, const char *name, int width)
{
    char path[112];
    snprintf(path, sizeof path, "%s%s", prefix, name);
    add_norm(all, path, "", width);
    all->kind = FM_BUFFER;
    add(all, path, ".running_mean", 1, width);
    add(all, path, ".running_var", 1, width);
    all->kind = FM_WEIGHT;
}

static void add_block(names *all, const fm_config *config, int stage, int block)
{
    char prefix[80];
    int width = config->embed_dims << stage, span = 2 * config->window_size - 1;
    snprintf(prefix, sizeof prefix, "image_encoder.backbone.swin.stages.%d.blocks.%d.", stage, block);
    add_norm(all, prefix, "norm1", width);
    add(all, prefix, "attn.w_msa.relative_position_bias_table", 2, span * span, config->num_heads[stage]);
    add_linear(all, prefix, "attn.w_msa.qkv", 3 * width, width);
    add_linear(all, prefix, "attn.w_msa.proj", width, width);
    add_norm(all, prefix, "norm2", width);
    add_linear(all, prefix, "ffn.layers.0.0", width * config->mlp_ratio, width);
    add_linear(all, prefix, "ffn.layers.1", width, width * config->mlp_ratio);
}

static void add_backbone(names *all, const fm_config *config)
{
    const char *swin = "image_encoder.backbone.swin.";
    add(all, swin, "patch_embed.projection.weight", 4, config->embed_dims, 3, 4, 4);
    add(all, swin, "patch_embed.projection.bias", 1, config->embed_dims);
    add_norm(all, swin, "patch_embed.norm", config->embed_dims);
    for (int stage = 0; stage < FM_STAGES; stage++) {
        char prefix[80];
        int width = config->embed_dims << stage;
        for (int block = 0; block < config->depths[stage]; block++) add_block(all, config, stage, block);
        if (stage == FM_STAGES - 1) break;
        snprintf(prefix, sizeof prefix, "%sstages.%d.downsample.", swin, stage);
        add_norm(all, prefix, "norm", 4 * width);
        add(all, prefix, "reduction.weight", 2, 2 * width, 4 * width);
    }
    for (int stage = 0; stage < FM_STAGES; stage++) {
        char name[16];
        snprintf(name, sizeof name, "norm%d", stage);
        add_norm(all, swin, name, config->embed_dims << stage);
    }
}

static void add_neck(names *all, const fm_config *config)
{
    char prefix[80];
    int width = config->neck_width;
    for (int i = 0; i < FM_STAGES; i++) { /* the coarsest map is number 0 */
        snprintf(prefix, sizeof prefix, "image_encoder.neck.input_ops.%d.op_list.0.", i);
        add(all, prefix, "conv.weight", 4, width, config->embed_dims << (FM_STAGES - 1 - i), 1, 1);
        add_batch_norm(all, prefix, "norm", width);
    }
    for (int i = 0; i < config->neck_depth; i++) {
        snprintf(prefix, sizeof prefix, "image_encoder.neck.middle.op_list.%d.main.", i);
        add(all, prefix, "spatial_conv.conv.weight", 4, width, width, 3, 3);
        add_batch_norm(all, prefix, "spatial_conv.norm", width);
        add(all, prefix, "point_conv.conv.weight", 4, width, width, 1, 1);
        add_batch_norm(all, prefix, "point_conv.norm", width);
    }
    const char *output = "image_encoder.neck.output_ops.0.op_list.0.conv.";
    add(all, output, "weight", 4, config->prompt_dim, width, 1, 1);
    add(all, output, "bias", 1, config->prompt_dim);
    add_norm(all, "image_encoder.", "norm", config->prompt_dim);
}

static void add_text_tower(names *all, const fm_config *config)
{
    const char *text = "prompt_encoder.text_model.";
    int width = config->text.width;
    all->kind = FM_FROZEN;
    add(all, text, "token_embedding.weight", 2, config->text.vocab, width);
    add(all, text, "positional_embedding", 2, config->text.context, width);
    for (int i = 0; i < config->text.layers; i++) {
        char prefix[80];
        snprintf(prefix, sizeof prefix, "%stransformer.resblocks.%d.", text, i);
        add_norm(all, prefix, "ln_1", width);
        add(all, prefix, "attn.in_proj_weight", 2, 3 * width, width);
        add(all, prefix, "attn.in_proj_bias", 1, 3 * width);
        add_linear(all, prefix, "attn.out_proj", width, width);
        add_norm(all, prefix, "ln_2", width);
        add_linear(all, prefix, "mlp.c_fc", 4 * width, width);
        add_linear(all, prefix, "mlp.c_proj", width, 4 * width);
    }
    add_norm(all, text, "ln_final", width);
    add(all, text, "text_projection", 2, width, config->text.out);
    all->kind = FM_WEIGHT;
}

static void add_convolution(names *all, const char *prefix, const char *name, int first, int second, int side, int bias)
{
    char path[112];
    snprintf(path, sizeof path, "%s%s", prefix, name);
    add(all, path, ".weight", 4, first, second, side, side);
    add(all, path, ".bias", 1, bias);
}

static void add_prompt_encoder(names *all, const fm_config *config)
{
    const char *prompt = "prompt_encoder.";
    int dim = config->prompt_dim;
    all->kind = FM_BUFFER;
    add(all, prompt, "pe_layer.positional_encoding_gaussian_matrix", 2, 2, dim / 2);
    all->kind = FM_WEIGHT;
    for (int i = 0; i < 4; i++) {
        char name[40];
        snprintf(name, sizeof name, "point_embeddings.%d.weight", i);
        add(all, prompt, name, 2, 1, dim);
    }
    add(all, prompt, "not_a_point_embed.weight", 2, 1, dim);
    add(all, prompt, "no_mask_embed.weight", 2, 1, dim);
    add_convolution(all, prompt, "mask_downscaling.0", 4, 1, 2, 4);
    add_norm(all, prompt, "mask_downscaling.1", 4);
    add_convolution(all, prompt, "mask_downscaling.3", 16, 4, 2, 16);
    add_norm(all, prompt, "mask_downscaling.4", 16);
    add_convolution(all, prompt, "mask_downscaling.6", dim, 16, 1, dim);
    add_text_tower(all, config);
    add_linear(all, prompt, "clip_mlp.layers.0", config->text.out, config->text.out);
    add_linear(all, prompt, "clip_mlp.layers.1", dim, config->text.out);
    if (config->use_vq) add(all, prompt, "vq._codebook.embed", 3, 1, config->codebook_size, dim);
}

/* Projections of an attention whose inner width is `inner`. */
static void add_attention(names *all, const char *prefix, const char *name, int dim, int inner)
{
    char path[112];
    snprintf(path, sizeof path, "%s%s", prefix, name);
    add_linear(all, path, ".q_proj", inner, dim);
    add_linear(all, path, ".k_proj", inner, dim);
    add_linear(all, path, ".v_proj", inner, dim);
    add_linear(all, path, ".out_proj", dim, inner);
}

static void add_two_way(names *all, const fm_config *config)
{
    const char *transformer = "mask_decoder.transformer.";
    int dim = config->prompt_dim;
    for (int i = 0; i < 2; i++) {
        char prefix[80];
        snprintf(prefix, sizeof prefix, "%slayers.%d.", transformer, i);
        add_attention(all, prefix, "self_attn", dim, dim);
        add_norm(all, prefix, "norm1", dim);
        add_attention(all, prefix, "cross_attn_token_to_image", dim, dim / 2);
        add_norm(all, prefix, "norm2", dim);
        add_linear(all, prefix, "mlp.lin1", config->decoder_mlp, dim);
        add_linear(all, prefix, "mlp.lin2", dim, config->decoder_mlp);
        add_norm(all, prefix, "norm3", dim);
        add_norm(all, prefix, "norm4", dim);
        add_attention(all, prefix, "cross_attn_image_to_token", dim, dim / 2);
    }
    add_attention(all, transformer, "final_attn_token_to_image", dim, dim / 2);
    add_norm(all, transformer, "norm_final_attn", dim);
}

static void add_mask_decoder(names *all, const fm_config *config)
{
    const char *decoder = "mask_decoder.";
    int dim = config->prompt_dim;
    enum { MASKS = 4, IOU_WIDTH = 256 };
    add(all, decoder, "iou_token.weight", 2, 1, dim);
    add(all, decoder, "mask_tokens.weight", 2, MASKS, dim);
    add_two_way(all, config);
    /* transposed convolutions: in x out x 2 x 2 */
    add_convolution(all, decoder, "output_upscaling.0", dim, dim / 4, 2, dim / 4);
    add_norm(all, decoder, "output_upscaling.1", dim / 4);
    add_convolution(all, decoder, "output_upscaling.3", dim / 4, dim / 4, 2, dim / 4);
    add_norm(all, decoder, "output_upscaling.4", dim / 4);
    add_convolution(all, decoder, "output_upscaling.6", dim / 4, dim / 8, 2, dim / 8);
    for (int i = 0; i < MASKS; i++) {
        char prefix[80];
        snprintf(prefix, sizeof prefix, "%smask_output_hypernetworks_mlps.%d.layers.", decoder, i);
        add_linear(all, prefix, "0", dim, dim);
        add_linear(all, prefix, "1", dim, dim);
        add_linear(all, prefix, "2", dim / 8, dim);
    }
    add_linear(all, decoder, "iou_prediction_head.layers.0", IOU_WIDTH, dim);
    add_linear(all, decoder, "iou_prediction_head.layers.1", IOU_WIDTH, IOU_WIDTH);
    add_linear(all, decoder, "iou_prediction_head.layers.2", MASKS, IOU_WIDTH);
}

fsam_status fm_config_parameters(const fm_config *config, fm_parameter **list, size_t *count)
{
    names all = {.kind = FM_WEIGHT};
    *list = NULL;
    *count = 0;
    FB_TRY(fm_config_check(config, "configuration"));
    add_backbone(&all, config);
    add_neck(&all, config);
    add_prompt_encoder(&all, config);
    add_mask_decoder(&all, config);
    if (all.failed) {
        free(all.list);
        return fb_fail(FSAM_ERROR_MEMORY, "configuration: no memory for the list of parameters");
    }
    *list = all.list;
    *count = all.count;
    return FSAM_OK;
}
