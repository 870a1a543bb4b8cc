#include "base/memory.h"
#include "xray/bvh_internal.h"
#include <math.h>
#include <string.h>

enum { BINS = 16 };

typedef struct box {
    float low[3], high[3];
} box;

/* A triangle while the tree is built. */
typedef struct item {
    box box;
    uint32_t triangle;
} item;

/* Items first .. end that still need a node; parent: the node whose second child it is, or UINT32_MAX. */
typedef struct task {
    size_t first, end;
    uint32_t parent;
    int level;
} task;

static box empty_box(void)
{
    return (box){{INFINITY, INFINITY, INFINITY}, {-INFINITY, -INFINITY, -INFINITY}};
}

static void grow(box *b, const box *other)
{
    for (int i = 0; i < 3; i++) {
        b->low[i] = fminf(b->low[i], other->low[i]);
        b->high[i] = fmaxf(b->high[i], other->high[i]);
    }
}

static double half_area(const box *b)
{
    const double x = b->high[0] - b->low[0], y = b->high[1] - b->low[1], z = b->high[2] - b->low[2];
    return x < 0 ? 0 : x * y + y * z + z * x;
}

static float middle(const item *it, int axis)
{
    return 0.5f * (it->box.low[axis] + it->box.high[axis]);
}

typedef struct split {
    int axis;
    float low, scale; /* an item's bin is (middle - low) * scale */
    int bin;          /* the first on the far side */
    double cost;
} split;

static int bin_of(const split *s, const item *it)
{
    const int bin = (int)((middle(it, s->axis) - s->low) * s->scale);
    return bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
}

/* The best place to split along an axis between `low` and `high`, of the items' middles. */
static split best_along(const item *items, size_t count, int axis, float low, float high)
{
    split best = {.axis = axis, .low = low, .scale = BINS / (high - low), .cost = INFINITY};
    box boxes[BINS], side = empty_box();
    size_t counts[BINS] = {0}, below = 0;
    double cost_below[BINS];
    for (int b = 0; b < BINS; b++) boxes[b] = empty_box();
    for (size_t i = 0; i < count; i++) {
        const int bin = bin_of(&best, &items[i]);
        counts[bin]++;
        grow(&boxes[bin], &items[i].box);
    }
    for (int b = 0; b < BINS; b++) {
        cost_below[b] = half_area(&side) * (double)below;
        below += counts[b];
        grow(&side, &boxes[b]);
    }
    side = empty_box();
    for (int b = BINS - 1; b > 0; b--) {
        below -= counts[b];
        grow(&side, &boxes[b]);
        const double cost = cost_below[b] + half_area(&side) * (double)(count - below);
        if (below == 0 || below == count || cost >= best.cost) continue;
        best.cost = cost;
        best.bin = b;
    }
    return best;
}

/* Puts the items of the near side first, and returns how many they are; 0 when there is no place to split. */
static size_t divide(item *items, size_t count, const box *middles)
{
    split best = {.cost = INFINITY};
    for (int axis = 0; axis < 3; axis++) {
        if (!(middles->high[axis] > middles->low[axis])) continue;
        const split s = best_along(items, count, axis, middles->low[axis], middles->high[axis]);
        if (s.cost < best.cost) best = s;
    }
    size_t near = 0;
    for (size_t i = 0; i < count && best.cost < INFINITY; i++) {
        if (bin_of(&best, &items[i]) >= best.bin) continue;
        const item moved = items[i];
        items[i] = items[near];
        items[near++] = moved;
    }
    return near;
}

/* Makes the node of a task; returns how many of its items go to the first child, 0 for a leaf. */
static size_t make_node(item *items, const task *t, fx_bvh_node *node)
{
    const size_t count = t->end - t->first;
    box all = empty_box(), middles = empty_box();
    for (size_t i = t->first; i < t->end; i++) {
        box point;
        for (int j = 0; j < 3; j++) point.low[j] = point.high[j] = middle(&items[i], j);
        grow(&all, &items[i].box);
        grow(&middles, &point);
    }
    memcpy(node->low, all.low, sizeof node->low);
    memcpy(node->high, all.high, sizeof node->high);
    node->first = (uint32_t)t->first;
    node->count = (uint32_t)count;
    if (count <= FX_LEAF_TRIANGLES) return 0;
    node->count = 0;
    const size_t near = t->level < FX_HEURISTIC_LEVELS ? divide(items + t->first, count, &middles) : 0;
    return near > 0 ? near : count / 2;
}

static void build(fx_bvh *bvh, item *items)
{
    task waiting[FX_MOST_LEVELS + 1];
    int count = 0;
    waiting[count++] = (task){0, bvh->triangles, UINT32_MAX, 0};
    while (count > 0) {
        const task t = waiting[--count];
        const uint32_t index = (uint32_t)bvh->nodes++;
        if (t.parent != UINT32_MAX) bvh->node[t.parent].first = index;
        const size_t near = make_node(items, &t, &bvh->node[index]);
        if (near == 0) continue;
        waiting[count++] = (task){t.first + near, t.end, index, t.level + 1};
        waiting[count++] = (task){t.first, t.first + near, UINT32_MAX, t.level + 1}; /* taken next */
    }
}

static void reorder(fx_bvh *bvh, const item *items, uint32_t (*from)[3])
{
    memcpy(from, bvh->triangle, bvh->triangles * sizeof *from);
    for (size_t i = 0; i < bvh->triangles; i++) memcpy(bvh->triangle[i], from[items[i].triangle], sizeof *from);
}

fsam_status fx_bvh_build(fx_bvh *bvh, const char *where)
{
    const size_t triangles = bvh->triangles;
    item *items = fb_alloc(triangles, sizeof *items);
    uint32_t(*copy)[3] = fb_alloc(triangles, sizeof *copy);
    bvh->node = fb_alloc(2 * triangles, sizeof *bvh->node);
    if (items == NULL || copy == NULL || bvh->node == NULL) {
        fb_free(items);
        fb_free(copy);
        return fb_fail(FSAM_ERROR_MEMORY, "%s: %zu triangles: out of memory", where, triangles);
    }
    for (size_t i = 0; i < triangles; i++) {
        items[i] = (item){empty_box(), (uint32_t)i};
        for (int corner = 0; corner < 3; corner++) {
            box point;
            memcpy(point.low, bvh->vertex[bvh->triangle[i][corner]], sizeof point.low);
            memcpy(point.high, point.low, sizeof point.high);
            grow(&items[i].box, &point);
        }
    }
    build(bvh, items);
    reorder(bvh, items, copy);
    fb_free(items);
    fb_free(copy);
    return FSAM_OK;
}
