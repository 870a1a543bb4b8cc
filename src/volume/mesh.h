/* mesh.h - surfaces of triangles, in world coordinates. */
#ifndef VOLUME_MESH_H
#define VOLUME_MESH_H

#include "volume/volume.h"

/* Owned: fv_mesh_free. Corners of a triangle run counter-clockwise seen from outside. */
typedef struct fv_mesh {
    size_t vertex_count, triangle_count;
    float (*vertex)[3];      /* mm, LPS */
    uint32_t (*triangle)[3]; /* numbers of vertices */
} fv_mesh;

/* Room for so many of both, zeroed; counts are set to them. FSAM_ERROR_MEMORY. */
fsam_status fv_mesh_make(size_t vertices, size_t triangles, const char *where, fv_mesh *mesh);
void fv_mesh_free(fv_mesh *mesh);
/* Makes one vertex of those at the same place, which files repeat for each triangle, and leaves out triangles that have
 * two corners in one. */
fsam_status fv_mesh_weld(fv_mesh *mesh, const char *where);
/* The mesh then lies where `map` takes it; a map that mirrors also turns the triangles, so that outside stays outside.
 */
void fv_mesh_transform(fv_mesh *mesh, const fv_affine *map);

typedef struct fv_mesh_report {
    size_t open_edges;  /* that do not have as many triangles on one side as on the other: holes, turned triangles */
    size_t other_edges; /* balanced, but with more than two triangles: surfaces that touch */
    double volume_ml;   /* enclosed; negative when the triangles face inward. Meaningless when there are open edges */
    float low_mm[3], high_mm[3]; /* box of all vertices; 0 when there are none */
} fv_mesh_report;

/* `mesh` has been welded. It is closed when it has no open edges. */
fsam_status fv_mesh_inspect(const fv_mesh *mesh, const char *where, fv_mesh_report *report);

/* Closes a mesh: the edges that triangles lack make rings, and each ring gets a fan of triangles about the middle of
 * its vertices. Good for the cut ends of vessels and the faces between parts of an organ; a sheet becomes a flat bag,
 * and what lies behind a large, uneven hole is guessed. `mesh` has been welded. *rings: how many there were. */
fsam_status fv_mesh_cap(fv_mesh *mesh, const char *where, size_t *rings);

/* Takes vertices alternately towards the mean of their neighbours and back, `rounds` times, which smooths without
 * shrinking (G. Taubin, "A signal processing approach to fair surface design", SIGGRAPH 1995). */
fsam_status fv_mesh_smooth(fv_mesh *mesh, int rounds, const char *where);

/* Binary STL, whole or not at all. */
fsam_status fv_mesh_write_stl(const fv_mesh *mesh, const char *path, bool overwrite);

#endif
