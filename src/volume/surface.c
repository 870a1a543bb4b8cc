#include "volume/surface.h"

#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

/* A cube's corners are numbered by the bits x + 2 y + 4 z. Each tetrahedron goes from corner 0 to corner 7 along three
 * edges of the cube, one of each direction: the six orders of these (Kuhn's subdivision). */
static const unsigned char tetrahedra[6][4] = {{0, 1, 3, 7}, {0, 1, 5, 7}, {0, 2, 3, 7},
                                               {0, 2, 6, 7}, {0, 4, 5, 7}, {0, 4, 6, 7}};

enum { DIRECTIONS = 8 }; /* of edges: the difference of their ends' corner numbers, 1 to 7 */

typedef struct builder {
    const fv_labels *labels;
    uint16_t label;
    int low[3], size[3]; /* the lattice: the label's box and a voxel about it; its corner in voxels, which may be -1 */
    bool *inside;        /* [2][size[1]][size[0]]: planes z and z + 1 of the lattice */
    uint32_t *on_edge;   /* [2][size[1]][size[0]][DIRECTIONS]: 1 + the vertex on the edge that starts there; 0 none */
    fv_mesh mesh;        /* vertices in voxels for now */
    size_t vertex_room, triangle_room;
} builder;

/* ---- growing the mesh ---- */

/* Makes room for one more of `size` bytes. fb_alloc has no realloc. */
static bool grow(void **items, size_t count, size_t *room, size_t size)
{
    if (count < *room) return true;
    size_t more = 2 * *room + 1024;
    void *block = fb_alloc(more, size);
    if (block == NULL) return false;
    if (count != 0) memcpy(block, *items, count * size);
    fb_free(*items);
    *items = block;
    *room = more;
    return true;
}

static bool add_vertex(builder *b, const int twice[3], uint32_t *number)
{
    void *items = b->mesh.vertex;
    if (b->mesh.vertex_count >= UINT32_MAX - 1 ||
        !grow(&items, b->mesh.vertex_count, &b->vertex_room, sizeof *b->mesh.vertex))
        return false;
    b->mesh.vertex = items;
    for (int i = 0; i < 3; i++) b->mesh.vertex[b->mesh.vertex_count][i] = (float)twice[i] / 2 + (float)b->low[i];
    *number = (uint32_t)b->mesh.vertex_count++;
    return true;
}

static bool add_triangle(builder *b, uint32_t p, uint32_t q, uint32_t r)
{
    void *items = b->mesh.triangle;
    if (!grow(&items, b->mesh.triangle_count, &b->triangle_room, sizeof *b->mesh.triangle)) return false;
    b->mesh.triangle = items;
    memcpy(b->mesh.triangle[b->mesh.triangle_count++], (uint32_t[]){p, q, r}, sizeof *b->mesh.triangle);
    return true;
}

/* ---- tetrahedra ---- */

static void corner_place(const int cube[3], int corner, int place[3])
{
    for (int i = 0; i < 3; i++) place[i] = cube[i] + (corner >> i & 1);
}

/* Finds or makes the vertex in the middle of the edge of two corners. twice: its place on the lattice, doubled. */
static bool edge_vertex(builder *b, const int cube[3], int from, int to, uint32_t *number, int twice[3])
{
    int low = from < to ? from : to, start[3], end[3];
    corner_place(cube, low, start);
    corner_place(cube, from < to ? to : from, end);
    for (int i = 0; i < 3; i++) twice[i] = start[i] + end[i];
    size_t plane = (size_t)(start[2] & 1); /* planes take turns in the two halves of on_edge */
    size_t at = (plane * (size_t)b->size[1] + (size_t)start[1]) * (size_t)b->size[0] + (size_t)start[0];
    uint32_t *known = &b->on_edge[at * DIRECTIONS + (size_t)(from ^ to)];
    if (*known == 0) {
        if (!add_vertex(b, twice, number)) return false;
        *known = *number + 1;
    }
    *number = *known - 1;
    return true;
}

/* Adds a triangle so that it faces along `outward`. */
static bool add_facing(builder *b, const uint32_t v[3], int twice[3][3], const int outward[3])
{
    int dot = 0;
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, k = (i + 2) % 3;
        int normal = (twice[1][j] - twice[0][j]) * (twice[2][k] - twice[0][k]) -
                     (twice[1][k] - twice[0][k]) * (twice[2][j] - twice[0][j]);
        dot += normal * outward[i];
    }
    return dot > 0 ? add_triangle(b, v[0], v[1], v[2]) : add_triangle(b, v[0], v[2], v[1]);
}

/* The corners of a tetrahedron, those inside first; their number. */
static int part_corners(const unsigned char tetrahedron[4], unsigned inside, int corners[4])
{
    int first = 0, last = 4;
    for (int i = 0; i < 4; i++) {
        int corner = tetrahedron[i];
        corners[(inside >> corner & 1) != 0 ? first++ : --last] = corner;
    }
    return first;
}

/* The pairs of a corner inside and one outside, in the order in which they go round the surface; and how many. */
static int crossed_edges(const int corners[4], int inside, int pairs[4][2])
{
    static const unsigned char rounds[5][4][2] = {
        [1] = {{0, 1}, {0, 2}, {0, 3}}, [2] = {{0, 2}, {0, 3}, {1, 3}, {1, 2}}, [3] = {{0, 3}, {1, 3}, {2, 3}}};
    int count = inside == 2 ? 4 : inside == 0 || inside == 4 ? 0 : 3;
    for (int i = 0; i < count; i++)
        for (int k = 0; k < 2; k++) pairs[i][k] = corners[rounds[inside][i][k]];
    return count;
}

static bool cut_tetrahedron(builder *b, const int cube[3], const unsigned char tetrahedron[4], unsigned inside)
{
    int corners[4], pairs[4][2], twice[4][3], outward[3] = {0};
    uint32_t v[4];
    int count = crossed_edges(corners, part_corners(tetrahedron, inside, corners), pairs);
    for (int i = 0; i < count; i++) {
        if (!edge_vertex(b, cube, pairs[i][0], pairs[i][1], &v[i], twice[i])) return false;
        for (int k = 0; k < 3; k++) outward[k] += (pairs[i][1] >> k & 1) - (pairs[i][0] >> k & 1);
    }
    if (count >= 3 && !add_facing(b, v, twice, outward)) return false;
    if (count < 4) return true;
    /* the other half: corners 0, 2 and 3 of the round */
    v[1] = v[2];
    v[2] = v[3];
    memcpy(twice[1], twice[2], sizeof twice[1]);
    memcpy(twice[2], twice[3], sizeof twice[2]);
    return add_facing(b, v, twice, outward);
}

/* ---- planes ---- */

/* Reads plane z of the lattice. */
static void load_plane(builder *b, int z)
{
    const int *size = b->labels->grid.size;
    bool *to = b->inside + (size_t)(z & 1) * (size_t)b->size[0] * (size_t)b->size[1];
    int at[3] = {0, 0, z + b->low[2]};
    for (int y = 0; y < b->size[1]; y++)
        for (int x = 0; x < b->size[0]; x++) {
            at[0] = x + b->low[0];
            at[1] = y + b->low[1];
            bool there = true;
            for (int i = 0; i < 3; i++) there = there && at[i] >= 0 && at[i] < size[i];
            size_t index =
                there ? ((size_t)at[2] * (size_t)size[1] + (size_t)at[1]) * (size_t)size[0] + (size_t)at[0] : 0;
            *to++ = there && b->labels->label[index] == b->label;
        }
}

/* Forgets the vertices on edges that start in plane z of two planes before. */
static void clear_edges(builder *b, int z)
{
    size_t half = (size_t)b->size[0] * (size_t)b->size[1] * DIRECTIONS;
    memset(b->on_edge + (size_t)(z & 1) * half, 0, half * sizeof *b->on_edge);
}

static unsigned cube_corners(const builder *b, const int cube[3])
{
    unsigned inside = 0;
    for (int corner = 0; corner < 8; corner++) {
        int p[3];
        corner_place(cube, corner, p);
        size_t at = ((size_t)(p[2] & 1) * (size_t)b->size[1] + (size_t)p[1]) * (size_t)b->size[0] + (size_t)p[0];
        inside |= (unsigned)b->inside[at] << corner;
    }
    return inside;
}

/* The cubes between planes z and z + 1. */
static bool cut_layer(builder *b, int z)
{
    for (int y = 0; y + 1 < b->size[1]; y++)
        for (int x = 0; x + 1 < b->size[0]; x++) {
            const int cube[3] = {x, y, z};
            unsigned inside = cube_corners(b, cube);
            if (inside == 0 || inside == 255) continue;
            for (int t = 0; t < 6; t++)
                if (!cut_tetrahedron(b, cube, tetrahedra[t], inside)) return false;
        }
    return true;
}

static bool build(builder *b)
{
    size_t plane = (size_t)b->size[0] * (size_t)b->size[1];
    b->inside = fb_alloc(2 * plane, sizeof *b->inside);
    b->on_edge = fb_alloc(2 * plane * DIRECTIONS, sizeof *b->on_edge);
    if (b->inside == NULL || b->on_edge == NULL) return false;
    load_plane(b, 0);
    for (int z = 0; z + 1 < b->size[2]; z++) {
        load_plane(b, z + 1);
        clear_edges(b, z + 1);
        if (!cut_layer(b, z)) return false;
    }
    return true;
}

/* The box of the label's voxels; false when it has none. */
static bool find_box(const fv_labels *labels, uint16_t label, int low[3], int high[3])
{
    const int *size = labels->grid.size;
    const uint16_t *at = labels->label;
    bool found = false;
    for (int z = 0; z < size[2]; z++)
        for (int y = 0; y < size[1]; y++)
            for (int x = 0; x < size[0]; x++) {
                if (*at++ != label) continue;
                const int place[3] = {x, y, z};
                for (int i = 0; i < 3; i++) {
                    if (!found || place[i] < low[i]) low[i] = place[i];
                    if (!found || place[i] > high[i]) high[i] = place[i];
                }
                found = true;
            }
    return found;
}

fsam_status fv_surface_make(const fv_labels *labels, uint16_t label, int smoothing, fv_mesh *mesh)
{
    int high[3];
    builder b = {.labels = labels, .label = label};
    *mesh = (fv_mesh){0};
    if (!find_box(labels, label, b.low, high)) return fv_mesh_make(0, 0, "surface", mesh);
    for (int i = 0; i < 3; i++) {
        b.size[i] = high[i] - b.low[i] + 3;
        b.low[i]--;
    }
    bool good = build(&b);
    fb_free(b.inside);
    fb_free(b.on_edge);
    *mesh = b.mesh;
    fsam_status status = good ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "surface: out of memory");
    if (status == FSAM_OK) fv_mesh_transform(mesh, &labels->grid.world_from_voxel);
    if (status == FSAM_OK) status = fv_mesh_smooth(mesh, smoothing, "surface");
    if (status != FSAM_OK) fv_mesh_free(mesh);
    return status;
}
