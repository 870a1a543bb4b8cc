/* outline.h - a body about the parts that a label map has. */
#ifndef VOLUME_OUTLINE_H
#define VOLUME_OUTLINE_H

#include "volume/volume.h"

/* How deep under the skin each voxel of a coarse grid lies. Owned: fv_outline_free. */
typedef struct fv_outline {
    fv_grid grid;         /* that of the labels, with voxels of at least 4 mm */
    float *depth_mm;      /* [z][y][x]: below 0 outside the body */
    float *from_frame_mm; /* distance to the nearest bone or muscle, INFINITY when there is none */
    float *from_brain_mm; /* and to the brain */
} fv_outline;

/* The parts are closed over gaps of up to 80 mm, filled in every axial plane, and covered by `cover_mm` of tissue; but
 * those within 24 mm of the bones of hands and feet are only covered, by 6 mm at most, or fingers would grow together.
 * Where the grid ends, so does what is known: the body is cut off there, not rounded. */
fsam_status fv_outline_make(const fv_labels *labels, double cover_mm, fv_outline *outline);
void fv_outline_free(fv_outline *outline);
/* Values of one of the two arrays at a place in voxels of the outline's grid, between centres in proportion. */
double fv_outline_sample(const fv_outline *outline, const float *values, const double voxel[3]);

#endif
