/* vector.h - vectors of three numbers. */
#ifndef SCENE_VECTOR_H
#define SCENE_VECTOR_H

#include <math.h>

static inline double fs_dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline void fs_cross(const double a[3], const double b[3], double out[3])
{
    for (int i = 0; i < 3; i++) out[i] = a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3];
}

/* To length 1. Returns the length it had; one of length 0 stays as it is. */
static inline double fs_normalise(double v[3])
{
    const double length = sqrt(fs_dot(v, v));
    for (int i = 0; i < 3 && length > 0; i++) v[i] /= length;
    return length;
}

/* Takes out of v what it has along the unit vector `axis`, and brings the rest to length 1. Returns its length before.
 */
static inline double fs_square_to(double v[3], const double axis[3])
{
    const double along = fs_dot(v, axis);
    for (int i = 0; i < 3; i++) v[i] -= along * axis[i];
    return fs_normalise(v);
}

#endif
