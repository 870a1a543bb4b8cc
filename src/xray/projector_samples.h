/* projector_samples.h - densities where the rays of a packet meet a plane, by bilinear interpolation. */
#include "xray/projector_lanes.h"

/* The voxels of a body as a bundle passes them. */
typedef struct passed {
    const fx_body *body;
    int axis, a, b;
    ptrdiff_t stride, stride_a, stride_b, stride_channel; /* between planes, and so on */
    const fx_paths *paths;                                /* or NULL */
} passed;

/* The lanes' coordinates along a or b: start + k step on plane k. */
typedef struct course {
    vf start, step;
    vi pace;     /* the step, in fixed-point numbers */
    vf per_pace; /* 1 / pace */
} course;

/* A packet on its way. */
typedef struct walk {
    course a, b;
    vf sum[FX_BASES];
    vi label; /* that each lane is in */
    vf path;  /* since then, in steps from plane to plane */
    const fx_packet *packet;
    bool fits; /* windows hold four lanes side by side */
} walk;

/* ---- from single loads, wherever the lanes are ---- */

/* Where the lanes' rays meet a plane, and the weights of the four voxels around. */
typedef struct meeting {
    vi index; /* of the voxel with the lower coordinates, from the plane's first */
    vf fa, fb;
} meeting;

/* The coordinate on a plane, `beyond` added, kept between 0 and `most`: the rim of the array is empty. */
INLINE vf coordinate(const course *c, float plane, float beyond, int most)
{
    const vf zero = {0};
    return minimum(maximum(c->start + c->step * plane + beyond, zero), splat((float)most));
}

INLINE meeting meet(const passed *v, const walk *w, float plane)
{
    const vf a = coordinate(&w->a, plane, 0, v->body->size[v->a] - FX_PAD_HIGH);
    const vf b = coordinate(&w->b, plane, 0, v->body->size[v->b] - FX_PAD_HIGH);
    const vi ia = __builtin_convertvector(a, vi), ib = __builtin_convertvector(b, vi);
    const vi index = ia * (int32_t)v->stride_a + ib * (int32_t)v->stride_b;
    return (meeting){index, a - __builtin_convertvector(ia, vf), b - __builtin_convertvector(ib, vf)};
}

INLINE vf low_half(vi x)
{
    return __builtin_convertvector((vi)((vu)x << 16) >> 16, vf);
}

INLINE vf high_half(vi x)
{
    return __builtin_convertvector(x >> 16, vf);
}

/* paired: b is z, along which neighbours are read at once. */
INLINE void gather_samples(const passed *v, const int materials, const bool paired, const walk *w, int plane, vf weight,
                           vf sum[FX_BASES])
{
    const meeting m = meet(v, w, (float)plane);
    const vf b1 = m.fb * weight, b0 = weight - b1;
    const uint16_t *here = v->body->voxel + plane * v->stride;
    int32_t index[LANES];
    memcpy(index, &m.index, sizeof index);
    for (int c = 0; c < materials; c++, here += v->stride_channel) {
        vf row[2];
        for (int i = 0; i < 2; i++) {
            const uint16_t *from = here + i * v->stride_a;
            const vi first = gather_halves(from, index);
            const vf next = paired ? high_half(first) : low_half(gather_halves(from + v->stride_b, index));
            row[i] = b0 * low_half(first) + b1 * next;
        }
        sum[c] += row[0] + m.fa * (row[1] - row[0]);
    }
}

/* ---- from windows, where b is z and four rays side by side are within a window ---- */
#if HAS_WINDOWS

/* Where the lanes are: from the voxel with the lowest coordinates about their group, in fixed-point numbers. */
typedef struct places {
    int32_t first[GROUPS]; /* of that voxel, from the plane's first */
    vi a, b;
} places;

/* Coordinates rise or fall from lane to lane, but for what rounding makes of lanes that are nearly alike. */
INLINE vi group_base(vi x)
{
    return (group_ends(x) - FX_FIXED_ONE / 1024) & ~(FX_FIXED_ONE - 1);
}

INLINE places place(const passed *v, vi a, vi b)
{
    const vi base_a = group_base(a), base_b = group_base(b);
    places at = {.a = a - base_a, .b = b - base_b};
    first_of_groups(whole(base_a) * (int32_t)v->stride_a + whole(base_b), at.first);
    return at;
}

/* The four bytes of a place on b and its neighbour, [lower, upper]. */
INLINE vi bytes_of_pair(vi b)
{
    static const uint32_t spread[4] = {0x02020202, 0x06060606, 0x0a0a0a0a, 0x0e0e0e0e};
    const vi voxel = pick_bytes(b, for_groups(spread)), none = {0};
    return add_bytes(add_bytes(voxel, voxel), none + 0x03020100);
}

/* The weights of that pair, 15 bits each, their sum 0x7fff. */
INLINE vi weights_of_pair(vi b)
{
    static const uint32_t twice[4] = {0x01000100, 0x05040504, 0x09080908, 0x0d0c0d0c};
    return shift_halves(pick_bytes(b, for_groups(twice))) ^ 0x7fff;
}

/* Sums are 0x7fff times those of gather_samples. */
INLINE void window_samples(const passed *v, const int materials, const uint16_t *plane, const places *at,
                           vf sum[FX_BASES])
{
    const vf zero = {0}, one = splat(1);
    const vi bytes = bytes_of_pair(at->b), weights = weights_of_pair(at->b);
    vf beyond = __builtin_convertvector(at->a, vf) * (1.0f / FX_FIXED_ONE); /* the row at hand */
    for (int row = 0;; row++) {
        const vf weight = maximum(one - (vf)((vi)beyond & 0x7fffffff), zero);
        for (int c = 0; c < materials; c++) {
            const vi window = load_windows(plane + c * v->stride_channel, at->first);
            const vi pair = multiply_pairs(pick_bytes(window, bytes), weights);
            sum[c] += weight * __builtin_convertvector(pair, vf);
        }
        if (row > 0 && lanes_of(beyond > 0) == 0) break;
        beyond -= 1.0f;
        plane += v->stride_a;
    }
}
#endif
