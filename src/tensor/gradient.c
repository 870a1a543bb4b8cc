/* gradient.c - reverse-mode differentiation: walks the nodes backwards and lets each operation's rule add its part. */
#include "tensor/internal.h"

#include "tensor/ops/ops.h"

#include <stdlib.h>
#include <string.h>

/* Marks every tensor that depends on something whose gradient is wanted. */
static void mark_dependents(ft_graph *graph)
{
    for (size_t n = 0; n < graph->nodes; n++) {
        const ft_node *node = &graph->node[n];
        bool wanted = false;
        for (int i = 0; i < node->inputs; i++)
            wanted |= node->in[i] != FT_NONE && graph->tensor[node->in[i]].differentiate;
        for (int i = 0; i < node->outputs; i++)
            if (graph->tensor[node->out[i]].kind == FT_REAL) graph->tensor[node->out[i]].differentiate |= wanted;
    }
}

bool ft_wants(const ft_graph *graph, ft_id tensor)
{
    return tensor != FT_NONE && graph->tensor[tensor].differentiate;
}

/* Adds `part` to what is known of a tensor's gradient. */
static void contribute(ft_graph *graph, ft_id *gradient, ft_id tensor, ft_id part)
{
    if (part == FT_NONE) return;
    if (ft_count(ft_shape_of(graph, part)) != ft_count(ft_shape_of(graph, tensor))) {
        ft_fail(graph, "a gradient has another size than its tensor");
        return;
    }
    gradient[tensor] = gradient[tensor] == FT_NONE ? part : ft_add(graph, gradient[tensor], part);
}

static void walk(ft_graph *graph, ft_id *gradient, size_t nodes)
{
    for (size_t n = nodes; n-- > 0 && graph->status == FSAM_OK;) {
        ft_node node = graph->node[n]; /* a copy: rules add nodes, and the array may move */
        ft_id of_out[FT_MAX_OUT], of_in[FT_MAX_IN];
        bool any = false, wanted = false;
        for (int i = 0; i < node.outputs; i++) any |= (of_out[i] = gradient[node.out[i]]) != FT_NONE;
        for (int i = 0; i < node.inputs; i++) wanted |= ft_wants(graph, node.in[i]);
        if (!any || !wanted) continue;
        if (ft_rules[node.op] == NULL) {
            ft_fail(graph, "%s has no gradient", ft_op_names[node.op]);
            return;
        }
        for (int i = 0; i < FT_MAX_IN; i++) of_in[i] = FT_NONE;
        ft_rules[node.op](graph, &node, of_out, of_in);
        for (int i = 0; i < node.inputs && graph->status == FSAM_OK; i++)
            if (ft_wants(graph, node.in[i])) contribute(graph, gradient, node.in[i], of_in[i]);
    }
}

void ft_differentiate(ft_graph *graph, const ft_id *outputs, const ft_id *seeds, size_t count)
{
    if (graph->status != FSAM_OK) return;
    size_t tensors = graph->tensors, nodes = graph->nodes;
    ft_id *gradient = malloc((tensors + 1) * sizeof *gradient);
    if (gradient == NULL) {
        graph->status = fb_fail(FSAM_ERROR_MEMORY, "graph: out of memory");
        return;
    }
    for (size_t i = 0; i < tensors; i++) gradient[i] = FT_NONE;
    mark_dependents(graph);
    for (size_t i = 0; i < count; i++) {
        ft_id seed = seeds != NULL ? seeds[i] : FT_NONE;
        if (seed == FT_NONE) seed = ft_fill(graph, ft_shape_of(graph, outputs[i]), 1.0);
        contribute(graph, gradient, outputs[i], seed);
    }
    walk(graph, gradient, nodes);
    for (size_t i = 0; i < tensors; i++)
        if (graph->tensor[i].origin != FT_FROM_NODE && gradient[i] != FT_NONE) graph->tensor[gradient[i]].kept = true;
    graph->gradient = gradient;
    graph->gradients = tensors;
}

ft_id ft_gradient(const ft_graph *graph, ft_id tensor)
{
    return tensor >= 0 && (size_t)tensor < graph->gradients ? graph->gradient[tensor] : FT_NONE;
}
