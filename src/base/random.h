/*
 * random.h - random numbers from a counter: any of them can be had without the ones before it, so that work split over
 * threads and machines in any way draws the same.
 *
 * Philox 4x32 with 10 rounds, of J. K. Salmon and others, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

/* The block of four words that the generator gives for a counter under a key. */
void fb_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* A sequence of numbers: one for each seed, scene, view and stream. Streams keep apart what is drawn for different
 * purposes, so that drawing more for one leaves the others as they are. A sequence has 2^34 words. */
typedef struct fb_random {
    uint32_t key[2];     /* the seed */
    uint32_t counter[4]; /* block, stream, view, scene: the block that comes next */
    uint32_t word[4];    /* the block at hand */
    int used;            /* words of it */
} fb_random;

fb_random fb_random_start(uint64_t seed, uint32_t scene, uint32_t view, uint32_t stream);
/* Goes to block `block` (four words each): a place of its own for every pixel, voxel or item. */
void fb_random_seek(fb_random *random, uint32_t block);

uint32_t fb_random_word(fb_random *random);
/* In [0, 1), in steps of 2^-53. Two words. */
double fb_random_uniform(fb_random *random);
/* In [low, high). */
double fb_random_between(fb_random *random, double low, double high);
/* In 0..count - 1, all equally likely; 0 when count is 0. One word, seldom more. */
uint32_t fb_random_below(fb_random *random, uint32_t count);
/* Mean 0, standard deviation 1. Four words. */
double fb_random_normal(fb_random *random);
/* A count of mean `mean`; 0 when that is not positive, and of 1e15 when it is more. Exact in distribution. A number of
 * words that varies. */
uint64_t fb_random_poisson(fb_random *random, double mean);

#endif
