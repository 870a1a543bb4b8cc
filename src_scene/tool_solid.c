#include "scene/tool_solid.h"

#include <stdlib.h>
#include <string.h>

void fs_solid_free(fs_solid *solid)
{
    free(solid->vertex);
    free(solid->triangle);
    *solid = (fs_solid){0};
}

/* Room for one more of `used` items. */
static bool reserve(fs_solid *solid, void *items, size_t used, size_t *room, size_t size)
{
    void **block = items, *larger;
    if (solid->fault != NULL) return false;
    if (used < *room) return true;
    *room = *room == 0 ? 1024 : 2 * *room;
    larger = realloc(*block, *room * size);
    if (larger == NULL) solid->fault = "out of memory";
    if (larger != NULL) *block = larger;
    return larger != NULL;
}

uint32_t fs_solid_vertex(fs_solid *solid, fs_xyz at)
{
    if (!reserve(solid, &solid->vertex, solid->vertices, &solid->vertex_room, sizeof *solid->vertex)) return 0;
    solid->vertex[solid->vertices] = at;
    return (uint32_t)solid->vertices++;
}

void fs_solid_triangle(fs_solid *solid, uint32_t a, uint32_t b, uint32_t c)
{
    if (!reserve(solid, &solid->triangle, solid->triangles, &solid->triangle_room, sizeof *solid->triangle)) return;
    memcpy(solid->triangle[solid->triangles++], (uint32_t[]){a, b, c}, sizeof *solid->triangle);
}

static void turn_triangles(fs_solid *solid, size_t first)
{
    for (size_t i = first; i < solid->triangles; i++) {
        uint32_t *t = solid->triangle[i], kept = t[1];
        t[1] = t[2];
        t[2] = kept;
    }
}

void fs_solid_move(fs_solid *solid, size_t first, size_t first_triangle, const fv_affine *map)
{
    for (size_t i = first; i < solid->vertices; i++) {
        double at[3] = {solid->vertex[i].x, solid->vertex[i].y, solid->vertex[i].z};
        fv_affine_apply(map, at, at);
        solid->vertex[i] = (fs_xyz){at[0], at[1], at[2]};
    }
    if (fv_affine_determinant(map) < 0) turn_triangles(solid, first_triangle);
}

void fs_solid_mirror(fs_solid *solid, size_t first, size_t first_triangle)
{
    size_t vertices = solid->vertices, triangles = solid->triangles;
    for (size_t i = first; i < vertices && solid->fault == NULL; i++) {
        fs_xyz at = solid->vertex[i];
        fs_solid_vertex(solid, (fs_xyz){-at.x, at.y, at.z});
    }
    for (size_t i = first_triangle; i < triangles && solid->fault == NULL; i++) {
        uint32_t t[3], shift = (uint32_t)(vertices - first);
        memcpy(t, solid->triangle[i], sizeof t);
        fs_solid_triangle(solid, t[0] + shift, t[2] + shift, t[1] + shift);
    }
}

void fs_solid_bend(fs_solid *solid, size_t first, fs_xyz (*bend)(fs_xyz at, const void *context), const void *context)
{
    for (size_t i = first; i < solid->vertices; i++) solid->vertex[i] = bend(solid->vertex[i], context);
}

void fs_solid_reach(const fs_solid *solid, double *low, double *high)
{
    *low = *high = solid->vertices > 0 ? solid->vertex[0].z : 0;
    for (size_t i = 1; i < solid->vertices; i++) {
        *low = fmin(*low, solid->vertex[i].z);
        *high = fmax(*high, solid->vertex[i].z);
    }
}

fsam_status fs_solid_finish(fs_solid *solid, const char *where, fv_mesh *mesh)
{
    fsam_status status = FSAM_OK;
    *mesh = (fv_mesh){0};
    if (solid->fault != NULL) status = fb_fail(FSAM_ERROR_INTERNAL, "%s: %s", where, solid->fault);
    if (status == FSAM_OK) status = fv_mesh_make(solid->vertices, solid->triangles, where, mesh);
    if (status == FSAM_OK) {
        for (size_t i = 0; i < solid->vertices; i++) {
            mesh->vertex[i][0] = (float)solid->vertex[i].x;
            mesh->vertex[i][1] = (float)solid->vertex[i].y;
            mesh->vertex[i][2] = (float)solid->vertex[i].z;
        }
        if (solid->triangles > 0) memcpy(mesh->triangle, solid->triangle, solid->triangles * sizeof *solid->triangle);
    }
    fs_solid_free(solid);
    return status;
}
