#include "xray/bvh.h"

#include "base/memory.h"
#include "xray/bvh_internal.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static fsam_status fill(fx_bvh *bvh, const float (*vertex)[3], size_t vertices, const uint32_t (*triangle)[3],
                        size_t triangles, const char *where)
{
    bvh->triangles = triangles;
    if (triangles == 0) return FSAM_OK;
    if (triangles > UINT32_MAX / 2 || vertices > UINT32_MAX)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: %zu triangles: too many", where, triangles);
    for (size_t i = 0; i < vertices; i++)
        for (int j = 0; j < 3; j++)
            if (!isfinite(vertex[i][j])) return fb_fail(FSAM_ERROR_ARGUMENT, "%s: vertex %zu: not finite", where, i);
    for (size_t i = 0; i < triangles; i++)
        for (int j = 0; j < 3; j++)
            if (triangle[i][j] >= vertices)
                return fb_fail(FSAM_ERROR_ARGUMENT, "%s: triangle %zu: there is no vertex %u", where, i,
                               (unsigned)triangle[i][j]);
    bvh->vertex = fb_alloc(vertices, sizeof *bvh->vertex);
    bvh->triangle = fb_alloc(triangles, sizeof *bvh->triangle);
    if (bvh->vertex == NULL || bvh->triangle == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "%s: %zu triangles: out of memory", where, triangles);
    memcpy(bvh->vertex, vertex, vertices * sizeof *vertex);
    memcpy(bvh->triangle, triangle, triangles * sizeof *triangle);
    return fx_bvh_build(bvh, where);
}

fsam_status fx_bvh_make(const float (*vertex)[3], size_t vertices, const uint32_t (*triangle)[3], size_t triangles,
                        const char *where, fx_bvh **bvh)
{
    *bvh = calloc(1, sizeof **bvh);
    if (*bvh == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    const fsam_status status = fill(*bvh, vertex, vertices, triangle, triangles, where);
    if (status == FSAM_OK) return FSAM_OK;
    fx_bvh_free(*bvh);
    *bvh = NULL;
    return status;
}

void fx_bvh_free(fx_bvh *bvh)
{
    if (bvh == NULL) return;
    fb_free(bvh->vertex);
    fb_free(bvh->triangle);
    fb_free(bvh->node);
    free(bvh);
}

void fx_bvh_bounds(const fx_bvh *bvh, double low[3], double high[3])
{
    for (int i = 0; i < 3; i++) {
        low[i] = bvh->nodes > 0 ? bvh->node[0].low[i] : INFINITY;
        high[i] = bvh->nodes > 0 ? bvh->node[0].high[i] : -INFINITY;
    }
}

/* A line, and the shear that makes it the z axis of axes x, y, z. */
typedef struct line {
    double origin[3], inverse[3];
    int x, y, z;
    double shear_x, shear_y, scale;
} line;

/* Where a line crosses the surface, and whether it enters (1) or leaves (-1). */
typedef struct crossing {
    double t;
    int sign;
} crossing;

enum { MOST_CROSSINGS = 2 * FX_MOST_STRETCHES };

static line line_of(const double origin[3], const double direction[3])
{
    line l = {0};
    for (int i = 0; i < 3; i++) {
        l.origin[i] = origin[i];
        l.inverse[i] = 1 / direction[i];
        if (fabs(direction[i]) > fabs(direction[l.z])) l.z = i;
    }
    l.x = (l.z + 1) % 3;
    l.y = (l.z + 2) % 3;
    l.shear_x = direction[l.x] / direction[l.z];
    l.shear_y = direction[l.y] / direction[l.z];
    l.scale = 1 / direction[l.z];
    return l;
}

static bool meets_box(const line *l, const fx_bvh_node *node)
{
    double near = -INFINITY, far = INFINITY;
    for (int i = 0; i < 3; i++) {
        const double low = node->low[i] - l->origin[i], high = node->high[i] - l->origin[i];
        if (isinf(l->inverse[i])) { /* in the plane: 0 times infinity would be no number */
            if (low > 0 || high < 0) return false;
            continue;
        }
        const double a = low * l->inverse[i], b = high * l->inverse[i];
        near = fmax(near, fmin(a, b));
        far = fmin(far, fmax(a, b));
    }
    return near <= far + 1e-9 * fabs(far); /* for rounding, so that no leaf with a crossing is left out */
}

/* A corner as the line sees it: across it, and along it. */
static void shear(const line *l, const float vertex[3], double seen[3])
{
    const double z = vertex[l->z] - l->origin[l->z];
    seen[0] = vertex[l->x] - l->origin[l->x] - l->shear_x * z;
    seen[1] = vertex[l->y] - l->origin[l->y] - l->shear_y * z;
    seen[2] = l->scale * z;
}

/* Twice the area between the line and the edge from a to b, positive when it goes counter-clockwise about the line. Of
 * an edge through the line, which of its two directions counts as positive is a matter of rule: exactly one does. */
static double edge(const double a[3], const double b[3], int *sign)
{
    const double area = a[0] * b[1] - a[1] * b[0];
    if (area != 0)
        *sign = area > 0 ? 1 : -1;
    else
        *sign = a[1] < b[1] || (a[1] == b[1] && a[0] < b[0]) ? 1 : -1;
    return area;
}

static bool cross_triangle(const line *l, const fx_bvh *bvh, size_t triangle, crossing *c)
{
    double corner[3][3], area[3];
    int sign[3];
    for (int i = 0; i < 3; i++) shear(l, bvh->vertex[bvh->triangle[triangle][i]], corner[i]);
    for (int i = 0; i < 3; i++) area[i] = edge(corner[(i + 1) % 3], corner[(i + 2) % 3], &sign[i]);
    const double total = area[0] + area[1] + area[2];
    if (sign[0] != sign[1] || sign[1] != sign[2] || total == 0) return false;
    c->t = (area[0] * corner[0][2] + area[1] * corner[1][2] + area[2] * corner[2][2]) / total;
    /* counter-clockwise about the z axis is a face towards +z, which a line running that way leaves by */
    c->sign = (sign[0] > 0) == (l->scale > 0) ? -1 : 1;
    return true;
}

/* Keeps crossings in order; when there is no more room, those of the lowest t. */
static int insert(crossing *found, int count, crossing c)
{
    if (count == MOST_CROSSINGS) {
        if (c.t >= found[count - 1].t) return count;
        count--;
    }
    int i = count;
    for (; i > 0 && found[i - 1].t > c.t; i--) found[i] = found[i - 1];
    found[i] = c;
    return count + 1;
}

static int cross(const fx_bvh *bvh, const line *l, crossing found[MOST_CROSSINGS])
{
    uint32_t waiting[FX_MOST_LEVELS + 1];
    int depth = 0, count = 0;
    if (bvh->nodes > 0) waiting[depth++] = 0;
    while (depth > 0) {
        const uint32_t index = waiting[--depth];
        const fx_bvh_node *node = &bvh->node[index];
        if (!meets_box(l, node)) continue;
        if (node->count == 0) {
            waiting[depth++] = node->first;
            waiting[depth++] = index + 1;
        }
        for (uint32_t i = 0; i < node->count; i++) {
            crossing c;
            if (cross_triangle(l, bvh, node->first + i, &c)) count = insert(found, count, c);
        }
    }
    return count;
}

int fx_bvh_inside(const fx_bvh *bvh, const double origin[3], const double direction[3],
                  fx_stretch stretch[FX_MOST_STRETCHES])
{
    crossing found[MOST_CROSSINGS];
    const line l = line_of(origin, direction);
    const int count = cross(bvh, &l, found);
    int stretches = 0, entered = 0;
    for (int i = 0; i < count; i++) {
        if (entered == 0) stretch[stretches].near = found[i].t;
        entered += found[i].sign;
        if (entered == 0) stretch[stretches++].far = found[i].t;
        if (stretches == FX_MOST_STRETCHES) break;
    }
    return stretches;
}
