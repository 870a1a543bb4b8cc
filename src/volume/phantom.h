/*
 * phantom.h - an analytic patient: an adult of 1.75 m with all 128 categories, made of solids for which everything can
 * be computed exactly, and without any file.
 *
 * It stands with its arms a little away from the body and its palms forward; x = 0 is its middle plane and z = 0 the
 * floor (phantom_parts.h has the rows). It is meant to project like a person, not to teach anatomy.
 */
#ifndef VOLUME_PHANTOM_H
#define VOLUME_PHANTOM_H

#include "volume/phantom_shape.h"
#include "volume/volume.h"

/* Read-only once made; threads may share it. */
typedef struct fv_phantom fv_phantom;

/* Owned: fv_phantom_free. FSAM_ERROR_MEMORY. */
fsam_status fv_phantom_make(fv_phantom **phantom);
void fv_phantom_free(fv_phantom *phantom);
/* The box that holds all of it, mm. */
void fv_phantom_bounds(const fv_phantom *phantom, double low_mm[3], double high_mm[3]);

/* One solid of the phantom, made of one material. Where they overlap, the one of the highest index is there. */
typedef struct fv_piece {
    fv_shape shape;
    const fb_structure *category; /* NULL: a tissue without a label */
    fb_side side;                 /* of the patient, for what there are two of; FB_SIDE_NONE else */
    double hu, texture_hu;        /* mean, and standard deviation of the texture when voxelised */
} fv_piece;
/* *count of them, borrowed. */
const fv_piece *fv_phantom_pieces(const fv_phantom *phantom, size_t *count);
/* The piece that a point is in; NULL in the air around. Borrowed. */
const fv_piece *fv_phantom_at(const fv_phantom *phantom, const double world_mm[3]);

/* ---- along a line ---- */

typedef struct fv_stretch {
    double from_mm, to_mm; /* along the line from its origin */
    const fv_piece *piece; /* NULL never */
} fv_stretch;

/* The stretches of one line, in order; between them is air. Owned: fv_line_free; may be used again and again. */
typedef struct fv_line {
    size_t count, capacity;
    fv_stretch *stretch;
    void *work; /* scratch memory of fv_phantom_line */
} fv_line;
/* Exactly what a line passes through, both ways from its origin. `direction` has length 1. FSAM_ERROR_MEMORY. */
fsam_status fv_phantom_line(const fv_phantom *phantom, const double origin_mm[3], const double direction[3],
                            fv_line *line);
void fv_line_free(fv_line *line);
/* How long the line is in a structure, on one side (FB_SIDE_NONE: on both). mm. */
double fv_line_length(const fv_line *line, const fb_structure *category, fb_side side);

/* ---- on a grid ---- */

typedef struct fv_phantom_options {
    double spacing_mm;            /* of cubic voxels */
    double low_mm[3], high_mm[3]; /* the part to make; all zero: the whole */
    uint64_t seed;                /* of the texture */
    uint32_t scene;
} fv_phantom_options;

/* HU are means over the voxel, exactly along x and by four lines across it; the label is that of the voxel's centre.
 * Structures without a voxel are left out. The same options give the same voxels whatever the number of threads.
 * FSAM_ERROR_ARGUMENT for a spacing or a box that makes no sense. */
fsam_status fv_phantom_voxelise(const fv_phantom *phantom, const fv_phantom_options *options, fv_ct *ct,
                                fv_labels *labels);

#endif
