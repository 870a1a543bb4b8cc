/*
 * voxelise.h - which voxels lie in a closed mesh.
 *
 * A voxel does when its centre does: where a ray along the grid's x axis has crossed the surface an odd number of
 * times. Corners are first put on a lattice of 1/4096 voxel in y and z, on which the question whether a ray passes a
 * triangle has an exact answer, so that a ray through an edge or corner counts one crossing, never none or two.
 */
#ifndef VOLUME_VOXELISE_H
#define VOLUME_VOXELISE_H

#include "volume/mesh.h"

/* Told of each run of voxels inside: the index of the first, and how many there are. Called by several threads at once,
 * never for the same row. */
typedef void fv_run(void *context, size_t first, size_t count);

/* The mesh is closed (fv_mesh_inspect) and may reach beyond the grid: by at most 100000 voxels, else
 * FSAM_ERROR_ARGUMENT. A mesh that is not closed gives runs that mean nothing, but none beyond the grid. */
fsam_status fv_mesh_runs(const fv_mesh *mesh, const fv_grid *grid, const char *where, fv_run *run, void *context);

/* Sets the voxels inside to a label, or to a HU. */
fsam_status fv_labels_paint(fv_labels *labels, uint16_t label, const fv_mesh *mesh, const char *where);
fsam_status fv_ct_paint(fv_ct *ct, int16_t hu, const fv_mesh *mesh, const char *where);

#endif
