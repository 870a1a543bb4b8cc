#include "volume/mesh_edges.h"

#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

/* An edge that a triangle is to have. Each vertex has as many that leave as come to it, since each triangle leaves a
 * vertex as often as it comes; so a walk along them ends where it began. */
typedef struct missing {
    uint32_t from, to;
} missing;

static int by_start(const void *a, const void *b)
{
    const missing *p = a, *q = b;
    if (p->from != q->from) return p->from < q->from ? -1 : 1;
    return (p->to > q->to) - (p->to < q->to);
}

/* Fills `list`, unless it is NULL; the number of them. */
static size_t list_missing(const fv_edge *edges, size_t count, missing *list)
{
    size_t found = 0;
    for (size_t i = 0, next; i < count; i = next) {
        int balance;
        next = fv_edges_next(edges, count, i, &balance);
        for (int k = abs(balance); k > 0; k--, found++) {
            if (list == NULL) continue;
            list[found] = balance > 0 ? (missing){edges[i].high, edges[i].low} : (missing){edges[i].low, edges[i].high};
        }
    }
    return found;
}

static fsam_status find_missing(const fv_mesh *mesh, const char *where, missing **list, size_t *count)
{
    fv_edge *edges;
    FB_TRY(fv_mesh_edges(mesh, where, &edges));
    *count = list_missing(edges, 3 * mesh->triangle_count, NULL);
    *list = malloc((*count + 1) * sizeof **list);
    if (*list != NULL) {
        list_missing(edges, 3 * mesh->triangle_count, *list);
        qsort(*list, *count, sizeof **list, by_start);
    }
    free(edges);
    return *list != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
}

/* The walk along edges that are not used yet, from the first of them on. */
typedef struct walk {
    const missing *list; /* by their start */
    size_t count;
    size_t *next; /* [vertices + 1]: of those that leave a vertex, the first that is not used */
} walk;

static fsam_status start_walk(const fv_mesh *mesh, const char *where, const missing *list, size_t count, walk *w)
{
    *w = (walk){list, count, fb_alloc(mesh->vertex_count + 1, sizeof *w->next)};
    if (w->next == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    for (size_t i = count; i-- > 0;) w->next[list[i].from] = i;
    return FSAM_OK;
}

static bool leads_on(const walk *w, uint32_t vertex)
{
    size_t at = w->next[vertex];
    return at < w->count && w->list[at].from == vertex;
}

/* Adds a ring from `first` on, and the vertex in its middle. There is room. */
static void close_ring(walk *w, uint32_t first, fv_mesh *mesh)
{
    const uint32_t middle = (uint32_t)mesh->vertex_count++;
    double sum[3] = {0};
    size_t length = 0;
    uint32_t at = first;
    do {
        const missing *edge = &w->list[w->next[at]++];
        memcpy(mesh->triangle[mesh->triangle_count++], (uint32_t[]){edge->from, edge->to, middle},
               3 * sizeof(uint32_t));
        for (int k = 0; k < 3; k++) sum[k] += (double)mesh->vertex[at][k];
        length++;
        at = edge->to;
    } while (at != first && leads_on(w, at));
    for (int k = 0; k < 3; k++) mesh->vertex[middle][k] = (float)(sum[k] / (double)length);
}

/* The mesh in room for `more` triangles, and as many vertices at most. */
static fsam_status enlarge(const fv_mesh *from, size_t more, const char *where, fv_mesh *to)
{
    FB_TRY(fv_mesh_make(from->vertex_count + more, from->triangle_count + more, where, to));
    to->vertex_count = from->vertex_count;
    to->triangle_count = from->triangle_count;
    memcpy(to->vertex, from->vertex, from->vertex_count * sizeof *to->vertex);
    memcpy(to->triangle, from->triangle, from->triangle_count * sizeof *to->triangle);
    return FSAM_OK;
}

static fsam_status close_rings(const missing *list, size_t count, const char *where, fv_mesh *mesh, size_t *rings)
{
    walk w;
    fv_mesh capped;
    FB_TRY(start_walk(mesh, where, list, count, &w));
    fsam_status status = enlarge(mesh, count, where, &capped);
    for (size_t i = 0; i < count && status == FSAM_OK; i++) {
        if (w.next[list[i].from] > i) continue; /* used */
        close_ring(&w, list[i].from, &capped);
        ++*rings;
    }
    fb_free(w.next);
    FB_TRY(status);
    fv_mesh_free(mesh);
    *mesh = capped;
    return FSAM_OK;
}

fsam_status fv_mesh_cap(fv_mesh *mesh, const char *where, size_t *rings)
{
    missing *list;
    size_t count;
    *rings = 0;
    FB_TRY(find_missing(mesh, where, &list, &count));
    fsam_status status = count > 0 ? close_rings(list, count, where, mesh, rings) : FSAM_OK;
    free(list);
    return status;
}
