/* streams.h - what training draws by chance: each purpose its own sequence, by the number of the sample in the run. */
#ifndef TRAIN_STREAMS_H
#define TRAIN_STREAMS_H

#include "base/random.h"

enum { FR_STREAM_GATES = 0x7401, FR_STREAM_DIALOGUE, FR_STREAM_CLICKS, FR_STREAM_REVIVE };

/* Of sample `index`, and of its target number `target`, below 2^16. */
static inline fb_random fr_stream(uint64_t seed, uint64_t index, uint32_t target, uint32_t stream)
{
    return fb_random_start(seed, (uint32_t)index, (uint32_t)(index >> 32) << 16 | target, stream);
}

#endif
