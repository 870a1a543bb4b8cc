/* projector_kernel.h - the kernel of projector_internal.h for one width of vectors. The file including it defines LANES
 * and NAME. */
#include "xray/projector_labels.h"

/* What rays find in a few layers. */
typedef struct outlook {
    bool mass;     /* something has mass */
    bool inside;   /* all rays are well within the array */
    int32_t label; /* of all voxels, or FX_BLOCK_MIXED */
} outlook;

/* Rays that enclose others: lanes of packets. */
typedef struct corner {
    const fx_packet *packet;
    int lane;
} corner;

INLINE float coordinate_at(const passed *v, int along, corner c, float plane)
{
    const fx_packet *p = c.packet;
    return along == v->a ? p->a_start[c.lane] + p->a_step[c.lane] * plane
                         : p->b_start[c.lane] + p->b_step[c.lane] * plane;
}

/* The blocks of a coordinate between two planes. Returns whether that is well within the array. */
INLINE bool reach(const passed *v, int along, const corner *corners, const int count, int first, int last, int block[2])
{
    const int size = v->body->size[along];
    float low = INFINITY, high = -INFINITY;
    for (int i = 0; i < 2 * count; i++) {
        const fx_packet *p = corners[i / 2].packet;
        const int lane = corners[i / 2].lane;
        const float plane = (float)(i % 2 == 0 ? first : last);
        const float at =
            along == v->a ? p->a_start[lane] + p->a_step[lane] * plane : p->b_start[lane] + p->b_step[lane] * plane;
        low = at < low ? at : low;
        high = at > high ? at : high;
    }
    const float least = 0, most = (float)(size - FX_PAD_HIGH), slack = 4e-3f; /* for rounding */
    const bool inside = low > slack && high < most - slack;
    low = low < least ? least : low > most ? most : low;
    high = high < least ? least : high > most ? most : high;
    block[0] = (int)(low < slack ? 0 : low - slack) >> FX_BLOCK_SHIFT;
    block[1] = ((int)(high + slack) + 1 < size ? (int)(high + slack) + 1 : size - 1) >> FX_BLOCK_SHIFT;
    return inside;
}

/* What is in the blocks where rays may read on the planes first .. last of one layer of blocks, half a step before and
 * after included. */
INLINE outlook look_ahead(const passed *v, const corner *corners, const int count, int first, int last)
{
    int from[3], to[3], range[2];
    outlook ahead;
    from[v->axis] = to[v->axis] = first >> FX_BLOCK_SHIFT;
    ahead.inside = reach(v, v->a, corners, count, first, last, range);
    from[v->a] = range[0];
    to[v->a] = range[1];
    ahead.inside &= reach(v, v->b, corners, count, first, last, range);
    from[v->b] = range[0];
    to[v->b] = range[1];
    const uint32_t *block = v->body->block, one = block[fx_body_block(v->body, from[0], from[1], from[2])];
    uint32_t all = one, different = 0;
    for (int y = from[1]; y <= to[1]; y++)
        for (int x = from[0]; x <= to[0]; x++)
            for (int z = from[2]; z <= to[2]; z++) {
                const uint32_t here = block[fx_body_block(v->body, x, y, z)];
                different |= here ^ one;
                all |= here;
            }
    ahead.mass = (all & FX_BLOCK_MASS) != 0;
    ahead.label = (different & FX_BLOCK_LABEL) != 0 ? FX_BLOCK_MIXED : (int32_t)(one & FX_BLOCK_LABEL);
    return ahead;
}

/* ---- layer by layer, from single loads ---- */

/* Whether some lane does not count on all of these planes. */
INLINE bool is_limited(const fx_packet *p, int first, int end)
{
    return first < p->whole_first || end > p->whole_end;
}

/* The part of the step about a plane that lies between a lane's near and far. */
INLINE vf part_of_step(const fx_packet *p, float plane)
{
    const vf zero = {0};
    return maximum(minimum(load(p->far), splat(plane + 0.5f)) - maximum(load(p->near), splat(plane - 0.5f)), zero);
}

/* From one place to another, in layers. */
INLINE passage gather_passage(const course *c, float from, float length, int size)
{
    /* one half more, so that the whole part is the nearest voxel */
    return pass(to_fixed(coordinate(c, from, 0.5f, size - 1)), to_fixed(coordinate(c, from + length, 0.5f, size - 1)),
                c->per_pace * (1 / length));
}

INLINE void gather_labels(const passed *v, walk *w, const bool limited, int plane, float from, float length)
{
    const label_layer layer = {v->body->voxel + plane * v->stride + FX_CHANNEL_LABEL * v->stride_channel, NULL};
    const fx_packet *p = w->packet;
    const passage a = gather_passage(&w->a, from, length, v->body->size[v->a]),
                  b = gather_passage(&w->b, from, length, v->body->size[v->b]);
    if (limited) {
        const vf zero = {0}, most = splat(1);
        const share s = {minimum(maximum((load(p->near) - from) * (1 / length), zero), most),
                         minimum(maximum((load(p->far) - from) * (1 / length), zero), most)};
        follow_layer(v, w, &layer, false, &a, &b, length, &s);
    } else {
        follow_layer(v, w, &layer, false, &a, &b, length, NULL);
    }
}

INLINE void gather_layers(const passed *v, const int materials, const bool paired, const bool labelled, walk *w,
                          int first, int end, vf sum[FX_BASES])
{
    const fx_packet *p = w->packet;
    const bool limited = is_limited(p, first, end);
    for (int plane = first; plane < end; plane++) {
        const vf weight = limited ? part_of_step(p, (float)plane) : splat(1);
        gather_samples(v, materials, paired, w, plane, weight, sum);
        if (!labelled) continue;
        /* A bundle that takes one axis for all its rays has some that are a little faster along another: in half a
         * layer these, too, move less than a voxel. */
        const float length = p->steep ? 0.5f : 1;
        for (float from = (float)plane - 0.5f; from < (float)plane + 0.5f; from += length)
            gather_labels(v, w, limited, plane, from, length);
    }
}

/* ---- layer by layer, from windows ---- */
#if HAS_WINDOWS

INLINE void window_layers(const passed *v, const int materials, const bool labelled, walk *w, int first, int end,
                          vf sum[FX_BASES])
{
    const vi a_half = FX_FIXED_ONE / 2 - (w->a.pace >> 1), b_half = FX_FIXED_ONE / 2 - (w->b.pace >> 1);
    const uint16_t *voxel = v->body->voxel + first * v->stride;
    vi a = to_fixed(w->a.start + w->a.step * (float)first), b = to_fixed(w->b.start + w->b.step * (float)first);
    vf scaled[FX_BASES] = {{0}};
    for (int plane = first; plane < end; plane++, voxel += v->stride, a += w->a.pace, b += w->b.pace) {
        const places at = place(v, a, b);
        window_samples(v, materials, voxel, &at, scaled);
        if (!labelled) continue;
        const label_layer layer = {voxel + FX_CHANNEL_LABEL * v->stride_channel, at.first};
        const vi a_from = at.a + a_half, b_from = at.b + b_half;
        const passage along_a = pass(a_from, a_from + w->a.pace, w->a.per_pace),
                      along_b = pass(b_from, b_from + w->b.pace, w->b.per_pace);
        follow_layer(v, w, &layer, true, &along_a, &along_b, 1, NULL);
    }
    for (int c = 0; c < materials; c++) sum[c] += scaled[c] * (1.0f / 0x7fff);
}
#endif

/* Whether windows hold four lanes side by side, on all planes. */
INLINE bool fits_windows(const passed *v, const fx_packet *p)
{
    enum { MOST_VOXELS = 4096 }; /* beyond, rounding of coordinates is too coarse */
    const float most_a = 4, most_b = FX_WINDOW - 2.1f;
    if (!HAS_WINDOWS || v->b != 2 || p->steep || v->body->size[v->a] > MOST_VOXELS || v->body->size[v->b] > MOST_VOXELS)
        return false;
    for (int lane = 0; lane < LANES; lane += 4)
        for (int end = 0; end < 2; end++) {
            const float plane = (float)(end == 0 ? p->first : p->end);
            const float a = p->a_start[lane] - p->a_start[lane + 3] + (p->a_step[lane] - p->a_step[lane + 3]) * plane;
            const float b = p->b_start[lane] - p->b_start[lane + 3] + (p->b_step[lane] - p->b_step[lane + 3]) * plane;
            if (!(a > -most_a && a < most_a && b > -most_b && b < most_b)) return false;
        }
    return true;
}

INLINE void layers(const passed *v, const int materials, const bool paired, const bool labelled, const bool windows,
                   walk *w, int first, int end)
{
    vf sum[FX_BASES] = {{0}}; /* of few samples, so that rounding stays small */
#if HAS_WINDOWS
    if (windows)
        window_layers(v, materials, labelled, w, first, end, sum);
    else
#endif
        gather_layers(v, materials, paired, labelled, w, first, end, sum);
    (void)windows;
    for (int c = 0; c < materials; c++) w->sum[c] += sum[c];
}

/* Takes a packet through the planes first .. end - 1 of one layer of blocks. */
INLINE void advance(const passed *v, const int materials, const bool paired, const bool labelled, walk *w, int first,
                    int end)
{
    const corner corners[2] = {{w->packet, 0}, {w->packet, LANES - 1}};
    const outlook ahead = look_ahead(v, corners, 2, first, end - 1);
    const vi none = {0};
    const bool limited = is_limited(w->packet, first, end);
    const bool mixed = labelled && (limited || ahead.label == FX_BLOCK_MIXED);
    const bool windows = paired && w->fits && ahead.inside && !limited;
    if (labelled && !mixed) follow(v, w, none + ahead.label, splat((float)(end - first)));
    if (mixed && windows)
        layers(v, materials, paired, true, true, w, first, end);
    else if (mixed)
        layers(v, materials, paired, true, false, w, first, end);
    else if (ahead.mass && windows)
        layers(v, materials, paired, false, true, w, first, end);
    else if (ahead.mass)
        layers(v, materials, paired, false, false, w, first, end);
}

/* The voxels of a row or column that rays may read on a plane. */
INLINE void spread(const passed *v, int along, const corner *corners, const int count, float plane, int range[2])
{
    const float most = (float)(v->body->size[along] - 1);
    float low = INFINITY, high = -INFINITY;
    for (int i = 0; i < count; i++) {
        const float at = coordinate_at(v, along, corners[i], plane);
        low = at < low ? at : low;
        high = at > high ? at : high;
    }
    range[0] = low > 0 ? (int)(low < most ? low : most) : 0;
    range[1] = high > 0 ? (int)(high + 1 < most ? high + 1 : most) : 0;
}

/* Asks for what a bundle will read on some planes of rows along z, so that no ray has to wait for it. */
INLINE void fetch_ahead(const passed *v, const int channels, const fx_bundle *bundle, int first, int end)
{
    enum { LINE = 32 }; /* numbers of a cache line */
    const int rows = bundle->rows, count = bundle->count;
    if (rows == 0 || v->b != 2) return;
    const corner corners[4] = {{&bundle->packet[0], 0},
                               {&bundle->packet[rows - 1], LANES - 1},
                               {&bundle->packet[count - rows], 0},
                               {&bundle->packet[count - 1], LANES - 1}};
    for (int plane = first; plane < end; plane++) {
        int a[2], b[2];
        spread(v, v->a, corners, 4, (float)plane, a);
        spread(v, v->b, corners, 4, (float)plane, b);
        for (int i = a[0]; i <= a[1]; i++)
            for (int c = 0; c < channels; c++) {
                const uint16_t *row = v->body->voxel + plane * v->stride + i * v->stride_a + c * v->stride_channel;
                for (int z = b[0]; z < b[1]; z += LINE) __builtin_prefetch(row + z);
                __builtin_prefetch(row + b[1]);
            }
    }
}

INLINE course course_of(const float *start, const float *step)
{
    course c = {load(start), load(step), {0}, {0}};
    c.pace = to_fixed(c.step);
    c.per_pace = (1.0f / FX_FIXED_ONE) / c.step;
    return c;
}

/* All packets take the same few planes in turn, so that what they read of them stays in the cache. */
INLINE void project(const passed *v, const int materials, const bool paired, const bool labelled, fx_bundle *bundle)
{
    walk walks[FX_MOST_PACKETS];
    int low = INT32_MAX, high = 0;
    for (int k = 0; k < bundle->count; k++) {
        const fx_packet *p = &bundle->packet[k];
        walks[k] = (walk){.a = course_of(p->a_start, p->a_step),
                          .b = course_of(p->b_start, p->b_step),
                          .packet = p,
                          .fits = fits_windows(v, p)};
        if (p->first >= p->end) continue;
        low = p->first < low ? p->first : low;
        high = p->end > high ? p->end : high;
    }
    for (int first = low, end; first < high; first = end) {
        end = (first | (FX_BLOCK - 1)) + 1;
        fetch_ahead(v, materials + labelled, bundle, end, end + FX_BLOCK < high ? end + FX_BLOCK : high);
        for (int k = 0; k < bundle->count; k++) {
            const fx_packet *p = &bundle->packet[k];
            const int from = p->first > first ? p->first : first, to = p->end < end ? p->end : end;
            if (from < to) advance(v, materials, paired, labelled, &walks[k], from, to);
        }
    }
    for (int k = 0; k < bundle->count; k++) {
        if (labelled) end_paths(v, &walks[k], (1u << LANES) - 1);
        for (int c = 0; c < materials; c++) store(bundle->packet[k].sum[c], walks[k].sum[c]);
    }
}

void NAME(const fx_body *body, fx_bundle *bundle, const fx_paths *paths)
{
    const passed v = {body,
                      bundle->axis,
                      bundle->a,
                      bundle->b,
                      body->stride[bundle->axis],
                      body->stride[bundle->a],
                      body->stride[bundle->b],
                      body->size[2],
                      paths};
    const bool paired = bundle->b == 2;
    if (body->materials == 1 && paired)
        project(&v, 1, true, false, bundle);
    else if (body->materials == 1)
        project(&v, 1, false, false, bundle);
    else if (paths == NULL && paired)
        project(&v, FX_BASES, true, false, bundle);
    else if (paths == NULL)
        project(&v, FX_BASES, false, false, bundle);
    else if (paired)
        project(&v, FX_BASES, true, true, bundle);
    else
        project(&v, FX_BASES, false, true, bundle);
}
