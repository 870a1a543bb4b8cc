/* decoder.c - the mask decoder: two-way transformer, upscaling, hyper-networks, predicted IoU. */
#include "model/network.h"
#include "tensor/ops/shape.h"

#include <stdio.h>

static const char transformer[] = "mask_decoder.transformer";
enum { LAYERS = 2, MASK_TOKENS = 4 };

/* Attention with its four projections, at width `inner`. */
static ft_id projected_attention(const fm_builder *build, ft_id q, ft_id k, ft_id v, ft_id key_bias, int64_t inner,
                                 const char *name)
{
    q = fm_linear(build, q, inner, FT_IDENTITY, "%s.q_proj", name);
    k = fm_linear(build, k, inner, FT_IDENTITY, "%s.k_proj", name);
    v = fm_linear(build, v, inner, FT_IDENTITY, "%s.v_proj", name);
    ft_id out = ft_attention(build->graph, q, k, v, key_bias, build->config->decoder_heads, false);
    return fm_linear(build, out, build->config->prompt_dim, FT_IDENTITY, "%s.out_proj", name);
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
    ft_id q = layer == 0 ? state->queries : ft_add(build->graph, state->queries, state->origin);
    snprintf(name, sizeof name, "%s.layers.%d.self_attn", transformer, layer);
    ft_id out = projected_attention(build, q, q, state->queries, state->query_bias, width, name);
    if (layer != 0) out = ft_add(build->graph, state->queries, out);
    state->queries = fm_layernorm(build, out, 1e-5, "%s.layers.%d.norm1", transformer, layer);
}

/* Tokens look at the image. */
static ft_id token_to_image(const fm_builder *build, const two_way *state, const char *name)
{
    ft_id q = ft_add(build->graph, state->queries, state->origin);
    ft_id k = ft_add(build->graph, state->keys, state->position);
    ft_id out = projected_attention(build, q, k, state->keys, FT_NONE, build->config->prompt_dim / 2, name);
    return ft_add(build->graph, state->queries, out);
}

/* The image looks at the tokens. */
static ft_id image_to_token(const fm_builder *build, const two_way *state, const char *name)
{
    ft_id q = ft_add(build->graph, state->keys, state->position);
    ft_id k = ft_add(build->graph, state->queries, state->origin);
    ft_id out =
        projected_attention(build, q, k, state->queries, state->query_bias, build->config->prompt_dim / 2, name);
    return ft_add(build->graph, state->keys, out);
}

static void transformer_layer(const fm_builder *build, two_way *state, int layer)
{
    char name[96];
    const char *t = transformer;
    self_attention(build, state, layer);
    snprintf(name, sizeof name, "%s.layers.%d.cross_attn_token_to_image", t, layer);
    state->queries = fm_layernorm(build, token_to_image(build, state, name), 1e-5, "%s.layers.%d.norm2", t, layer);
    ft_id h = fm_linear(build, state->queries, build->config->decoder_mlp, FT_RELU, "%s.layers.%d.mlp.lin1", t, layer);
    h = fm_linear(build, h, build->config->prompt_dim, FT_IDENTITY, "%s.layers.%d.mlp.lin2", t, layer);
    h = ft_add(build->graph, state->queries, h);
    state->queries = fm_layernorm(build, h, 1e-5, "%s.layers.%d.norm3", t, layer);
    snprintf(name, sizeof name, "%s.layers.%d.cross_attn_image_to_token", t, layer);
    state->keys = fm_layernorm(build, image_to_token(build, state, name), 1e-5, "%s.layers.%d.norm4", t, layer);
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

/* keys [E E, D] -> [64 E E, D/8] */
static ft_id upscaled(const fm_builder *build, ft_id keys)
{
    int64_t side = fm_config_embed_side(build->config), width = build->config->prompt_dim;
    ft_id x = upscale(build, ft_reshape(build->graph, keys, ft_shape4(1, side, side, width)), width / 4, 0);
    x = ft_activate(build->graph, fm_layernorm(build, x, 1e-6, "mask_decoder.output_upscaling.1"), FT_GELU);
    x = upscale(build, x, width / 4, 3);
    x = ft_activate(build->graph, fm_layernorm(build, x, 1e-6, "mask_decoder.output_upscaling.4"), FT_GELU);
    x = ft_activate(build->graph, upscale(build, x, width / 8, 6), FT_GELU);
    return ft_reshape(build->graph, x, ft_shape2(64 * side * side, width / 8));
}

/* Three linear layers with ReLU between. */
static ft_id mlp3(const fm_builder *build, ft_id x, int64_t hidden, int64_t outputs, const char *name)
{
    x = fm_linear(build, x, hidden, FT_RELU, "%s.layers.0", name);
    x = fm_linear(build, x, hidden, FT_RELU, "%s.layers.1", name);
    return fm_linear(build, x, outputs, FT_IDENTITY, "%s.layers.2", name);
}

fm_decoded fm_mask_decoder(const fm_builder *build, ft_id tokens, ft_id embedding, ft_id position, ft_id token_bias)
{
    ft_graph *graph = build->graph;
    int64_t width = build->config->prompt_dim;
    char name[96];
    ft_id own = ft_concat(graph, fm_parameter_of(build, ft_shape2(1, width), "mask_decoder.iou_token.weight"),
                          fm_parameter_of(build, ft_shape2(MASK_TOKENS, width), "mask_decoder.mask_tokens.weight"));
    ft_id origin = tokens == FT_NONE ? own : ft_concat(graph, own, tokens), masks = FT_NONE;
    two_way state = {origin, embedding, origin, position, token_bias};
    for (int layer = 0; layer < LAYERS; layer++) transformer_layer(build, &state, layer);
    snprintf(name, sizeof name, "%s.final_attn_token_to_image", transformer);
    state.queries = fm_layernorm(build, token_to_image(build, &state, name), 1e-5, "%s.norm_final_attn", transformer);
    for (int i = 0; i < MASK_TOKENS; i++) {
        snprintf(name, sizeof name, "mask_decoder.mask_output_hypernetworks_mlps.%d", i);
        ft_id row = mlp3(build, ft_slice(graph, state.queries, 1 + i, 1), width, width / 8, name);
        masks = i == 0 ? row : ft_concat(graph, masks, row);
    }
    fm_decoded result;
    result.masks = ft_linear(graph, masks, upscaled(build, state.keys), FT_NONE, FT_IDENTITY, false);
    ft_id iou = ft_slice(graph, state.queries, 0, 1);
    result.iou = mlp3(build, iou, 256, MASK_TOKENS, "mask_decoder.iou_prediction_head");
    return result;
}
