/* spectrum.h - the photons that leave an X-ray tube. */
#ifndef XRAY_SPECTRUM_H
#define XRAY_SPECTRUM_H

#include "xray/material.h"

/* The angle at which the model's half-value layers fit those of IEC 61267 (tests/xray/spectrum.c). */
#define FX_ANODE_DEGREES 9.5

/* A tungsten tube at constant potential. */
typedef struct fx_tube {
    double kv;            /* 40 .. 150 */
    double anode_degrees; /* between the target's face and the ray, 1 .. 45: FX_ANODE_DEGREES is usual */
    double aluminium_mm;  /* inherent and added filtration, as aluminium, 0 .. 50 */
    double copper_mm;     /* added, 0 .. 5 */
} fx_tube;

/* Photons a keV bin. Bin i is 1 keV wide about FX_FIRST_BIN_KEV + i. What a tube emits below the first bin does not
 * get through its filtration. */
enum { FX_FIRST_BIN_KEV = 10, FX_BINS = FX_HIGHEST_KEV - FX_FIRST_BIN_KEV + 1 };
typedef struct fx_spectrum {
    double photons[FX_BINS]; /* per mm^2 and mAs, in air 1 m from the focal spot, no air between them */
} fx_spectrum;

/* keV of a bin's centre. */
static inline double fx_bin_kev(int bin)
{
    return FX_FIRST_BIN_KEV + bin;
}

/* The spectrum by the model of Tucker, Barnes and Chakraborty (docs/SIMULATION.md). FSAM_ERROR_ARGUMENT names the
 * field that is out of range. */
fsam_status fx_spectrum_of_tube(const fx_tube *tube, fx_spectrum *spectrum);
/* All photons in the bin nearest to kev (FX_FIRST_BIN_KEV .. FX_HIGHEST_KEV), one per mm^2 and mAs: for tests, and for
 * isotopes. */
fsam_status fx_spectrum_of_line(double kev, fx_spectrum *spectrum);
/* Takes away what `mm` of the material remove, at its density. mm: 0 or more. */
fsam_status fx_spectrum_filter(fx_spectrum *spectrum, fx_material material, double mm);

/* Mean energy of the photons, keV; 0 when there are none. */
double fx_spectrum_mean_kev(const fx_spectrum *spectrum);
/* uGy of air kerma a mAs at 1 m, free in air. */
fsam_status fx_spectrum_air_kerma(const fx_spectrum *spectrum, double *microgray);
/* The aluminium that halves the air kerma, mm. FSAM_ERROR_ARGUMENT for a spectrum without photons. */
fsam_status fx_spectrum_half_value_layer(const fx_spectrum *spectrum, double *aluminium_mm);

#endif
