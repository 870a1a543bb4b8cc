/* resample.h - volumes on other grids. */
#ifndef VOLUME_RESAMPLE_H
#define VOLUME_RESAMPLE_H

#include "volume/volume.h"
#include <math.h>

/* The grid of the same box with voxels of about `spacing_mm` along each axis: as many as fit best, about the same
 * centre. Sizes are at least 1 and at most FV_MAX_SIZE. */
fv_grid fv_grid_respaced(const fv_grid *grid, const double spacing_mm[3]);

/* HU at a place in voxels, between the eight centres about it in proportion; within half a voxel of the outermost
 * centres theirs, and FV_HU_OUTSIDE beyond. */
double fv_ct_sample(const fv_ct *ct, const double voxel[3]);
/* The label of the voxel that the place is in; 0 outside. */
uint16_t fv_labels_sample(const fv_labels *labels, const double voxel[3]);

/* fv_ct_sample at the centres of another grid, rounded. Going to coarser voxels does not average. */
fsam_status fv_ct_resample(const fv_ct *from, const fv_grid *grid, const char *where, fv_ct *to);
/* fv_labels_sample at the centres of another grid. */
fsam_status fv_labels_resample(const fv_labels *from, const fv_grid *grid, const char *where, fv_labels *to);

#endif
