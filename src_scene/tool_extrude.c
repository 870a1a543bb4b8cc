#include "scene/tool_extrude.h"

#include <stdlib.h>
#include <string.h>

/* A polygon being filled. Holes are joined to it by bridges, which run there and back, so `corner` may name a point
 * more than once. */
typedef struct polygon {
    const double (*at)[2];
    int points, corners;
    int *corner;     /* numbers of points, counter-clockwise */
    double *quality; /* of the ear at each corner, -1 where there is none */
} polygon;

static double turn_of(const double *a, const double *b, const double *c)
{
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

/* Whether the open segments ab and cd cross or touch, other than in a common end. */
static bool crosses(const double *a, const double *b, const double *c, const double *d)
{
    const double p = turn_of(a, b, c), q = turn_of(a, b, d), r = turn_of(c, d, a), s = turn_of(c, d, b);
    return ((p >= 0 && q <= 0) || (p <= 0 && q >= 0)) && ((r >= 0 && s <= 0) || (r <= 0 && s >= 0));
}

/* Whether the segment from one point to another crosses no edge of the outline, the holes and the bridges so far. */
static bool bridge_is_clear(const polygon *p, const int *edge, int edges, int from, int to)
{
    for (int i = 0; i < edges + p->corners; i++) {
        const int a = i < edges ? edge[2 * i] : p->corner[i - edges];
        const int b = i < edges ? edge[2 * i + 1] : p->corner[(i - edges + 1) % p->corners];
        if (a == from || a == to || b == from || b == to) continue;
        if (crosses(p->at[from], p->at[to], p->at[a], p->at[b])) return false;
    }
    return true;
}

/* Whether a point lies on the inner side at corner k: a point that bridges end in has several corners. */
static bool faces(const polygon *p, int k, const double *at)
{
    const double *before = p->at[p->corner[(k + p->corners - 1) % p->corners]], *here = p->at[p->corner[k]];
    const double *after = p->at[p->corner[(k + 1) % p->corners]];
    const bool left_of_first = turn_of(before, here, at) > 0, left_of_second = turn_of(here, after, at) > 0;
    return turn_of(before, here, after) >= 0 ? left_of_first && left_of_second : left_of_first || left_of_second;
}

/* Joins the hole of points first .. first + count - 1 at the shortest clear bridge. */
static bool join_hole(polygon *p, const int *edge, int edges, int first, int count)
{
    int best_corner = -1, best_point = 0, n = 0;
    double best = INFINITY;
    for (int i = 0; i < p->corners; i++)
        for (int j = first; j < first + count; j++) {
            const double *a = p->at[p->corner[i]], *b = p->at[j], far = hypot(a[0] - b[0], a[1] - b[1]);
            if (far >= best || !faces(p, i, b) || !bridge_is_clear(p, edge, edges, p->corner[i], j)) continue;
            best = far;
            best_corner = i;
            best_point = j;
        }
    if (best_corner < 0) return false;
    int *after = p->corner + best_corner + 1;
    memmove(after + count + 2, after, (size_t)(p->corners - best_corner - 1) * sizeof *after);
    for (int k = 0; k <= count; k++) after[n++] = first + (best_point - first - k + 2 * count) % count; /* clockwise */
    after[n] = p->corner[best_corner];
    p->corners += count + 2;
    return true;
}

/* The smallest sine of the ear's angles, roughly; -1 when it is no ear. */
static double ear_quality(const polygon *p, int k)
{
    const int i = p->corner[(k + p->corners - 1) % p->corners], j = p->corner[k], l = p->corner[(k + 1) % p->corners];
    const double *a = p->at[i], *b = p->at[j], *c = p->at[l], area = turn_of(a, b, c);
    const double ab = hypot(a[0] - b[0], a[1] - b[1]), bc = hypot(b[0] - c[0], b[1] - c[1]);
    const double ca = hypot(c[0] - a[0], c[1] - a[1]), longest = fmax(ab, fmax(bc, ca));
    if (i == j || j == l || l == i || area <= 1e-9 * longest * longest) return -1;
    for (int n = 0; n < p->corners; n++) {
        const int m = p->corner[n];
        const double *at = p->at[m];
        if (m == i || m == j || m == l) continue;
        if (turn_of(a, b, at) >= 0 && turn_of(b, c, at) >= 0 && turn_of(c, a, at) >= 0) return -1;
    }
    return area / (longest * longest);
}

/* Cuts the best ear off until nothing is left; triangle gets 3 numbers of points each. Returns how many, -1 when the
 * polygon is not simple. */
static int cut_ears(polygon *p, int *triangle)
{
    int count = 0;
    for (int k = 0; k < p->corners; k++) p->quality[k] = ear_quality(p, k);
    while (p->corners >= 3) {
        int best = 0;
        for (int k = 1; k < p->corners; k++)
            if (p->quality[k] > p->quality[best]) best = k;
        if (p->quality[best] < 0) return -1;
        triangle[3 * count] = p->corner[(best + p->corners - 1) % p->corners];
        triangle[3 * count + 1] = p->corner[best];
        triangle[3 * count++ + 2] = p->corner[(best + 1) % p->corners];
        const size_t rest = (size_t)(--p->corners - best);
        memmove(p->corner + best, p->corner + best + 1, rest * sizeof *p->corner);
        memmove(p->quality + best, p->quality + best + 1, rest * sizeof *p->quality);
        /* an ear that was blocked by the corner cut off may be free now, so all are looked at while there are few */
        for (int k = 0; k < p->corners; k++)
            if (p->quality[k] < 0 || abs(k - best) <= 1 || abs(k - best) >= p->corners - 1)
                p->quality[k] = ear_quality(p, k);
    }
    return count;
}

/* Points of the outline and all holes, and their edges as pairs of numbers. */
static void collect(const fs_outline *outline, const fs_outline *hole, int holes, double (*at)[2], int *edge)
{
    int n = 0;
    for (int h = -1; h < holes; h++) {
        const fs_outline *loop = h < 0 ? outline : &hole[h];
        for (int i = 0; i < loop->count; i++, n++) {
            memcpy(at[n], loop->at[i], sizeof at[n]);
            edge[2 * n] = n;
            edge[2 * n + 1] = i + 1 < loop->count ? n + 1 : n + 1 - loop->count;
        }
    }
}

static void add_walls(fs_solid *solid, const int *edge, int points, int outside, uint32_t low, uint32_t high)
{
    for (int i = 0; i < points; i++) {
        /* walls of holes run the other way */
        const uint32_t a = (uint32_t)edge[2 * i + (i >= outside)], b = (uint32_t)edge[2 * i + (i < outside)];
        fs_solid_triangle(solid, low + a, low + b, high + b);
        fs_solid_triangle(solid, low + a, high + b, high + a);
    }
}

/* Room for the work on `points` points. */
typedef struct workshop {
    double (*at)[2];
    int *edge, *triangle, *corner;
    double *quality;
} workshop;

static bool furnish(workshop *w, size_t points, size_t corners)
{
    w->at = malloc(points * sizeof *w->at);
    w->edge = malloc(2 * points * sizeof *w->edge);
    w->corner = malloc(corners * sizeof *w->corner);
    w->quality = malloc(corners * sizeof *w->quality);
    w->triangle = malloc(3 * corners * sizeof *w->triangle);
    return w->at != NULL && w->edge != NULL && w->corner != NULL && w->quality != NULL && w->triangle != NULL;
}

static void clear_away(workshop *w)
{
    free(w->at);
    free(w->edge);
    free(w->corner);
    free(w->quality);
    free(w->triangle);
}

static void build(fs_solid *solid, const workshop *w, int points, int outside, int triangles, const double level[2])
{
    uint32_t base[2];
    for (int side = 0; side < 2; side++) {
        base[side] = (uint32_t)solid->vertices;
        for (int i = 0; i < points; i++) fs_solid_vertex(solid, (fs_xyz){w->at[i][0], w->at[i][1], level[side]});
    }
    for (int i = 0; i < triangles; i++) {
        const uint32_t a = (uint32_t)w->triangle[3 * i], b = (uint32_t)w->triangle[3 * i + 1],
                       c = (uint32_t)w->triangle[3 * i + 2];
        fs_solid_triangle(solid, base[0] + a, base[0] + c, base[0] + b);
        fs_solid_triangle(solid, base[1] + a, base[1] + b, base[1] + c);
    }
    add_walls(solid, w->edge, points, outside, base[0], base[1]);
}

void fs_extrude(fs_solid *solid, const fs_outline *outline, const fs_outline *hole, int holes, double low, double high)
{
    int points = outline->count, first = outline->count;
    workshop w = {0};
    for (int h = 0; h < holes; h++) points += hole[h].count;
    if (!furnish(&w, (size_t)points + 1, (size_t)(points + 2 * holes) + 1)) solid->fault = "out of memory";
    if (solid->fault == NULL) {
        polygon p = {w.at, points, outline->count, w.corner, w.quality};
        collect(outline, hole, holes, w.at, w.edge);
        for (int i = 0; i < outline->count; i++) w.corner[i] = i;
        bool joined = true;
        for (int h = 0; h < holes; first += hole[h++].count)
            joined = joined && join_hole(&p, w.edge, points, first, hole[h].count);
        const int triangles = joined ? cut_ears(&p, w.triangle) : -1;
        if (triangles < 0) solid->fault = "an outline that cannot be filled";
        if (triangles >= 0) build(solid, &w, points, outline->count, triangles, (double[]){low, high});
    }
    clear_away(&w);
}
