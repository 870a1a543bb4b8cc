/* mesh_edges.h - the edges of a mesh's triangles, in an order that brings together those between the same vertices. */
#ifndef VOLUME_MESH_EDGES_H
#define VOLUME_MESH_EDGES_H

#include "volume/mesh.h"

/* An edge of a triangle. */
typedef struct fv_edge {
    uint32_t low, high; /* vertices */
    int turn;           /* 1 when it runs from the lower number to the higher, -1 the other way */
} fv_edge;

/* Three for each triangle, sorted. Owned: free. FSAM_ERROR_MEMORY. */
fsam_status fv_mesh_edges(const fv_mesh *mesh, const char *where, fv_edge **edges);
/* Where those between other vertices than edges[first]'s begin; *balance: the sum of the turns of those before. */
size_t fv_edges_next(const fv_edge *edges, size_t count, size_t first, int *balance);

#endif
