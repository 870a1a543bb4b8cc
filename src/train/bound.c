#include "train/bound.h"

#include "tensor/flops.h"

#include <stdlib.h>

static fsam_status exhausted(void)
{
    return fb_fail(FSAM_ERROR_MEMORY, "training: out of memory for a graph");
}

fsam_status fr_bound_begin(fr_bound *bound, const fm_config *config, fm_builder *build)
{
    *bound = (fr_bound){.graph = ft_graph_new()};
    if (bound->graph == NULL) return exhausted();
    *build = (fm_builder){.graph = bound->graph, .config = config, .training = true};
    return FSAM_OK;
}

static fsam_status bind(fr_bound *bound, const fr_parameters *parameters)
{
    size_t count = ft_parameter_count(bound->graph);
    bound->flow = calloc(count + 1, sizeof *bound->flow);
    if (bound->flow == NULL) return exhausted();
    for (size_t i = 0; i < count; i++) {
        ft_id id = ft_parameter_at(bound->graph, i), gradient = ft_gradient(bound->graph, id);
        const char *name = ft_name(bound->graph, id);
        const fr_parameter *mine = fr_parameters_find(parameters, name);
        if (mine == NULL || mine->count != (size_t)ft_count(ft_shape_of(bound->graph, id)))
            return fb_fail(FSAM_ERROR_INTERNAL, "training: %s: no such parameter of that size", name);
        ft_session_bind(bound->session, id, parameters->value + mine->first);
        if (gradient == FT_NONE || mine->what.kind != FM_WEIGHT) continue;
        bound->flow[bound->flows++] = (fr_flow){ft_session_data(bound->session, gradient), mine->first, mine->count};
    }
    return FSAM_OK;
}

fsam_status fr_bound_finish(fr_bound *bound, const fr_parameters *parameters, const ft_device *device)
{
    fsam_status status = ft_session_new(bound->graph, device, NULL, &bound->session);
    if (status == FSAM_OK) status = bind(bound, parameters);
    for (size_t i = 0; status == FSAM_OK && i < ft_session_steps(bound->session); i++)
        bound->flop += ft_flops(ft_session_step(bound->session, i));
    if (status != FSAM_OK) fr_bound_free(bound);
    return status;
}

void fr_bound_free(fr_bound *bound)
{
    ft_session_free(bound->session);
    ft_graph_free(bound->graph);
    free(bound->flow);
    *bound = (fr_bound){0};
}

void *fr_bound_data(const fr_bound *bound, const char *name)
{
    return ft_session_data(bound->session, ft_find(bound->graph, name));
}

static void add(const float *restrict from, float *restrict to, size_t count)
{
    for (size_t i = 0; i < count; i++) to[i] += from[i];
}

void fr_bound_flow(const fr_bound *bound, fr_parameters *parameters)
{
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < bound->flows; i++)
        add(bound->flow[i].from, parameters->gradient + bound->flow[i].first, bound->flow[i].count);
}
