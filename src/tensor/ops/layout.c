/* layout.c - operations that move elements: reshape, concat, slice, embedding, unfold, fold, resize. */
#include "tensor/ops/ops.h"
#include "tensor/ops/rules.h"
#include "tensor/ops/shape.h"

ft_id ft_reshape(ft_graph *graph, ft_id x, ft_shape shape)
{
    if (!ft_ready(graph, 1, &x)) return FT_NONE;
    if (ft_count(shape) != ft_count(ft_shape_of(graph, x)))
        return ft_fail(graph, "reshape: another number of elements");
    ft_node node = {.op = FT_OP_RESHAPE, .inputs = 1, .in = {x}};
    return ft_node_single(graph, node, graph->tensor[x].kind, shape);
}

void ft_rule_reshape(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    of_in[0] = ft_reshape(graph, of_out[0], ft_shape_of(graph, node->in[0]));
}

ft_id ft_concat(ft_graph *graph, ft_id a, ft_id b)
{
    if (!ft_ready(graph, 2, (ft_id[]){a, b})) return FT_NONE;
    ft_shape as = ft_shape_of(graph, a), bs = ft_shape_of(graph, b);
    if (ft_last(as) != ft_last(bs)) return ft_fail(graph, "concat: rows of different length");
    ft_node node = {.op = FT_OP_CONCAT, .inputs = 2, .in = {a, b}};
    return ft_node_single(graph, node, FT_REAL, ft_shape2(ft_rows(as) + ft_rows(bs), ft_last(as)));
}

void ft_rule_concat(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    int64_t rows = ft_rows(ft_shape_of(graph, node->in[0])), more = ft_rows(ft_shape_of(graph, node->in[1]));
    if (ft_wants(graph, node->in[0])) of_in[0] = ft_slice(graph, of_out[0], 0, rows);
    if (ft_wants(graph, node->in[1])) of_in[1] = ft_slice(graph, of_out[0], rows, more);
}

/* integer: the first row */
ft_id ft_slice(ft_graph *graph, ft_id x, int64_t first, int64_t count)
{
    if (!ft_ready(graph, 1, &x)) return FT_NONE;
    ft_shape shape = ft_shape_of(graph, x);
    if (first < 0 || count < 1 || first + count > shape.dim[0]) return ft_fail(graph, "slice: rows that are not there");
    shape.dim[0] = count;
    ft_node node = {.op = FT_OP_SLICE, .inputs = 1, .in = {x}, .integer = {(int)first}};
    return ft_node_single(graph, node, FT_REAL, shape);
}

void ft_rule_slice(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    ft_node part = {.op = FT_OP_SLICE_GRAD, .inputs = 1, .in = {of_out[0]}, .integer = {node->integer[0]}};
    of_in[0] = ft_node_single(graph, part, FT_REAL, ft_shape_of(graph, node->in[0]));
}

ft_id ft_embedding(ft_graph *graph, ft_id table, ft_id index)
{
    if (!ft_ready(graph, 2, (ft_id[]){table, index})) return FT_NONE;
    ft_node node = {.op = FT_OP_EMBEDDING, .inputs = 2, .in = {table, index}};
    ft_shape shape = ft_shape2(ft_count(ft_shape_of(graph, index)), ft_last(ft_shape_of(graph, table)));
    return ft_node_single(graph, node, FT_REAL, shape);
}

void ft_rule_embedding(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    ft_node part = {.op = FT_OP_EMBEDDING_GRAD, .inputs = 2, .in = {of_out[0], node->in[1]}};
    of_in[0] = ft_node_single(graph, part, FT_REAL, ft_shape_of(graph, node->in[0]));
}

/* integer: k */
ft_id ft_unfold(ft_graph *graph, ft_id x, int k)
{
    if (!ft_ready(graph, 1, &x)) return FT_NONE;
    ft_shape s = ft_shape_of(graph, x);
    if (s.ndim != 4 || k < 1) return ft_fail(graph, "unfold: x must be [B, H, W, C]");
    ft_node node = {.op = FT_OP_UNFOLD, .inputs = 1, .in = {x}, .integer = {k}};
    ft_shape shape = ft_shape4(s.dim[0], (s.dim[1] + k - 1) / k, (s.dim[2] + k - 1) / k, s.dim[3] * k * k);
    return ft_node_single(graph, node, FT_REAL, shape);
}

void ft_rule_unfold(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    ft_shape s = ft_shape_of(graph, node->in[0]);
    of_in[0] = ft_fold(graph, of_out[0], node->integer[0], s.dim[1], s.dim[2]);
}

/* integer: k */
ft_id ft_fold(ft_graph *graph, ft_id x, int k, int64_t height, int64_t width)
{
    if (!ft_ready(graph, 1, &x)) return FT_NONE;
    ft_shape s = ft_shape_of(graph, x);
    if (s.ndim != 4 || k < 1 || s.dim[3] % (k * k) != 0) return ft_fail(graph, "fold: x must be [B, H, W, C k k]");
    if (height <= 0) height = s.dim[1] * k;
    if (width <= 0) width = s.dim[2] * k;
    if ((height + k - 1) / k != s.dim[1] || (width + k - 1) / k != s.dim[2])
        return ft_fail(graph, "fold: cropped too far");
    ft_node node = {.op = FT_OP_FOLD, .inputs = 1, .in = {x}, .integer = {k}};
    return ft_node_single(graph, node, FT_REAL, ft_shape4(s.dim[0], height, width, s.dim[3] / (k * k)));
}

void ft_rule_fold(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    of_in[0] = ft_unfold(graph, of_out[0], node->integer[0]);
}

/* integer: bicubic */
ft_id ft_resize(ft_graph *graph, ft_id x, int64_t height, int64_t width, bool bicubic)
{
    if (!ft_ready(graph, 1, &x)) return FT_NONE;
    ft_shape s = ft_shape_of(graph, x);
    if (s.ndim != 4) return ft_fail(graph, "resize: x must be [B, H, W, C]");
    ft_node node = {.op = FT_OP_RESIZE, .inputs = 1, .in = {x}, .integer = {bicubic}};
    return ft_node_single(graph, node, FT_REAL, ft_shape4(s.dim[0], height, width, s.dim[3]));
}

void ft_rule_resize(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    ft_node part = {.op = FT_OP_RESIZE_GRAD, .inputs = 1, .in = {of_out[0]}, .integer = {node->integer[0]}};
    of_in[0] = ft_node_single(graph, part, FT_REAL, ft_shape_of(graph, node->in[0]));
}
