/* beam.c - milliseconds that a spectrum's attenuation takes for a picture of 512 x 512 pixels: the best of several
 * runs, with as many threads as OpenMP gives. */
#include "base/memory.h"
#include "tensor/cpu/gemm.h"
#include "xray/radiograph.h"
#include <math.h>
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

/* Two materials, everything else on or off. */
static fsam_status time_radiograph(const char *name, const fx_technique *technique, const float *const *mass)
{
    static uint16_t counts[PIXELS];
    double best = 1e9;
    for (int run = 0; run < RUNS; run++) {
        const double start = now();
        FB_TRY(fx_radiograph(technique, mass, counts));
        const double taken = now() - start;
        if (taken < best) best = taken;
    }
    printf("%-30s %6.2f ms\n", name, 1e3 * best);
    return FSAM_OK;
}

static fsam_status time_radiographs(const fx_spectrum *spectrum, const float *const *mass)
{
    static const fx_material material[] = {FX_WATER, FX_CORTICAL_BONE};
    static const fx_noise_key key = {1, 0, 0};
    static const fx_collimator collimator = {256, 256, 240, 240, 0, INFINITY, 4, 0.001, 0};
    fx_beam beam;
    FB_TRY(fx_beam_of(spectrum, FX_INTEGRATING, 0.2, material, 2, &beam));
    fx_technique t = {.beam = &beam, .plane = {512, 512, 0.7, 1000, 256, 256, 1, 0}, .mas = 2, .magnification = 1.4};
    t.detector.gain = fx_detector_gain(&t.detector, fx_open_signal(&t), 60000);
    FB_TRY(time_radiograph("radiograph, bare", &t, mass));
    t.focal_spot_mm = 0.6;
    t.detector.light_mm = 0.5;
    t.detector.correlated = 1;
    t.collimator = &collimator;
    FB_TRY(time_radiograph("and blurred and collimated", &t, mass));
    t.noise = &key;
    t.detector.electronic = 100;
    FB_TRY(time_radiograph("and noisy", &t, mass));
    t.scatter = &fx_scatter_body;
    return time_radiograph("and scattered", &t, mass);
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
    return time_radiographs(&spectrum, mass);
}

int main(void)
{
    float *memory = fb_alloc((size_t)(PLANES + 2) * PIXELS, sizeof *memory);
    const fsam_status status = memory != NULL ? run(memory) : FSAM_ERROR_MEMORY;
    fb_free(memory);
    if (status != FSAM_OK) fprintf(stderr, "bench_beam: %s\n", fb_message());
    return status;
}
