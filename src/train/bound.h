/* bound.h - a graph of training made ready: its parameters bound to the blocks, its gradients added to them. */
#ifndef TRAIN_BOUND_H
#define TRAIN_BOUND_H

#include "model/network.h"
#include "tensor/session.h"
#include "train/parameters.h"

/* A gradient of the session, and where in the block it belongs. */
typedef struct fr_flow {
    const float *from;
    size_t first, count;
} fr_flow;

typedef struct fr_bound {
    ft_graph *graph;
    ft_session *session; /* NULL: not made yet */
    fr_flow *flow;
    size_t flows;
    double flop; /* of the products of a run, as tensor/flops.h counts them */
} fr_bound;

/* Starts one: a builder for training on a graph of its own. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fr_bound_begin(fr_bound *bound, const fm_config *config, fm_builder *build);
/* Makes the session when the graph is whole. FSAM_ERROR_INTERNAL when it has a parameter that is not in the blocks, of
 * which the parameters must outlive it. On failure it is emptied. */
fsam_status fr_bound_finish(fr_bound *bound, const fr_parameters *parameters, const ft_device *device);
/* Frees and empties it; it may be empty already. */
void fr_bound_free(fr_bound *bound);

/* Memory of the input or output of that name. Borrowed. */
void *fr_bound_data(const fr_bound *bound, const char *name);
/* Adds the gradients of the last run to the block. */
void fr_bound_flow(const fr_bound *bound, fr_parameters *parameters);

#endif
