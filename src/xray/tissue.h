/* tissue.h - what a CT number stands for. */
#ifndef XRAY_TISSUE_H
#define XRAY_TISSUE_H

#include "xray/material.h"

/* Every tissue is a mixture of two basis materials, so that a ray needs two line integrals, whatever it crosses.
 * Compton scattering and photoelectric absorption depend on energy in one way each where no element has a K edge, so
 * that two numbers tell a tissue's attenuation at all energies: within 1.6 % from 20 to 150 keV and 0.6 % above 30
 * (tests/xray/tissue.c). The mixture stands for the attenuation alone: fat has less than no bone. */
enum { FX_BASIS_WATER, FX_BASIS_BONE, FX_BASES };
/* The basis as materials: water and cortical bone. */
extern const fx_material fx_basis[FX_BASES];

/* The mass of each basis material that weakens X-rays as 1 g of `material` does; exact at FX_CT_KEV, elsewhere the
 * least relative error from 20 to 150 keV. Meant for tissues and plastics: metals do not fit (docs/SIMULATION.md). */
fsam_status fx_basis_of(fx_material material, double share[FX_BASES]);

/* The one energy that has the attenuation of a CT's 120 kV beam in tissue, keV. */
enum { FX_CT_KEV = 70 };
/* The CT number of a material, HU. */
fsam_status fx_material_hu(fx_material material, double *hu);

/* CT numbers of 12 stored bits. Those beyond count as the nearest. */
enum { FX_LOWEST_HU = -1024, FX_HIGHEST_HU = 3071, FX_HUS = FX_HIGHEST_HU - FX_LOWEST_HU + 1 };

/* g/cm^3 of each basis material at every CT number. */
typedef struct fx_tissue_table {
    float density[FX_HUS][FX_BASES];
} fx_tissue_table;

typedef enum fx_tissue_rule {
    /* Air, lung, adipose tissue, muscle, trabecular and cortical bone at their own CT numbers, and mixtures of the two
     * neighbours between; denser cortical bone above. At FX_CT_KEV every CT number has its attenuation back. */
    FX_TISSUE_BLENDED,
    /* DeepDRR's: air up to -800 HU, soft tissue up to 350, cortical bone above, at a density of its own. To compare. */
    FX_TISSUE_THRESHOLDS,
} fx_tissue_rule;

/* Fills *table (32 KiB, the caller's). */
fsam_status fx_tissue_table_of(fx_tissue_rule rule, fx_tissue_table *table);

/* Which row of the table a CT number has. */
static inline int fx_tissue_row(int hu)
{
    return hu < FX_LOWEST_HU ? 0 : hu > FX_HIGHEST_HU ? FX_HUS - 1 : hu - FX_LOWEST_HU;
}

/* The row of a CT number: FX_BASES densities. */
static inline const float *fx_tissue_at(const fx_tissue_table *table, int hu)
{
    return table->density[fx_tissue_row(hu)];
}

#endif
