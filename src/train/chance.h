/* chance.h - random numbers of a sample: a sequence for each purpose, so that one that is changed leaves the others. */
#ifndef TRAIN_CHANCE_H
#define TRAIN_CHANCE_H

#include "base/random.h"
#include <stdbool.h>

/* Streams of base/random.h; those of src/scene are below. */
typedef enum fr_purpose {
    FR_STREAM_PLACING = 0x7000,
    FR_STREAM_SWITCHES, /* what is done at all */
    FR_STREAM_TONE,
    FR_STREAM_SHUTTER,
    FR_STREAM_MARKS,
    FR_STREAM_FRAME,
    FR_STREAM_EFFECTS,
    FR_STREAM_TARGETS,
    FR_STREAM_ORDER
} fr_purpose;

static inline fb_random fr_chance_start(uint64_t seed, uint64_t index, fr_purpose purpose)
{
    return fb_random_start(seed, (uint32_t)(index >> 32), (uint32_t)index, purpose);
}

/* True with this probability. */
static inline bool fr_happens(fb_random *random, double probability)
{
    return fb_random_uniform(random) < probability;
}

#endif
