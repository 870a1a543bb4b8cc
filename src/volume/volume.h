/*
 * volume.h - a patient on a grid: Hounsfield units, and which structure each voxel belongs to.
 *
 * World coordinates are LPS, in mm: +x is the patient's left, +y posterior, +z superior. A voxel's index names its
 * centre. Whatever a file's order of voxels, a volume read from it is turned: its axes are permuted and flipped so that
 * x runs to the left, y to the back and z to the head as nearly as the grid allows. What remains of an oblique grid is
 * in its affine map, so no value is interpolated, and code that meets a volume may take the sense of its axes for
 * granted but not that they are parallel to the world's.
 */
#ifndef VOLUME_VOLUME_H
#define VOLUME_VOLUME_H

#include "base/categories.h"
#include "base/status.h"
#include "volume/affine.h"
#include <stddef.h>
#include <stdint.h>

enum {
    FV_HU_AIR = -1000,
    FV_HU_OUTSIDE = -1024, /* of what lies outside the volume, and of voxels that a file gives as NaN */
    FV_MAX_SIZE = 1 << 15  /* voxels along an axis */
};

/* Voxels of one volume unless a caller sets another limit. */
#define FV_MAX_VOXELS ((size_t)1 << 31)

typedef struct fv_grid {
    int size[3]; /* voxels along x, y, z; x is adjacent in memory */
    fv_affine world_from_voxel;
} fv_grid;

/* A CT. Owned: fv_ct_free. */
typedef struct fv_ct {
    fv_grid grid;
    int16_t *hu; /* [z][y][x] */
} fv_ct;

/* A structure of a label map. */
typedef struct fv_structure {
    char *name;                   /* as in the 128 categories where it is one, else the file's */
    const fb_structure *category; /* NULL: none of the 128 */
} fv_structure;

/* A label map. Owned: fv_labels_free. */
typedef struct fv_labels {
    fv_grid grid;
    uint16_t *label;         /* [z][y][x]: 0 nothing, or 1 + the index of a structure */
    int count;               /* of structures */
    fv_structure *structure; /* [count]; label k is structure[k - 1], and no two have one name */
} fv_labels;

/* ---- grids ---- */

/* Axes along the world's. */
fv_grid fv_grid_upright(const int size[3], const double spacing_mm[3], const double first_voxel_mm[3]);
/* Sizes 1..FV_MAX_SIZE, at most max_voxels in all (0: FV_MAX_VOXELS), and an affine that has an inverse: else
 * FSAM_ERROR_FORMAT or FSAM_ERROR_MEMORY, naming `where` and what is wrong. */
fsam_status fv_grid_check(const fv_grid *grid, const char *where, size_t max_voxels);
size_t fv_grid_voxels(const fv_grid *grid);
/* Distances of neighbouring centres along x, y, z. */
void fv_grid_spacing(const fv_grid *grid, double spacing_mm[3]);
void fv_grid_centre(const fv_grid *grid, double centre_mm[3]);
/* The smallest upright box that holds all voxels, to their outer faces. */
void fv_grid_bounds(const fv_grid *grid, double low_mm[3], double high_mm[3]);
/* Same sizes, and no voxel of one is more than a hundredth of a voxel from the other's. */
bool fv_grid_same(const fv_grid *a, const fv_grid *b);
/* How to turn a grid so that its axes run to the left, back and head: axis i of the turned grid is axis `from[i]` of
 * this one, reversed where flip[i]. */
typedef struct fv_turn {
    int from[3];
    bool flip[3];
} fv_turn;
fv_turn fv_grid_turn(const fv_grid *grid, fv_grid *turned);
/* Where voxel (0, 0, 0) of the grid that was turned goes in the turned one's memory, and the steps for its x, y, z. */
void fv_turn_steps(const fv_turn *turn, const fv_grid *turned, ptrdiff_t *first, ptrdiff_t step[3]);

/* ---- volumes ---- */

/* Zeroed voxels. `grid` has been checked; `where` is for the message when memory is short. */
fsam_status fv_ct_make(const fv_grid *grid, const char *where, fv_ct *ct);
void fv_ct_free(fv_ct *ct);
/* Zeroed voxels and no structures. */
fsam_status fv_labels_make(const fv_grid *grid, const char *where, fv_labels *labels);
void fv_labels_free(fv_labels *labels);
/* Adds a structure, whose label is then labels->count. `name` is copied, and its category looked up. */
fsam_status fv_labels_add(fv_labels *labels, const char *name);
/* The label of a name, 0 when there is none. */
int fv_labels_find(const fv_labels *labels, const char *name);
/* Copies the structures of `from` to `to`, which has none. */
fsam_status fv_labels_copy_structures(const fv_labels *from, fv_labels *to);
/* Takes out the structures that have no voxel, and numbers the others anew in their order. */
fsam_status fv_labels_drop_empty(fv_labels *labels);

/* A structure's voxels. All zero when it has none. */
typedef struct fv_extent {
    size_t voxels;
    double volume_ml;
    double centroid_mm[3];
    int low[3], high[3]; /* first and last voxel along x, y, z */
} fv_extent;

/* extents[k] of label k, for k = 0..count. */
void fv_labels_extents(const fv_labels *labels, fv_extent *extents);

#endif
