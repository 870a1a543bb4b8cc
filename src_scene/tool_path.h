/* tool_path.h - the curves along which wires and tubes run. */
#ifndef SCENE_TOOL_PATH_H
#define SCENE_TOOL_PATH_H

#include "base/random.h"
#include "scene/tool_xyz.h"
#include <stdbool.h>

enum { FS_PATH_MOST = 1024 };

/* Places in mm. */
typedef struct fs_path {
    int count;
    bool closed;
    fs_xyz side; /* a direction across the path at its start, in which the u of a cross-section points */
    fs_xyz at[FS_PATH_MOST];
} fs_path;

/* What does not fit any more is left out. */
void fs_path_add(fs_path *path, fs_xyz at);
void fs_path_line(fs_path *path, fs_xyz from, fs_xyz to, int steps);
/* An arc in the plane of two directions across each other: centre + radius (cos a * first + sin a * second). Leaves out
 * its first place when the path has one already. */
void fs_path_arc(fs_path *path, fs_xyz centre, double radius, fs_xyz first, fs_xyz second, double from, double to,
                 int steps);
/* A smooth curve through the places already in the path (a Catmull-Rom spline), `steps` between each two. */
void fs_path_smooth(fs_path *path, int steps);
/* From the path's end (or the origin, along +z), `length` further, bending smoothly as `random` has it: the direction
 * swings by about `swing` radians, in and (a third as much) out of the x-z plane. */
void fs_path_wander(fs_path *path, fb_random *random, double length, double swing, int steps);
double fs_path_length(const fs_path *path);
/* Directions of the path and of a cross-section's u and v at each place, turning as little as possible. [count] each.
 */
void fs_path_frames(const fs_path *path, fs_xyz *along, fs_xyz *right, fs_xyz *up);

#endif
