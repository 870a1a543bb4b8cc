#include "xray/noise.h"

#include "base/random.h"

/* Every pixel has blocks of its own, so that one that draws often does not take its neighbour's numbers. */
enum { BLOCKS_PER_PIXEL = 32 };
/* Streams of fb_random that belong to the detector. */
enum { QUANTA_STREAM = 0x7801, ELECTRONIC_STREAM = 0x7802 };

static fb_random start(const fx_noise_key *key, uint32_t stream)
{
    return fb_random_start(key->seed, key->scene, key->view, stream);
}

void fx_noise_quanta(const fx_noise_key *key, size_t pixels, float *signal, const float *variance)
{
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < pixels; i++) {
        fb_random random = start(key, QUANTA_STREAM);
        if (!(variance[i] > 0 && signal[i] > 0)) continue;
        const double quantum = (double)variance[i] / signal[i];
        fb_random_seek(&random, (uint32_t)i * BLOCKS_PER_PIXEL);
        signal[i] = (float)(quantum * (double)fb_random_poisson(&random, signal[i] / quantum));
    }
}

void fx_noise_electronic(const fx_noise_key *key, size_t pixels, double deviation, float *signal)
{
    if (!(deviation > 0)) return;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < pixels; i++) {
        fb_random random = start(key, ELECTRONIC_STREAM);
        fb_random_seek(&random, (uint32_t)i);
        signal[i] += (float)(deviation * fb_random_normal(&random));
    }
}
