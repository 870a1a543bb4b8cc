#include "volume/mesh_edges.h"

#include <stdlib.h>

static int by_ends(const void *a, const void *b)
{
    const fv_edge *p = a, *q = b;
    if (p->low != q->low) return p->low < q->low ? -1 : 1;
    return (p->high > q->high) - (p->high < q->high);
}

fsam_status fv_mesh_edges(const fv_mesh *mesh, const char *where, fv_edge **edges)
{
    const size_t count = 3 * mesh->triangle_count;
    *edges = malloc((count + 1) * sizeof **edges);
    if (*edges == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    for (size_t i = 0; i < count; i++) {
        uint32_t a = mesh->triangle[i / 3][i % 3], b = mesh->triangle[i / 3][(i % 3 + 1) % 3];
        (*edges)[i] = a < b ? (fv_edge){a, b, 1} : (fv_edge){b, a, -1};
    }
    qsort(*edges, count, sizeof **edges, by_ends);
    return FSAM_OK;
}

size_t fv_edges_next(const fv_edge *edges, size_t count, size_t first, int *balance)
{
    size_t next = first;
    *balance = 0;
    for (; next < count && by_ends(&edges[first], &edges[next]) == 0; next++) *balance += edges[next].turn;
    return next;
}
