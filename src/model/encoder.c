/* encoder.c - the image encoder: Swin backbone and neck. */
#include "model/network.h"
#include "tensor/ops/shape.h"

#include <stdio.h>

static const char swin[] = "image_encoder.backbone.swin";
static const char neck[] = "image_encoder.neck";
static const double eps = 1e-5;

/* x + branch, the branch through its drop-path gate in training. */
static ft_id residual(const fm_builder *build, ft_id x, ft_id branch, int stage, int block, int which)
{
    if (build->training && x != FT_NONE) {
        char name[32];
        snprintf(name, sizeof name, "gate.%d.%d.%d", stage, block, which);
        ft_shape batch = ft_shape1(ft_shape_of(build->graph, x).dim[0]);
        branch = ft_drop_path(build->graph, branch, ft_input(build->graph, name, FT_REAL, batch, false));
    }
    return ft_add(build->graph, x, branch);
}

/* x + attention(norm1 x); x + mlp(norm2 x) */
static ft_id swin_block(const fm_builder *build, ft_id x, int stage, int block)
{
    const fm_config *config = build->config;
    int64_t channels = (int64_t)config->embed_dims << stage;
    int heads = config->num_heads[stage], window = config->window_size, span = 2 * window - 1;
    char name[96];
    snprintf(name, sizeof name, "%s.stages.%d.blocks.%d", swin, stage, block);

    ft_id h = fm_layernorm(build, x, eps, "%s.norm1", name);
    ft_id qkv = fm_linear(build, h, 3 * channels, FT_IDENTITY, "%s.attn.w_msa.qkv", name);
    ft_id bias = fm_parameter_of(build, ft_shape1(3 * channels), "%s.attn.w_msa.qkv.bias", name);
    ft_id table = fm_parameter_of(build, ft_shape2((int64_t)span * span, heads),
                                  "%s.attn.w_msa.relative_position_bias_table", name);
    h = ft_window_attention(build->graph, qkv, bias, table, heads, window, block % 2 == 1 ? window / 2 : 0);
    h = fm_linear(build, h, channels, FT_IDENTITY, "%s.attn.w_msa.proj", name);
    x = residual(build, x, h, stage, block, 0);

    h = fm_layernorm(build, x, eps, "%s.norm2", name);
    h = fm_linear(build, h, channels * config->mlp_ratio, FT_GELU, "%s.ffn.layers.0.0", name);
    h = fm_linear(build, h, channels, FT_IDENTITY, "%s.ffn.layers.1", name);
    return residual(build, x, h, stage, block, 1);
}

/* Halves the map and doubles its channels. */
static ft_id patch_merging(const fm_builder *build, ft_id x, int stage)
{
    int64_t channels = (int64_t)build->config->embed_dims << stage;
    x = ft_unfold(build->graph, x, 2);
    x = fm_layernorm(build, x, eps, "%s.stages.%d.downsample.norm", swin, stage);
    ft_id weight = fm_parameter_of(build, ft_shape2(2 * channels, 4 * channels),
                                   "%s.stages.%d.downsample.reduction.weight", swin, stage);
    return ft_linear(build->graph, x, weight, FT_NONE, FT_IDENTITY, false);
}

/* image [B, S, S, 3] -> map[i] [B, H_i, W_i, C << i] */
static void backbone(const fm_builder *build, ft_id image, ft_id map[FM_STAGES])
{
    int64_t channels = build->config->embed_dims;
    ft_id weight = fm_parameter_of(build, ft_shape4(channels, 3, 4, 4), "%s.patch_embed.projection.weight", swin);
    ft_id bias = fm_parameter_of(build, ft_shape1(channels), "%s.patch_embed.projection.bias", swin);
    ft_id x = ft_linear(build->graph, ft_unfold(build->graph, image, 4), weight, bias, FT_IDENTITY, false);
    x = fm_layernorm(build, x, eps, "%s.patch_embed.norm", swin);
    for (int stage = 0; stage < FM_STAGES; stage++) {
        char name[32];
        for (int block = 0; block < build->config->depths[stage]; block++) x = swin_block(build, x, stage, block);
        map[stage] = fm_layernorm(build, x, eps, "%s.norm%d", swin, stage);
        snprintf(name, sizeof name, "encoder.stage%d", stage + 1);
        fm_trace(build, map[stage], name);
        if (stage + 1 < FM_STAGES) x = patch_merging(build, x, stage);
    }
}

static ft_id batchnorm(const fm_builder *build, ft_id x, const char *name)
{
    if (x == FT_NONE) return FT_NONE;
    ft_shape shape = ft_shape1(ft_last(ft_shape_of(build->graph, x)));
    ft_id gain = fm_parameter_of(build, shape, "%s.weight", name),
          bias = fm_parameter_of(build, shape, "%s.bias", name);
    if (build->training) {
        char output[192];
        ft_id statistics = FT_NONE;
        x = ft_batchnorm(build->graph, x, gain, bias, eps, &statistics);
        snprintf(output, sizeof output, "statistics.%s", name);
        ft_output(build->graph, statistics, output);
        return x;
    }
    ft_id mean = fm_parameter_of(build, shape, "%s.running_mean", name);
    ft_id variance = fm_parameter_of(build, shape, "%s.running_var", name);
    return ft_batchnorm_fixed(build->graph, x, gain, bias, mean, variance, eps);
}

/* A 1x1 convolution without bias to `outputs` channels, then BatchNorm. */
static ft_id point_conv(const fm_builder *build, ft_id x, int64_t outputs, const char *name)
{
    char norm[128];
    if (x == FT_NONE) return FT_NONE;
    ft_shape shape = ft_shape4(outputs, ft_last(ft_shape_of(build->graph, x)), 1, 1);
    ft_id weight = fm_parameter_of(build, shape, "%s.conv.weight", name);
    snprintf(norm, sizeof norm, "%s.norm", name);
    return batchnorm(build, ft_linear(build->graph, x, weight, FT_NONE, FT_IDENTITY, false), norm);
}

/* x + BN(1x1(gelu(BN(3x3 x)))) */
static ft_id neck_block(const fm_builder *build, ft_id x, int number)
{
    char name[96], norm[128];
    int64_t width = build->config->neck_width;
    snprintf(name, sizeof name, "%s.middle.op_list.%d.main", neck, number);
    ft_id weight = fm_parameter_of(build, ft_shape4(width, width, 3, 3), "%s.spatial_conv.conv.weight", name);
    snprintf(norm, sizeof norm, "%s.spatial_conv.norm", name);
    ft_id h = batchnorm(build, ft_conv3(build->graph, x, weight), norm);
    h = ft_activate(build->graph, h, FT_GELU_TANH);
    snprintf(norm, sizeof norm, "%s.point_conv", name);
    return ft_add(build->graph, x, point_conv(build, h, width, norm));
}

ft_id fm_image_encoder(const fm_builder *build, ft_id image)
{
    const fm_config *config = build->config;
    int64_t side = fm_config_embed_side(config);
    ft_id map[FM_STAGES], sum = FT_NONE;
    backbone(build, image, map);
    ft_graph_limit(build->graph, FT_F32); /* small, and all that is kept of the image passes here */
    for (int k = 0; k < FM_STAGES; k++) { /* the neck counts from the coarsest map */
        char name[96];
        snprintf(name, sizeof name, "%s.input_ops.%d.op_list.0", neck, k);
        ft_id x = point_conv(build, map[FM_STAGES - 1 - k], config->neck_width, name);
        x = ft_resize(build->graph, x, side, side, true);
        sum = k == 0 ? x : ft_add(build->graph, sum, x);
    }
    for (int n = 0; n < config->neck_depth; n++) sum = neck_block(build, sum, n);
    sum = fm_linear(build, sum, config->prompt_dim, FT_IDENTITY, "%s.output_ops.0.op_list.0.conv", neck);
    fm_trace(build, sum, "encoder.neck");
    return fm_layernorm(build, sum, eps, "image_encoder.norm");
}
