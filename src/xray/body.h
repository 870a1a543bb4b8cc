/*
 * body.h - a patient made ready for projection.
 *
 * Every voxel's CT number is turned into g/cm^3 of the two basis materials once, 16 bits each, so that a ray looks
 * nothing up. The densities between voxel centres are those that trilinear interpolation gives, falling to nothing one
 * voxel beyond the outermost centres: the mass of the voxels is kept.
 */
#ifndef XRAY_BODY_H
#define XRAY_BODY_H

#include "volume/volume.h"
#include "xray/tissue.h"

/* Read-only once made; may be shared by threads. */
typedef struct fx_body fx_body;

/* Voxels of a CT number up to this count as nothing, so that the noise of air adds no mass and air can be skipped. */
enum { FX_EMPTY_HU = -960 };

/* `labels` may be NULL, else on the CT's grid. Nothing is kept of the arguments. Takes 4 bytes a voxel, and 2 for
 * labels. FSAM_ERROR_MISMATCH when the grids differ, FSAM_ERROR_UNSUPPORTED for a CT of 715 million voxels or more;
 * `where` is for the message. Owned: fx_body_free. */
fsam_status fx_body_make(const fv_ct *ct, const fv_labels *labels, const fx_tissue_table *table, const char *where,
                         fx_body **body);
/* For fx_line_integral alone: attenuation relative to water, (HU + 1000) / 1000 from 0 to 32.767, of every voxel,
 * those of air included. Takes 2 bytes a voxel. */
fsam_status fx_body_make_plain(const fv_ct *ct, const char *where, fx_body **body);
void fx_body_free(fx_body *body); /* NULL is allowed */

int fx_body_labels(const fx_body *body);
/* Half of the step to which densities of a basis material are rounded, g/cm^3. */
double fx_body_rounding(const fx_body *body, int basis);

/* The mass of each basis material along a ray between two distances from its origin, g/cm^2 (of a plain body: mm of
 * water, in mass[0]). `direction` is a unit vector. In double, sample by sample: what the kernels of projector.h are
 * tested against, and what is taken away where metal stands. */
void fx_body_between(const fx_body *body, const double origin_mm[3], const double direction[3], double near_mm,
                     double far_mm, double mass[FX_BASES]);

#endif
