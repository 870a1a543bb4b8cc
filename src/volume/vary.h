/*
 * vary.h - another plausible patient from one: the body deformed smoothly and scaled, tissues a little more or less
 * dense, mirrored.
 *
 * CT and labels go through one map, a voxel at a time, so that labels stay as exact as they were. The deformation is a
 * cubic B-spline whose control points are displaced by less than 0.4 of their distance along each axis, within which it
 * cannot fold (Y. Choi and S. Lee, "Injectivity conditions of 2D and 3D uniform cubic B-spline functions", Graphical
 * Models 62 (2000): 1 / 2.48). A mirrored patient has situs inversus, and names go by the side where a structure now
 * lies: "kidney_left" for "kidney_right". Two have no name on the other side: the right lung's middle lobe, which
 * becomes part of the left lung's upper one, and the left atrial appendage, which becomes part of the heart; where
 * their whole has no label, neither have they.
 */
#ifndef VOLUME_VARY_H
#define VOLUME_VARY_H

#include "volume/volume.h"

typedef struct fv_variation {
    uint64_t seed;
    uint32_t scene;
    double deform_mm;     /* greatest displacement of a control point along an axis */
    double control_mm;    /* distance of control points, greater than 0 when deform_mm is */
    double scale;         /* greatest relative change of size along an axis: 0.1 for 0.9 to 1.1; less than 1 */
    double organ_density; /* standard deviation of a structure's relative density: 0.02 */
    double bone_mineral;  /* greatest relative change of what bones have above soft tissue, one for the patient: 0.3 */
    double mirror_probability;
} fv_variation;

/* Some of everything: 12 mm at 70 mm, 8 %, 1 %, 25 %, every other patient mirrored. */
fv_variation fv_variation_usual(uint64_t seed, uint32_t scene);

/* A new CT and new labels (either may be left out with NULL; both have one grid, which the new ones keep too).
 * FSAM_ERROR_ARGUMENT, naming the field, when a setting is out of its range, FSAM_ERROR_MISMATCH for two grids. The
 * same on any number of threads. */
fsam_status fv_vary(const fv_ct *ct, const fv_labels *labels, const fv_variation *variation, fv_ct *new_ct,
                    fv_labels *new_labels);

/* The name of the same structure on the other side: "femur_left" for "femur_right", and so for "left" and "right" as
 * words of any name; `name` when it has neither. out: room for strlen(name) + 2 bytes. */
void fv_other_side(const char *name, char *out);

#endif
