/* footprint.h - how much memory a model's weights take, from its shapes alone. */
#ifndef MODEL_FOOTPRINT_H
#define MODEL_FOOTPRINT_H

#include "model/config.h"

typedef struct fm_footprint {
    /* Bytes of all weights, the products' own in that precision or the finer one that their graph keeps them to, the
     * rest in float. */
    size_t f32, bf16, int8;
} fm_footprint;

/* What matrix products multiply with is found in the network's graph. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fm_footprint_of(const fm_config *config, fm_footprint *footprint);

#endif
