/* part.h - a part of the network ready to run: its graph, and a session of it on shared weights. */
#ifndef MODEL_PART_H
#define MODEL_PART_H

#include "model/network.h"
#include "tensor/session.h"

/* What all parts of one model share; borrowed. */
typedef struct fm_base {
    const fm_config *config;
    ft_weights *weights;
} fm_base;

typedef struct fm_part {
    ft_graph *graph;
    ft_session *session; /* NULL: not made yet */
} fm_part;

/* Starts a part: a builder on a graph of its own. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fm_part_begin(const fm_base *base, fm_part *part, fm_builder *build);
/* Makes its session, when the graph is whole. On failure the part is emptied. */
fsam_status fm_part_finish(const fm_base *base, fm_part *part);
/* Frees both and empties the part, which may be empty already. */
void fm_part_free(fm_part *part);

/* Memory of the input or output of that name. Borrowed. */
void *fm_part_data(const fm_part *part, const char *name);
size_t fm_part_bytes(const fm_part *part); /* of its results; 0 when it is empty */

#endif
