/*
 * phantom_shape.h - the solids that the analytic phantom is made of, and exactly where a straight line passes through
 * them.
 *
 * All are one: two balls and the cone that touches both, stretched by an affine map, and cut by two parallel planes.
 * Balls of equal size make a capsule; a ball alone, an ellipsoid; a cut one, a disc or a lobe. Each is convex, so that
 * a line has one stretch inside.
 */
#ifndef VOLUME_PHANTOM_SHAPE_H
#define VOLUME_PHANTOM_SHAPE_H

#include "volume/affine.h"

/* What lies between two planes: low <= normal . p <= high, mm. A normal of zero cuts nothing. */
typedef struct fv_slab {
    double normal[3], low, high;
} fv_slab;

typedef struct fv_shape {
    fv_affine local_from_world;
    double a[3], along[3];  /* the first ball's centre, and from there to the second's; local */
    double radius, growth;  /* the first ball's radius, and the second's less the first's; local */
    fv_slab slab;           /* world */
    double low[3], high[3]; /* a box of the world that holds it, mm */
} fv_shape;

/* Half axes u, v and one of `thickness` at right angles to both. What v has along u is left out. mm. */
fv_shape fv_shape_ellipsoid(const double centre[3], const double u[3], const double v[3], double thickness);
/* Balls at a and b (x, y, z, radius; mm), `flat` times as thick along y as along x and z. */
fv_shape fv_shape_cone(const double a[4], const double b[4], double flat);
/* Keeps only what the slab holds. */
void fv_shape_cut(fv_shape *shape, const fv_slab *slab);
/* The same on the other side of the plane x = 0. */
fv_shape fv_shape_mirror(const fv_shape *shape);

bool fv_shape_holds(const fv_shape *shape, const double world[3]);
/* The stretch of origin + t direction inside: from < t < to. false when the line misses. `direction` of any length but
 * zero, in which t is then counted. */
bool fv_shape_chord(const fv_shape *shape, const double origin[3], const double direction[3], double *from, double *to);

#endif
