/* prompts.c - what a user asks with, as tokens and a dense map: text, points, box, mask. */
#include "model/network.h"
#include "tensor/ops/shape.h"

#include <stdio.h>

static const char tower[] = "prompt_encoder.text_model";

/* The text tower is frozen: its parameters never ask for a gradient. */
static fm_builder frozen(const fm_builder *build)
{
    fm_builder result = *build;
    result.training = false;
    return result;
}

/* x + attention(ln_1 x); x + mlp(ln_2 x), x [T, W]; first: FT_NONE, or [T] where many texts stand in the rows */
static ft_id text_block(const fm_builder *build, ft_id x, ft_id first, int number)
{
    ft_graph *graph = build->graph;
    int64_t width = build->config->text.width;
    char name[96];
    snprintf(name, sizeof name, "%s.transformer.resblocks.%d", tower, number);
    ft_id h = fm_layernorm(build, x, 1e-5, "%s.ln_1", name);
    ft_id weight = fm_parameter_of(build, ft_shape2(3 * width, width), "%s.attn.in_proj_weight", name);
    ft_id bias = fm_parameter_of(build, ft_shape1(3 * width), "%s.attn.in_proj_bias", name);
    h = ft_linear(graph, h, weight, bias, FT_IDENTITY, false);
    h = first == FT_NONE ? ft_attention_qkv(graph, h, FT_NONE, build->config->text.heads, true)
                         : ft_run_attention(graph, h, first, build->config->text.heads);
    x = ft_add(graph, x, fm_linear(build, h, width, FT_IDENTITY, "%s.attn.out_proj", name));
    h = fm_layernorm(build, x, 1e-5, "%s.ln_2", name);
    h = fm_linear(build, h, 4 * width, FT_QUICKGELU, "%s.mlp.c_fc", name);
    return ft_add(graph, x, fm_linear(build, h, width, FT_IDENTITY, "%s.mlp.c_proj", name));
}

/* The vectors of the tokens, and the positions' table. */
static ft_id token_vectors(const fm_builder *build, ft_id ids, ft_id *positions)
{
    const fm_config *config = build->config;
    const int64_t width = config->text.width;
    ft_graph_limit(build->graph, FT_BF16);
    ft_id table = fm_parameter_of(build, ft_shape2(config->text.vocab, width), "%s.token_embedding.weight", tower);
    *positions = fm_parameter_of(build, ft_shape2(config->text.context, width), "%s.positional_embedding", tower);
    return ft_embedding(build->graph, table, ids);
}

/* The blocks, and what stands at the end tokens projected. */
static ft_id text_vectors(const fm_builder *build, ft_id x, ft_id first, ft_id end)
{
    const fm_config *config = build->config;
    for (int n = 0; n < config->text.layers; n++) x = text_block(build, x, first, n);
    x = fm_layernorm(build, ft_embedding(build->graph, x, end), 1e-5, "%s.ln_final", tower);
    ft_id projection =
        fm_parameter_of(build, ft_shape2(config->text.width, config->text.out), "%s.text_projection", tower);
    return ft_linear(build->graph, x, projection, FT_NONE, FT_IDENTITY, true);
}

ft_id fm_text_tower(const fm_builder *build, ft_id ids, ft_id end, int64_t tokens)
{
    const fm_builder fixed = frozen(build);
    ft_id positions, x = token_vectors(&fixed, ids, &positions);
    x = ft_add(build->graph, x, ft_slice(build->graph, positions, 0, tokens));
    return text_vectors(&fixed, x, FT_NONE, end);
}

ft_id fm_text_tower_runs(const fm_builder *build, ft_id ids, ft_id place, ft_id first, ft_id end)
{
    ft_id positions, x = token_vectors(build, ids, &positions);
    x = ft_add(build->graph, x, ft_embedding(build->graph, positions, place));
    return text_vectors(build, x, first, end);
}

ft_id fm_text_head(const fm_builder *build, ft_id text, ft_id *code, ft_id *loss)
{
    const fm_config *config = build->config;
    ft_graph_limit(build->graph, FT_F32); /* a little off, and another row of the codebook is nearest */
    ft_id z = fm_linear(build, text, config->text.out, FT_GELU, "prompt_encoder.clip_mlp.layers.0");
    z = fm_linear(build, z, config->prompt_dim, FT_IDENTITY, "prompt_encoder.clip_mlp.layers.1");
    fm_trace(build, z, "text.mlp");
    if (code != NULL) *code = FT_NONE;
    if (loss != NULL) *loss = FT_NONE;
    if (!config->use_vq) return z;
    ft_shape shape = {3, {1, config->codebook_size, config->prompt_dim}};
    return ft_vq(build->graph, z, fm_parameter_of(build, shape, "prompt_encoder.vq._codebook.embed"), code, loss);
}

/* The Gaussian of the positional encoding is a buffer: never trained. */
static ft_id gaussian(const fm_builder *build)
{
    const fm_builder fixed = frozen(build);
    return fm_parameter_of(&fixed, ft_shape2(2, build->config->prompt_dim / 2),
                           "prompt_encoder.pe_layer.positional_encoding_gaussian_matrix");
}

ft_id fm_point_tokens(const fm_builder *build, ft_id points, ft_id kind, ft_id keep)
{
    ft_shape row = ft_shape2(1, build->config->prompt_dim);
    /* in the order of fm_token_kind */
    ft_id table = fm_parameter_of(build, row, "prompt_encoder.not_a_point_embed.weight");
    for (int i = 0; i < 4; i++)
        table =
            ft_concat(build->graph, table, fm_parameter_of(build, row, "prompt_encoder.point_embeddings.%d.weight", i));
    ft_id place = ft_fourier(build->graph, points, gaussian(build), keep);
    return ft_add(build->graph, place, ft_embedding(build->graph, table, kind));
}

ft_id fm_dense_position(const fm_builder *build, ft_id grid, ft_id keep)
{
    return ft_fourier(build->graph, grid, gaussian(build), keep);
}

/* A 2x2 convolution of stride 2 (or 1x1 of stride 1, k = 1) to `outputs` channels. */
static ft_id mask_conv(const fm_builder *build, ft_id x, int k, int64_t outputs, int number)
{
    if (x == FT_NONE) return FT_NONE;
    x = k == 1 ? x : ft_unfold(build->graph, x, k);
    int64_t inputs = ft_last(ft_shape_of(build->graph, x)) / (k * k);
    ft_id weight =
        fm_parameter_of(build, ft_shape4(outputs, inputs, k, k), "prompt_encoder.mask_downscaling.%d.weight", number);
    ft_id bias = fm_parameter_of(build, ft_shape1(outputs), "prompt_encoder.mask_downscaling.%d.bias", number);
    return ft_linear(build->graph, x, weight, bias, FT_IDENTITY, false);
}

ft_id fm_dense_prompt(const fm_builder *build, ft_id mask)
{
    int64_t width = build->config->prompt_dim, side = fm_config_embed_side(build->config);
    if (mask == FT_NONE) return fm_parameter_of(build, ft_shape2(1, width), "prompt_encoder.no_mask_embed.weight");
    ft_graph_limit(build->graph, FT_F32);
    ft_id x = mask_conv(build, mask, 2, 4, 0);
    x = ft_activate(build->graph, fm_layernorm(build, x, 1e-6, "prompt_encoder.mask_downscaling.1"), FT_GELU);
    x = mask_conv(build, x, 2, 16, 3);
    x = ft_activate(build->graph, fm_layernorm(build, x, 1e-6, "prompt_encoder.mask_downscaling.4"), FT_GELU);
    return ft_reshape(build->graph, mask_conv(build, x, 1, width, 6), ft_shape2(side * side, width));
}
