/*
 * ops.h - the operations models are written in. Each takes tensors of a graph and returns its result, FT_NONE after a
 * failure. Names of dimensions: rows R (all leading dimensions together), channels C, batch B, height H, width W.
 */
#ifndef TENSOR_OPS_H
#define TENSOR_OPS_H

#include "tensor/graph.h"

typedef enum ft_activation { FT_IDENTITY, FT_RELU, FT_GELU, FT_GELU_TANH, FT_QUICKGELU, FT_SIGMOID } ft_activation;

/* x [.., K] times weight [N, K] transposed, plus bias [N] (FT_NONE: none), then `act` -> [.., N].
 * `input_major`: the weight is [K, N] instead. */
ft_id ft_linear(ft_graph *graph, ft_id x, ft_id weight, ft_id bias, ft_activation act, bool input_major);
/* 3x3 convolution, stride 1, zero padding 1: x [B, H, W, C], weight [O, C, 3, 3] as published -> [B, H, W, O]. */
ft_id ft_conv3(ft_graph *graph, ft_id x, ft_id weight);
/* Few rows f [M, C], M <= 8, times every pixel of a map that is twice as large as x [B, H, W, K] and is not kept:
 * act(transposed 2x2 convolution of stride 2 of x by weight [K, C, 2, 2], plus bias [C]) -> [M, 4 B H W], a map's
 * pixels row by row. Any activation but the sigmoid. */
ft_id ft_upscaled_product(ft_graph *graph, ft_id x, ft_id weight, ft_id bias, ft_activation act, ft_id f);
/* (x - mean) / sqrt(var + eps) * gain + bias over the last dimension. */
ft_id ft_layernorm(ft_graph *graph, ft_id x, ft_id gain, ft_id bias, double eps);
/* The same over all rows, a channel at a time, with the batch's statistics; `statistics` receives [2, C]: the batch's
 * mean and its unbiased variance, from which the caller updates the running ones (momentum 0.1). */
ft_id ft_batchnorm(ft_graph *graph, ft_id x, ft_id gain, ft_id bias, double eps, ft_id *statistics);
/* The same with given statistics mean [C], variance [C]. */
ft_id ft_batchnorm_fixed(ft_graph *graph, ft_id x, ft_id gain, ft_id bias, ft_id mean, ft_id variance, double eps);

/* Swin's window attention as one operation. qkv [B, H, W, 3C] (q, k, v, each heads x C/heads), qkv_bias [3C] (the value
 * of padded positions, since the projection's input is zero there), table [(2w-1)^2, heads] -> [B, H, W, C]. Maps are
 * padded right and bottom to whole windows, rolled by `shift`, regions masked by -100 when shift > 0. */
ft_id ft_window_attention(ft_graph *graph, ft_id qkv, ft_id qkv_bias, ft_id table, int heads, int window, int shift);
/* softmax(q k^T / sqrt(C/heads) + key_bias, causal mask) v, a head at a time. q [Nq, C], k and v [Nk, C], key_bias [Nk]
 * added to every score of its key (FT_NONE: none; no gradient) -> [Nq, C]. */
ft_id ft_attention(ft_graph *graph, ft_id q, ft_id k, ft_id v, ft_id key_bias, int heads, bool causal);
/* The same of tokens with themselves, q, k and v being the columns of qkv [T, 3C] -> [T, C]. */
ft_id ft_attention_qkv(ft_graph *graph, ft_id qkv, ft_id key_bias, int heads, bool causal);
/* The same, causal, of texts that stand one behind the other in the rows of qkv [T, 3C]: row i sees rows first[i] to i
 * alone, first [T] being where its own text begins (cut to 0..i). */
ft_id ft_run_attention(ft_graph *graph, ft_id qkv, ft_id first, int heads);

ft_id ft_activate(ft_graph *graph, ft_id x, ft_activation act);
/* a + b; b repeats over a's leading dimensions: count(b) divides count(a). */
ft_id ft_add(ft_graph *graph, ft_id a, ft_id b);
ft_id ft_multiply(ft_graph *graph, ft_id a, ft_id b); /* of one shape */
ft_id ft_scale(ft_graph *graph, ft_id x, double factor);
ft_id ft_fill(ft_graph *graph, ft_shape shape, double value);
/* Joins rows: a [Ra, C], b [Rb, C] -> [Ra + Rb, C]. */
ft_id ft_concat(ft_graph *graph, ft_id a, ft_id b);
/* Rows first .. first+count-1 of x [R, ..], all other dimensions kept. */
ft_id ft_slice(ft_graph *graph, ft_id x, int64_t first, int64_t count);
ft_id ft_reshape(ft_graph *graph, ft_id x, ft_shape shape); /* a view */
/* Rows of table [V, C] at index [N] -> [N, C]; an index < 0 or >= V gives zeros. */
ft_id ft_embedding(ft_graph *graph, ft_id table, ft_id index);

/* k x k blocks into channels, channel-major (c, dy, dx): [B, H, W, C] -> [B, ceil(H/k), ceil(W/k), C k k], zero padded.
 */
ft_id ft_unfold(ft_graph *graph, ft_id x, int k);
/* The inverse (pixel shuffle): [B, H, W, C k k] -> [B, H k, W k, C], cropped to height x width when they are > 0. */
ft_id ft_fold(ft_graph *graph, ft_id x, int k, int64_t height, int64_t width);
/* Half-pixel centres, no antialiasing, edges repeated; bicubic with a = -0.75. [B, H, W, C] -> [B, height, width, C].
 */
ft_id ft_resize(ft_graph *graph, ft_id x, int64_t height, int64_t width, bool bicubic);
/* Positional encoding of points [N, 2] in 0..1: with p = 2 pi (2c - 1) g, g [2, F] -> [N, 2F] = [sin p, cos p]; a
 * row whose keep [N] index is 0 is zero. No gradient. */
ft_id ft_fourier(ft_graph *graph, ft_id points, ft_id gaussian, ft_id keep);
/* Nearest row of codebook [V, C] to each row of z [N, C] -> the rows [N, C], straight-through for z; *code [N] their
 * numbers; *loss [1] = mean((row - z)^2), its gradient to both. */
ft_id ft_vq(ft_graph *graph, ft_id z, ft_id codebook, ft_id *code, ft_id *loss);
/* Sample b of x [B, ..] times gate [B] (0, or 1 / keep probability). No gradient to gate. */
ft_id ft_drop_path(ft_graph *graph, ft_id x, ft_id gate);

/* Losses of K candidate masks, logits [K, P], against one target [P] or each its own [K, P], in 0..1; p =
 * sigmoid(logit). */
ft_id ft_dice(ft_graph *graph, ft_id logits, ft_id target);  /* [K]: 1 - 2 sum pt / (sum p^2 + sum t^2 + 1e-6) */
ft_id ft_focal(ft_graph *graph, ft_id logits, ft_id target); /* [K]: mean of focal, alpha 0.25, gamma 2 */
ft_id ft_iou(ft_graph *graph, ft_id logits, ft_id target);   /* [K]: of logit > 0 and target > 0.5; no gradient */
/* [R]: -sum_k target[r, k] log softmax(logits[r])[k]; no gradient to target. logits, target [R, K]; where a target is
 * 0, a large negative logit takes that column out of its row. */
ft_id ft_cross_entropy(ft_graph *graph, ft_id logits, ft_id target);
ft_id ft_squared_error(ft_graph *graph, ft_id a, ft_id b); /* [1]: mean((a - b)^2); no gradient to b */
ft_id ft_minimum(ft_graph *graph, ft_id x);                /* [1]: the least element; its gradient goes there only */

#endif
