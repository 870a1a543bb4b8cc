#include "model/part.h"

fsam_status fm_part_begin(const fm_base *base, fm_part *part, fm_builder *build)
{
    *part = (fm_part){.graph = ft_graph_new()};
    *build = (fm_builder){.graph = part->graph, .config = base->config};
    return part->graph != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "network: out of memory");
}

fsam_status fm_part_finish(const fm_base *base, fm_part *part)
{
    const ft_device *device = ft_weights_device(base->weights);
    fsam_status status = ft_session_new(part->graph, device, base->weights, &part->session);
    if (status != FSAM_OK) fm_part_free(part);
    return status;
}

void fm_part_free(fm_part *part)
{
    ft_session_free(part->session);
    ft_graph_free(part->graph);
    *part = (fm_part){0};
}

void *fm_part_data(const fm_part *part, const char *name)
{
    return ft_session_data(part->session, ft_find(part->graph, name));
}

size_t fm_part_bytes(const fm_part *part)
{
    return part->session != NULL ? ft_session_bytes(part->session) : 0;
}
