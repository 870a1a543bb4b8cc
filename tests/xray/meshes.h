/* meshes.h - closed meshes whose inside has a formula. */
#ifndef TESTS_XRAY_MESHES_H
#define TESTS_XRAY_MESHES_H

#include "testing.h"

#include "xray/bvh.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MESH_MOST = 200000 };

/* Room for one mesh at a time and its counts. */
typedef struct mesh {
    float vertex[MESH_MOST][3];
    uint32_t triangle[MESH_MOST][3];
    size_t vertices, triangles;
} mesh;

static inline uint32_t mesh_vertex(mesh *m, double x, double y, double z)
{
    float *v = m->vertex[m->vertices];
    v[0] = (float)x;
    v[1] = (float)y;
    v[2] = (float)z;
    return (uint32_t)m->vertices++;
}

static inline void mesh_triangle(mesh *m, uint32_t a, uint32_t b, uint32_t c)
{
    memcpy(m->triangle[m->triangles++], (uint32_t[3]){a, b, c}, sizeof *m->triangle);
}

/* Seen from outside counter-clockwise. */
static inline void mesh_quad(mesh *m, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    mesh_triangle(m, a, b, c);
    mesh_triangle(m, a, c, d);
}

static inline void mesh_box(mesh *m, const double low[3], const double high[3])
{
    uint32_t v[8];
    for (int i = 0; i < 8; i++)
        v[i] = mesh_vertex(m, i & 1 ? high[0] : low[0], i & 2 ? high[1] : low[1], i & 4 ? high[2] : low[2]);
    mesh_quad(m, v[0], v[2], v[3], v[1]);
    mesh_quad(m, v[4], v[5], v[7], v[6]);
    mesh_quad(m, v[0], v[1], v[5], v[4]);
    mesh_quad(m, v[2], v[6], v[7], v[3]);
    mesh_quad(m, v[0], v[4], v[6], v[2]);
    mesh_quad(m, v[1], v[3], v[7], v[5]);
}

/* Rings of `around` vertices from pole to pole: a sphere, or a cylinder along z when `flat`. */
static inline void mesh_round(mesh *m, double radius, double half_length, int rings, int around, int flat)
{
    const uint32_t south = mesh_vertex(m, 0, 0, -half_length), first = (uint32_t)m->vertices;
    for (int r = 0; r < rings; r++)
        for (int a = 0; a < around; a++) {
            const double up = flat ? 2.0 * r / (rings - 1) - 1 : -cos(M_PI * (r + 1) / (rings + 1));
            const double out = flat ? radius : radius * sin(M_PI * (r + 1) / (rings + 1));
            mesh_vertex(m, out * cos(2 * M_PI * a / around), out * sin(2 * M_PI * a / around), half_length * up);
        }
    const uint32_t north = mesh_vertex(m, 0, 0, half_length);
    for (int a = 0; a < around; a++) {
        const uint32_t here = (uint32_t)a, next = (uint32_t)((a + 1) % around), last = (uint32_t)((rings - 1) * around);
        mesh_triangle(m, south, first + next, first + here);
        mesh_triangle(m, north, first + last + here, first + last + next);
        for (uint32_t r = 0; r + 1 < (uint32_t)rings; r++) {
            const uint32_t row = first + r * (uint32_t)around, above = row + (uint32_t)around;
            mesh_quad(m, row + here, row + next, above + next, above + here);
        }
    }
}

static inline fx_bvh *mesh_tree(const mesh *m)
{
    fx_bvh *bvh;
    assert_ok(fx_bvh_make(m->vertex, m->vertices, m->triangle, m->triangles, "mesh", &bvh));
    return bvh;
}

#endif
