/* beam.c - milliseconds that a spectrum's attenuation takes for a picture of 512 x 512 pixels: the best of several
 * runs, with as many threads as OpenMP gives. */
#include "xray/beam.h"
#include "base/memory.h"
#include "tensor/cpu/gemm.h"
#include <omp.h>
#include <stdio.h>
#include <time.h>

enum { PIXELS = 512 * 512, RUNS = 20, PLANES = 4 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static fsam_status time_materials(const fx_spectrum *spectrum, const float *const *mass, int materials, float *out)
{
    static const fx_material material[PLANES] = {FX_WATER, FX_CORTICAL_BONE, FX_STAINLESS_STEEL, FX_IODINE};
    fx_beam beam;
    double best = 1e9;
    FB_TRY(fx_beam_of(spectrum, FX_INTEGRATING, 0.2, material, materials, &beam));
    for (int run = 0; run < RUNS; run++) {
        const double start = now();
        fx_beam_image(&beam, mass, PIXELS, out, out + PIXELS);
        const double taken = now() - start;
        if (taken < best) best = taken;
    }
    printf("%d materials, %2d energies: %.2f ms\n", materials, beam.nodes, 1e3 * best);
    return FSAM_OK;
}

static fsam_status run(float *memory)
{
    const fx_tube tube = {.kv = 90, .anode_degrees = FX_ANODE_DEGREES, .aluminium_mm = 2.5};
    const float *mass[PLANES];
    fx_spectrum spectrum;
    for (int m = 0; m < PLANES; m++) {
        for (int i = 0; i < PIXELS; i++) memory[m * PIXELS + i] = (float)(i % 512) * (m == 0 ? 0.06f : 0.002f);
        mass[m] = memory + m * PIXELS;
    }
    FB_TRY(fx_spectrum_of_tube(&tube, &spectrum));
    printf("instruction set %d, %d threads\n", (int)fk_isa_used(), omp_get_max_threads());
    for (int materials = 2; materials <= PLANES; materials++)
        FB_TRY(time_materials(&spectrum, mass, materials, memory + PLANES * PIXELS));
    return FSAM_OK;
}

int main(void)
{
    float *memory = fb_alloc((size_t)(PLANES + 2) * PIXELS, sizeof *memory);
    const fsam_status status = memory != NULL ? run(memory) : FSAM_ERROR_MEMORY;
    fb_free(memory);
    if (status != FSAM_OK) fprintf(stderr, "bench_beam: %s\n", fb_message());
    return status;
}
