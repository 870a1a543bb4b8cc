/* phantoms.h - volumes whose line integrals have a formula. */
#ifndef TESTS_XRAY_PHANTOMS_H
#define TESTS_XRAY_PHANTOMS_H

#include "testing.h"

#include "volume/volume.h"
#include "xray/camera.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* A box of semi-axes half[], or the ellipsoid in it, about a centre; along the world's axes. mm */
typedef struct solid {
    bool round;
    double centre[3], half[3];
} solid;

/* Narrows near .. far of the ray origin + t direction to where it is in the solid; near > far when it misses. */
static inline void solid_span(const solid *s, const double origin[3], const double direction[3], double *near,
                              double *far)
{
    double aa = 0, ab = 0, bb = -1;
    for (int i = 0; i < 3; i++) {
        const double o = (origin[i] - s->centre[i]) / s->half[i], d = direction[i] / s->half[i];
        aa += d * d;
        ab += o * d;
        bb += o * o;
        if (s->round || (d == 0 && fabs(o) <= 1)) continue;
        *near = fmax(*near, fmin((-1 - o) / d, (1 - o) / d)); /* infinite where it passes by */
        *far = fmin(*far, fmax((-1 - o) / d, (1 - o) / d));
    }
    if (!s->round) return;
    const double root = sqrt(fmax(0, ab * ab - aa * bb));
    *near = fmax(*near, (-ab - root) / aa);
    *far = fmin(*far, (-ab + root) / aa);
}

static inline double solid_chord(const solid *s, const double origin[3], const double direction[3], double near,
                                 double far)
{
    solid_span(s, origin, direction, &near, &far);
    return fmax(0, far - near);
}

/* From 1 inside to 0 outside over the distance_mm from the outside of a face, half way at the face: what a face blurred
 * over soft_mm to both of its sides shows. */
static inline double soft_edge(double distance_mm, double soft_mm)
{
    if (fabs(distance_mm) >= soft_mm) return distance_mm <= 0;
    return 0.5 - 0.5 * sin(M_PI / 2 * distance_mm / soft_mm);
}

/* The solid's density at a point, its faces blurred: lines across them keep their integrals. */
static inline double solid_density(const solid *s, const double p[3], double soft_mm)
{
    double product = 1, squares = 0, slope = 0;
    for (int i = 0; i < 3; i++) {
        const double u = (p[i] - s->centre[i]) / s->half[i];
        product *= soft_edge((fabs(u) - 1) * s->half[i], soft_mm);
        squares += u * u;
        slope += u * u / (s->half[i] * s->half[i]);
    }
    if (!s->round) return product;
    return squares == 0 ? 1 : soft_edge((sqrt(squares) - 1) * sqrt(squares / slope), soft_mm); /* near the face */
}

static inline void voxel_centre(const fv_grid *grid, int x, int y, int z, double mm[3])
{
    fv_affine_apply(&grid->world_from_voxel, (double[3]){x, y, z}, mm);
}

/* A grid of spacing_mm about the world's origin, its axes turned by `degrees` about (1, 1, 1). */
static inline fv_grid grid_about_origin(const int size[3], const double spacing_mm[3], double degrees)
{
    const double c = cos(degrees * M_PI / 180), s = sin(degrees * M_PI / 180) / sqrt(3), u = (1 - c) / 3;
    const double turn[3][3] = {{c + u, u - s, u + s}, {u + s, c + u, u - s}, {u - s, u + s, c + u}};
    fv_grid grid = {.size = {size[0], size[1], size[2]}};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            grid.world_from_voxel.m[i][j] = turn[i][j] * spacing_mm[j];
            grid.world_from_voxel.m[i][3] -= turn[i][j] * spacing_mm[j] * (size[j] - 1) * 0.5;
        }
    return grid;
}

/* Air, and the solid at a CT number with faces blurred over soft_mm to both sides, as a scanner does it. */
static inline fv_ct ct_of_solid(const fv_grid *grid, const solid *s, int hu, double soft_mm)
{
    fv_ct ct;
    assert_ok(fv_ct_make(grid, "phantom", &ct));
    size_t i = 0;
    for (int z = 0; z < grid->size[2]; z++)
        for (int y = 0; y < grid->size[1]; y++)
            for (int x = 0; x < grid->size[0]; x++) {
                double mm[3];
                voxel_centre(grid, x, y, z, mm);
                ct.hu[i++] = (int16_t)lrint(-1000 + (1000 + hu) * solid_density(s, mm, soft_mm));
            }
    return ct;
}

/* Gives the voxels whose centres are in the solid the next label. */
static inline void label_solid(fv_labels *labels, const char *name, const solid *s)
{
    assert_ok(fv_labels_add(labels, name));
    size_t i = 0;
    for (int z = 0; z < labels->grid.size[2]; z++)
        for (int y = 0; y < labels->grid.size[1]; y++)
            for (int x = 0; x < labels->grid.size[0]; x++, i++) {
                double mm[3];
                voxel_centre(&labels->grid, x, y, z, mm);
                if (solid_density(s, mm, 0) > 0) labels->label[i] = (uint16_t)labels->count;
            }
}

/* From distance_mm towards the origin, the detector as far again behind it. `from` need not be of length 1. */
static inline fx_camera camera_from(const double from[3], double distance_mm, int size, double pixel_mm)
{
    const double length = sqrt(from[0] * from[0] + from[1] * from[1] + from[2] * from[2]);
    const double up[3] = {0, fabs(from[2]) > 0.9 * length ? -1 : 0, fabs(from[2]) > 0.9 * length ? 0 : 1};
    double source[3], detector[3];
    fx_camera camera;
    for (int i = 0; i < 3; i++) {
        source[i] = from[i] / length * distance_mm;
        detector[i] = -source[i];
    }
    assert_ok(fx_camera_look(source, detector, up, size, size, pixel_mm, &camera));
    return camera;
}

/* Directions to look from: all six axes, between them, and askew. */
static const double view_points[][3] = {{1, 0, 0},      {-1, 0, 0},      {0, 1, 0},      {0, -1, 0},   {0, 0, 1},
                                        {0, 0, -1},     {1, -1, 0},      {0, 1, 1},      {-1, 0.1, 1}, {1, 1, 1},
                                        {0.3, -1, 0.2}, {-1, 0.4, -0.3}, {0.2, 0.35, -1}};
enum { VIEW_POINTS = sizeof view_points / sizeof *view_points };

#endif
