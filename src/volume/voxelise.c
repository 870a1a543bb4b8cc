#include "volume/voxelise.h"

#include "base/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* At 2^17 voxels from the grid's corner a lattice coordinate has 29 bits, a difference 30, and the difference of two
 * products of these 61: all exact in 64. */
enum { LATTICE = 4096, MOST_AWAY = 100000, PLANES = 8 /* done at a time by a thread */ };

/* A vertex in voxels: x as it is, y and z on the lattice. */
typedef struct corner {
    double x;
    int64_t y, z;
} corner;

typedef struct crossing {
    int row; /* of the planes at hand: y + size[1] * (z - first plane) */
    double x;
} crossing;

typedef struct crossings {
    crossing *items;
    size_t count, room;
} crossings;

typedef struct slab {
    const fv_grid *grid;
    int z0, z1; /* planes z0 to z1 - 1 */
} slab;

static bool add_crossing(crossings *c, int row, double x)
{
    if (c->count == c->room) {
        size_t room = 2 * c->room + 1024;
        crossing *more = realloc(c->items, room * sizeof *more);
        if (more == NULL) return false;
        c->items = more;
        c->room = room;
    }
    c->items[c->count++] = (crossing){row, x};
    return true;
}

/* Twice the area of a, b and the point (y, z), positive when they run counter-clockwise. */
static int64_t area(const corner *a, const corner *b, int64_t y, int64_t z)
{
    return (b->y - a->y) * (z - a->z) - (b->z - a->z) * (y - a->y);
}

/* Whether a point on the edge counts as within: for exactly one of the two directions that an edge can have. */
static bool owns_edge(const corner *a, const corner *b)
{
    return a->z != b->z ? a->z < b->z : a->y > b->y;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* First and last row that a range of lattice coordinates holds, cut to 0..most - 1; empty when last < first. */
static void rows_between(const int64_t value[3], int most, int *first, int *last)
{
    int64_t low = value[0], high = value[0];
    for (int k = 1; k < 3; k++) {
        if (value[k] < low) low = value[k];
        if (value[k] > high) high = value[k];
    }
    int64_t from = floor_divide(low + LATTICE - 1, LATTICE), to = floor_divide(high, LATTICE);
    *first = from < 0 ? 0 : from > most ? most : (int)from;
    *last = to < 0 ? -1 : to >= most ? most - 1 : (int)to;
}

/* Adds the crossings of a triangle whose projection runs counter-clockwise. */
static bool cross_triangle(const corner *a, const corner *b, const corner *c, const slab *s, crossings *out)
{
    int y0, y1, z0, z1;
    rows_between((int64_t[]){a->y, b->y, c->y}, s->grid->size[1], &y0, &y1);
    rows_between((int64_t[]){a->z, b->z, c->z}, s->grid->size[2], &z0, &z1);
    if (z0 < s->z0) z0 = s->z0;
    if (z1 >= s->z1) z1 = s->z1 - 1;
    for (int z = z0; z <= z1; z++)
        for (int y = y0; y <= y1; y++) {
            int64_t py = (int64_t)y * LATTICE, pz = (int64_t)z * LATTICE;
            int64_t of_c = area(a, b, py, pz), of_a = area(b, c, py, pz), of_b = area(c, a, py, pz);
            bool inside = (of_c > 0 || (of_c == 0 && owns_edge(a, b))) &&
                          (of_a > 0 || (of_a == 0 && owns_edge(b, c))) && (of_b > 0 || (of_b == 0 && owns_edge(c, a)));
            if (!inside) continue;
            double whole = (double)of_a + (double)of_b + (double)of_c;
            double x = ((double)of_a * a->x + (double)of_b * b->x + (double)of_c * c->x) / whole;
            if (!add_crossing(out, y + (z - s->z0) * s->grid->size[1], x)) return false;
        }
    return true;
}

static bool cross_mesh(const fv_mesh *mesh, const corner *corners, const slab *s, crossings *out)
{
    for (size_t i = 0; i < mesh->triangle_count; i++) {
        const uint32_t *t = mesh->triangle[i];
        const corner *a = &corners[t[0]], *b = &corners[t[1]], *c = &corners[t[2]];
        int64_t twice = area(a, b, c->y, c->z);
        if (twice > 0 && !cross_triangle(a, b, c, s, out)) return false;
        if (twice < 0 && !cross_triangle(a, c, b, s, out)) return false;
    }
    return true;
}

static int by_row_and_x(const void *a, const void *b)
{
    const crossing *p = a, *q = b;
    if (p->row != q->row) return p->row < q->row ? -1 : 1;
    return (p->x > q->x) - (p->x < q->x);
}

/* The first voxel whose centre is at x or beyond, cut to 0..most. */
static int voxel_from(double x, int most)
{
    return (int)fmin(fmax(ceil(x), 0), most);
}

static void emit_runs(const crossings *c, const slab *s, fv_run *run, void *context)
{
    const int *size = s->grid->size;
    for (size_t i = 0; i + 1 < c->count;) {
        if (c->items[i].row != c->items[i + 1].row) { /* only of a mesh that is not closed */
            i++;
            continue;
        }
        int first = voxel_from(c->items[i].x, size[0]), end = voxel_from(c->items[i + 1].x, size[0]);
        size_t row = (size_t)c->items[i].row + (size_t)s->z0 * (size_t)size[1];
        if (first < end) run(context, row * (size_t)size[0] + (size_t)first, (size_t)(end - first));
        i += 2;
    }
}

static fsam_status place_corners(const fv_mesh *mesh, const fv_grid *grid, const char *where, corner *corners)
{
    fv_affine inverse;
    if (!fv_affine_invert(&grid->world_from_voxel, &inverse))
        return fb_fail(FSAM_ERROR_INTERNAL, "%s: a grid without an inverse", where);
    for (size_t i = 0; i < mesh->vertex_count; i++) {
        double v[3] = {(double)mesh->vertex[i][0], (double)mesh->vertex[i][1], (double)mesh->vertex[i][2]};
        fv_affine_apply(&inverse, v, v);
        for (int k = 0; k < 3; k++)
            if (!(fabs(v[k]) <= MOST_AWAY))
                return fb_fail(FSAM_ERROR_ARGUMENT, "%s: a vertex is more than %d voxels from the grid", where,
                               MOST_AWAY);
        corners[i] = (corner){v[0], llrint(v[1] * LATTICE), llrint(v[2] * LATTICE)};
    }
    return FSAM_OK;
}

static bool all_runs(const fv_mesh *mesh, const corner *corners, const fv_grid *grid, fv_run *run, void *context)
{
    bool good = true;
#pragma omp parallel for schedule(dynamic) reduction(&& : good)
    for (int z = 0; z < grid->size[2]; z += PLANES) {
        slab s = {grid, z, z + PLANES < grid->size[2] ? z + PLANES : grid->size[2]};
        crossings found = {0};
        good = cross_mesh(mesh, corners, &s, &found) && good;
        if (good && found.count != 0) {
            qsort(found.items, found.count, sizeof *found.items, by_row_and_x);
            emit_runs(&found, &s, run, context);
        }
        free(found.items);
    }
    return good;
}

fsam_status fv_mesh_runs(const fv_mesh *mesh, const fv_grid *grid, const char *where, fv_run *run, void *context)
{
    corner *corners = fb_alloc(mesh->vertex_count + 1, sizeof *corners);
    if (corners == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    fsam_status status = place_corners(mesh, grid, where, corners);
    if (status == FSAM_OK && !all_runs(mesh, corners, grid, run, context))
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    fb_free(corners);
    return status;
}

typedef struct brush {
    uint16_t *to;
    uint16_t value;
} brush;

static void paint(void *context, size_t first, size_t count)
{
    const brush *b = context;
    for (size_t i = 0; i < count; i++) b->to[first + i] = b->value;
}

fsam_status fv_labels_paint(fv_labels *labels, uint16_t label, const fv_mesh *mesh, const char *where)
{
    brush b = {labels->label, label};
    return fv_mesh_runs(mesh, &labels->grid, where, paint, &b);
}

fsam_status fv_ct_paint(fv_ct *ct, int16_t hu, const fv_mesh *mesh, const char *where)
{
    brush b = {(uint16_t *)ct->hu, (uint16_t)hu}; /* the same 16 bits */
    return fv_mesh_runs(mesh, &ct->grid, where, paint, &b);
}
