/* norm.c - LayerNorm and BatchNorm. */
#include "tensor/ops/ops.h"
#include "tensor/ops/rules.h"
#include "tensor/ops/shape.h"

static bool fits(const ft_graph *graph, ft_id x, ft_id gain, ft_id bias)
{
    int64_t channels = ft_last(ft_shape_of(graph, x));
    return ft_count(ft_shape_of(graph, gain)) == channels && ft_count(ft_shape_of(graph, bias)) == channels;
}

ft_id ft_layernorm(ft_graph *graph, ft_id x, ft_id gain, ft_id bias, double eps)
{
    if (!ft_ready(graph, 3, (ft_id[]){x, gain, bias})) return FT_NONE;
    if (!fits(graph, x, gain, bias)) return ft_fail(graph, "layernorm: gain and bias must have x's channels");
    ft_node node = {.op = FT_OP_LAYERNORM, .inputs = 3, .in = {x, gain, bias}, .real = {eps}};
    return ft_node_single(graph, node, FT_REAL, ft_shape_of(graph, x));
}

/* Adds the gradient node of a norm: (dy, x, gain) -> dx, dgain, dbias. */
static void norm_gradient(ft_graph *graph, ft_op op, const ft_node *node, ft_id dy, ft_id *of_in)
{
    ft_node part = {.op = op, .inputs = 3, .outputs = 3, .in = {dy, node->in[0], node->in[1]}, .real = {node->real[0]}};
    for (int i = 0; i < 3; i++) {
        of_in[i] = part.out[i] = ft_tensor_new(graph, FT_REAL, ft_shape_of(graph, node->in[i]));
        if (of_in[i] == FT_NONE) return;
    }
    ft_node_add(graph, &part);
}

void ft_rule_layernorm(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    norm_gradient(graph, FT_OP_LAYERNORM_GRAD, node, of_out[0], of_in);
}

ft_id ft_batchnorm(ft_graph *graph, ft_id x, ft_id gain, ft_id bias, double eps, ft_id *statistics)
{
    if (!ft_ready(graph, 3, (ft_id[]){x, gain, bias})) return FT_NONE;
    if (!fits(graph, x, gain, bias)) return ft_fail(graph, "batchnorm: gain and bias must have x's channels");
    ft_node node = {.op = FT_OP_BATCHNORM, .inputs = 3, .outputs = 2, .in = {x, gain, bias}, .real = {eps}};
    node.out[0] = ft_tensor_new(graph, FT_REAL, ft_shape_of(graph, x));
    node.out[1] = ft_tensor_new(graph, FT_REAL, ft_shape2(2, ft_last(ft_shape_of(graph, x))));
    if (!ft_ready(graph, 2, node.out)) return FT_NONE;
    ft_node_add(graph, &node);
    if (statistics != NULL) *statistics = node.out[1];
    return node.out[0];
}

void ft_rule_batchnorm(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    if (of_out[0] != FT_NONE) norm_gradient(graph, FT_OP_BATCHNORM_GRAD, node, of_out[0], of_in);
}

ft_id ft_batchnorm_fixed(ft_graph *graph, ft_id x, ft_id gain, ft_id bias, ft_id mean, ft_id variance, double eps)
{
    if (!ft_ready(graph, 5, (ft_id[]){x, gain, bias, mean, variance})) return FT_NONE;
    if (!fits(graph, x, gain, bias) || !fits(graph, x, mean, variance))
        return ft_fail(graph, "batchnorm: gain, bias and statistics must have x's channels");
    ft_node node = {.op = FT_OP_BATCHNORM_FIXED, .inputs = 5, .in = {x, gain, bias, mean, variance}, .real = {eps}};
    return ft_node_single(graph, node, FT_REAL, ft_shape_of(graph, x));
}
