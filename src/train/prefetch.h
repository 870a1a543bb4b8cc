/* prefetch.h - samples made ahead of their use by threads of their own, in order. */
#ifndef TRAIN_PREFETCH_H
#define TRAIN_PREFETCH_H

#include "train/sample.h"

typedef struct fr_prefetch fr_prefetch;

/* Samples `first`, first + 1, ... of a source that outlives it, made by `threads` (1 or more) and at most `ahead` (1 or
 * more) waiting. FSAM_ERROR_MEMORY when it or a thread cannot be made. Owned. */
fsam_status fr_prefetch_new(fr_source source, uint64_t first, int threads, int ahead, fr_prefetch **prefetch);
void fr_prefetch_free(fr_prefetch *prefetch);

/* The next sample, which becomes the caller's: fr_sample_free. Waits for it. Fails as the source does for this sample;
 * the one after it is next all the same. */
fsam_status fr_prefetch_take(fr_prefetch *prefetch, fr_sample *sample);

#endif
