/*
 * surface.h - the surface of a label as a mesh.
 *
 * Cubes between voxel centres are cut into six tetrahedra about their diagonal, all cubes alike, and the surface
 * crosses an edge from inside to outside in its middle. Unlike the cases of marching cubes, those of a tetrahedron
 * leave no choice, so the surface is always closed, and every edge of it has two triangles.
 */
#ifndef VOLUME_SURFACE_H
#define VOLUME_SURFACE_H

#include "volume/mesh.h"

/* In world coordinates, facing outward; no triangles when the label has no voxel. What lies beyond the grid is outside.
 * smoothing: rounds of fv_mesh_smooth, 0 none; 10 take the steps of voxels away. */
fsam_status fv_surface_make(const fv_labels *labels, uint16_t label, int smoothing, fv_mesh *mesh);

#endif
