#include "xray/noise.h"

#include "base/random.h"
#include "tensor/cpu/gemm.h"
#include "xray/noise_internal.h"
#include <math.h>

/* Streams of fb_random that belong to the detector. */
enum { FEW_QUANTA_STREAM = 0x7801, QUANTA_STREAM = 0x7802, ELECTRONIC_STREAM = 0x7803 };
/* Every pixel has blocks of its own, so that one that draws often does not take its neighbour's numbers. */
enum { BLOCKS_PER_PIXEL = 32 };
enum { MANY_QUANTA = 256 };

fx_normal_kernel *fx_normals(void)
{
#if defined __x86_64__
    if (fk_isa_used() >= FK_ISA_AVX512) return fx_normals_avx512;
    if (fk_isa_used() >= FK_ISA_AVX2) return fx_normals_avx2;
#endif
    return fx_normals_base;
}

static fx_noise_stream stream_of(const fx_noise_key *key, uint32_t stream)
{
    return (fx_noise_stream){.key = {(uint32_t)key->seed, (uint32_t)(key->seed >> 32)},
                             .stream = stream,
                             .view = key->view,
                             .scene = key->scene};
}

static float draw_few(const fx_noise_key *key, size_t pixel, double quanta, double quantum)
{
    fb_random random = fb_random_start(key->seed, key->scene, key->view, FEW_QUANTA_STREAM);
    fb_random_seek(&random, (uint32_t)pixel * BLOCKS_PER_PIXEL);
    return (float)(quantum * (double)fb_random_poisson(&random, quanta));
}

/* A standard normal z becomes n + sqrt(n) z + (z^2 - 1) / 6 quanta, Cornish and Fisher's expansion to the third
 * moment; never negative, since |z| < 6. */
static float draw_many(float signal, float variance, float z)
{
    return signal + sqrtf(variance) * z + variance / signal * (z * z - 1) / 6;
}

static size_t chunk_end(size_t first, size_t pixels)
{
    return pixels - first < FX_NORMALS ? pixels : first + FX_NORMALS;
}

void fx_noise_quanta(const fx_noise_key *key, size_t pixels, float *signal, const float *variance)
{
    const fx_noise_stream stream = stream_of(key, QUANTA_STREAM);
    fx_normal_kernel *const normals = fx_normals();
#pragma omp parallel for schedule(static)
    for (size_t first = 0; first < pixels; first += FX_NORMALS) {
        float z[FX_NORMALS];
        normals(&stream, (uint32_t)first, z);
        for (size_t i = first; i < chunk_end(first, pixels); i++) {
            const float s = signal[i], v = variance[i];
            if (!(s > 0 && v > 0)) continue;
            signal[i] = s * s >= MANY_QUANTA * v ? draw_many(s, v, z[i - first])
                                                 : draw_few(key, i, (double)s * s / v, (double)v / s);
        }
    }
}

void fx_noise_electronic(const fx_noise_key *key, size_t pixels, double deviation, float *signal)
{
    const fx_noise_stream stream = stream_of(key, ELECTRONIC_STREAM);
    fx_normal_kernel *const normals = fx_normals();
    if (!(deviation > 0)) return;
#pragma omp parallel for schedule(static)
    for (size_t first = 0; first < pixels; first += FX_NORMALS) {
        float z[FX_NORMALS];
        normals(&stream, (uint32_t)first, z);
        for (size_t i = first; i < chunk_end(first, pixels); i++) signal[i] += (float)deviation * z[i - first];
    }
}
