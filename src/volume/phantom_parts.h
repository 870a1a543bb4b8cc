/*
 * phantom_parts.h - the description of the analytic phantom: rows of solids, each of a structure, in mm.
 *
 * The phantom stands as anatomists have it, arms a little away from the body and palms forward: x = 0 is its middle, +x
 * its left, y = 0 the middle of its depth, +y its back, z = 0 the floor, +z its head. Rows are written for the left
 * side. Where solids overlap, the later row is what is there: bones come after what surrounds them, the brain after the
 * skull.
 */
#ifndef VOLUME_PHANTOM_PARTS_H
#define VOLUME_PHANTOM_PARTS_H

#include "base/status.h"
#include "volume/phantom_shape.h"
#include <stddef.h>

enum { FV_ROW_POINTS = 8 };

typedef struct fv_row {
    /* Of the structure. "femur_*" is femur_left, and its mirror image is femur_right; "tibia+" is the row and its
     * mirror image, both of one structure; a name in brackets is a tissue without a label (phantom_tissue.c). */
    const char *name;
    bool ellipsoid;                 /* points: centre, half axes u and v, {thickness} (fv_shape_ellipsoid) */
    double point[FV_ROW_POINTS][4]; /* else a tube through x, y, z, radius; it ends before the first radius of 0 */
    double flat;                    /* of a tube: its thickness along y over that along x and z; 0 for 1 */
    double cortex_mm; /* of a bone, where it is not the tissue's: ends are thinner than shafts; 0: the tissue's */
    fv_slab cut;
} fv_row;

/* An ellipsoid with half axes a, b, c along x, y, z. */
#define FV_BALL(what, x, y, z, a, b, c, ...)                                                                           \
    {                                                                                                                  \
        .name = (what), .ellipsoid = true, .point = {{x, y, z}, {a, 0, 0}, {0, b, 0}, {c}}, __VA_ARGS__                \
    }
#define FV_FAR 1e6 /* beyond anything, mm: a plane that does not cut */

typedef struct fv_phantom fv_phantom;

/* Adds rows of one structure or of several; those of one that follow each other are one part, whose layers (skin, fat;
 * cortex, marrow) are laid about all of them together. FSAM_ERROR_MEMORY. */
fsam_status fv_phantom_add(fv_phantom *phantom, const fv_row *rows, size_t count);

/* The parts of the body, in the order in which they are laid over one another. */
extern const fv_row fv_rows_body[], fv_rows_muscles[], fv_rows_chest[], fv_rows_abdomen[], fv_rows_trunk_bones[],
    fv_rows_head[], fv_rows_limbs[];
extern const size_t fv_rows_body_count, fv_rows_muscles_count, fv_rows_chest_count, fv_rows_abdomen_count,
    fv_rows_trunk_bones_count, fv_rows_head_count, fv_rows_limbs_count;
fsam_status fv_phantom_add_spine(fv_phantom *phantom);
fsam_status fv_phantom_add_ribs(fv_phantom *phantom);
fsam_status fv_phantom_add_hands(fv_phantom *phantom);
fsam_status fv_phantom_add_feet(fv_phantom *phantom);

/* Where a vertebra's body is; "T5". NULL when there is none. */
typedef struct fv_vertebra {
    const char *name;
    double y, z;                        /* the middle of its body */
    double width, depth, height;        /* half those of its body */
    double transverse, spinous, droops; /* how far its processes reach from the middle, back, and down */
} fv_vertebra;
const fv_vertebra *fv_vertebra_find(const char *name);

#endif
