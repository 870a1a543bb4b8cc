#include "tensor/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

ft_graph *ft_graph_new(void)
{
    ft_graph *graph = calloc(1, sizeof *graph);
    if (graph != NULL) graph->limit = FT_I8;
    return graph;
}

void ft_graph_free(ft_graph *graph)
{
    if (graph == NULL) return;
    for (size_t i = 0; i < graph->tensors; i++) free(graph->tensor[i].name);
    free(graph->tensor);
    free(graph->node);
    free(graph->gradient);
    free(graph);
}

void ft_graph_limit(ft_graph *graph, ft_precision limit)
{
    graph->limit = limit;
}

fsam_status ft_graph_status(const ft_graph *graph)
{
    return graph->status;
}

ft_id ft_fail(ft_graph *graph, const char *format, ...)
{
    if (graph->status != FSAM_OK) return FT_NONE;
    char line[400];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    graph->status = fb_fail(FSAM_ERROR_INTERNAL, "graph: %s", line);
    return FT_NONE;
}

ft_shape ft_shape_of(const ft_graph *graph, ft_id tensor)
{
    if (tensor < 0 || (size_t)tensor >= graph->tensors) return (ft_shape){0};
    return graph->tensor[tensor].shape;
}

int64_t ft_count(ft_shape shape)
{
    int64_t count = 1;
    for (int i = 0; i < shape.ndim; i++) count *= shape.dim[i];
    return count;
}

/* Makes room for one more element; false when memory is exhausted. */
static bool grow(void **block, size_t used, size_t *room, size_t size)
{
    if (used < *room) return true;
    size_t wanted = *room == 0 ? 64 : *room * 2;
    void *larger = realloc(*block, wanted * size);
    if (larger == NULL) return false;
    *block = larger;
    *room = wanted;
    return true;
}

static bool shape_sound(ft_shape shape)
{
    int64_t count = 1;
    if (shape.ndim < 0 || shape.ndim > FT_MAX_DIMS) return false;
    for (int i = 0; i < shape.ndim; i++)
        if (shape.dim[i] <= 0 || __builtin_mul_overflow(count, shape.dim[i], &count) || count > INT64_C(1) << 40)
            return false;
    return true;
}

ft_id ft_tensor_new(ft_graph *graph, ft_kind kind, ft_shape shape)
{
    if (graph->status != FSAM_OK) return FT_NONE;
    if (!shape_sound(shape)) return ft_fail(graph, "a tensor's shape is out of range");
    if (!grow((void **)&graph->tensor, graph->tensors, &graph->tensor_room, sizeof *graph->tensor)) {
        graph->status = fb_fail(FSAM_ERROR_MEMORY, "graph: out of memory");
        return FT_NONE;
    }
    graph->tensor[graph->tensors] =
        (ft_tensor){.shape = shape, .kind = kind, .origin = FT_FROM_NODE, .view_of = FT_NONE, .node = -1};
    return (ft_id)graph->tensors++;
}

/* NULL, and the graph fails, when memory is exhausted. */
static char *copy_name(ft_graph *graph, const char *name)
{
    char *copy = strdup(name);
    if (copy == NULL && graph->status == FSAM_OK) graph->status = fb_fail(FSAM_ERROR_MEMORY, "graph: out of memory");
    return copy;
}

static ft_id named(ft_graph *graph, const char *name, ft_kind kind, ft_shape shape, ft_origin origin, bool wants)
{
    char *copy = copy_name(graph, name);
    ft_id id = copy != NULL ? ft_tensor_new(graph, kind, shape) : FT_NONE;
    if (id == FT_NONE) {
        free(copy);
        return id;
    }
    ft_tensor *tensor = &graph->tensor[id];
    tensor->origin = origin;
    tensor->differentiate = wants;
    tensor->kept = true;
    tensor->name = copy;
    return id;
}

ft_id ft_input(ft_graph *graph, const char *name, ft_kind kind, ft_shape shape, bool differentiate)
{
    return named(graph, name, kind, shape, FT_FROM_INPUT, differentiate);
}

ft_id ft_parameter(ft_graph *graph, const char *name, ft_shape shape, bool differentiate)
{
    for (size_t i = 0; i < graph->tensors; i++) {
        const ft_tensor *tensor = &graph->tensor[i];
        if (tensor->origin != FT_FROM_PARAMETER || strcmp(tensor->name, name) != 0) continue;
        if (ft_count(tensor->shape) != ft_count(shape)) return ft_fail(graph, "%s is used in two sizes", name);
        return (ft_id)i;
    }
    return named(graph, name, FT_REAL, shape, FT_FROM_PARAMETER, differentiate);
}

void ft_output(ft_graph *graph, ft_id tensor, const char *name)
{
    if (tensor == FT_NONE || graph->status != FSAM_OK) return;
    ft_tensor *output = &graph->tensor[tensor];
    output->kept = true;
    if (name == NULL || output->origin != FT_FROM_NODE) return;
    free(output->name);
    output->name = copy_name(graph, name);
}

ft_id ft_find(const ft_graph *graph, const char *name)
{
    for (size_t i = 0; i < graph->tensors; i++)
        if (graph->tensor[i].name != NULL && strcmp(graph->tensor[i].name, name) == 0) return (ft_id)i;
    return FT_NONE;
}

const char *ft_name(const ft_graph *graph, ft_id tensor)
{
    if (tensor < 0 || (size_t)tensor >= graph->tensors || graph->tensor[tensor].name == NULL) return "";
    return graph->tensor[tensor].name;
}

size_t ft_parameter_count(const ft_graph *graph)
{
    size_t count = 0;
    for (size_t i = 0; i < graph->tensors; i++) count += graph->tensor[i].origin == FT_FROM_PARAMETER;
    return count;
}

ft_id ft_parameter_at(const ft_graph *graph, size_t index)
{
    for (size_t i = 0; i < graph->tensors; i++)
        if (graph->tensor[i].origin == FT_FROM_PARAMETER && index-- == 0) return (ft_id)i;
    return FT_NONE;
}

bool ft_ready(const ft_graph *graph, int count, const ft_id *tensors)
{
    if (graph->status != FSAM_OK) return false;
    for (int i = 0; i < count; i++)
        if (tensors[i] < 0 || (size_t)tensors[i] >= graph->tensors) return false;
    return true;
}

void ft_node_add(ft_graph *graph, const ft_node *node)
{
    if (graph->status != FSAM_OK) return;
    if (!grow((void **)&graph->node, graph->nodes, &graph->node_room, sizeof *graph->node)) {
        graph->status = fb_fail(FSAM_ERROR_MEMORY, "graph: out of memory");
        return;
    }
    for (int i = 0; i < node->outputs; i++) graph->tensor[node->out[i]].node = (int)graph->nodes;
    if (node->op == FT_OP_RESHAPE) graph->tensor[node->out[0]].view_of = node->in[0];
    graph->node[graph->nodes] = *node;
    graph->node[graph->nodes++].limit = graph->limit;
}

ft_id ft_node_single(ft_graph *graph, ft_node node, ft_kind kind, ft_shape shape)
{
    ft_id out = ft_tensor_new(graph, kind, shape);
    if (out == FT_NONE) return out;
    node.out[0] = out;
    node.outputs = 1;
    ft_node_add(graph, &node);
    return out;
}
