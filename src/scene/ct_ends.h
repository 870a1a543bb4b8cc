/*
 * ct_ends.h - how much of a picture misses a part of the body because the CT ends.
 *
 * Where the body reaches the lowest or the highest slice, it goes on beyond it as far as anybody can tell with the same
 * outline. A ray that would cross much of that has too little in its way: the picture shows air, or a part of the body
 * only, where there is body in a real one.
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
    uint8_t *body[2];  /* [y][x] of the lowest and the highest slice: 1 in the body */
    bool reached[2];   /* whether there is body in them at all */
} fs_ct_ends;

/* FSAM_ERROR_MEMORY names `where`. */
fsam_status fs_ct_ends_make(const fv_ct *ct, const char *where, fs_ct_ends *ends);
void fs_ct_ends_free(fs_ct_ends *ends);

/* The share, 0..1, of the picture's rays that would cross 30 mm of body or more beyond the ends, of 24 x 24 rays. */
double fs_ct_ends_share(const fs_ct_ends *ends, const fx_camera *camera);

#endif
