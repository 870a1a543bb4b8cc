/* synthetic_clip.h - CLIP text towers with generated weights: value i of tensor n is bias + scale (2 u - 1), u the top
 * 24 bits of splitmix64(n * 2^40 + i) as a fraction; tensors count in the order of the published names. */
#ifndef TESTS_MODEL_SYNTHETIC_CLIP_H
#define TESTS_MODEL_SYNTHETIC_CLIP_H

#include "model/config.h"
#include "tensor/weights.h"

typedef struct synthetic_clip {
    fm_config config;
    fm_parameter *list; /* the text tower's parameters, named as in a model */
    float **data;
    size_t count;
} synthetic_clip;

/* heads = width / 64. Ends the program when memory is exhausted. */
void synthetic_clip_make(synthetic_clip *clip, int width, int layers, int out, int vocab);
void synthetic_clip_free(synthetic_clip *clip);
/* Its values, borrowed from it. */
ft_source synthetic_clip_source(synthetic_clip *clip);

#endif
