/* Splitting of long edges. */
#include "scene/tool_solid.h"

#include <stdlib.h>
#include <string.h>

/* An edge of one triangle; both triangles of an edge list it. */
typedef struct edge {
    uint32_t low, high;
    uint32_t place;  /* 3 * triangle + side */
    uint32_t middle; /* vertex, 0 when the edge is short enough (vertex 0 is never a middle) */
} edge;

static int by_ends(const void *a, const void *b)
{
    const edge *p = a, *q = b;
    if (p->low != q->low) return p->low < q->low ? -1 : 1;
    return (p->high > q->high) - (p->high < q->high);
}

/* Lists every triangle's edges, gives the long ones a middle, and leaves it in middle[3 * triangle + side]. */
static size_t mark_middles(fs_solid *solid, double longest, edge *edges, uint32_t *middle)
{
    size_t count = 3 * solid->triangles, split = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t a = solid->triangle[i / 3][i % 3], b = solid->triangle[i / 3][(i + 1) % 3];
        edges[i] = (edge){a < b ? a : b, a < b ? b : a, (uint32_t)i, 0};
    }
    qsort(edges, count, sizeof *edges, by_ends);
    for (size_t i = 0; i < count; i++) {
        fs_xyz a = solid->vertex[edges[i].low], b = solid->vertex[edges[i].high];
        if (i > 0 && by_ends(&edges[i], &edges[i - 1]) == 0) {
            edges[i].middle = edges[i - 1].middle;
        } else if (fs_xyz_length(fs_xyz_minus(a, b)) > longest) {
            edges[i].middle = fs_solid_vertex(solid, fs_xyz_times(0.5, fs_xyz_add(a, b)));
            split++;
        }
        middle[edges[i].place] = edges[i].middle;
    }
    return split;
}

/* m: the middles of the sides that start at corner 0, 1, 2; 0 where a side stays. */
static void split_triangle(fs_solid *solid, size_t triangle, const uint32_t m[3])
{
    uint32_t t[3], kept[3];
    int turn = 0, sides = (m[0] != 0) + (m[1] != 0) + (m[2] != 0);
    if (sides == 0) return;
    /* start where one side is split and it is the first, or two are and the third is whole */
    while (sides == 1 ? m[turn] == 0 : sides == 2 && m[(turn + 2) % 3] != 0) turn++;
    for (int k = 0; k < 3; k++) t[k] = solid->triangle[triangle][(turn + k) % 3];
    const uint32_t a = m[turn], b = m[(turn + 1) % 3], c = m[(turn + 2) % 3];
    if (sides == 1) {
        memcpy(kept, (uint32_t[]){t[0], a, t[2]}, sizeof kept);
        fs_solid_triangle(solid, a, t[1], t[2]);
    } else if (sides == 2) {
        memcpy(kept, (uint32_t[]){a, t[1], b}, sizeof kept);
        fs_solid_triangle(solid, t[0], a, b);
        fs_solid_triangle(solid, t[0], b, t[2]);
    } else {
        memcpy(kept, (uint32_t[]){a, b, c}, sizeof kept);
        fs_solid_triangle(solid, t[0], a, c);
        fs_solid_triangle(solid, a, t[1], b);
        fs_solid_triangle(solid, b, t[2], c);
    }
    memcpy(solid->triangle[triangle], kept, sizeof kept);
}

void fs_solid_refine(fs_solid *solid, double longest)
{
    for (size_t split = 1; split > 0 && solid->fault == NULL;) {
        size_t triangles = solid->triangles;
        edge *edges = malloc((3 * triangles + 1) * sizeof *edges);
        uint32_t *middle = malloc((3 * triangles + 1) * sizeof *middle);
        split = 0;
        if (edges == NULL || middle == NULL) solid->fault = "out of memory";
        if (solid->fault == NULL) split = mark_middles(solid, longest, edges, middle);
        for (size_t i = 0; i < triangles && split > 0; i++) split_triangle(solid, i, middle + 3 * i);
        free(edges);
        free(middle);
    }
}
