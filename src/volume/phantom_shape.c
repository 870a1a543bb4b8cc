#include "volume/phantom_shape.h"

#include <math.h>

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void cross(const double a[3], const double b[3], double out[3])
{
    for (int i = 0; i < 3; i++) out[i] = a[(i + 1) % 3] * b[(i + 2) % 3] - a[(i + 2) % 3] * b[(i + 1) % 3];
}

fv_shape fv_shape_ellipsoid(const double centre[3], const double u[3], const double v[3], double thickness)
{
    fv_shape shape = {.radius = 1};
    double axis[3][3];
    const double along = dot(u, v) / dot(u, u);
    for (int i = 0; i < 3; i++) {
        axis[0][i] = u[i];
        axis[1][i] = v[i] - along * u[i];
    }
    cross(axis[0], axis[1], axis[2]);
    const double length = sqrt(dot(axis[2], axis[2]));
    for (int i = 0; i < 3; i++) axis[2][i] *= thickness / length;
    for (int i = 0; i < 3; i++) {
        const double square = dot(axis[i], axis[i]);
        for (int j = 0; j < 3; j++) shape.local_from_world.m[i][j] = axis[i][j] / square;
        shape.local_from_world.m[i][3] = -dot(axis[i], centre) / square;
    }
    for (int i = 0; i < 3; i++) {
        const double reach = sqrt(axis[0][i] * axis[0][i] + axis[1][i] * axis[1][i] + axis[2][i] * axis[2][i]);
        shape.low[i] = centre[i] - reach;
        shape.high[i] = centre[i] + reach;
    }
    return shape;
}

fv_shape fv_shape_cone(const double a[4], const double b[4], double flat)
{
    const double stretch[3] = {1, flat, 1};
    fv_shape shape = {.radius = a[3], .growth = b[3] - a[3]};
    for (int i = 0; i < 3; i++) {
        shape.local_from_world.m[i][i] = 1 / stretch[i];
        shape.a[i] = a[i] / stretch[i];
        shape.along[i] = (b[i] - a[i]) / stretch[i];
        shape.low[i] = fmin(a[i] - a[3] * stretch[i], b[i] - b[3] * stretch[i]);
        shape.high[i] = fmax(a[i] + a[3] * stretch[i], b[i] + b[3] * stretch[i]);
    }
    if (dot(shape.along, shape.along) > shape.growth * shape.growth) return shape;
    /* one ball lies within the other, which is then all there is */
    for (int i = 0; i < 3; i++) {
        if (shape.growth > 0) shape.a[i] += shape.along[i];
        shape.along[i] = 0;
    }
    shape.radius += fmax(shape.growth, 0);
    shape.growth = 0;
    return shape;
}

void fv_shape_cut(fv_shape *shape, const fv_slab *slab)
{
    shape->slab = *slab;
    for (int i = 0; i < 3; i++) { /* an upright cut also shortens the box */
        const double *n = slab->normal;
        if (n[i] <= 0 || n[(i + 1) % 3] != 0 || n[(i + 2) % 3] != 0) continue;
        shape->low[i] = fmax(shape->low[i], slab->low / n[i]);
        shape->high[i] = fmin(shape->high[i], slab->high / n[i]);
    }
}

fv_shape fv_shape_mirror(const fv_shape *shape)
{
    fv_shape mirrored = *shape;
    for (int i = 0; i < 3; i++) mirrored.local_from_world.m[i][0] *= -1;
    mirrored.slab.normal[0] *= -1;
    mirrored.low[0] = -shape->high[0];
    mirrored.high[0] = -shape->low[0];
    return mirrored;
}

bool fv_shape_holds(const fv_shape *shape, const double world[3])
{
    const fv_slab *slab = &shape->slab;
    const double height = dot(slab->normal, world);
    if (dot(slab->normal, slab->normal) > 0 && (height < slab->low || height > slab->high)) return false;
    double p[3];
    fv_affine_apply(&shape->local_from_world, world, p);
    for (int i = 0; i < 3; i++) p[i] -= shape->a[i];
    /* the ball between the two that reaches farthest past the point */
    const double length = dot(shape->along, shape->along) - shape->growth * shape->growth;
    double s = length > 0 ? (dot(p, shape->along) + shape->radius * shape->growth) / length : 0;
    s = fmin(fmax(s, 0), 1);
    for (int i = 0; i < 3; i++) p[i] -= s * shape->along[i];
    const double radius = shape->radius + s * shape->growth;
    return dot(p, p) <= radius * radius;
}

static void widen(double t, double *from, double *to)
{
    *from = fmin(*from, t);
    *to = fmax(*to, t);
}

/* Where the line p + t d meets a ball about the origin. */
static void meet_ball(const double p[3], const double d[3], double radius, double *from, double *to)
{
    const double square = dot(d, d), middle = -dot(p, d) / square;
    double nearest[3];
    for (int i = 0; i < 3; i++) nearest[i] = p[i] + middle * d[i];
    const double left = radius * radius - dot(nearest, nearest);
    if (left < 0) return;
    const double half = sqrt(left / square);
    widen(middle - half, from, to);
    widen(middle + half, from, to);
}

/* Where it meets the cone's side. The ball that a point of the side touches is at s = (q . along + radius growth) /
 * length, which is a line in t; so is its radius, and the point is on the side where its distance is that radius. */
static void meet_side(const fv_shape *shape, const double p[3], const double d[3], double *from, double *to)
{
    const double length = dot(shape->along, shape->along) - shape->growth * shape->growth;
    const double s0 = (dot(p, shape->along) + shape->radius * shape->growth) / length;
    const double s1 = dot(d, shape->along) / length;
    /* f(t) = |q|^2 - radius^2 - length s^2 is 0 on the cone, extended both ways */
    const double a = dot(d, d) - length * s1 * s1, b = dot(p, d) - length * s0 * s1;
    const double c = dot(p, p) - shape->radius * shape->radius - length * s0 * s0;
    const double root = b * b - a * c;
    if (root < 0 || a == 0) return;
    for (int sign = -1; sign <= 1; sign += 2) {
        const double t = (-b + sign * sqrt(root)) / a, s = s0 + s1 * t;
        if (s >= 0 && s <= 1) widen(t, from, to);
    }
}

static bool between_planes(const fv_slab *slab, const double origin[3], const double direction[3], double *from,
                           double *to)
{
    const double height = dot(slab->normal, origin), rise = dot(slab->normal, direction);
    if (rise == 0) return dot(slab->normal, slab->normal) == 0 || (height >= slab->low && height <= slab->high);
    const double t0 = (slab->low - height) / rise, t1 = (slab->high - height) / rise;
    *from = fmax(*from, fmin(t0, t1));
    *to = fmin(*to, fmax(t0, t1));
    return true;
}

bool fv_shape_chord(const fv_shape *shape, const double origin[3], const double direction[3], double *from, double *to)
{
    double p[3], end[3], d[3];
    const fv_affine *map = &shape->local_from_world;
    fv_affine_apply(map, origin, p);
    for (int i = 0; i < 3; i++) {
        p[i] -= shape->a[i];
        end[i] = p[i] - shape->along[i];
        d[i] = map->m[i][0] * direction[0] + map->m[i][1] * direction[1] + map->m[i][2] * direction[2];
    }
    *from = (double)INFINITY;
    *to = -(double)INFINITY;
    meet_ball(p, d, shape->radius, from, to);
    if (dot(shape->along, shape->along) > 0) {
        meet_ball(end, d, shape->radius + shape->growth, from, to);
        meet_side(shape, p, d, from, to);
    }
    return between_planes(&shape->slab, origin, direction, from, to) && *from < *to;
}
