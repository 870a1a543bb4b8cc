/*
 * ops - checks every operation: `ops check` holds each device's kernels against the plain ones in double, `ops grad`
 * holds each gradient rule against finite differences in double; both end with a line "N passed, N failed".
 * `ops perf [NAME]` prints how fast each is.
 */
#include "perf.h"

#include "tensor/cpu/gemm.h"
#include "tensor/ops/ops.h"
#include "tensor/ops/shape.h"
#include "tensor/session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_INPUTS = 5 };

/* One operation in one shape: builds it on inputs made with `input`, and returns its result. */
typedef struct builder {
    ft_graph *graph;
    int inputs;
    ft_id input[MAX_INPUTS];
} builder;

typedef struct op_case {
    const char *name;
    ft_id (*build)(builder *);
    double spread; /* inputs are uniform in +-spread */
    bool no_gradient;
} op_case;

static ft_id real_input(builder *b, ft_shape shape)
{
    char name[16];
    snprintf(name, sizeof name, "in%d", b->inputs);
    return b->input[b->inputs++] = ft_input(b->graph, name, FT_REAL, shape, true);
}

/* An input that has no gradient: a target, a gate, a bias of keys. */
static ft_id fixed_input(builder *b, ft_shape shape)
{
    char name[16];
    snprintf(name, sizeof name, "in%d", b->inputs);
    return b->input[b->inputs++] = ft_input(b->graph, name, FT_REAL, shape, false);
}

static ft_id index_input(builder *b, int64_t count)
{
    char name[16];
    snprintf(name, sizeof name, "in%d", b->inputs);
    return b->input[b->inputs++] = ft_input(b->graph, name, FT_INDEX, ft_shape1(count), false);
}

static ft_id linear_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(5, 11)), w = real_input(b, ft_shape2(7, 11)), c = real_input(b, ft_shape1(7));
    return ft_linear(b->graph, x, w, c, FT_IDENTITY, false);
}

static ft_id linear_wide_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(13, 24)), w = real_input(b, ft_shape2(40, 24));
    return ft_linear(b->graph, x, w, FT_NONE, FT_GELU, false);
}

/* r + x w + b: rows so few that the weight is not packed, there and back. r is computed, so that the result may take
 * its memory. */
static ft_id linear_tokens_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(9, 48)), w = real_input(b, ft_shape2(21, 48)), c = real_input(b, ft_shape1(21));
    ft_id r = ft_scale(b->graph, real_input(b, ft_shape2(9, 21)), 2);
    return ft_add(b->graph, r, ft_linear(b->graph, x, w, c, FT_IDENTITY, false));
}

static ft_id linear_input_major_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(5, 6)), w = real_input(b, ft_shape2(6, 9)), c = real_input(b, ft_shape1(9));
    return ft_linear(b->graph, x, w, c, FT_QUICKGELU, true);
}

/* A 1x1 convolution's weight, and few pixels. */
static ft_id linear_few_case(builder *b)
{
    ft_id x = real_input(b, ft_shape4(2, 2, 1, 11)), w = real_input(b, ft_shape4(7, 11, 1, 1));
    return ft_linear(b->graph, x, w, FT_NONE, FT_IDENTITY, false);
}

/* Two maps, no whole vectors. */
static ft_id upscaled_case(builder *b)
{
    ft_id x = real_input(b, ft_shape4(2, 2, 3, 5)), w = real_input(b, ft_shape4(5, 3, 2, 2));
    ft_id c = real_input(b, ft_shape1(3)), f = real_input(b, ft_shape2(4, 3));
    return ft_upscaled_product(b->graph, x, w, c, FT_GELU, f);
}

static ft_id upscaled_relu_case(builder *b)
{
    ft_id x = real_input(b, ft_shape4(1, 3, 2, 4)), w = real_input(b, ft_shape4(4, 2, 2, 2));
    ft_id c = real_input(b, ft_shape1(2)), f = real_input(b, ft_shape2(1, 2));
    return ft_upscaled_product(b->graph, x, w, c, FT_RELU, f);
}

static ft_id conv3_case(builder *b)
{
    ft_id x = real_input(b, ft_shape4(2, 4, 5, 3)), w = real_input(b, ft_shape4(4, 3, 3, 3));
    return ft_conv3(b->graph, x, w);
}

static ft_id layernorm_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(6, 9)), g = real_input(b, ft_shape1(9)), c = real_input(b, ft_shape1(9));
    return ft_layernorm(b->graph, x, g, c, 1e-5);
}

static ft_id batchnorm_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(9, 4)), g = real_input(b, ft_shape1(4)), c = real_input(b, ft_shape1(4));
    return ft_batchnorm(b->graph, x, g, c, 1e-5, NULL);
}

static ft_id window_case(builder *b, int64_t side, int shift)
{
    ft_id x = real_input(b, ft_shape4(2, side, side + 1, 3 * 4)), c = real_input(b, ft_shape1(3 * 4));
    ft_id t = real_input(b, ft_shape2(25, 2));
    return ft_window_attention(b->graph, x, c, t, 2, 3, shift);
}

static ft_id window_whole_case(builder *b)
{
    return window_case(b, 6, 0);
}

static ft_id window_padded_case(builder *b)
{
    return window_case(b, 4, 0);
}

static ft_id window_shifted_case(builder *b)
{
    return window_case(b, 4, 1);
}

static ft_id window_single_shifted_case(builder *b)
{
    return window_case(b, 2, 1);
}

/* As Swin has them: window 7, heads of 32, a map that is padded to whole windows. */
static ft_id window_swin_case(builder *b)
{
    ft_id x = real_input(b, ft_shape4(2, 9, 15, 3 * 64)), c = real_input(b, ft_shape1(3 * 64));
    return ft_window_attention(b->graph, x, c, real_input(b, ft_shape2(169, 2)), 2, 7, 3);
}

static ft_id window_many_case(builder *b)
{
    ft_id x = real_input(b, ft_shape4(1, 28, 21, 3 * 160)), c = real_input(b, ft_shape1(3 * 160));
    return ft_window_attention(b->graph, x, c, real_input(b, ft_shape2(169, 5)), 5, 7, 0);
}

static ft_id window_sized_case(builder *b, int window, int64_t width)
{
    int64_t side = 2 * window - 1;
    ft_id x = real_input(b, ft_shape4(1, window + 2, 2 * window, 6 * width)), c = real_input(b, ft_shape1(6 * width));
    ft_id t = real_input(b, ft_shape2(side * side, 2));
    return ft_window_attention(b->graph, x, c, t, 2, window, window / 2);
}

static ft_id window_8_case(builder *b)
{
    return window_sized_case(b, 8, 64);
}

static ft_id window_5_case(builder *b)
{
    return window_sized_case(b, 5, 19);
}

static ft_id window_12_case(builder *b)
{
    return window_sized_case(b, 12, 8);
}

static ft_id window_wide_case(builder *b)
{
    return window_sized_case(b, 4, 65);
}

static ft_id attention_case(builder *b)
{
    ft_id q = real_input(b, ft_shape2(3, 6)), k = real_input(b, ft_shape2(5, 6)), v = real_input(b, ft_shape2(5, 6));
    return ft_attention(b->graph, q, k, v, fixed_input(b, ft_shape1(5)), 2, false);
}

static ft_id attention_causal_case(builder *b)
{
    ft_id q = real_input(b, ft_shape2(4, 6)), k = real_input(b, ft_shape2(4, 6)), v = real_input(b, ft_shape2(4, 6));
    return ft_attention(b->graph, q, k, v, FT_NONE, 3, true);
}

static ft_id attention_qkv_case(builder *b)
{
    ft_id qkv = real_input(b, ft_shape2(5, 18));
    return ft_attention_qkv(b->graph, qkv, fixed_input(b, ft_shape1(5)), 2, false);
}

static ft_id attention_qkv_causal_case(builder *b)
{
    return ft_attention_qkv(b->graph, real_input(b, ft_shape2(4, 18)), FT_NONE, 3, true);
}

static ft_id attention_qkv_text_case(builder *b)
{
    return ft_attention_qkv(b->graph, real_input(b, ft_shape2(77, 3 * 128)), FT_NONE, 2, true);
}

static ft_id attention_qkv_chunks_case(builder *b)
{
    return ft_attention_qkv(b->graph, real_input(b, ft_shape2(520, 3 * 36)), FT_NONE, 3, false);
}

static ft_id run_attention_case(builder *b)
{
    ft_id qkv = real_input(b, ft_shape2(7, 18));
    return ft_run_attention(b->graph, qkv, index_input(b, 7), 2);
}

/* Row i begins at row i % 5 - 1: runs of up to 40 rows. */
static ft_id run_attention_texts_case(builder *b)
{
    ft_id qkv = real_input(b, ft_shape2(40, 3 * 36));
    return ft_run_attention(b->graph, qkv, index_input(b, 40), 3);
}

static ft_id attention_sized_case(builder *b, int64_t queries, int64_t keys, int64_t channels, int heads, bool causal)
{
    ft_id q = real_input(b, ft_shape2(queries, channels)), k = real_input(b, ft_shape2(keys, channels));
    ft_id v = real_input(b, ft_shape2(keys, channels)), bias = fixed_input(b, ft_shape1(keys));
    return ft_attention(b->graph, q, k, v, bias, heads, causal);
}

static ft_id attention_keys_case(builder *b)
{
    return attention_sized_case(b, 70, 300, 128, 8, false);
}

static ft_id attention_queries_case(builder *b)
{
    return attention_sized_case(b, 530, 11, 32, 2, false);
}

static ft_id attention_chunks_case(builder *b)
{
    return attention_sized_case(b, 523, 260, 21, 3, false);
}

static ft_id attention_few_case(builder *b)
{
    return attention_sized_case(b, 7, 131, 16, 1, false);
}

static ft_id attention_text_case(builder *b)
{
    return attention_sized_case(b, 77, 77, 128, 2, true);
}

static ft_id attention_long_causal_case(builder *b)
{
    return attention_sized_case(b, 150, 150, 66, 3, true);
}

static ft_id attention_wide_case(builder *b)
{
    return attention_sized_case(b, 9, 5, 65, 1, false);
}

#define ACTIVATION_CASE(name, act)                                                                                     \
    static ft_id name(builder *b)                                                                                      \
    {                                                                                                                  \
        return ft_activate(b->graph, real_input(b, ft_shape2(3, 37)), act);                                            \
    }
ACTIVATION_CASE(relu_case, FT_RELU)
ACTIVATION_CASE(gelu_case, FT_GELU)
ACTIVATION_CASE(gelu_tanh_case, FT_GELU_TANH)
ACTIVATION_CASE(quickgelu_case, FT_QUICKGELU)
ACTIVATION_CASE(sigmoid_case, FT_SIGMOID)

static ft_id add_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(4, 5));
    return ft_add(b->graph, x, real_input(b, ft_shape1(5)));
}

static ft_id add_same_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(4, 5)); /* used twice: its gradients add */
    return ft_add(b->graph, ft_add(b->graph, x, real_input(b, ft_shape2(4, 5))), x);
}

static ft_id multiply_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(4, 5));
    return ft_multiply(b->graph, x, real_input(b, ft_shape2(4, 5)));
}

static ft_id scale_case(builder *b)
{
    return ft_scale(b->graph, real_input(b, ft_shape1(9)), -1.5);
}

static ft_id concat_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(2, 3));
    return ft_concat(b->graph, x, real_input(b, ft_shape2(4, 3)));
}

static ft_id slice_case(builder *b)
{
    return ft_slice(b->graph, real_input(b, ft_shape2(6, 3)), 2, 3);
}

static ft_id reshape_case(builder *b)
{
    return ft_scale(b->graph, ft_reshape(b->graph, real_input(b, ft_shape2(6, 4)), ft_shape2(3, 8)), 2);
}

static ft_id embedding_case(builder *b)
{
    ft_id table = real_input(b, ft_shape2(3, 4)); /* indices run from -1 to 3: both ends are outside */
    return ft_embedding(b->graph, table, index_input(b, 9));
}

static ft_id unfold_case(builder *b)
{
    return ft_unfold(b->graph, real_input(b, ft_shape4(2, 3, 5, 2)), 2);
}

static ft_id fold_case(builder *b)
{
    return ft_fold(b->graph, real_input(b, ft_shape4(2, 2, 3, 8)), 2, 3, 0);
}

static ft_id bicubic_case(builder *b)
{
    return ft_resize(b->graph, real_input(b, ft_shape4(2, 3, 4, 2)), 7, 9, true);
}

static ft_id bilinear_case(builder *b)
{
    return ft_resize(b->graph, real_input(b, ft_shape4(1, 5, 7, 2)), 3, 10, false);
}

static ft_id fourier_case(builder *b)
{
    ft_id points = fixed_input(b, ft_shape2(9, 2)), gaussian = fixed_input(b, ft_shape2(2, 3));
    return ft_fourier(b->graph, points, gaussian, index_input(b, 9));
}

static ft_id vq_loss_case(builder *b)
{
    ft_id loss, z = real_input(b, ft_shape2(3, 4));
    ft_vq(b->graph, z, real_input(b, ft_shape2(6, 4)), NULL, &loss);
    return loss;
}

static ft_id drop_path_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(4, 5));
    return ft_drop_path(b->graph, x, fixed_input(b, ft_shape1(4)));
}

static ft_id dice_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(3, 17));
    return ft_dice(b->graph, x, ft_activate(b->graph, fixed_input(b, ft_shape1(17)), FT_SIGMOID));
}

static ft_id focal_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(3, 17));
    return ft_focal(b->graph, x, ft_activate(b->graph, fixed_input(b, ft_shape1(17)), FT_SIGMOID));
}

/* Each mask its own target. */
static ft_id dice_own_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(3, 21));
    return ft_dice(b->graph, x, ft_activate(b->graph, fixed_input(b, ft_shape2(3, 21)), FT_SIGMOID));
}

static ft_id focal_own_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(3, 21));
    return ft_focal(b->graph, x, ft_activate(b->graph, fixed_input(b, ft_shape2(3, 21)), FT_SIGMOID));
}

/* More pixels than a kernel takes at a time. */
static ft_id dice_large_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(1, 1037));
    return ft_dice(b->graph, x, ft_activate(b->graph, fixed_input(b, ft_shape1(1037)), FT_SIGMOID));
}

static ft_id focal_large_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(1, 1037));
    return ft_focal(b->graph, x, ft_activate(b->graph, fixed_input(b, ft_shape1(1037)), FT_SIGMOID));
}

static ft_id iou_case(builder *b)
{
    ft_id x = fixed_input(b, ft_shape2(3, 17));
    return ft_iou(b->graph, x, fixed_input(b, ft_shape1(17)));
}

static ft_id cross_entropy_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(4, 9));
    return ft_cross_entropy(b->graph, x, fixed_input(b, ft_shape2(4, 9)));
}

static ft_id squared_error_case(builder *b)
{
    ft_id x = real_input(b, ft_shape1(7));
    return ft_squared_error(b->graph, x, fixed_input(b, ft_shape1(7)));
}

static ft_id minimum_case(builder *b)
{
    return ft_minimum(b->graph, real_input(b, ft_shape1(7)));
}

static ft_id batchnorm_fixed_case(builder *b)
{
    ft_id x = fixed_input(b, ft_shape2(6, 4)), g = fixed_input(b, ft_shape1(4)), c = fixed_input(b, ft_shape1(4));
    ft_id mean = fixed_input(b, ft_shape1(4)), raw = fixed_input(b, ft_shape1(4));
    ft_id variance = ft_activate(b->graph, raw, FT_SIGMOID); /* a variance is positive */
    return ft_batchnorm_fixed(b->graph, x, g, c, mean, variance, 1e-5);
}

/* Whole vectors of every instruction set and a rest, and more rows than one block of a sum. */
static ft_id layernorm_wide_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(150, 53)), g = real_input(b, ft_shape1(53)), c = real_input(b, ft_shape1(53));
    return ft_layernorm(b->graph, x, g, c, 1e-5);
}

static ft_id layernorm_gelu_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(70, 40)), g = real_input(b, ft_shape1(40)), c = real_input(b, ft_shape1(40));
    return ft_activate(b->graph, ft_layernorm(b->graph, x, g, c, 1e-5), FT_GELU);
}

static ft_id batchnorm_wide_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(300, 21)), g = real_input(b, ft_shape1(21)), c = real_input(b, ft_shape1(21));
    return ft_batchnorm(b->graph, x, g, c, 1e-5, NULL);
}

static ft_id add_wide_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(333, 37)); /* the gradient of what is repeated is a sum over rows */
    return ft_add(b->graph, x, real_input(b, ft_shape1(37)));
}

static ft_id linear_swin_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(203, 96)), w = real_input(b, ft_shape2(104, 96)),
          c = real_input(b, ft_shape1(104));
    return ft_linear(b->graph, x, w, c, FT_GELU, false);
}

/* More rows than are summed up at a time, and no whole vectors of C's columns. */
static ft_id linear_many_rows_case(builder *b)
{
    ft_id x = real_input(b, ft_shape2(1100, 75)), w = real_input(b, ft_shape2(57, 75));
    return ft_linear(b->graph, x, w, FT_NONE, FT_IDENTITY, false);
}

/* More pixels than are taken at a time, and as many rows as may be. */
static ft_id upscaled_wide_case(builder *b)
{
    ft_id x = real_input(b, ft_shape4(1, 47, 53, 24)), w = real_input(b, ft_shape4(24, 20, 2, 2));
    ft_id c = real_input(b, ft_shape1(20)), f = real_input(b, ft_shape2(8, 20));
    return ft_upscaled_product(b->graph, x, w, c, FT_GELU, f);
}

static ft_id upscaled_four_case(builder *b)
{
    ft_id x = real_input(b, ft_shape4(1, 20, 30, 32)), w = real_input(b, ft_shape4(32, 16, 2, 2));
    ft_id c = real_input(b, ft_shape1(16)), f = real_input(b, ft_shape2(4, 16));
    return ft_upscaled_product(b->graph, x, w, c, FT_GELU, f);
}

static ft_id conv3_wide_case(builder *b)
{
    ft_id x = real_input(b, ft_shape4(2, 9, 11, 24)), w = real_input(b, ft_shape4(20, 24, 3, 3));
    return ft_conv3(b->graph, x, w);
}

static ft_id bicubic_wide_case(builder *b)
{
    return ft_resize(b->graph, real_input(b, ft_shape4(2, 7, 9, 35)), 16, 12, true);
}

/* The rows nearest to z; the gradient goes straight through to z. */
static ft_id vq_rows_case(builder *b)
{
    ft_id z = real_input(b, ft_shape2(5, 36));
    return ft_vq(b->graph, z, real_input(b, ft_shape2(70, 36)), NULL, NULL);
}

static const op_case cases[] = {
    {"linear", linear_case, 1, false},
    {"linear, 1x1 of few pixels", linear_few_case, 1, false},
    {"linear + residual, few rows", linear_tokens_case, 0.5, false},
    {"linear + gelu, wide", linear_wide_case, 1, false},
    {"linear, input-major", linear_input_major_case, 1, false},
    {"upscaled product", upscaled_case, 1, false},
    {"upscaled product, one row, relu", upscaled_relu_case, 1, false},
    {"conv3", conv3_case, 1, false},
    {"layernorm", layernorm_case, 2, false},
    {"batchnorm", batchnorm_case, 2, false},
    {"batchnorm, fixed", batchnorm_fixed_case, 2, true},
    {"window attention", window_whole_case, 1, false},
    {"window attention, padded", window_padded_case, 1, false},
    {"window attention, shifted", window_shifted_case, 1, false},
    {"window attention, one window shifted", window_single_shifted_case, 1, false},
    {"attention", attention_case, 2, false},
    {"attention, causal", attention_causal_case, 2, false},
    {"attention, packed", attention_qkv_case, 2, false},
    {"attention, packed, causal", attention_qkv_causal_case, 2, false},
    {"run attention", run_attention_case, 2, false},
    {"relu", relu_case, 3, false},
    {"gelu", gelu_case, 5, false},
    {"gelu tanh", gelu_tanh_case, 5, false},
    {"quickgelu", quickgelu_case, 5, false},
    {"sigmoid", sigmoid_case, 9, false},
    {"add, repeated", add_case, 1, false},
    {"add, of one shape", add_same_case, 1, false},
    {"multiply", multiply_case, 1, false},
    {"scale", scale_case, 1, false},
    {"concat", concat_case, 1, false},
    {"slice", slice_case, 1, false},
    {"reshape", reshape_case, 1, false},
    {"embedding", embedding_case, 1, false},
    {"unfold", unfold_case, 1, false},
    {"fold", fold_case, 1, false},
    {"resize bicubic", bicubic_case, 1, false},
    {"resize bilinear", bilinear_case, 1, false},
    {"fourier", fourier_case, 1, true},
    {"vq loss", vq_loss_case, 1, false},
    {"drop path", drop_path_case, 1, false},
    {"dice", dice_case, 3, false},
    {"focal", focal_case, 6, false},
    {"dice own", dice_own_case, 3, false},
    {"focal own", focal_own_case, 6, false},
    {"dice large", dice_large_case, 3, false},
    {"focal large", focal_large_case, 20, false},
    {"iou", iou_case, 1, true},
    {"cross entropy", cross_entropy_case, 5, false},
    {"squared error", squared_error_case, 1, false},
    {"minimum", minimum_case, 1, false},
};
enum { CASES = sizeof cases / sizeof cases[0] };

/* Too much for finite differences, so for `check` only. */
static const op_case large_cases[] = {
    {"linear + gelu, Swin-T's width", linear_swin_case, 0.3, false},
    {"linear, many rows", linear_many_rows_case, 0.2, false},
    {"upscaled product, wide", upscaled_wide_case, 0.1, false},
    {"upscaled product, four rows", upscaled_four_case, 0.3, false},
    {"conv3, wide", conv3_wide_case, 0.3, false},
    {"layernorm, wide", layernorm_wide_case, 2, false},
    {"layernorm + gelu", layernorm_gelu_case, 2, false},
    {"batchnorm, wide", batchnorm_wide_case, 2, false},
    {"add, repeated over many rows", add_wide_case, 1, false},
    {"resize bicubic, wide", bicubic_wide_case, 1, false},
    {"vq rows", vq_rows_case, 1, false},
    {"window attention, Swin's", window_swin_case, 1, false},
    {"window attention, 12 windows", window_many_case, 1, false},
    {"window attention, side 8, heads of 64", window_8_case, 0.5, false},
    {"window attention, side 5, heads of 19", window_5_case, 1, false},
    {"window attention, side 12", window_12_case, 1, false},
    {"window attention, heads of 65", window_wide_case, 0.5, false},
    {"run attention, 40 rows", run_attention_texts_case, 1, false},
    {"attention, 70 x 300", attention_keys_case, 1, false},
    {"attention, 530 x 11", attention_queries_case, 1, false},
    {"attention, 523 x 260, heads of 7", attention_chunks_case, 1, false},
    {"attention, 7 x 131", attention_few_case, 2, false},
    {"attention, causal, 77 x 77", attention_text_case, 1, false},
    {"attention, causal, heads of 22", attention_long_causal_case, 1, false},
    {"attention, packed, causal, 77 x 77", attention_qkv_text_case, 1, false},
    {"attention, packed, 520 x 520", attention_qkv_chunks_case, 1, false},
    {"attention, heads of 65", attention_wide_case, 1, false},
};
enum { LARGE_CASES = sizeof large_cases / sizeof large_cases[0] };

/* Uniform in -1..1, the same every time. */
static double noise(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*state >> 11) * 0x1p-52 - 1;
}

static void set(ft_session *session, const ft_device *device, ft_id tensor, int64_t i, double value)
{
    void *data = ft_session_data(session, tensor);
    if (device->real_size == 8)
        ((double *)data)[i] = value;
    else
        ((float *)data)[i] = (float)value;
}

static double get(ft_session *session, const ft_device *device, ft_id tensor, int64_t i)
{
    void *data = ft_session_data(session, tensor);
    return device->real_size == 8 ? ((double *)data)[i] : (double)((float *)data)[i];
}

/* Values exact in float, so that every device starts from the same ones. */
static void fill_inputs(ft_session *session, const ft_device *device, const builder *b, double spread)
{
    uint64_t state = 42;
    for (int n = 0; n < b->inputs; n++) {
        ft_id input = b->input[n];
        for (int64_t i = 0; i < ft_count(ft_shape_of(b->graph, input)); i++) {
            if (b->graph->tensor[input].kind == FT_INDEX)
                ((int32_t *)ft_session_data(session, input))[i] = (int32_t)(i % 5 - 1);
            else
                set(session, device, input, i, (double)(float)(spread * noise(&state)));
        }
    }
}

static bool report(const char *what, const char *name, double worst, double allowed)
{
    bool good = worst <= allowed;
    printf("%-4s %-6s %-38s worst %.2e (allowed %.0e)\n", good ? "ok" : "FAIL", what, name, worst, allowed);
    return good;
}

static bool failed(const char *name)
{
    printf("FAIL        %-38s %s\n", name, fb_message());
    return false;
}

/* Finite differences of <result, seed> against the gradient rule, in double. */
static bool check_gradient(const op_case *test)
{
    const ft_device *device = &ft_plain_f64;
    builder b = {.graph = ft_graph_new()};
    ft_id result = test->build(&b);
    ft_id seed = ft_input(b.graph, "seed", FT_REAL, ft_shape_of(b.graph, result), false);
    ft_output(b.graph, result, "result");
    ft_differentiate(b.graph, &result, &seed, 1);
    ft_session *session;
    if (ft_session_new(b.graph, device, NULL, &session) != FSAM_OK) return failed(test->name);
    int64_t count = ft_count(ft_shape_of(b.graph, result));
    uint64_t state = 7;
    double *weight = calloc((size_t)count, sizeof *weight), worst = 0;
    fill_inputs(session, device, &b, test->spread);
    for (int64_t i = 0; i < count; i++) set(session, device, seed, i, weight[i] = noise(&state));
    for (int n = 0; n < b.inputs; n++) {
        ft_id gradient = ft_gradient(b.graph, b.input[n]);
        if (!b.graph->tensor[b.input[n]].differentiate) continue;
        if (gradient == FT_NONE) worst = INFINITY;
        for (int64_t i = 0; gradient != FT_NONE && i < ft_count(ft_shape_of(b.graph, b.input[n])); i++) {
            const double step = 1e-5;
            double value = get(session, device, b.input[n], i), slope = 0;
            for (int side = -1; side <= 1; side += 2) {
                set(session, device, b.input[n], i, value + side * step);
                ft_session_run(session);
                for (int64_t k = 0; k < count; k++) slope += side * weight[k] * get(session, device, result, k);
            }
            set(session, device, b.input[n], i, value);
            ft_session_run(session);
            slope /= 2 * step;
            double off = fabs(slope - get(session, device, gradient, i)) / (1 + fabs(slope));
            if (!(off <= worst)) worst = off;
        }
    }
    free(weight);
    ft_session_free(session);
    ft_graph_free(b.graph);
    return report("grad", test->name, worst, 1e-7);
}

/* Forward values (and gradients) of a device against those of plain double. */
static bool check_device(const op_case *test, const ft_device *device, const char *name, double allowed)
{
    const ft_device *devices[2] = {&ft_plain_f64, device};
    builder b = {.graph = ft_graph_new()};
    ft_session *session[2];
    ft_id result = test->build(&b), seed;
    ft_output(b.graph, result, "result");
    if (!test->no_gradient) {
        seed = fixed_input(&b, ft_shape_of(b.graph, result));
        ft_differentiate(b.graph, &result, &seed, 1);
    }
    for (int d = 0; d < 2; d++) {
        if (ft_session_new(b.graph, devices[d], NULL, &session[d]) != FSAM_OK) return failed(test->name);
        fill_inputs(session[d], devices[d], &b, test->spread);
        ft_session_run(session[d]);
    }
    double worst = 0;
    for (int n = -1; n < b.inputs; n++) {
        ft_id tensor = n < 0 ? result : ft_gradient(b.graph, b.input[n]);
        for (int64_t i = 0; tensor != FT_NONE && i < ft_count(ft_shape_of(b.graph, tensor)); i++) {
            double truth = get(session[0], devices[0], tensor, i), value = get(session[1], device, tensor, i);
            double off = fabs(value - truth) / (1 + fabs(truth));
            if (!(off <= worst)) worst = off;
        }
    }
    for (int d = 0; d < 2; d++) ft_session_free(session[d]);
    ft_graph_free(b.graph);
    return report(name, test->name, worst, allowed);
}

/* The plain kernels in float, and those of this processor with each instruction set it has. */
static bool check_everywhere(const op_case *test)
{
    bool good = check_device(test, &ft_plain_f32, "plain", 2e-5);
    fk_isa_limit(FK_ISA_AVX512BF16);
    for (int best = (int)fk_isa_used(), isa = 0; isa <= best; isa++) {
        static const char *const names[] = {"cpu", "avx2", "avx512", "vnni", "bf16"};
        fk_isa_limit((fk_isa)isa);
        good &= check_device(test, ft_cpu(FT_F32), names[isa], 2e-5);
    }
    return good;
}

int main(int count, char **word)
{
    const char *verb = count > 1 ? word[1] : "";
    if (strcmp(verb, "perf") == 0 && count <= 3) return ops_perf(count == 3 ? word[2] : "");
    if (count != 2 || (strcmp(verb, "check") != 0 && strcmp(verb, "grad") != 0)) {
        fprintf(stderr, "usage: ops check|grad|perf [NAME]\n");
        return 2;
    }
    int passed = 0, wrong = 0;
    bool differences = strcmp(verb, "grad") == 0;
    for (int i = 0; i < CASES + LARGE_CASES; i++) {
        const op_case *test = i < CASES ? &cases[i] : &large_cases[i - CASES];
        if (differences && (test->no_gradient || i >= CASES)) continue;
        bool good = differences ? check_gradient(test) : check_everywhere(test);
        passed += good;
        wrong += !good;
    }
    printf("%d passed, %d failed\n", passed, wrong);
    return wrong == 0 ? 0 : 1;
}
