/*
 * anatomy.h - where a patient's structures are: their boxes, centres and axes, each side on its own.
 *
 * Some categories are one for both sides ("tibia"). They are parted at the middle plane, which the spine, skull,
 * sternum and sacrum and the pairs of sided bones give; where only one side's bones are there (one leg), all are of
 * that side.
 */
#ifndef SCENE_ANATOMY_H
#define SCENE_ANATOMY_H

#include "volume/volume.h"

/* A structure, one side of it, or several together. */
typedef struct fs_region {
    size_t voxels;
    double centroid_mm[3];
    double low_mm[3], high_mm[3]; /* its box, LPS, to the voxels' outer faces */
    double axis[3][3];            /* principal axes, longest first: unit vectors whose z, if not 0, is positive */
    double spread_mm[3];          /* standard deviation along them */
    bool cut_below, cut_above;    /* it reaches the lowest or the highest slice, and may go on beyond it */
} fs_region;

typedef struct fs_anatomy fs_anatomy;

/* Owned: fs_anatomy_free. Structures that are none of the 128 categories are left out. */
fsam_status fs_anatomy_make(const fv_labels *labels, fs_anatomy **anatomy);
void fs_anatomy_free(fs_anatomy *anatomy);

/* The x of the middle plane; +-INFINITY when all is of one side, NAN when nothing tells. */
double fs_anatomy_middle(const fs_anatomy *anatomy);

/* The structure `name`, where "*" stands for the side ("femur_*"). A side of a category that is one for both:
 * its voxels on that side. FB_SIDE_NONE: all of it. false when it has no voxel. */
bool fs_anatomy_find(const fs_anatomy *anatomy, const char *name, fb_side side, fs_region *region);
/* Several of them as one; NULL ends the names. false when a name has no voxel: *missing is then that name. */
bool fs_anatomy_join(const fs_anatomy *anatomy, const char *const *names, size_t most, fb_side side, fs_region *region,
                     const char **missing);

#endif
