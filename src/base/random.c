#include "base/random.h"

#include <math.h>
#include <string.h>

enum { ROUNDS = 10 };

/* Greater means are cut to this one, where doubles still tell counts apart. */
#define MOST_POISSON 1e15

void fb_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c[4], k0 = key[0], k1 = key[1];
    memcpy(c, counter, sizeof c);
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t a = (uint64_t)0xd2511f53u * c[0], b = (uint64_t)0xcd9e8d57u * c[2];
        uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ k0, (uint32_t)b, (uint32_t)(a >> 32) ^ c[3] ^ k1, (uint32_t)a};
        memcpy(c, next, sizeof c);
        k0 += 0x9e3779b9u;
        k1 += 0xbb67ae85u;
    }
    memcpy(out, c, sizeof c);
}

fb_random fb_random_start(uint64_t seed, uint32_t scene, uint32_t view, uint32_t stream)
{
    return (fb_random){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)}, .counter = {0, stream, view, scene}, .used = 4};
}

void fb_random_seek(fb_random *random, uint32_t block)
{
    random->counter[0] = block;
    random->used = 4;
}

uint32_t fb_random_word(fb_random *random)
{
    if (random->used == 4) {
        fb_philox(random->counter, random->key, random->word);
        random->counter[0]++;
        random->used = 0;
    }
    return random->word[random->used++];
}

double fb_random_uniform(fb_random *random)
{
    uint64_t high = fb_random_word(random) >> 5, low = fb_random_word(random) >> 6;
    return (double)(high << 26 | low) * 0x1p-53;
}

double fb_random_between(fb_random *random, double low, double high)
{
    double value = low + (high - low) * fb_random_uniform(random);
    return value < high ? value : low; /* rounding may reach `high` */
}

uint32_t fb_random_below(fb_random *random, uint32_t count)
{
    if (count == 0) return 0;
    uint32_t unfair = (uint32_t)(-count) % count; /* 2^32 modulo count: that many words are drawn again */
    for (;;) {
        uint64_t product = (uint64_t)fb_random_word(random) * count;
        if ((uint32_t)product >= unfair) return (uint32_t)(product >> 32);
    }
}

/* Box and Muller; the second number that it gives is left, so that every draw takes as many words. */
double fb_random_normal(fb_random *random)
{
    double radius = sqrt(-2 * log(1 - fb_random_uniform(random)));
    return radius * cos(6.283185307179586 * fb_random_uniform(random));
}

/* Inversion: walks up the probabilities from 0. */
static uint64_t poisson_small(fb_random *random, double mean)
{
    double left = fb_random_uniform(random), probability = exp(-mean);
    uint64_t count = 0;
    while (left >= probability && probability > 0) {
        left -= probability;
        count++;
        probability *= mean / (double)count;
    }
    return count;
}

/* Transformed rejection, algorithm PTRS of W. Hoermann, "The transformed rejection method for generating Poisson random
 * variables", Insurance: Mathematics and Economics 12 (1993). For means from 10 on. */
static uint64_t poisson_large(fb_random *random, double mean)
{
    double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b;
    double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
    double log_mean = log(mean);
    for (;;) {
        double u = fb_random_uniform(random) - 0.5, v = fb_random_uniform(random), u_s = 0.5 - fabs(u);
        double k = floor((2 * a / u_s + b) * u + mean + 0.43);
        int sign; /* lgamma would write it to a variable that threads share */
        if (u_s >= 0.07 && v <= v_r) return (uint64_t)k;
        if (k < 0 || (u_s < 0.013 && v > u_s)) continue;
        if (log(v) + log(inverse_alpha) - log(a / (u_s * u_s) + b) <= k * log_mean - mean - lgamma_r(k + 1, &sign))
            return (uint64_t)k;
    }
}

uint64_t fb_random_poisson(fb_random *random, double mean)
{
    if (!(mean > 0)) return 0;
    mean = fmin(mean, MOST_POISSON);
    return mean < 10 ? poisson_small(random, mean) : poisson_large(random, mean);
}
