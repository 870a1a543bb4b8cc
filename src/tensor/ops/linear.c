/* linear.c - products with weights: linear layers and the 3x3 convolution, and their gradients. */
#include "tensor/ops/ops.h"
#include "tensor/ops/rules.h"
#include "tensor/ops/shape.h"
#include "tensor/program.h"

/* integer: act, input_major. Results: y, and with an activation also the values before it. */
ft_id ft_linear(ft_graph *graph, ft_id x, ft_id weight, ft_id bias, ft_activation act, bool input_major)
{
    if (!ft_ready(graph, 2, (ft_id[]){x, weight})) return FT_NONE;
    ft_shape xs = ft_shape_of(graph, x), ws = ft_shape_of(graph, weight);
    int64_t first = ws.dim[0], rest = ft_count(ws) / first;
    int64_t n = input_major ? rest : first, k = input_major ? first : rest;
    if (ft_last(xs) != k)
        return ft_fail(graph, "linear: x has %lld channels, weight %lld", (long long)ft_last(xs), (long long)k);
    if (bias != FT_NONE && ft_count(ft_shape_of(graph, bias)) != n)
        return ft_fail(graph, "linear: the bias has another length");
    ft_node node = {.op = FT_OP_LINEAR, .inputs = 3, .in = {x, weight, bias}, .integer = {FT_IDENTITY, input_major}};
    ft_id y = ft_node_single(graph, node, FT_REAL, ft_with_last(xs, n));
    return act == FT_IDENTITY ? y : ft_activate(graph, y, act);
}

static ft_id sum_rows(ft_graph *graph, ft_id x, ft_shape shape)
{
    ft_node node = {.op = FT_OP_SUM_ROWS, .inputs = 1, .in = {x}};
    return ft_node_single(graph, node, FT_REAL, shape);
}

void ft_rule_linear(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    ft_node part = {.inputs = 2, .integer = {0, node->integer[1]}};
    part.in[0] = of_out[0];
    if (ft_wants(graph, node->in[0])) {
        part.op = FT_OP_LINEAR_DX;
        part.in[1] = node->in[1];
        of_in[0] = ft_node_single(graph, part, FT_REAL, ft_shape_of(graph, node->in[0]));
    }
    if (ft_wants(graph, node->in[1])) {
        part.op = FT_OP_LINEAR_DW;
        part.in[1] = node->in[0];
        of_in[1] = ft_node_single(graph, part, FT_REAL, ft_shape_of(graph, node->in[1]));
    }
    if (ft_wants(graph, node->in[2])) of_in[2] = sum_rows(graph, of_out[0], ft_shape_of(graph, node->in[2]));
}

ft_id ft_conv3(ft_graph *graph, ft_id x, ft_id weight)
{
    if (!ft_ready(graph, 2, (ft_id[]){x, weight})) return FT_NONE;
    ft_shape xs = ft_shape_of(graph, x), ws = ft_shape_of(graph, weight);
    if (xs.ndim != 4 || ws.ndim != 4 || ws.dim[2] != 3 || ws.dim[3] != 3 || ws.dim[1] != xs.dim[3])
        return ft_fail(graph, "conv3: x must be [B, H, W, C] and the weight [O, C, 3, 3]");
    ft_node node = {.op = FT_OP_CONV3, .inputs = 2, .in = {x, weight}};
    return ft_node_single(graph, node, FT_REAL, ft_with_last(xs, ws.dim[0]));
}

void ft_rule_conv3(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    ft_node dx = {.op = FT_OP_CONV3_DX, .inputs = 2, .in = {of_out[0], node->in[1]}};
    ft_node dw = {.op = FT_OP_CONV3_DW, .inputs = 2, .in = {of_out[0], node->in[0]}};
    if (ft_wants(graph, node->in[0])) of_in[0] = ft_node_single(graph, dx, FT_REAL, ft_shape_of(graph, node->in[0]));
    if (ft_wants(graph, node->in[1])) of_in[1] = ft_node_single(graph, dw, FT_REAL, ft_shape_of(graph, node->in[1]));
}

ft_id ft_add(ft_graph *graph, ft_id a, ft_id b)
{
    if (!ft_ready(graph, 2, (ft_id[]){a, b})) return FT_NONE;
    ft_shape shape = ft_shape_of(graph, a);
    if (ft_count(shape) % ft_count(ft_shape_of(graph, b)) != 0) return ft_fail(graph, "add: b does not repeat over a");
    ft_node node = {.op = FT_OP_ADD, .inputs = 2, .in = {a, b}};
    return ft_node_single(graph, node, FT_REAL, shape);
}

void ft_rule_add(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    of_in[0] = of_out[0];
    if (!ft_wants(graph, node->in[1])) return;
    ft_shape shape = ft_shape_of(graph, node->in[1]);
    bool repeated = ft_count(shape) != ft_count(ft_shape_of(graph, node->in[0]));
    of_in[1] = repeated ? sum_rows(graph, of_out[0], shape) : of_out[0];
}

/* integer: act, input_major, and the side of what becomes of a pixel; in: x, weight, bias, and f in the place of a
 * residual, as the joined nodes of program.h have it */
ft_id ft_upscaled_product(ft_graph *graph, ft_id x, ft_id weight, ft_id bias, ft_activation act, ft_id f)
{
    if (!ft_ready(graph, 4, (ft_id[]){x, weight, bias, f})) return FT_NONE;
    ft_shape xs = ft_shape_of(graph, x), ws = ft_shape_of(graph, weight), fs = ft_shape_of(graph, f);
    int64_t channels = ft_last(fs);
    if (xs.ndim != 4 || ws.ndim != 4 || ws.dim[0] != xs.dim[3] || ws.dim[1] != channels || ws.dim[2] != FT_FOLD ||
        ws.dim[3] != FT_FOLD || ft_count(ft_shape_of(graph, bias)) != channels)
        return ft_fail(graph, "upscaled product: x, weight, bias and f do not fit together");
    if (ft_rows(fs) > FT_FEW_ROWS || act == FT_SIGMOID) return ft_fail(graph, "upscaled product: too many rows");
    ft_node node = {
        .op = FT_OP_UPSCALED_PRODUCT, .inputs = 4, .in = {x, weight, bias, f}, .integer = {act, true, FT_FOLD}};
    return ft_node_single(graph, node, FT_REAL, ft_shape2(ft_rows(fs), FT_FOLD * FT_FOLD * ft_rows(xs)));
}

/* (dy, x, weight, bias, f) -> dx, dweight, dbias, df */
void ft_rule_upscaled_product(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    ft_node part = {.op = FT_OP_UPSCALED_PRODUCT_GRAD, .inputs = 5, .outputs = 4, .in = {of_out[0]}};
    for (int i = 0; i < FT_MAX_INTS; i++) part.integer[i] = node->integer[i];
    for (int i = 0; i < 4; i++) {
        part.in[i + 1] = node->in[i];
        of_in[i] = part.out[i] = ft_tensor_new(graph, FT_REAL, ft_shape_of(graph, node->in[i]));
        if (of_in[i] == FT_NONE) return;
    }
    ft_node_add(graph, &part);
}
