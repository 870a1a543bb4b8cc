/* shapes.h - meshes of known volume. */
#ifndef TESTS_VOLUME_SHAPES_H
#define TESTS_VOLUME_SHAPES_H

#include "support.h"

#include "volume/mesh.h"

/* The box between two corners: 12 triangles facing outward. */
static inline fv_mesh make_box(float x0, float y0, float z0, float x1, float y1, float z1)
{
    static const uint32_t faces[12][3] = {{0, 2, 1}, {1, 2, 3}, {4, 5, 6}, {5, 7, 6}, {0, 1, 4}, {1, 5, 4},
                                          {2, 6, 3}, {3, 6, 7}, {0, 4, 2}, {2, 4, 6}, {1, 3, 5}, {3, 7, 5}};
    fv_mesh mesh;
    expect_ok(fv_mesh_make(8, 12, "box", &mesh));
    for (int i = 0; i < 8; i++) {
        mesh.vertex[i][0] = (i & 1) != 0 ? x1 : x0;
        mesh.vertex[i][1] = (i & 2) != 0 ? y1 : y0;
        mesh.vertex[i][2] = (i & 4) != 0 ? z1 : z0;
    }
    memcpy(mesh.triangle, faces, sizeof faces);
    return mesh;
}

/* A ball of `rings` x 2 `rings` patches about (x, y, z); its poles are made of vertices that have to be welded. */
static inline fv_mesh make_ball(double x, double y, double z, double radius, int rings)
{
    const double pi = 3.14159265358979;
    int columns = 2 * rings;
    fv_mesh mesh;
    expect_ok(fv_mesh_make((size_t)((rings + 1) * columns), (size_t)(2 * rings * columns), "ball", &mesh));
    for (int i = 0; i <= rings; i++)
        for (int j = 0; j < columns; j++) {
            double across = i == 0 || i == rings ? 0 : sin(pi * i / rings), angle = 2 * pi * j / columns;
            float *v = mesh.vertex[i * columns + j];
            v[0] = (float)(x + radius * across * cos(angle));
            v[1] = (float)(y + radius * across * sin(angle));
            v[2] = (float)(z + radius * cos(pi * i / rings));
        }
    for (int i = 0; i < rings; i++)
        for (int j = 0; j < columns; j++) {
            uint32_t a = (uint32_t)(i * columns + j), b = (uint32_t)(i * columns + (j + 1) % columns);
            uint32_t c = a + (uint32_t)columns, d = b + (uint32_t)columns;
            memcpy(mesh.triangle[2 * (i * columns + j)], (uint32_t[]){a, c, b}, 12);
            memcpy(mesh.triangle[2 * (i * columns + j) + 1], (uint32_t[]){b, c, d}, 12);
        }
    expect_ok(fv_mesh_weld(&mesh, "ball"));
    return mesh;
}

static inline fv_mesh_report inspect(const fv_mesh *mesh)
{
    fv_mesh_report report;
    expect_ok(fv_mesh_inspect(mesh, "mesh", &report));
    return report;
}

#endif
