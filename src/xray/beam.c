#include "xray/beam.h"

#include "tensor/cpu/gemm.h"
#include "xray/beam_internal.h"
#include "xray/quadrature.h"
#include <math.h>
#include <stdlib.h>

enum { MOST_EDGES = FX_MOST_MATERIALS * FX_MOST_ELEMENTS };

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The K edges inside the spectrum's range, rising, each once: attenuation jumps there, and between them it is smooth.
 */
static int find_edges(const fx_material *material, int materials, double edge[MOST_EDGES])
{
    int count = 0, kept = 0;
    for (int m = 0; m < materials; m++) count += fx_material_edges(material[m], edge + count);
    qsort(edge, (size_t)count, sizeof *edge, rising);
    for (int i = 0; i < count; i++)
        if (edge[i] > FX_FIRST_BIN_KEV && (kept == 0 || edge[i] > edge[kept - 1])) edge[kept++] = edge[i];
    return kept;
}

/* The photons of a bin that the detector absorbs, in share. */
static fsam_status absorbed(double kev, double scintillator_g_per_cm2, double *share)
{
    double mu;
    FB_TRY(fx_material_attenuation(FX_CESIUM_IODIDE, kev, &mu));
    *share = scintillator_g_per_cm2 > 0 ? 1 - exp(-mu * scintillator_g_per_cm2) : 1;
    return FSAM_OK;
}

static fsam_status add_node(fx_beam *beam, fx_response response, const fx_material *material, double kev,
                            double photons)
{
    const int n = beam->nodes++;
    const double answer = response == FX_INTEGRATING ? kev : 1;
    beam->kev[n] = (float)kev;
    beam->signal[n] = (float)(photons * answer);
    beam->variance[n] = (float)(photons * answer * answer);
    beam->open_signal += photons * answer;
    beam->open_variance += photons * answer * answer;
    for (int m = 0; m < beam->materials; m++) {
        double mu;
        FB_TRY(fx_material_attenuation(material[m], kev, &mu));
        beam->attenuation[n][m] = (float)mu;
    }
    return FSAM_OK;
}

/* The bins of low <= keV < high as a few energies. */
static fsam_status add_segment(const fx_spectrum *spectrum, fx_response response, double scintillator_g_per_cm2,
                               const fx_material *material, double low, double high, fx_beam *beam)
{
    double kev[FX_BINS], photons[FX_BINS], node[FX_SEGMENT_NODES], weight[FX_SEGMENT_NODES], share;
    int count = 0;
    for (int i = 0; i < FX_BINS; i++) {
        if (fx_bin_kev(i) < low || fx_bin_kev(i) >= high) continue;
        FB_TRY(absorbed(fx_bin_kev(i), scintillator_g_per_cm2, &share));
        kev[count] = fx_bin_kev(i);
        photons[count] = spectrum->photons[i] * share;
        if (photons[count] > 0) count++;
    }
    const int nodes = fx_gauss(kev, photons, count, FX_SEGMENT_NODES, node, weight);
    if (beam->nodes + nodes > FX_MOST_NODES)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "beam: materials: too many K edges for %d energies", (int)FX_MOST_NODES);
    for (int i = 0; i < nodes; i++) FB_TRY(add_node(beam, response, material, node[i], weight[i]));
    return FSAM_OK;
}

fsam_status fx_beam_of(const fx_spectrum *spectrum, fx_response response, double scintillator_g_per_cm2,
                       const fx_material *material, int materials, fx_beam *beam)
{
    double edge[MOST_EDGES], low = 0;
    if (materials < 1 || materials > FX_MOST_MATERIALS)
        return fb_fail(FSAM_ERROR_ARGUMENT, "beam: materials: %d is not in 1 .. %d", materials, (int)FX_MOST_MATERIALS);
    if (!(scintillator_g_per_cm2 >= 0))
        return fb_fail(FSAM_ERROR_ARGUMENT, "beam: scintillator: %g g/cm^2", scintillator_g_per_cm2);
    *beam = (fx_beam){.materials = materials};
    const int edges = find_edges(material, materials, edge);
    for (int i = 0; i <= edges; i++) {
        const double high = i < edges ? edge[i] : INFINITY;
        FB_TRY(add_segment(spectrum, response, scintillator_g_per_cm2, material, low, high, beam));
        low = high;
    }
    if (beam->nodes == 0) return fb_fail(FSAM_ERROR_ARGUMENT, "beam: spectrum: it has no photons");
    return FSAM_OK;
}

static fx_beam_kernel *kernel(void)
{
#if defined __x86_64__
    if (fk_isa_used() >= FK_ISA_AVX512) return fx_beam_avx512;
    if (fk_isa_used() >= FK_ISA_AVX2) return fx_beam_avx2;
#endif
    return fx_beam_base;
}

void fx_beam_image(const fx_beam *beam, const float *const *mass, size_t pixels, float *signal, float *variance)
{
    enum { CHUNK = 4096 }; /* pixels that a thread takes at a time */
    fx_beam_kernel *const run = kernel();
#pragma omp parallel for schedule(static) if (pixels > CHUNK)
    for (size_t first = 0; first < pixels; first += CHUNK) {
        const size_t end = pixels - first < CHUNK ? pixels : first + CHUNK;
        run(beam, mass, first, end, signal, variance);
    }
}
