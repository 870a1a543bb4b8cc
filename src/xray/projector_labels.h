/* projector_labels.h - which voxels the rays of a packet pass, and for how long: the labels of each ray.
 *
 * Between the planes midway to the layers before and after, a ray moves at most one voxel along a and one along b. So
 * it is in at most three voxels of a layer: in one, then beyond a side of it along a or b, and then beyond both. */
#include "xray/projector_samples.h"

/* Adds the paths of some lanes through the labels that they are in to those of their pixels. */
static void end_paths(const passed *v, const walk *w, unsigned lanes)
{
    int32_t label[LANES], path[LANES];
    const vi rounded = __builtin_convertvector(w->path * (float)v->body->parts + 0.5f, vi);
    memcpy(label, &w->label, sizeof label);
    memcpy(path, &rounded, sizeof path);
    for (; lanes != 0; lanes &= lanes - 1) {
        const int lane = __builtin_ctz(lanes), pixel = w->packet->pixel[lane];
        if (label[lane] == 0 || pixel < 0) continue;
        uint16_t *kept = &v->paths->path[(size_t)label[lane] * FX_TILE + (size_t)pixel];
        v->paths->met[label[lane]] = true;
        const int32_t path_there = *kept + path[lane];
        *kept = (uint16_t)(path_there < UINT16_MAX ? path_there : UINT16_MAX);
    }
}

INLINE void follow(const passed *v, walk *w, vi label, vf path)
{
    const vi changed = label != w->label;
    const unsigned lanes = lanes_of(changed);
    if (lanes != 0) {
        end_paths(v, w, lanes);
        w->label = label;
        w->path = (vf)((vi)w->path & ~changed);
    }
    w->path += path;
}

/* What a lane's coordinate does within a layer, in fixed-point numbers whose whole part is the voxel's. */
typedef struct passage {
    vi from, to;
    vi crosses; /* -1 where those two are in different voxels */
    vf when;    /* between them, as a share of the way; 1 where nothing is crossed */
} passage;

/* per_pace: 1 / (to - from), or a little different where the rim of the array held both. */
INLINE passage pass(vi from, vi to, vf per_pace)
{
    const vi crosses = whole(from) != whole(to), rises = to > from;
    const vi side = choose(rises, to, from) & ~(FX_FIXED_ONE - 1);
    const vf zero = {0}, one = splat(1);
    const vf when = minimum(maximum(__builtin_convertvector(side - from, vf) * per_pace, zero), one);
    return (passage){from, to, crosses, (vf)choose(crosses, (vi)when, (vi)one)};
}

/* The share of a layer that lies between the source and the detector. */
typedef struct share {
    vf from, to;
} share;

INLINE vf within(const share *s, vf when)
{
    return s == NULL ? when : minimum(maximum(when, s->from), s->to);
}

/* Where labels of a layer are read: by single loads, or from windows. */
typedef struct label_layer {
    const uint16_t *plane;
    const int32_t *first; /* of windows, from which voxels are counted; else NULL */
} label_layer;

#if HAS_WINDOWS
INLINE vi window_labels(const passed *v, const label_layer *l, vi voxel_a, vi b)
{
    static const uint32_t spread[4] = {0x80800202, 0x80800606, 0x80800a0a, 0x80800e0e};
    const vi voxel = pick_bytes(b, for_groups(spread)), none = {0};
    const vi bytes = add_bytes(add_bytes(voxel, voxel), none + (int32_t)0x80800100);
    const uint16_t *row = l->plane;
    vi label = none;
    for (;; voxel_a -= 1, row += v->stride_a) {
        label |= pick_bytes(load_windows(row, l->first), bytes) & (voxel_a == 0);
        if (lanes_of(voxel_a > 0) == 0) return label;
    }
}
#endif

/* a and b: coordinates whose whole parts are the voxel's. */
INLINE vi label_at(const passed *v, const label_layer *l, const bool windows, vi a, vi b)
{
#if HAS_WINDOWS
    if (windows) return window_labels(v, l, whole(a), b);
#endif
    (void)windows;
    const vi index = whole(a) * (int32_t)v->stride_a + whole(b) * (int32_t)v->stride_b;
    int32_t at[LANES];
    memcpy(at, &index, sizeof at);
    return gather_halves(l->plane, at) & 0xffff;
}

/* Follows the labels of a layer, or of half of one: length is its own, in layers. */
INLINE void follow_layer(const passed *v, walk *w, const label_layer *l, const bool windows, const passage *a,
                         const passage *b, float length, const share *s)
{
    const vf none = {0}, one = splat(1);
    const vi last = label_at(v, l, windows, a->to, b->to);
    const vf start = within(s, none), end = within(s, one);
    if (lanes_of(a->crosses | b->crosses) == 0) {
        follow(v, w, last, (end - start) * length);
        return;
    }
    const vi first = label_at(v, l, windows, a->from, b->from);
    const vf earlier = within(s, minimum(a->when, b->when));
    follow(v, w, first, (earlier - start) * length);
    const vi both = a->crosses & b->crosses;
    if (lanes_of(both) == 0) {
        follow(v, w, last, (end - earlier) * length);
        return;
    }
    /* Where only one side is crossed, the voxel between is the last one already. */
    const vi a_first = a->when < b->when;
    const vi between = label_at(v, l, windows, choose(a_first, a->to, a->from), choose(a_first, b->from, b->to));
    const vf later = within(s, maximum(a->when, b->when));
    follow(v, w, choose(both, between, last), (later - earlier) * length);
    follow(v, w, last, (end - later) * length);
}
