/* shadow_share.h - how much of a structure's shadow falls into a picture, from places in it or on it. */
#ifndef SCENE_SHADOW_SHARE_H
#define SCENE_SHADOW_SHARE_H

#include "base/status.h"
#include "volume/affine.h"
#include "xray/camera.h"
#include "xray/shadows.h"
#include <stddef.h>

/* Places in a structure, evenly spread. Owned: fs_points_free. All zero: none. */
typedef struct fs_points {
    size_t count, room;
    float (*at)[3];    /* mm, of the world or of a tool's own frame */
    double spacing_mm; /* from one to the next */
} fs_points;

fsam_status fs_points_make(size_t room, const char *where, fs_points *points);
/* Beyond the room, nothing is added. */
void fs_points_add(fs_points *points, const double at[3]);
void fs_points_free(fs_points *points);

/* The share, 0..1, of the shadow of several structures together: cells of the detector's plane, as wide as the points
 * are apart there, that hold a point, and of these the cells in the picture, or in its open field: the one structure of
 * `open`, which is convex; NULL where all of it is open. Points behind the detector are not seen. 1 exactly when all
 * points are seen there; 0 without points, and for points that are not all in front of the source. world_from[i] takes
 * points[i] into the world; NULL: all are there. FSAM_ERROR_MEMORY. */
fsam_status fs_shadow_share(const fx_camera *camera, const fx_shadows *open, const fs_points *const *points,
                            const fv_affine *const *world_from, size_t count, double *share);

#endif
