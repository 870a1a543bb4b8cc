/*
 * bvh.h - where lines cross the surface of a closed mesh.
 *
 * Boxes within boxes over the triangles, split where the surface area heuristic says (I. Wald, "On fast construction of
 * SAH-based bounding volume hierarchies", 2007). A triangle is met in the manner of S. Woop, C. Benthin and I. Wald,
 * "Watertight ray/triangle intersection", JCGT 2 (2013), with one more rule: a line through an edge belongs to one of
 * its two triangles, so that a closed surface is crossed an even number of times wherever a line passes.
 */
#ifndef XRAY_BVH_H
#define XRAY_BVH_H

#include "base/status.h"
#include <stddef.h>
#include <stdint.h>

/* Read-only once made; may be shared by threads. */
typedef struct fx_bvh fx_bvh;

/* vertex, mm; triangle: corners counter-clockwise seen from outside, numbers of vertices. Nothing is kept of them. A
 * mesh without triangles is crossed nowhere. FSAM_ERROR_ARGUMENT when a number or a vertex is out of range or not
 * finite; `where` is for the message. Owned: fx_bvh_free. */
fsam_status fx_bvh_make(const float (*vertex)[3], size_t vertices, const uint32_t (*triangle)[3], size_t triangles,
                        const char *where, fx_bvh **bvh);
void fx_bvh_free(fx_bvh *bvh); /* NULL is allowed */

/* The box of the triangles, mm; low > high when there are none. */
void fx_bvh_bounds(const fx_bvh *bvh, double low[3], double high[3]);

/* A stretch of a line, in lengths of its direction from its origin. */
typedef struct fx_stretch {
    double near, far;
} fx_stretch;

enum { FX_MOST_STRETCHES = 128 };

/* The stretches of the line origin + t direction (t of any sign, direction not 0) inside the mesh, rising and disjoint;
 * inside is where the surface has been entered more often than left, or the other way round if it faces inward. Returns
 * how many, at most FX_MOST_STRETCHES: those with the lowest t of what has more. Of an open mesh, what is entered and
 * never left does not count. */
int fx_bvh_inside(const fx_bvh *bvh, const double origin[3], const double direction[3],
                  fx_stretch stretch[FX_MOST_STRETCHES]);

#endif
