/* session.c - the memory plan and the run. */
#include "tensor/session.h"

#include "base/memory.h"

#include <stdlib.h>

typedef struct span { /* the life of a tensor's memory */
    ft_id tensor;
    int first, last; /* nodes */
    size_t bytes, offset;
} span;

struct ft_session {
    const ft_graph *graph;
    const ft_device *device;
    unsigned char *block;
    size_t bytes;
    void **data; /* a tensor */
    ft_call *call;
    bool prepared;
};

static ft_id root_of(const ft_graph *graph, ft_id tensor)
{
    while (graph->tensor[tensor].view_of != FT_NONE) tensor = graph->tensor[tensor].view_of;
    return tensor;
}

static void touch(const ft_graph *graph, span *spans, ft_id tensor, int node)
{
    if (tensor == FT_NONE) return;
    span *life = &spans[root_of(graph, tensor)];
    if (life->first < 0) life->first = node;
    if (life->last < node) life->last = node;
}

/* When each tensor's memory is in use. Inputs and kept tensors live through the whole run. */
static void find_lives(const ft_graph *graph, size_t real_size, span *spans)
{
    int end = (int)graph->nodes;
    for (size_t i = 0; i < graph->tensors; i++) {
        const ft_tensor *tensor = &graph->tensor[i];
        size_t size = tensor->kind == FT_REAL ? real_size : sizeof(int32_t);
        size_t bytes = (size_t)ft_count(tensor->shape) * size;
        bool owns = tensor->view_of == FT_NONE && tensor->origin != FT_FROM_PARAMETER;
        spans[i] = (span){.tensor = (ft_id)i, .first = -1, .last = -1};
        if (owns) spans[i].bytes = (bytes + FB_ALIGNMENT - 1) / FB_ALIGNMENT * FB_ALIGNMENT;
    }
    for (int n = 0; n < end; n++) {
        for (int i = 0; i < graph->node[n].inputs; i++) touch(graph, spans, graph->node[n].in[i], n);
        for (int i = 0; i < graph->node[n].outputs; i++) touch(graph, spans, graph->node[n].out[i], n);
    }
    for (size_t i = 0; i < graph->tensors; i++)
        if (graph->tensor[i].kept) {
            span *life = &spans[root_of(graph, (ft_id)i)];
            life->last = end;
            if (graph->tensor[i].origin == FT_FROM_INPUT) life->first = 0;
        }
}

static int larger_first(const void *a, const void *b)
{
    const span *x = a, *y = b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return (x->tensor > y->tensor) - (x->tensor < y->tensor);
}

static int lower_first(const void *a, const void *b)
{
    const span *const *x = a, *const *y = b;
    return ((*x)->offset > (*y)->offset) - ((*x)->offset < (*y)->offset);
}

/* Lays out the spans, largest first, each at the lowest place that is free during its life. `near` is scratch of as
 * many elements. Returns the bytes needed. */
static size_t place(span *spans, size_t count, const span **near)
{
    size_t total = 0;
    qsort(spans, count, sizeof *spans, larger_first);
    for (size_t i = 0; i < count; i++) {
        span *mine = &spans[i];
        size_t neighbours = 0, offset = 0;
        if (mine->bytes == 0 || mine->first < 0) continue;
        for (size_t k = 0; k < i; k++)
            if (spans[k].bytes != 0 && spans[k].first >= 0 && spans[k].first <= mine->last &&
                spans[k].last >= mine->first)
                near[neighbours++] = &spans[k];
        qsort(near, neighbours, sizeof(const span *), lower_first);
        for (size_t k = 0; k < neighbours; k++) {
            if (offset + mine->bytes <= near[k]->offset) break;
            size_t after = near[k]->offset + near[k]->bytes;
            if (after > offset) offset = after;
        }
        mine->offset = offset;
        if (offset + mine->bytes > total) total = offset + mine->bytes;
    }
    return total;
}

static fsam_status plan(ft_session *session)
{
    const ft_graph *graph = session->graph;
    span *spans = calloc(graph->tensors + 1, sizeof *spans);
    const span **near = calloc(graph->tensors + 1, sizeof(const span *));
    fsam_status status = FSAM_OK;
    if (spans != NULL && near != NULL) {
        find_lives(graph, session->device->real_size, spans);
        session->bytes = place(spans, graph->tensors, near);
        session->block = fb_alloc(session->bytes, 1);
    }
    if (session->block == NULL)
        status = fb_fail(FSAM_ERROR_MEMORY, "graph: out of memory for %zu bytes of results", session->bytes);
    else
        for (size_t i = 0; i < graph->tensors; i++)
            if (spans[i].bytes != 0 && spans[i].first >= 0)
                session->data[spans[i].tensor] = session->block + spans[i].offset;
    free(spans);
    free((void *)near);
    return status;
}

/* Resolves the memory of a tensor into an array for a kernel. */
static ft_array array_of(const ft_session *session, ft_id tensor)
{
    if (tensor == FT_NONE) return (ft_array){0};
    return (ft_array){session->data[root_of(session->graph, tensor)], session->graph->tensor[tensor].shape};
}

static void wire(ft_session *session)
{
    for (size_t n = 0; n < session->graph->nodes; n++) {
        const ft_node *node = &session->graph->node[n];
        ft_call *call = &session->call[n];
        call->node = node;
        for (int i = 0; i < node->inputs; i++) call->in[i] = array_of(session, node->in[i]);
        for (int i = 0; i < node->outputs; i++) call->out[i] = array_of(session, node->out[i]);
    }
}

fsam_status ft_session_new(const ft_graph *graph, const ft_device *device, ft_session **result)
{
    *result = NULL;
    if (graph->status != FSAM_OK) return graph->status;
    for (size_t n = 0; n < graph->nodes; n++)
        if (graph->node[n].op != FT_OP_RESHAPE && device->kernel[graph->node[n].op] == NULL)
            return fb_fail(FSAM_ERROR_UNSUPPORTED, "graph: %s has no kernel for %s", device->name,
                           ft_op_names[graph->node[n].op]);
    ft_session *session = calloc(1, sizeof *session);
    if (session == NULL) return fb_fail(FSAM_ERROR_MEMORY, "graph: out of memory");
    session->graph = graph;
    session->device = device;
    session->data = calloc(graph->tensors + 1, sizeof(void *));
    session->call = calloc(graph->nodes + 1, sizeof *session->call);
    fsam_status status = session->data == NULL || session->call == NULL
                             ? fb_fail(FSAM_ERROR_MEMORY, "graph: out of memory")
                             : plan(session);
    if (status != FSAM_OK) {
        ft_session_free(session);
        return status;
    }
    wire(session);
    *result = session;
    return FSAM_OK;
}

/* Gives back what the device made of weights. */
static void unprepare(ft_session *session)
{
    if (!session->prepared) return;
    for (size_t n = 0; n < session->graph->nodes; n++) {
        if (session->call[n].state != NULL) session->device->release(session->call[n].state);
        session->call[n].state = NULL;
    }
    session->prepared = false;
}

/* Lets the device pack the weights that stay as they are. */
static void prepare(ft_session *session)
{
    const ft_graph *graph = session->graph;
    if (session->prepared || session->device->prepare == NULL) return;
    for (size_t n = 0; n < graph->nodes; n++) {
        const ft_node *node = &graph->node[n];
        if (node->inputs < 2 || node->in[1] == FT_NONE) continue;
        const ft_tensor *weight = &graph->tensor[root_of(graph, node->in[1])];
        if (weight->origin == FT_FROM_PARAMETER && !weight->differentiate)
            session->call[n].state = session->device->prepare(&session->call[n]);
    }
    session->prepared = true;
}

void ft_session_free(ft_session *session)
{
    if (session == NULL) return;
    if (session->call != NULL) unprepare(session);
    fb_free(session->block);
    free((void *)session->data);
    free(session->call);
    free(session);
}

void ft_session_bind(ft_session *session, ft_id parameter, void *values)
{
    unprepare(session);
    session->data[parameter] = values;
    wire(session);
}

void *ft_session_data(ft_session *session, ft_id tensor)
{
    return tensor == FT_NONE ? NULL : array_of(session, tensor).data;
}

size_t ft_session_bytes(const ft_session *session)
{
    return session->bytes;
}

fsam_status ft_session_run(ft_session *session)
{
    const ft_graph *graph = session->graph;
    for (size_t i = 0; i < graph->tensors; i++)
        if (graph->tensor[i].origin == FT_FROM_PARAMETER && session->data[i] == NULL)
            return fb_fail(FSAM_ERROR_MISMATCH, "graph: parameter %s has no values", graph->tensor[i].name);
    prepare(session);
    for (size_t n = 0; n < graph->nodes; n++)
        if (graph->node[n].op != FT_OP_RESHAPE) session->device->kernel[graph->node[n].op](&session->call[n]);
    return FSAM_OK;
}
