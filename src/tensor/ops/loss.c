/* loss.c - what training minimises. */
#include "tensor/ops/ops.h"
#include "tensor/ops/rules.h"
#include "tensor/ops/shape.h"

/* A loss of each candidate mask: logits [K, P], target [P] or [K, P] -> [K]. */
static ft_id a_mask(ft_graph *graph, ft_op op, ft_id logits, ft_id target)
{
    if (!ft_ready(graph, 2, (ft_id[]){logits, target})) return FT_NONE;
    ft_shape shape = ft_shape_of(graph, logits);
    int64_t count = ft_count(ft_shape_of(graph, target));
    if (count != ft_last(shape) && count != ft_count(shape)) return ft_fail(graph, "loss: masks of different size");
    ft_node node = {.op = op, .inputs = 2, .in = {logits, target}};
    return ft_node_single(graph, node, FT_REAL, ft_shape1(ft_rows(shape)));
}

/* (dloss, inputs...) -> the gradient of the first input. */
static void first_gradient(ft_graph *graph, ft_op op, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    ft_node part = {.op = op, .inputs = 3, .in = {of_out[0], node->in[0], node->in[1]}};
    if (node->inputs == 1) part.inputs = 2;
    of_in[0] = ft_node_single(graph, part, FT_REAL, ft_shape_of(graph, node->in[0]));
}

ft_id ft_dice(ft_graph *graph, ft_id logits, ft_id target)
{
    return a_mask(graph, FT_OP_DICE, logits, target);
}

ft_id ft_focal(ft_graph *graph, ft_id logits, ft_id target)
{
    return a_mask(graph, FT_OP_FOCAL, logits, target);
}

ft_id ft_iou(ft_graph *graph, ft_id logits, ft_id target)
{
    return a_mask(graph, FT_OP_IOU, logits, target);
}

ft_id ft_cross_entropy(ft_graph *graph, ft_id logits, ft_id target)
{
    if (!ft_ready(graph, 2, (ft_id[]){logits, target})) return FT_NONE;
    ft_shape shape = ft_shape_of(graph, logits), other = ft_shape_of(graph, target);
    if (ft_last(other) != ft_last(shape) || ft_rows(other) != ft_rows(shape))
        return ft_fail(graph, "cross entropy: logits and target differ in shape");
    ft_node node = {.op = FT_OP_CROSS_ENTROPY, .inputs = 2, .in = {logits, target}};
    return ft_node_single(graph, node, FT_REAL, ft_shape1(ft_rows(shape)));
}

ft_id ft_squared_error(ft_graph *graph, ft_id a, ft_id b)
{
    if (!ft_ready(graph, 2, (ft_id[]){a, b})) return FT_NONE;
    if (ft_count(ft_shape_of(graph, a)) != ft_count(ft_shape_of(graph, b)))
        return ft_fail(graph, "squared error: a and b differ in size");
    ft_node node = {.op = FT_OP_SQUARED_ERROR, .inputs = 2, .in = {a, b}};
    return ft_node_single(graph, node, FT_REAL, ft_shape1(1));
}

ft_id ft_minimum(ft_graph *graph, ft_id x)
{
    if (!ft_ready(graph, 1, &x)) return FT_NONE;
    ft_node node = {.op = FT_OP_MINIMUM, .inputs = 1, .in = {x}};
    return ft_node_single(graph, node, FT_REAL, ft_shape1(1));
}

#define RULE(name, OP)                                                                                                 \
    void ft_rule_##name(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in);                      \
    void ft_rule_##name(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)                       \
    {                                                                                                                  \
        first_gradient(graph, OP, node, of_out, of_in);                                                                \
    }
RULE(dice, FT_OP_DICE_GRAD)
RULE(focal, FT_OP_FOCAL_GRAD)
RULE(cross_entropy, FT_OP_CROSS_ENTROPY_GRAD)
RULE(squared_error, FT_OP_SQUARED_ERROR_GRAD)
RULE(minimum, FT_OP_MINIMUM_GRAD)
