/* attention.c - window attention, and attention between two sets of tokens. */
#include "tensor/ops/ops.h"
#include "tensor/ops/rules.h"
#include "tensor/ops/shape.h"

/* integer: heads, window, shift */
ft_id ft_window_attention(ft_graph *graph, ft_id qkv, ft_id qkv_bias, ft_id table, int heads, int window, int shift)
{
    if (!ft_ready(graph, 3, (ft_id[]){qkv, qkv_bias, table})) return FT_NONE;
    ft_shape xs = ft_shape_of(graph, qkv), ts = ft_shape_of(graph, table);
    int side = 2 * window - 1;
    if (xs.ndim != 4 || heads < 1 || window < 1 || window > 32 || shift < 0 || shift >= window ||
        xs.dim[3] % (3 * heads) != 0)
        return ft_fail(graph, "window attention: qkv must be [B, H, W, 3C] with C a multiple of the heads");
    if (ft_count(ts) != (int64_t)side * side * heads || ft_count(ft_shape_of(graph, qkv_bias)) != xs.dim[3])
        return ft_fail(graph, "window attention: the table or the bias has another size");
    ft_node node = {
        .op = FT_OP_WINDOW_ATTENTION, .inputs = 3, .in = {qkv, qkv_bias, table}, .integer = {heads, window, shift}};
    return ft_node_single(graph, node, FT_REAL, ft_with_last(xs, xs.dim[3] / 3));
}

/* Adds a node (dy, inputs...) -> the gradients of the first `count` inputs. */
static void all_gradients(ft_graph *graph, ft_op op, const ft_node *node, ft_id dy, int count, ft_id *of_in)
{
    ft_node part = *node;
    part.op = op;
    part.inputs = node->inputs + 1;
    part.outputs = count;
    part.in[0] = dy;
    for (int i = 0; i < node->inputs; i++) part.in[i + 1] = node->in[i];
    for (int i = 0; i < count; i++) {
        of_in[i] = part.out[i] = ft_tensor_new(graph, FT_REAL, ft_shape_of(graph, node->in[i]));
        if (of_in[i] == FT_NONE) return;
    }
    ft_node_add(graph, &part);
}

void ft_rule_window_attention(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    all_gradients(graph, FT_OP_WINDOW_ATTENTION_GRAD, node, of_out[0], 3, of_in);
}

/* integer: heads, causal; in: q, k, v, key_bias */
ft_id ft_attention(ft_graph *graph, ft_id q, ft_id k, ft_id v, ft_id key_bias, int heads, bool causal)
{
    if (!ft_ready(graph, 3, (ft_id[]){q, k, v})) return FT_NONE;
    ft_shape qs = ft_shape_of(graph, q), ks = ft_shape_of(graph, k), vs = ft_shape_of(graph, v);
    int64_t keys = ft_rows(ks), channels = ft_last(qs);
    if (heads < 1 || channels % heads != 0 || ft_last(ks) != channels || ft_last(vs) != channels || ft_rows(vs) != keys)
        return ft_fail(graph, "attention: q, k and v do not fit together");
    if (key_bias != FT_NONE && ft_count(ft_shape_of(graph, key_bias)) != keys)
        return ft_fail(graph, "attention: the bias of the keys has another length");
    ft_node node = {.op = FT_OP_ATTENTION, .inputs = 4, .in = {q, k, v, key_bias}, .integer = {heads, causal}};
    return ft_node_single(graph, node, FT_REAL, qs);
}

/* A node of the same operation, with q, k and v in its first input and none in the next two. */
ft_id ft_attention_qkv(ft_graph *graph, ft_id qkv, ft_id key_bias, int heads, bool causal)
{
    if (!ft_ready(graph, 1, &qkv)) return FT_NONE;
    ft_shape shape = ft_shape_of(graph, qkv);
    int64_t channels = ft_last(shape) / 3;
    if (heads < 1 || ft_last(shape) % (3 * heads) != 0)
        return ft_fail(graph, "attention: qkv must be [T, 3C] with C a multiple of the heads");
    if (key_bias != FT_NONE && ft_count(ft_shape_of(graph, key_bias)) != ft_rows(shape))
        return ft_fail(graph, "attention: the bias of the keys has another length");
    ft_node node = {
        .op = FT_OP_ATTENTION, .inputs = 4, .in = {qkv, FT_NONE, FT_NONE, key_bias}, .integer = {heads, causal}};
    return ft_node_single(graph, node, FT_REAL, ft_with_last(shape, channels));
}

/* integer: heads; in: qkv, first */
ft_id ft_run_attention(ft_graph *graph, ft_id qkv, ft_id first, int heads)
{
    if (!ft_ready(graph, 2, (ft_id[]){qkv, first})) return FT_NONE;
    ft_shape shape = ft_shape_of(graph, qkv);
    if (heads < 1 || ft_last(shape) % (3 * heads) != 0)
        return ft_fail(graph, "run attention: qkv must be [T, 3C] with C a multiple of the heads");
    if (graph->tensor[first].kind != FT_INDEX || ft_count(ft_shape_of(graph, first)) != ft_rows(shape))
        return ft_fail(graph, "run attention: first must be an index a row");
    ft_node node = {.op = FT_OP_RUN_ATTENTION, .inputs = 2, .in = {qkv, first}, .integer = {heads}};
    return ft_node_single(graph, node, FT_REAL, ft_with_last(shape, ft_last(shape) / 3));
}

void ft_rule_run_attention(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    all_gradients(graph, FT_OP_RUN_ATTENTION_GRAD, node, of_out[0], 1, of_in);
}

void ft_rule_attention(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    int count = node->in[1] == FT_NONE ? 1 : 3;
    all_gradients(graph, FT_OP_ATTENTION_GRAD, node, of_out[0], count, of_in);
}
