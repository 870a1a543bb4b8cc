#include "train/source_order.h"

#include "train/chance.h"

enum { ROUNDS = 10 };

/* One pass over pairs of `bits` bits each. */
static uint64_t feistel(const uint32_t key[2], uint64_t round, int bits, uint64_t value)
{
    const uint64_t mask = ((uint64_t)1 << bits) - 1;
    uint64_t left = value >> bits, right = value & mask;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        const uint32_t counter[4] = {(uint32_t)right, (uint32_t)round, (uint32_t)(round >> 32),
                                     (uint32_t)FR_STREAM_ORDER << 8 | i};
        uint32_t out[4];
        fb_philox(counter, key, out);
        const uint64_t next = left ^ (out[0] & mask);
        left = right;
        right = next;
    }
    return left << bits | right;
}

uint64_t fr_shuffled(uint64_t seed, uint64_t round, uint64_t count, uint64_t place)
{
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    int bits = 1; /* of each half */
    while (bits < 31 && ((uint64_t)1 << (2 * bits)) < count) bits++;
    do place = feistel(key, round, bits, place);
    while (place >= count);
    return place;
}

fr_turn fr_dealt(uint64_t seed, uint64_t index, const uint64_t *draws, int parts)
{
    uint64_t sum = 0;
    for (int k = 0; k < parts; k++) sum += draws[k];
    if (sum == 0) return (fr_turn){0}; /* there is nobody whose turn it could be */
    const uint64_t round = index / sum;
    uint64_t place = fr_shuffled(seed, round, sum, index % sum);
    int part = 0;
    while (place >= draws[part]) place -= draws[part++];
    return (fr_turn){.part = part, .turn = round * draws[part] + place};
}
