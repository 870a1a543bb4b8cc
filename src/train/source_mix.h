/* source_mix.h - several sources as one. */
#ifndef TRAIN_SOURCE_MIX_H
#define TRAIN_SOURCE_MIX_H

#include "train/sample.h"

typedef struct fr_mixed {
    fr_source source; /* borrowed */
    double weight;    /* relative to the others', 0 or more */
} fr_mixed;

typedef struct fr_mix fr_mix;

/* Of every 1000 samples in a row each part gives as many as its share of the weights says, to a rounding, in shuffled
 * order: its samples 0, 1, ... each once, within a thousand shuffled too. FSAM_ERROR_ARGUMENT when no weight is more
 * than 0. Owned. */
fsam_status fr_mix_make(const fr_mixed *part, int parts, uint64_t seed, fr_mix **mix);
void fr_mix_free(fr_mix *mix);
/* Borrowed from it. */
fr_source fr_mix_samples(fr_mix *mix);

#endif
