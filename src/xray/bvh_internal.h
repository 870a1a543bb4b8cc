/* bvh_internal.h - the tree that bvh_build.c makes and bvh.c walks. */
#ifndef XRAY_BVH_INTERNAL_H
#define XRAY_BVH_INTERNAL_H

#include "xray/bvh.h"

/* Below this, nodes are split in the middle of their triangles, whatever it costs: so the tree is never deeper than
 * FX_MOST_LEVELS for 2^32 triangles. */
enum { FX_HEURISTIC_LEVELS = 32, FX_MOST_LEVELS = 64, FX_LEAF_TRIANGLES = 4 };

typedef struct fx_bvh_node {
    float low[3], high[3];
    uint32_t first; /* leaf: of its triangles; else the second child, the first one being the next node */
    uint32_t count; /* of triangles; 0: not a leaf */
} fx_bvh_node;

struct fx_bvh {
    float (*vertex)[3];
    uint32_t (*triangle)[3]; /* in the order of the leaves */
    size_t triangles;
    fx_bvh_node *node; /* the root first */
    size_t nodes;
};

/* Orders the triangles and makes the nodes. vertex, triangle and triangles are set. */
fsam_status fx_bvh_build(fx_bvh *bvh, const char *where);

#endif
