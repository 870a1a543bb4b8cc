/* beam.h - from the mass along a ray to the energy that a detector takes from it: Beer and Lambert's law over a
 * spectrum. */
#ifndef XRAY_BEAM_H
#define XRAY_BEAM_H

#include "xray/spectrum.h"
#include <stddef.h>

/* How a detector answers to the photons it absorbs. */
typedef enum fx_response {
    FX_INTEGRATING, /* by their energy */
    FX_COUNTING,    /* by their number */
} fx_response;

enum {
    FX_MOST_MATERIALS = 8,
    FX_SEGMENT_NODES = 8, /* between two K edges: docs/SIMULATION.md has the error */
    FX_MOST_NODES = 64,
};

/* A spectrum as a detector sees it, brought to few energies. Made by fx_beam_of; a plain value, to be read only. */
typedef struct fx_beam {
    int materials, nodes;
    float kev[FX_MOST_NODES];
    float attenuation[FX_MOST_NODES][FX_MOST_MATERIALS]; /* cm^2/g */
    /* Per mm^2 and mAs at 1 m, nothing in the way: sum of the answers (keV or photons), and of their squares, which is
     * the variance of the sum. */
    float signal[FX_MOST_NODES], variance[FX_MOST_NODES];
    double open_signal, open_variance; /* sums over the nodes */
} fx_beam;

/* The beam for rays through `materials` (1 .. FX_MOST_MATERIALS) materials. The detector is `scintillator_g_per_cm2` of
 * caesium iodide (0.2: 0.6 mm, packed to three quarters), in which a photon that interacts leaves all its energy; 0
 * stands for one that takes every photon. FSAM_ERROR_ARGUMENT for a bad count or a spectrum without photons,
 * FSAM_ERROR_UNSUPPORTED when the materials' K edges would take more than FX_MOST_NODES energies. */
fsam_status fx_beam_of(const fx_spectrum *spectrum, fx_response response, double scintillator_g_per_cm2,
                       const fx_material *material, int materials, fx_beam *beam);

/* For every pixel the signal and its variance behind mass[m][pixel] g/cm^2 of material m, in the units of fx_beam.
 * mass: beam->materials planes of `pixels`. signal, variance: [pixels], not overlapping the planes. Runs on OpenMP's
 * threads; the result does not depend on their number. A mass that is not finite gives a pixel without meaning. */
void fx_beam_image(const fx_beam *beam, const float *const *mass, size_t pixels, float *signal, float *variance);

#endif
