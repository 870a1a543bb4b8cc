/*
 * tool_solid.h - closed surfaces under construction.
 *
 * All shapes come from two operations: rings of points joined by strips (tool_loft.h) and flat outlines given a
 * thickness (tool_extrude.h). Both close what they make, with corners of triangles counter-clockwise seen from outside.
 * A solid may hold several closed shells, and they may overlap: a place is inside where a ray to it has entered more
 * shells than it has left.
 *
 * A failure stays with the solid: what is added after it is ignored, and fs_solid_finish reports it.
 */
#ifndef SCENE_TOOL_SOLID_H
#define SCENE_TOOL_SOLID_H

#include "scene/tool_xyz.h"
#include "volume/mesh.h"

/* Zero it to start. Owned: fs_solid_finish or fs_solid_free. */
typedef struct fs_solid {
    size_t vertices, triangles, vertex_room, triangle_room;
    fs_xyz *vertex; /* mm */
    uint32_t (*triangle)[3];
    const char *fault; /* NULL, or why it cannot be finished; static */
} fs_solid;

void fs_solid_free(fs_solid *solid);
/* Both return the number of what was added, 0 after a failure. */
uint32_t fs_solid_vertex(fs_solid *solid, fs_xyz at);
void fs_solid_triangle(fs_solid *solid, uint32_t a, uint32_t b, uint32_t c);

/* Moves the vertices from number `first` on; a map that mirrors needs `first_triangle`, from which on triangles are
 * turned so that outside stays outside. */
void fs_solid_move(fs_solid *solid, size_t first, size_t first_triangle, const fv_affine *map);
/* Adds the mirror image, x to -x, of everything from these numbers on. */
void fs_solid_mirror(fs_solid *solid, size_t first, size_t first_triangle);
/* Bends: each vertex from number `first` on goes to bend(vertex, context). The map must keep handedness. */
void fs_solid_bend(fs_solid *solid, size_t first, fs_xyz (*bend)(fs_xyz at, const void *context), const void *context);
/* Splits edges longer than `longest`, mm, in both their triangles, until there are none; a bend needs short edges. */
void fs_solid_refine(fs_solid *solid, double longest);

/* The lowest z and the highest; 0, 0 of nothing. */
void fs_solid_reach(const fs_solid *solid, double *low, double *high);
/* Hands the surface over and frees the solid. FSAM_ERROR_MEMORY, or FSAM_ERROR_INTERNAL for an outline that cannot be
 * filled. */
fsam_status fs_solid_finish(fs_solid *solid, const char *where, fv_mesh *mesh);

#endif
