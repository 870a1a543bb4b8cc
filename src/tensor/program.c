#include "tensor/program.h"

#include "tensor/ops/ops.h"
#include "tensor/ops/shape.h"

#include <stdlib.h>
#include <string.h>

/* What is known of a graph while its nodes are joined. */
typedef struct joiner {
    ft_program *program;
    bool *gone;    /* of each node: absorbed by a later one */
    int *producer; /* of each tensor: the node that makes it now, -1 */
    int *readers;  /* of each tensor */
    int *first;    /* of each tensor: the first node that reads it */
} joiner;

static const ft_tensor *tensor_of(const joiner *j, ft_id tensor)
{
    return &j->program->graph->tensor[tensor];
}

static bool is_product(const ft_node *node)
{
    return node->op == FT_OP_LINEAR || node->op == FT_OP_CONV3;
}

/* The node that makes `tensor`, and nothing else, when only one other reads it; NULL otherwise. Only such a node may be
 * moved to where its reader is. */
static ft_node *sole_maker(const joiner *j, ft_id tensor)
{
    if (tensor == FT_NONE || j->producer[tensor] < 0 || j->readers[tensor] != 1 || tensor_of(j, tensor)->kept)
        return NULL;
    ft_node *node = &j->program->node[j->producer[tensor]];
    return node->outputs == 1 ? node : NULL;
}

/* Whether a node can take an activation, or a BatchNorm before it. */
static bool is_open(const ft_node *node)
{
    return (is_product(node) || node->op == FT_OP_LAYERNORM) && node->integer[0] == FT_IDENTITY &&
           node->in[FT_IN_RESIDUAL] == FT_NONE;
}

/* The same for a tensor that others read too, though none before `reader`: what stood in it will still be made. */
static ft_node *shared_maker(const joiner *j, ft_id tensor, int reader)
{
    if (j->producer[tensor] < 0 || j->first[tensor] != reader || tensor_of(j, tensor)->kept) return NULL;
    ft_node *node = &j->program->node[j->producer[tensor]];
    return node->out[0] == tensor ? node : NULL;
}

/* `part`, with its first result replaced by that of node `reader`, takes that node's place. */
static void take_over(joiner *j, const ft_node *part, int reader)
{
    ft_node joined = *part;
    ft_node *place = &j->program->node[reader];
    j->gone[j->producer[part->out[0]]] = true;
    joined.out[0] = place->out[0];
    *place = joined;
    for (int i = 0; i < joined.outputs; i++) j->producer[joined.out[i]] = reader;
}

static void join_batchnorm(joiner *j, int reader)
{
    const ft_node *norm = &j->program->node[reader];
    const ft_node *product = sole_maker(j, norm->in[0]);
    if (product == NULL || !is_open(product) || !is_product(product) || product->in[FT_IN_NORM] != FT_NONE) return;
    ft_node joined = *product;
    for (int i = 0; i < 4; i++) joined.in[FT_IN_NORM + i] = norm->in[1 + i];
    joined.real[0] = norm->real[0];
    take_over(j, &joined, reader);
}

static void join_activation(joiner *j, int reader)
{
    const ft_node *node = &j->program->node[reader];
    ft_id before = node->in[0];
    bool shared = j->readers[before] > 1;
    const ft_node *maker = shared ? shared_maker(j, before, reader) : sole_maker(j, before);
    if (maker == NULL || !is_open(maker) || (is_product(maker) && node->integer[0] == FT_SIGMOID)) return;
    if (shared && (!is_product(maker) || maker->in[FT_IN_NORM] != FT_NONE || maker->integer[2] != 0)) return;
    ft_node joined = *maker;
    joined.integer[0] = node->integer[0];
    if (shared) joined.out[joined.outputs++] = before;
    take_over(j, &joined, reader);
}

static bool has_none(const ft_node *product, int first, int last)
{
    for (int i = first; i <= last; i++)
        if (product->in[i] != FT_NONE) return false;
    return true;
}

/* A transposed 2x2 convolution. */
static void join_fold(joiner *j, int reader)
{
    const ft_node *fold = &j->program->node[reader];
    const ft_node *product = sole_maker(j, fold->in[0]);
    ft_shape from = tensor_of(j, fold->in[0])->shape, to = tensor_of(j, fold->out[0])->shape;
    if (product == NULL || product->op != FT_OP_LINEAR || !is_open(product) || !product->integer[1] ||
        product->integer[2] != 0)
        return;
    if (fold->integer[0] != FT_FOLD || to.dim[1] != FT_FOLD * from.dim[1] || to.dim[2] != FT_FOLD * from.dim[2] ||
        !has_none(product, FT_IN_BIAS, FT_MAX_IN - 1))
        return;
    ft_node joined = *product;
    joined.integer[2] = FT_FOLD;
    take_over(j, &joined, reader);
}

/* A folded product plus a parameter that repeats over its pixels: its bias. */
static bool join_bias(joiner *j, int reader)
{
    const ft_node *sum = &j->program->node[reader];
    const ft_node *product = sole_maker(j, sum->in[0]);
    const ft_tensor *bias = tensor_of(j, sum->in[1]), *y = tensor_of(j, sum->in[0]);
    if (product == NULL || !is_open(product) || product->integer[2] == 0 || product->in[FT_IN_BIAS] != FT_NONE ||
        bias->origin != FT_FROM_PARAMETER || ft_count(bias->shape) != y->shape.dim[y->shape.ndim - 1])
        return false;
    ft_node joined = *product;
    joined.in[FT_IN_BIAS] = sum->in[1];
    take_over(j, &joined, reader);
    return true;
}

/* A sum of two of one size, one of them a product: the other is its residual. */
static void join_sum(joiner *j, int reader)
{
    const ft_node *sum = &j->program->node[reader];
    const ft_tensor *a = tensor_of(j, sum->in[0]), *b = tensor_of(j, sum->in[1]);
    if (join_bias(j, reader) || sum->in[0] == sum->in[1] || ft_count(a->shape) != ft_count(b->shape)) return;
    for (int side = 1; side >= 0; side--) { /* x + f(x): the branch is usually the second */
        const ft_node *maker = sole_maker(j, sum->in[side]);
        if (maker == NULL || !is_product(maker) || maker->integer[2] != 0 || maker->in[FT_IN_RESIDUAL] != FT_NONE)
            continue;
        ft_node joined = *maker;
        joined.in[FT_IN_RESIDUAL] = sum->in[1 - side];
        take_over(j, &joined, reader);
        return;
    }
}

/* The way back through an activation and the LayerNorm before it: nobody has to keep what stood between the two. */
static void join_norm_gradient(joiner *j, int n)
{
    const ft_node *slope = &j->program->node[n];
    ft_id between = slope->in[1], part = slope->out[0];
    if (j->producer[between] < 0 || j->readers[part] != 1 || tensor_of(j, part)->kept) return;
    const ft_node *norm = &j->program->node[j->producer[between]];
    ft_node *back = &j->program->node[j->first[part]];
    if (norm->op != FT_OP_LAYERNORM || back->op != FT_OP_LAYERNORM_GRAD || back->in[0] != part ||
        back->in[1] != norm->in[0] || back->in[2] != norm->in[1])
        return;
    back->in[0] = slope->in[0];
    back->in[3] = norm->in[2];
    back->inputs = 4;
    back->integer[0] = slope->integer[0];
    j->gone[n] = true;
    j->readers[between]--;
}

static void join_all(joiner *j)
{
    ft_program *program = j->program;
    for (size_t n = 0; n < program->nodes; n++)
        if (program->node[n].op == FT_OP_ACTIVATION_GRAD) join_norm_gradient(j, (int)n);
    for (size_t n = 0; n < program->nodes; n++) {
        switch (program->node[n].op) {
        case FT_OP_BATCHNORM_FIXED:
            join_batchnorm(j, (int)n);
            break;
        case FT_OP_ACTIVATION:
            join_activation(j, (int)n);
            break;
        case FT_OP_FOLD:
            join_fold(j, (int)n);
            break;
        case FT_OP_ADD:
            join_sum(j, (int)n);
            break;
        default:
            break;
        }
    }
    size_t left = 0;
    for (size_t n = 0; n < program->nodes; n++)
        if (!j->gone[n]) program->node[left++] = program->node[n];
    program->nodes = left;
}

/* Inputs and results that a node does not have become FT_NONE, so that joining can fill them. */
static void pad_node(ft_node *node)
{
    for (int i = node->inputs; i < FT_MAX_IN; i++) node->in[i] = FT_NONE;
    for (int i = node->outputs; i < FT_MAX_OUT; i++) node->out[i] = FT_NONE;
    if (is_product(node)) node->inputs = FT_MAX_IN;
}

static bool join(ft_program *program)
{
    size_t tensors = program->graph->tensors + 1;
    joiner j = {.program = program,
                .gone = calloc(program->nodes + 1, sizeof *j.gone),
                .producer = malloc(tensors * sizeof *j.producer),
                .readers = calloc(tensors, sizeof *j.readers),
                .first = malloc(tensors * sizeof *j.first)};
    bool good = j.gone != NULL && j.producer != NULL && j.readers != NULL && j.first != NULL;
    if (good) {
        for (size_t i = 0; i < tensors; i++) j.producer[i] = j.first[i] = -1;
        for (size_t n = 0; n < program->nodes; n++) {
            const ft_node *node = &program->node[n];
            for (int i = 0; i < node->inputs; i++) {
                if (node->in[i] == FT_NONE) continue;
                if (j.readers[node->in[i]]++ == 0) j.first[node->in[i]] = (int)n;
            }
            for (int i = 0; i < node->outputs; i++) j.producer[node->out[i]] = (int)n;
        }
        join_all(&j);
    }
    free(j.gone);
    free(j.producer);
    free(j.readers);
    free(j.first);
    return good;
}

/* A result is stored as bfloat16 when the kernel that makes it and all that read it can. */
static void choose_half(ft_program *program, const ft_device *device)
{
    const ft_graph *graph = program->graph;
    for (size_t n = 0; n < program->nodes; n++) {
        const ft_node *node = &program->node[n];
        for (int i = 0; i < node->outputs; i++)
            program->half[node->out[i]] = node->limit != FT_F32 && (device->writes_half[node->op] >> i & 1) != 0 &&
                                          !graph->tensor[node->out[i]].kept;
    }
    for (size_t n = 0; n < program->nodes; n++) {
        const ft_node *node = &program->node[n];
        for (int i = 0; i < node->inputs; i++)
            if (node->in[i] != FT_NONE && (node->limit == FT_F32 || (device->reads_half[node->op] >> i & 1) == 0))
                program->half[node->in[i]] = false;
    }
}

ft_id ft_program_root(const ft_program *program, ft_id tensor)
{
    while (program->view_of[tensor] != FT_NONE) tensor = program->view_of[tensor];
    return tensor;
}

/* Lets results take the memory of an input that nothing else needs. */
static bool reuse_inputs(ft_program *program, const ft_device *device)
{
    const ft_graph *graph = program->graph;
    size_t *last = calloc(graph->tensors + 1, sizeof *last); /* of each root: the last node that touches it */
    if (last == NULL) return false;
    for (size_t n = 0; n < program->nodes; n++)
        for (int i = 0; i < program->node[n].inputs; i++)
            if (program->node[n].in[i] != FT_NONE) last[ft_program_root(program, program->node[n].in[i])] = n;
    for (size_t i = 0; i < graph->tensors; i++)
        if (graph->tensor[i].kept) last[ft_program_root(program, (ft_id)i)] = program->nodes;
    for (size_t n = 0; n < program->nodes; n++) {
        const ft_node *node = &program->node[n];
        int from = device->in_place[node->op] - 1, times = 0;
        if (from < 0 || node->in[from] == FT_NONE) continue;
        ft_id source = ft_program_root(program, node->in[from]), out = node->out[0];
        for (int i = 0; i < node->inputs; i++)
            times += node->in[i] != FT_NONE && ft_program_root(program, node->in[i]) == source;
        if (times != 1 || last[source] != n || graph->tensor[source].origin != FT_FROM_NODE ||
            ft_count(graph->tensor[source].shape) != ft_count(graph->tensor[out].shape) ||
            program->half[source] != program->half[out])
            continue;
        program->view_of[out] = source;
        last[source] = last[out];
    }
    free(last);
    return true;
}

fsam_status ft_program_make(const ft_graph *graph, const ft_device *device, ft_program *program)
{
    *program = (ft_program){.graph = graph,
                            .node = malloc((graph->nodes + 1) * sizeof *program->node),
                            .nodes = graph->nodes,
                            .view_of = malloc((graph->tensors + 1) * sizeof *program->view_of),
                            .half = calloc(graph->tensors + 1, sizeof *program->half)};
    bool good = program->node != NULL && program->view_of != NULL && program->half != NULL;
    if (good) {
        if (graph->nodes > 0) memcpy(program->node, graph->node, graph->nodes * sizeof *program->node);
        for (size_t n = 0; n < graph->nodes; n++) pad_node(&program->node[n]);
        for (size_t i = 0; i < graph->tensors; i++) program->view_of[i] = graph->tensor[i].view_of;
        good = !device->fuses || join(program);
    }
    if (good) {
        choose_half(program, device);
        good = reuse_inputs(program, device);
    }
    if (!good) {
        ft_program_free(program);
        return fb_fail(FSAM_ERROR_MEMORY, "graph: out of memory");
    }
    for (size_t n = 0; n < program->nodes; n++) {
        ft_op op = program->node[n].op;
        if (op == FT_OP_RESHAPE || device->kernel[op] != NULL) continue;
        ft_program_free(program);
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "graph: %s has no kernel for %s", device->name, ft_op_names[op]);
    }
    return FSAM_OK;
}

void ft_program_free(ft_program *program)
{
    free(program->node);
    free(program->view_of);
    free(program->half);
    *program = (ft_program){0};
}
