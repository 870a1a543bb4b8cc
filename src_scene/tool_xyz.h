/* tool_xyz.h - points and directions of the modelling kit, in mm. */
#ifndef SCENE_TOOL_XYZ_H
#define SCENE_TOOL_XYZ_H

#include <math.h>

#define FS_PI 3.14159265358979323846

typedef struct fs_xyz {
    double x, y, z;
} fs_xyz;

static inline fs_xyz fs_xyz_add(fs_xyz a, fs_xyz b)
{
    return (fs_xyz){a.x + b.x, a.y + b.y, a.z + b.z};
}

static inline fs_xyz fs_xyz_minus(fs_xyz a, fs_xyz b)
{
    return (fs_xyz){a.x - b.x, a.y - b.y, a.z - b.z};
}

static inline fs_xyz fs_xyz_times(double factor, fs_xyz a)
{
    return (fs_xyz){factor * a.x, factor * a.y, factor * a.z};
}

static inline double fs_xyz_dot(fs_xyz a, fs_xyz b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static inline fs_xyz fs_xyz_cross(fs_xyz a, fs_xyz b)
{
    return (fs_xyz){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

static inline double fs_xyz_length(fs_xyz a)
{
    return sqrt(fs_xyz_dot(a, a));
}

/* Of length 1; (0, 0, 1) for no direction. */
static inline fs_xyz fs_xyz_unit(fs_xyz a)
{
    double length = fs_xyz_length(a);
    return length > 0 ? fs_xyz_times(1 / length, a) : (fs_xyz){0, 0, 1};
}

#endif
