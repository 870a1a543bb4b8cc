/* session.c - the memory plan and the run. */
#include "tensor/session.h"

#include "base/memory.h"
#include "tensor/program.h"

#include <stdlib.h>

typedef struct span { /* the life of a block of memory: a tensor's, or (numbers from graph->tensors on) a step's scratch
                       */
    size_t owner;
    int first, last; /* nodes */
    size_t bytes, offset;
} span;

struct ft_session {
    const ft_graph *graph;
    const ft_device *device;
    ft_weights *weights;
    ft_program program;
    unsigned char *block;
    size_t bytes;
    void **data; /* a tensor */
    ft_call *call;
    ft_joint joint; /* sum NULL: none */
    bool prepared;
};

static void touch(const ft_program *program, span *spans, ft_id tensor, int node)
{
    if (tensor == FT_NONE) return;
    span *life = &spans[ft_program_root(program, tensor)];
    if (life->first < 0) life->first = node;
    if (life->last < node) life->last = node;
}

static size_t aligned(size_t bytes)
{
    return (bytes + FB_ALIGNMENT - 1) / FB_ALIGNMENT * FB_ALIGNMENT;
}

/* Bytes of a tensor's own memory. */
static size_t bytes_of(const ft_session *session, size_t i)
{
    const ft_tensor *tensor = &session->graph->tensor[i];
    if (session->program.view_of[i] != FT_NONE || tensor->origin == FT_FROM_PARAMETER) return 0;
    size_t size = tensor->kind != FT_REAL    ? sizeof(int32_t)
                  : session->program.half[i] ? sizeof(uint16_t)
                                             : session->device->real_size;
    return aligned((size_t)ft_count(tensor->shape) * size);
}

/* When each block is in use. Inputs and kept tensors live through the whole run. */
static void find_lives(const ft_session *session, span *spans)
{
    const ft_graph *graph = session->graph;
    const ft_program *program = &session->program;
    int end = (int)program->nodes;
    for (size_t i = 0; i < graph->tensors; i++)
        spans[i] = (span){.owner = i, .first = -1, .last = -1, .bytes = bytes_of(session, i)};
    for (int n = 0; n < end; n++) {
        const ft_node *node = &program->node[n];
        for (int i = 0; i < node->inputs; i++) touch(program, spans, node->in[i], n);
        for (int i = 0; i < node->outputs; i++) touch(program, spans, node->out[i], n);
        size_t work = session->device->workspace != NULL && node->op != FT_OP_RESHAPE
                          ? session->device->workspace(&session->call[n])
                          : 0;
        spans[graph->tensors + (size_t)n] =
            (span){.owner = graph->tensors + (size_t)n, .first = n, .last = n, .bytes = aligned(work)};
    }
    for (size_t i = 0; i < graph->tensors; i++)
        if (graph->tensor[i].kept) {
            span *life = &spans[ft_program_root(program, (ft_id)i)];
            life->last = end;
            if (graph->tensor[i].origin == FT_FROM_INPUT) life->first = 0;
        }
}

static int larger_first(const void *a, const void *b)
{
    const span *x = a, *y = b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return (x->owner > y->owner) - (x->owner < y->owner);
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
    size_t tensors = session->graph->tensors, count = tensors + session->program.nodes;
    span *spans = calloc(count + 1, sizeof *spans);
    const span **near = calloc(count + 1, sizeof(const span *));
    session->block = NULL;
    if (spans != NULL && near != NULL) {
        find_lives(session, spans);
        session->bytes = place(spans, count, near);
        session->block = fb_alloc(session->bytes > 0 ? session->bytes : 1, 1);
    }
    for (size_t i = 0; session->block != NULL && i < count; i++) {
        if (spans[i].bytes == 0 || spans[i].first < 0) continue;
        void *at = session->block + spans[i].offset;
        if (spans[i].owner < tensors)
            session->data[spans[i].owner] = at;
        else
            session->call[spans[i].owner - tensors].work = at;
    }
    free(spans);
    free((void *)near);
    if (session->block != NULL) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MEMORY, "graph: out of memory for %zu bytes of results", session->bytes);
}

/* Resolves the memory of a tensor into an array for a kernel. */
static ft_array array_of(const ft_session *session, ft_id tensor)
{
    if (tensor == FT_NONE) return (ft_array){0};
    return (ft_array){session->data[ft_program_root(&session->program, tensor)], session->graph->tensor[tensor].shape,
                      session->program.half[tensor]};
}

static void wire(ft_session *session)
{
    for (size_t n = 0; n < session->program.nodes; n++) {
        const ft_node *node = &session->program.node[n];
        ft_call *call = &session->call[n];
        call->node = node;
        call->joint = session->joint.sum != NULL ? &session->joint : NULL;
        for (int i = 0; i < node->inputs; i++) call->in[i] = array_of(session, node->in[i]);
        for (int i = 0; i < node->outputs; i++) call->out[i] = array_of(session, node->out[i]);
    }
}

/* The name of an input that is a parameter which stays as it is, "" when it is none. */
static const char *fixed_name(const ft_session *session, const ft_call *call, int input)
{
    ft_id tensor = call->node->in[input];
    if (tensor == FT_NONE) return "";
    const ft_tensor *root = &session->graph->tensor[ft_program_root(&session->program, tensor)];
    return root->origin == FT_FROM_PARAMETER && !root->differentiate ? root->name : "";
}

/* Whether the device keeps this step's parameters packed. A fused residual that is a parameter is read as it is. */
static bool packs(const ft_session *session, const ft_call *call)
{
    const ft_device *device = session->device;
    if (device->pack == NULL || call->node->inputs < 2 || fixed_name(session, call, 1)[0] == '\0') return false;
    for (int i = FT_IN_BIAS; i < call->node->inputs; i++)
        if (i != FT_IN_RESIDUAL && call->node->in[i] != FT_NONE && fixed_name(session, call, i)[0] == '\0')
            return false;
    return device->packs(call);
}

static fsam_status take_packed(ft_session *session, ft_call *call)
{
    const char *names[FT_MAX_IN] = {"", "", "", "", "", "", "", ""};
    for (int i = 1; i < call->node->inputs; i++)
        if (i != FT_IN_RESIDUAL) names[i] = fixed_name(session, call, i);
    return ft_weights_packed(session->weights, call, names, &call->state);
}

/* Gets every parameter from the weights: packed for the steps that want it so, as it is for the others. */
static fsam_status take_weights(ft_session *session)
{
    const ft_graph *graph = session->graph;
    for (size_t n = 0; n < session->program.nodes; n++)
        if (session->call[n].fixed) FB_TRY(take_packed(session, &session->call[n]));
    for (size_t n = 0; n < session->program.nodes; n++) {
        ft_call *call = &session->call[n];
        for (int i = 0; i < call->node->inputs; i++) {
            if (call->node->in[i] == FT_NONE || (call->state != NULL && i != 0 && i != FT_IN_RESIDUAL)) continue;
            ft_id root = ft_program_root(&session->program, call->node->in[i]);
            const ft_tensor *tensor = &graph->tensor[root];
            const float *values;
            if (tensor->origin != FT_FROM_PARAMETER || session->data[root] != NULL) continue;
            FB_TRY(ft_weights_raw(session->weights, tensor->name, ft_count(tensor->shape), &values));
            session->data[root] = (void *)values;
        }
    }
    wire(session); /* what is only packed keeps no data */
    return FSAM_OK;
}

static fsam_status set_up(ft_session *session)
{
    const ft_graph *graph = session->graph;
    FB_TRY(ft_program_make(graph, session->device, &session->program));
    session->data = calloc(graph->tensors + 1, sizeof(void *));
    session->call = calloc(session->program.nodes + 1, sizeof *session->call);
    if (session->data == NULL || session->call == NULL) return fb_fail(FSAM_ERROR_MEMORY, "graph: out of memory");
    wire(session); /* shapes, which the plan asks the device about */
    for (size_t n = 0; n < session->program.nodes; n++) session->call[n].fixed = packs(session, &session->call[n]);
    FB_TRY(plan(session));
    wire(session);
    return session->weights != NULL ? take_weights(session) : FSAM_OK;
}

fsam_status ft_session_new(const ft_graph *graph, const ft_device *device, ft_weights *weights, ft_session **result)
{
    *result = NULL;
    if (graph->status != FSAM_OK) return graph->status;
    ft_session *session = calloc(1, sizeof *session);
    if (session == NULL) return fb_fail(FSAM_ERROR_MEMORY, "graph: out of memory");
    session->graph = graph;
    session->device = device;
    session->weights = weights;
    fsam_status status = set_up(session);
    if (status == FSAM_OK)
        *result = session;
    else
        ft_session_free(session);
    return status;
}

/* Gives back what the device made of bound weights. */
static void unprepare(ft_session *session)
{
    if (!session->prepared) return;
    for (size_t n = 0; n < session->program.nodes; n++) {
        if (session->call[n].state != NULL) session->device->release((void *)session->call[n].state);
        session->call[n].state = NULL;
    }
    session->prepared = false;
}

/* Lets the device pack the bound weights that stay as they are. */
static fsam_status prepare(ft_session *session)
{
    if (session->prepared || session->weights != NULL) return FSAM_OK;
    session->prepared = true;
    for (size_t n = 0; n < session->program.nodes; n++) {
        ft_call *call = &session->call[n];
        if (!call->fixed || (call->state = session->device->pack(call)) != NULL) continue;
        unprepare(session);
        return fb_fail(FSAM_ERROR_MEMORY, "graph: out of memory for packed weights");
    }
    return FSAM_OK;
}

void ft_session_free(ft_session *session)
{
    if (session == NULL) return;
    if (session->call != NULL) unprepare(session);
    ft_program_free(&session->program);
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

void ft_session_join(ft_session *session, const ft_joint *joint)
{
    session->joint = joint != NULL ? *joint : (ft_joint){0};
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

size_t ft_session_steps(const ft_session *session)
{
    return session->program.nodes;
}

const ft_call *ft_session_step(const ft_session *session, size_t step)
{
    return &session->call[step];
}

void ft_session_run_step(ft_session *session, size_t step)
{
    const ft_call *call = &session->call[step];
    if (call->node->op != FT_OP_RESHAPE) session->device->kernel[call->node->op](call);
}

/* All that a run needs is there. */
static fsam_status check_ready(ft_session *session)
{
    const ft_graph *graph = session->graph;
    for (size_t i = 0; i < graph->tensors && session->weights == NULL; i++)
        if (graph->tensor[i].origin == FT_FROM_PARAMETER && session->data[i] == NULL)
            return fb_fail(FSAM_ERROR_MISMATCH, "graph: parameter %s has no values", graph->tensor[i].name);
    return prepare(session);
}

/* The number of steps up to the one that makes `tensor`. */
static size_t steps_until(const ft_session *session, ft_id tensor)
{
    const ft_program *program = &session->program;
    for (size_t n = 0; n < program->nodes; n++)
        for (int i = 0; i < program->node[n].outputs; i++)
            if (program->node[n].out[i] == tensor) return n + 1;
    return 0;
}

static fsam_status run_steps(ft_session *session, size_t first, size_t end)
{
    FB_TRY(check_ready(session));
    session->joint.status = FSAM_OK;
    for (size_t n = first; n < end; n++) ft_session_run_step(session, n);
    return session->joint.status;
}

fsam_status ft_session_run_until(ft_session *session, ft_id tensor)
{
    return run_steps(session, 0, steps_until(session, tensor));
}

fsam_status ft_session_run_after(ft_session *session, ft_id tensor)
{
    return run_steps(session, steps_until(session, tensor), session->program.nodes);
}

fsam_status ft_session_run(ft_session *session)
{
    return run_steps(session, 0, session->program.nodes);
}
