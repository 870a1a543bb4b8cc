/* noise.h - the chance in a picture. */
#ifndef XRAY_NOISE_H
#define XRAY_NOISE_H

#include <stddef.h>
#include <stdint.h>

/* What a picture's noise is drawn from: equal keys give equal noise, whatever the number of threads (on one instruction
 * set: others may differ in the last bits). */
typedef struct fx_noise_key {
    uint64_t seed;
    uint32_t scene, view;
} fx_noise_key;

/* Pictures of more pixels than this would draw the same noise again. */
enum { FX_MOST_NOISY_PIXELS = 1 << 27 };

/* Replaces each mean signal by a draw of that mean and of the variance given: a Poisson number of equal quanta, each of
 * variance / signal. Both moments are those of the compound Poisson law that a spectrum and an energy-integrating
 * detector make; for one energy it is that law. From 256 quanta on the draw is continuous: a normal number, bent so
 * that the third moment is Poisson's too. Where the variance is not positive the signal stays. */
void fx_noise_quanta(const fx_noise_key *key, size_t pixels, float *signal, const float *variance);

/* Adds normal noise of the given standard deviation. */
void fx_noise_electronic(const fx_noise_key *key, size_t pixels, double deviation, float *signal);

#endif
