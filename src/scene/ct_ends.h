/*
 * ct_ends.h - how much of a picture misses a part of the body because the CT ends.
 *
 * Where the body reaches the lowest or the highest slice, it goes on beyond it as far as anybody can tell with the same
 * outline. A patient that was varied (volume/vary.h) may reach less far than the grid does: then each column of voxels
 * has ends of its own, where there is more than FV_HU_OUTSIDE. A ray that would cross much of that has too little in
 * its way: the picture shows air, or a part of the body only, where there is body in a real one.
 */
#ifndef SCENE_CT_ENDS_H
#define SCENE_CT_ENDS_H

#include "volume/volume.h"
#include "xray/camera.h"

/* The outlines at both ends. Read-only once made. Owned: fs_ct_ends_free. */
typedef struct fs_ct_ends {
    int size[3];
    fv_affine voxel_from_world;
    double spacing_mm; /* the least of x and y */
    uint8_t *body[2];  /* [y][x] of the lowest and the highest end: 1 in the body */
    int16_t *slice[2]; /* [y][x]: the lowest and the highest slice of a column, 0 and size[2] - 1 unless varied */
    int nearest[2];    /* the highest of the lowest ends, and the lowest of the highest */
    bool reached[2];   /* whether there is body at an end at all */
} fs_ct_ends;

/* frayed_mm: how far the ends of columns may be from those of the grid; 0 unless the patient was varied.
 * FSAM_ERROR_MEMORY names `where`. */
fsam_status fs_ct_ends_make(const fv_ct *ct, double frayed_mm, const char *where, fs_ct_ends *ends);
void fs_ct_ends_free(fs_ct_ends *ends);

/* The share, 0..1, of the picture's rays that would cross 30 mm of body or more beyond the ends, of 24 x 24 rays. */
double fs_ct_ends_share(const fs_ct_ends *ends, const fx_camera *camera);

#endif
