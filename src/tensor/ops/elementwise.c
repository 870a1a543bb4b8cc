/* elementwise.c - operations on every element by itself. */
#include "tensor/ops/ops.h"
#include "tensor/ops/rules.h"
#include "tensor/ops/shape.h"

/* integer: the activation */
ft_id ft_activate(ft_graph *graph, ft_id x, ft_activation act)
{
    if (!ft_ready(graph, 1, &x)) return FT_NONE;
    ft_node node = {.op = FT_OP_ACTIVATION, .inputs = 1, .in = {x}, .integer = {act}};
    return ft_node_single(graph, node, FT_REAL, ft_shape_of(graph, x));
}

void ft_rule_activation(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    ft_node part = {
        .op = FT_OP_ACTIVATION_GRAD, .inputs = 2, .in = {of_out[0], node->in[0]}, .integer = {node->integer[0]}};
    of_in[0] = ft_node_single(graph, part, FT_REAL, ft_shape_of(graph, node->in[0]));
}

ft_id ft_multiply(ft_graph *graph, ft_id a, ft_id b)
{
    if (!ft_ready(graph, 2, (ft_id[]){a, b})) return FT_NONE;
    ft_shape shape = ft_shape_of(graph, a);
    if (ft_count(shape) != ft_count(ft_shape_of(graph, b))) return ft_fail(graph, "multiply: a and b differ in size");
    ft_node node = {.op = FT_OP_MULTIPLY, .inputs = 2, .in = {a, b}};
    return ft_node_single(graph, node, FT_REAL, shape);
}

void ft_rule_multiply(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    if (ft_wants(graph, node->in[0])) of_in[0] = ft_multiply(graph, of_out[0], node->in[1]);
    if (ft_wants(graph, node->in[1])) of_in[1] = ft_multiply(graph, of_out[0], node->in[0]);
}

/* real: the factor */
ft_id ft_scale(ft_graph *graph, ft_id x, double factor)
{
    if (!ft_ready(graph, 1, &x)) return FT_NONE;
    ft_node node = {.op = FT_OP_SCALE, .inputs = 1, .in = {x}, .real = {factor}};
    return ft_node_single(graph, node, FT_REAL, ft_shape_of(graph, x));
}

void ft_rule_scale(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    of_in[0] = ft_scale(graph, of_out[0], node->real[0]);
}

/* real: the value */
ft_id ft_fill(ft_graph *graph, ft_shape shape, double value)
{
    ft_node node = {.op = FT_OP_FILL, .real = {value}};
    return ft_node_single(graph, node, FT_REAL, shape);
}

ft_id ft_drop_path(ft_graph *graph, ft_id x, ft_id gate)
{
    if (!ft_ready(graph, 2, (ft_id[]){x, gate})) return FT_NONE;
    ft_shape shape = ft_shape_of(graph, x);
    if (ft_count(ft_shape_of(graph, gate)) != shape.dim[0]) return ft_fail(graph, "drop path: a gate for every sample");
    ft_node node = {.op = FT_OP_DROP_PATH, .inputs = 2, .in = {x, gate}};
    return ft_node_single(graph, node, FT_REAL, shape);
}

void ft_rule_drop_path(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    of_in[0] = ft_drop_path(graph, of_out[0], node->in[1]);
}
