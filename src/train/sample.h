/*
 * sample.h - one X-ray made ready to learn from: the network's input, and structures to ask for in it.
 *
 * S is the side of the network's input, M = 8 (S / 7) that of the decoder's masks. The picture fills the first
 * width x height of the input, as at inference; what lies to the right of it or below is padding.
 */
#ifndef TRAIN_SAMPLE_H
#define TRAIN_SAMPLE_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A structure that is asked for. */
typedef struct fr_target {
    uint8_t *mask;  /* [M, M], 0 or 1 in the frame of the decoder's masks; 0 in the padding */
    char *text;     /* as somebody may ask for it */
    char *category; /* its name in the tables: "femur_left", "lungs", "k_wire" */
    bool absent;    /* a bad prompt: it is not in this picture, and the mask is empty */
} fr_target;

/* Owned: fr_sample_free. All zero: empty. */
typedef struct fr_sample {
    int side, mask_side;
    int width, height;
    float *image; /* [S, S, 3], normalised as the network takes it */
    int count;
    fr_target *target; /* [count] */
} fr_sample;

/* Room for an image and `count` targets with empty masks and no words. FSAM_ERROR_MEMORY is the only failure; *sample
 * is then empty. */
fsam_status fr_sample_make(int side, int count, fr_sample *sample);
void fr_sample_free(fr_sample *sample);

/* Where samples come from. Sample `index` depends on the source's settings and the index alone, so that a run that was
 * cut goes on with the numbers that it would have had, whatever the number of threads and ranks. `get` may be called by
 * several threads at once and leaves *sample empty when it fails. */
typedef struct fr_source {
    void *context;
    fsam_status (*get)(void *context, uint64_t index, fr_sample *sample);
} fr_source;

#endif
