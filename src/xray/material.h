/* material.h - what bodies, implants and detectors are made of, and how it weakens X-rays. */
#ifndef XRAY_MATERIAL_H
#define XRAY_MATERIAL_H

#include "base/status.h"

typedef enum fx_material {
    FX_AIR,
    FX_WATER,
    FX_LUNG, /* inflated */
    FX_ADIPOSE,
    FX_SOFT_TISSUE,
    FX_MUSCLE,
    FX_BLOOD,
    FX_CONTRAST_BLOOD, /* blood with 30 mg of iodine a millilitre */
    FX_CARTILAGE,
    FX_RED_MARROW,
    FX_YELLOW_MARROW,
    FX_TRABECULAR_BONE, /* spongiosa: trabeculae with their marrow */
    FX_CORTICAL_BONE,
    FX_TITANIUM,        /* the alloy Ti-6Al-4V */
    FX_STAINLESS_STEEL, /* 316L */
    FX_COBALT_CHROME,   /* CoCrMo, ASTM F75 */
    FX_NITINOL,
    FX_PMMA,
    FX_POLYETHYLENE,
    FX_SILICONE,
    FX_RADIOPAQUE_POLYMER, /* polyethylene with a fifth of barium sulphate, as in catheters */
    FX_IODINE,
    FX_ALUMINIUM,
    FX_COPPER,
    FX_TANTALUM,
    FX_TUNGSTEN,
    FX_CESIUM_IODIDE,
    FX_MATERIALS /* how many */
} fx_material;

/* Energies that may be asked for, keV. Below 10 nothing leaves a tube, and 150 kV is the highest tube voltage. */
enum { FX_LOWEST_KEV = 5, FX_HIGHEST_KEV = 150 };

/* "cortical_bone" and so on. Borrowed, for ever. */
const char *fx_material_name(fx_material material);
/* The material of that name; FSAM_ERROR_ARGUMENT where there is none. */
fsam_status fx_material_find(const char *name, fx_material *material);
/* g/cm^3 of the material as it is found: lung is inflated, water at 20 degrees C. */
double fx_material_density(fx_material material);

/* Mass attenuation coefficient, cm^2/g, at FX_LOWEST_KEV .. FX_HIGHEST_KEV: photoelectric absorption, Compton and
 * coherent scattering, as xraylib's CS_Total has it. Narrow-beam: what is scattered counts as removed. Costs table
 * look-ups in xraylib, so it is for building tables, not for pixels. Safe on several threads. */
fsam_status fx_material_attenuation(fx_material material, double kev, double *cm2_per_g);
/* Mass energy-absorption coefficient, cm^2/g: xraylib's CS_Energy. */
fsam_status fx_material_energy_absorption(fx_material material, double kev, double *cm2_per_g);

/* K edges of the material's elements that lie in FX_LOWEST_KEV .. FX_HIGHEST_KEV, keV, rising. Returns how many, at
 * most FX_MOST_ELEMENTS. */
enum { FX_MOST_ELEMENTS = 12 };
int fx_material_edges(fx_material material, double kev[FX_MOST_ELEMENTS]);

#endif
