/* source_order.h - in what order samples come: shuffled anew each time through, and dealt among parts by their shares,
 * any place of it without the ones before. */
#ifndef TRAIN_SOURCE_ORDER_H
#define TRAIN_SOURCE_ORDER_H

#include <stdint.h>

/* Where `place` (0 .. count - 1) goes in the shuffling number `round` under a seed: a permutation of 0 .. count - 1.
 * A Feistel network of ten rounds of Philox over the next power of four, walked until it is within count. */
uint64_t fr_shuffled(uint64_t seed, uint64_t round, uint64_t count, uint64_t place);

typedef struct fr_turn {
    int part;
    uint64_t turn; /* how many of the part's came before, in all */
} fr_turn;

/* Whose turn `index` is: of every sum-of-draws in a row, draws[k] are part k's, in an order shuffled anew each time.
 * parts and their sum are 1 or more. */
fr_turn fr_dealt(uint64_t seed, uint64_t index, const uint64_t *draws, int parts);

#endif
