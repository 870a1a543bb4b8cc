/* decoder.c - the mask decoder: two-way transformer, upscaling, hyper-networks, predicted IoU. */
#include "model/network.h"
#include "tensor/ops/shape.h"

#include <stdio.h>

static const char transformer[] = "mask_decoder.transformer";
enum { LAYERS = 2, MASK_TOKENS = 4 };

/* Tokens are few, and what they say is multiplied by every pixel: they are computed exactly. The image's side is where
 * the work is. */
static const ft_precision tokens_limit = FT_F32, image_limit = FT_BF16;

static ft_id project(const fm_builder *build, ft_id x, int64_t width, const char *attention, const char *which)
{
    return fm_linear(build, x, width, FT_IDENTITY, "%s.%s_proj", attention, which);
}

/* What an attention reads: already projected. */
typedef struct projected {
    ft_id q, k, v;
} projected;

static ft_id attend(const fm_builder *build, projected in, ft_id key_bias, const char *name)
{
    ft_id out = ft_attention(build->graph, in.q, in.k, in.v, key_bias, build->config->decoder_heads, false);
    return project(build, out, build->config->prompt_dim, name, "out");
}

typedef struct two_way {
    ft_id queries, keys;    /* [5 + N, D], [E E, D] */
    ft_id origin, position; /* their positional terms */
    ft_id query_bias;       /* [5 + N], hides tokens that are not there */
} two_way;

/* Tokens look at each other; the first layer's answer replaces them. */
static void self_attention(const fm_builder *build, two_way *state, int layer)
{
    char name[64];
    int64_t width = build->config->prompt_dim;
    ft_id x = layer == 0 ? state->queries : ft_add(build->graph, state->queries, state->origin);
    snprintf(name, sizeof name, "%s.layers.%d.self_attn", transformer, layer);
    projected in = {project(build, x, width, name, "q"), project(build, x, width, name, "k"),
                    project(build, state->queries, width, name, "v")};
    ft_id out = attend(build, in, state->query_bias, name);
    if (layer != 0) out = ft_add(build->graph, state->queries, out);
    state->queries = fm_layernorm(build, out, 1e-5, "%s.layers.%d.norm1", transformer, layer);
}

/* What the image gives to an attention whose weights are `name`'s: keys and values to tokens that look at it, or
 * queries (in q) when it looks at tokens. */
static projected from_image(const fm_builder *build, ft_id keys, ft_id position, bool looks, const char *name)
{
    int64_t width = build->config->prompt_dim / 2;
    projected seen = {FT_NONE, FT_NONE, FT_NONE};
    ft_graph_limit(build->graph, image_limit);
    ft_id placed = ft_add(build->graph, keys, position);
    if (looks) {
        seen.q = project(build, placed, width, name, "q");
    } else {
        seen.k = project(build, placed, width, name, "k");
        seen.v = project(build, keys, width, name, "v");
    }
    ft_graph_limit(build->graph, tokens_limit);
    return seen;
}

/* Tokens look at the image. */
static ft_id token_to_image(const fm_builder *build, const two_way *state, projected image, const char *name)
{
    image.q =
        project(build, ft_add(build->graph, state->queries, state->origin), build->config->prompt_dim / 2, name, "q");
    return ft_add(build->graph, state->queries, attend(build, image, FT_NONE, name));
}

/* The image looks at the tokens. */
static ft_id image_to_token(const fm_builder *build, const two_way *state, projected image, const char *name)
{
    int64_t width = build->config->prompt_dim / 2;
    image.k = project(build, ft_add(build->graph, state->queries, state->origin), width, name, "k");
    image.v = project(build, state->queries, width, name, "v");
    ft_graph_limit(build->graph, image_limit);
    ft_id out = ft_add(build->graph, state->keys, attend(build, image, state->query_bias, name));
    ft_graph_limit(build->graph, tokens_limit);
    return out;
}

static void name_of(char name[96], int layer, const char *attention)
{
    snprintf(name, 96, "%s.layers.%d.%s", transformer, layer, attention);
}

static const char to_image[] = "cross_attn_token_to_image", to_token[] = "cross_attn_image_to_token";

static void transformer_layer(const fm_builder *build, two_way *state, int layer, const fm_decoder_image *first)
{
    char name[96];
    const char *t = transformer;
    self_attention(build, state, layer);
    name_of(name, layer, to_image);
    projected image = {FT_NONE, first->key, first->value};
    if (layer > 0) image = from_image(build, state->keys, state->position, false, name);
    state->queries = token_to_image(build, state, image, name);
    state->queries = fm_layernorm(build, state->queries, 1e-5, "%s.layers.%d.norm2", t, layer);
    ft_id h = fm_linear(build, state->queries, build->config->decoder_mlp, FT_RELU, "%s.layers.%d.mlp.lin1", t, layer);
    h = fm_linear(build, h, build->config->prompt_dim, FT_IDENTITY, "%s.layers.%d.mlp.lin2", t, layer);
    h = ft_add(build->graph, state->queries, h);
    state->queries = fm_layernorm(build, h, 1e-5, "%s.layers.%d.norm3", t, layer);
    name_of(name, layer, to_token);
    image = (projected){first->query, FT_NONE, FT_NONE};
    if (layer > 0) image = from_image(build, state->keys, state->position, true, name);
    state->keys = image_to_token(build, state, image, name);
    state->keys = fm_layernorm(build, state->keys, 1e-5, "%s.layers.%d.norm4", t, layer);
}

fm_decoder_image fm_decoder_see(const fm_builder *build, ft_id embedding, ft_id position)
{
    char name[96];
    name_of(name, 0, to_image);
    projected seen = from_image(build, embedding, position, false, name);
    name_of(name, 0, to_token);
    projected looking = from_image(build, embedding, position, true, name);
    return (fm_decoder_image){embedding, seen.k, seen.v, looking.q};
}

/* A transposed 2x2 convolution of stride 2 is a product and a pixel shuffle: [1, H, W, I] -> [1, 2H, 2W, outputs]. */
static ft_id upscale(const fm_builder *build, ft_id x, int64_t outputs, int number)
{
    if (x == FT_NONE) return FT_NONE;
    int64_t inputs = ft_last(ft_shape_of(build->graph, x));
    ft_id weight =
        fm_parameter_of(build, ft_shape4(inputs, outputs, 2, 2), "mask_decoder.output_upscaling.%d.weight", number);
    ft_id bias = fm_parameter_of(build, ft_shape1(outputs), "mask_decoder.output_upscaling.%d.bias", number);
    x = ft_fold(build->graph, ft_linear(build->graph, x, weight, FT_NONE, FT_IDENTITY, true), 2, 0, 0);
    return ft_add(build->graph, x, bias);
}

/* rows [4, D/8] times every pixel of keys [E E, D] upscaled -> [4, 64 E E] */
static ft_id times_upscaled(const fm_builder *build, ft_id rows, ft_id keys)
{
    int64_t side = fm_config_embed_side(build->config), width = build->config->prompt_dim;
    ft_graph_limit(build->graph, image_limit);
    ft_id x = upscale(build, ft_reshape(build->graph, keys, ft_shape4(1, side, side, width)), width / 4, 0);
    x = ft_activate(build->graph, fm_layernorm(build, x, 1e-6, "mask_decoder.output_upscaling.1"), FT_GELU);
    x = upscale(build, x, width / 4, 3);
    x = ft_activate(build->graph, fm_layernorm(build, x, 1e-6, "mask_decoder.output_upscaling.4"), FT_GELU);
    ft_id weight =
        fm_parameter_of(build, ft_shape4(width / 4, width / 8, 2, 2), "mask_decoder.output_upscaling.6.weight");
    ft_id bias = fm_parameter_of(build, ft_shape1(width / 8), "mask_decoder.output_upscaling.6.bias");
    x = ft_upscaled_product(build->graph, x, weight, bias, FT_GELU, rows);
    ft_graph_limit(build->graph, tokens_limit);
    return x;
}

/* Three linear layers with ReLU between. */
static ft_id mlp3(const fm_builder *build, ft_id x, int64_t hidden, int64_t outputs, const char *name)
{
    x = fm_linear(build, x, hidden, FT_RELU, "%s.layers.0", name);
    x = fm_linear(build, x, hidden, FT_RELU, "%s.layers.1", name);
    return fm_linear(build, x, outputs, FT_IDENTITY, "%s.layers.2", name);
}

fm_decoded fm_decoder_answer(const fm_builder *build, ft_id tokens, const fm_decoder_image *image, ft_id position,
                             ft_id token_bias)
{
    ft_graph *graph = build->graph;
    int64_t width = build->config->prompt_dim;
    char name[96];
    ft_graph_limit(graph, tokens_limit);
    ft_id own = ft_concat(graph, fm_parameter_of(build, ft_shape2(1, width), "mask_decoder.iou_token.weight"),
                          fm_parameter_of(build, ft_shape2(MASK_TOKENS, width), "mask_decoder.mask_tokens.weight"));
    ft_id origin = tokens == FT_NONE ? own : ft_concat(graph, own, tokens), masks = FT_NONE;
    two_way state = {origin, image->embedding, origin, position, token_bias};
    for (int layer = 0; layer < LAYERS; layer++) transformer_layer(build, &state, layer, image);
    snprintf(name, sizeof name, "%s.final_attn_token_to_image", transformer);
    projected last = from_image(build, state.keys, position, false, name);
    state.queries = token_to_image(build, &state, last, name);
    state.queries = fm_layernorm(build, state.queries, 1e-5, "%s.norm_final_attn", transformer);
    for (int i = 0; i < MASK_TOKENS; i++) {
        snprintf(name, sizeof name, "mask_decoder.mask_output_hypernetworks_mlps.%d", i);
        ft_id row = mlp3(build, ft_slice(graph, state.queries, 1 + i, 1), width, width / 8, name);
        masks = i == 0 ? row : ft_concat(graph, masks, row);
    }
    fm_decoded result;
    result.masks = times_upscaled(build, masks, state.keys);
    ft_id iou = ft_slice(graph, state.queries, 0, 1);
    result.iou = mlp3(build, iou, 256, MASK_TOKENS, "mask_decoder.iou_prediction_head");
    return result;
}

fm_decoded fm_mask_decoder(const fm_builder *build, ft_id tokens, ft_id embedding, ft_id position, ft_id token_bias)
{
    fm_decoder_image image = fm_decoder_see(build, embedding, position);
    return fm_decoder_answer(build, tokens, &image, position, token_bias);
}
