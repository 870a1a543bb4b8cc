/* prompt.c - positional encoding and vector quantisation. */
#include "tensor/ops/ops.h"
#include "tensor/ops/rules.h"
#include "tensor/ops/shape.h"

ft_id ft_fourier(ft_graph *graph, ft_id points, ft_id gaussian, ft_id keep)
{
    if (!ft_ready(graph, 3, (ft_id[]){points, gaussian, keep})) return FT_NONE;
    ft_shape ps = ft_shape_of(graph, points), gs = ft_shape_of(graph, gaussian);
    int64_t rows = ft_rows(ps);
    if (ft_last(ps) != 2 || gs.ndim != 2 || gs.dim[0] != 2 || ft_count(ft_shape_of(graph, keep)) != rows)
        return ft_fail(graph, "fourier: points must be [N, 2], the Gaussian [2, F]");
    ft_node node = {.op = FT_OP_FOURIER, .inputs = 3, .in = {points, gaussian, keep}};
    return ft_node_single(graph, node, FT_REAL, ft_shape2(rows, 2 * gs.dim[1]));
}

ft_id ft_vq(ft_graph *graph, ft_id z, ft_id codebook, ft_id *code, ft_id *loss)
{
    if (!ft_ready(graph, 2, (ft_id[]){z, codebook})) return FT_NONE;
    ft_shape zs = ft_shape_of(graph, z);
    if (ft_last(ft_shape_of(graph, codebook)) != ft_last(zs)) return ft_fail(graph, "vq: rows of different length");
    ft_node node = {.op = FT_OP_VQ, .inputs = 2, .outputs = 3, .in = {z, codebook}};
    node.out[0] = ft_tensor_new(graph, FT_REAL, zs);
    node.out[1] = ft_tensor_new(graph, FT_INDEX, ft_shape1(ft_rows(zs)));
    node.out[2] = ft_tensor_new(graph, FT_REAL, ft_shape1(1));
    if (!ft_ready(graph, 3, node.out)) return FT_NONE;
    ft_node_add(graph, &node);
    if (code != NULL) *code = node.out[1];
    if (loss != NULL) *loss = node.out[2];
    return node.out[0];
}

void ft_rule_vq(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in)
{
    if (of_out[2] != FT_NONE) { /* (dloss, z, codebook, code) -> dz, dcodebook */
        ft_node part = {.op = FT_OP_VQ_GRAD, .inputs = 4, .outputs = 2};
        part.in[0] = of_out[2], part.in[1] = node->in[0], part.in[2] = node->in[1], part.in[3] = node->out[1];
        for (int i = 0; i < 2; i++) {
            of_in[i] = part.out[i] = ft_tensor_new(graph, FT_REAL, ft_shape_of(graph, node->in[i]));
            if (of_in[i] == FT_NONE) return;
        }
        ft_node_add(graph, &part);
    }
    /* straight through: what reaches the row goes to z, none of it to the codebook */
    if (of_out[0] != FT_NONE) of_in[0] = of_in[0] == FT_NONE ? of_out[0] : ft_add(graph, of_in[0], of_out[0]);
}
