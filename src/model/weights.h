/* weights.h - the named tensors of a file of weights, whichever kind it is: a PyTorch archive or safetensors. */
#ifndef MODEL_WEIGHTS_H
#define MODEL_WEIGHTS_H

#include "base/safetensors.h"

typedef struct fm_weight {
    const char *name;
    const char *global; /* not NULL: no tensor can be made of it, because it depends on this global of a pickle */
    int ndim;
    int64_t dim[FB_MAX_DIMS];
    size_t count; /* elements */
} fm_weight;

typedef struct fm_weights fm_weights;

/* Opens and checks `path`; its kind is told by its content. Owned: fm_weights_close. */
fsam_status fm_weights_open(const char *path, fm_weights **weights);
void fm_weights_close(fm_weights *weights);
const char *fm_weights_path(const fm_weights *weights);

/* In the order of the file. */
size_t fm_weights_count(const fm_weights *weights);
const fm_weight *fm_weights_at(const fm_weights *weights, size_t index);
/* NULL when there is none of that name. */
const fm_weight *fm_weights_find(const fm_weights *weights, const char *name);
size_t fm_weights_index(const fm_weights *weights, const fm_weight *weight);
/* The elements in row-major order as float. out: weight->count floats. */
fsam_status fm_weights_read(const fm_weights *weights, const fm_weight *weight, float *out);

/* The metadata of a safetensors file; a PyTorch archive has none. Borrowed. */
const char *fm_weights_metadata(const fm_weights *weights, const char *key);
size_t fm_weights_metadata_count(const fm_weights *weights);
void fm_weights_metadata_at(const fm_weights *weights, size_t index, const char **key, const char **value);

#endif
