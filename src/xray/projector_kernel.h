/* projector_kernel.h - the kernel of projector_internal.h for one width of vectors. The file including it defines LANES
 * and NAME. */
#include "tensor/cpu/vector.h"
#include "xray/projector_internal.h"

/* Single loads, lane by lane: on Zen 3 they take a third of the time of the gathers of AVX2. */
#if LANES == 8 && defined __AVX2__
/* Two voxels and their neighbours along z. */
INLINE __m128i two_pairs(const uint32_t *base, const int32_t *index)
{
    const __m128i one = _mm_loadl_epi64((const __m128i *)(const void *)(base + index[0]));
    return (__m128i)_mm_loadh_pi((__m128)one, (const __m64 *)(const void *)(base + index[1]));
}
#endif

/* A voxel and its neighbour along z, of LANES places. */
INLINE void gather_pairs(const uint32_t *base, const int32_t *index, vi *here, vi *next)
{
#if LANES == 16 && defined __AVX512F__
    const __m512i evens = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const __m512i odds = _mm512_add_epi32(evens, _mm512_set1_epi32(1));
    const __m512i low = _mm512_i32gather_epi64(_mm256_loadu_si256((const __m256i *)(const void *)index), base, 4);
    const __m512i high =
        _mm512_i32gather_epi64(_mm256_loadu_si256((const __m256i *)(const void *)(index + 8)), base, 4);
    *here = (vi)_mm512_permutex2var_epi32(low, evens, high);
    *next = (vi)_mm512_permutex2var_epi32(low, odds, high);
#elif LANES == 8 && defined __AVX2__
    /* Lanes 0 1 4 5 and 2 3 6 7: in line again when the shuffles take every other word of each half. */
    const __m256i low = _mm256_set_m128i(two_pairs(base, index + 4), two_pairs(base, index));
    const __m256i high = _mm256_set_m128i(two_pairs(base, index + 6), two_pairs(base, index + 2));
    *here = (vi)_mm256_shuffle_ps((__m256)low, (__m256)high, 0x88);
    *next = (vi)_mm256_shuffle_ps((__m256)low, (__m256)high, 0xdd);
#else
    for (int i = 0; i < LANES; i++) {
        (*here)[i] = (int32_t)base[index[i]];
        (*next)[i] = (int32_t)base[index[i] + 1];
    }
#endif
}

INLINE vi gather_words(const uint32_t *base, const int32_t *index)
{
    vi out;
#if LANES == 16 && defined __AVX512F__
    out = (vi)_mm512_i32gather_epi32(_mm512_loadu_si512(index), base, 4);
#else
    for (int i = 0; i < LANES; i++) out[i] = (int32_t)base[index[i]];
#endif
    return out;
}

/* A half word in the lower half, and its neighbour in memory in the upper. */
INLINE vi gather_halves(const uint16_t *base, const int32_t *index)
{
    vi out;
#if LANES == 16 && defined __AVX512F__
    out = (vi)_mm512_i32gather_epi32(_mm512_loadu_si512(index), base, 2);
#else
    for (int i = 0; i < LANES; i++) out[i] = (int32_t)(base[index[i]] | (uint32_t)base[index[i] + 1] << 16);
#endif
    return out;
}

INLINE bool any_differs(vi a, vi b)
{
#if LANES == 16 && defined __AVX512F__
    return _mm512_cmpneq_epi32_mask((__m512i)a, (__m512i)b) != 0;
#elif LANES == 8 && defined __AVX2__
    const __m256i difference = _mm256_xor_si256((__m256i)a, (__m256i)b);
    return !_mm256_testz_si256(difference, difference);
#else
    int32_t difference = 0;
    for (int i = 0; i < LANES; i++) difference |= a[i] ^ b[i];
    return difference != 0;
#endif
}

/* Lane by lane; b where one of them is NaN. */
INLINE vf minimum(vf a, vf b)
{
#if LANES == 16 && defined __AVX512F__
    return (vf)_mm512_min_ps((__m512)a, (__m512)b);
#elif LANES == 8 && defined __AVX__
    return (vf)_mm256_min_ps((__m256)a, (__m256)b);
#else
    const vi less = a < b;
    return (vf)(((vi)a & less) | ((vi)b & ~less));
#endif
}

/* The samples of one label that each lane has met since the label changed. */
typedef struct label_run {
    vi label, count;
    uint16_t *steps;
    const int *pixel;
} label_run;

static void end_runs(label_run *run, vi ended)
{
    for (int i = 0; i < LANES; i++) {
        if (ended[i] == 0) continue;
        if (run->label[i] != 0 && run->pixel[i] >= 0)
            run->steps[(size_t)run->label[i] * FX_TILE + (size_t)run->pixel[i]] += (uint16_t)run->count[i];
        run->count[i] = 0;
    }
}

INLINE void count_label(label_run *run, vi label, int samples)
{
    if (any_differs(label, run->label)) {
        end_runs(run, label != run->label);
        run->label = label;
    }
    run->count += samples;
}

/* Where the lanes' rays meet a plane, and the weights of the four voxels around. */
typedef struct meeting {
    vi index; /* of the voxel with the lower coordinates, from the plane's first */
    vf fa, fb;
} meeting;

INLINE meeting meet(const fx_body *body, const fx_packet *p, const bool paired, float plane)
{
    const vf zero = {0};
    const vf most_a = splat((float)(body->size[p->a] - FX_PAD_HIGH)),
             most_b = splat((float)(body->size[p->b] - FX_PAD_HIGH));
    const vf a = minimum(maximum(load(p->a_start) + load(p->a_step) * plane, zero), most_a);
    const vf b = minimum(maximum(load(p->b_start) + load(p->b_step) * plane, zero), most_b);
    const vi ia = __builtin_convertvector(a, vi), ib = __builtin_convertvector(b, vi);
    const vi index = ia * (int32_t)body->stride[p->a] + (paired ? ib : ib * (int32_t)body->stride[p->b]);
    return (meeting){index, a - __builtin_convertvector(ia, vf), b - __builtin_convertvector(ib, vf)};
}

/* The four voxels around, [along a][along b]; index holds LANES numbers. */
INLINE void fetch_pairs(const uint32_t *plane, const int32_t *index, const bool paired, ptrdiff_t stride_a,
                        ptrdiff_t stride_b, vi v[2][2])
{
    for (int i = 0; i < 2; i++) {
        const uint32_t *row = plane + i * stride_a;
        if (paired) {
            gather_pairs(row, index, &v[i][0], &v[i][1]);
        } else {
            v[i][0] = gather_words(row, index);
            v[i][1] = gather_words(row + stride_b, index);
        }
    }
}

INLINE void fetch_singles(const uint16_t *plane, const int32_t *index, const bool paired, ptrdiff_t stride_a,
                          ptrdiff_t stride_b, vi v[2][2])
{
    for (int i = 0; i < 2; i++) {
        const uint16_t *row = plane + i * stride_a;
        const vi here = gather_halves(row, index);
        v[i][0] = here & 0xffff;
        v[i][1] = paired ? (vi)((vu)here >> 16) : gather_halves(row + stride_b, index) & 0xffff;
    }
}

INLINE void add_samples(const fx_body *body, const int materials, const bool paired, const fx_packet *p, int plane,
                        meeting m, vf weight, vf sum[FX_BASES])
{
    const ptrdiff_t stride_a = body->stride[p->a], stride_b = body->stride[p->b];
    const ptrdiff_t first = plane * body->stride[p->axis];
    const vf b1 = m.fb * weight, b0 = weight - b1, w10 = m.fa * b0, w11 = m.fa * b1, w00 = b0 - w10, w01 = b1 - w11;
    vi v[2][2];
    int32_t index[LANES];
    memcpy(index, &m.index, sizeof index);
    if (materials == 1)
        fetch_singles(body->single + first, index, paired, stride_a, stride_b, v);
    else
        fetch_pairs(body->pair + first, index, paired, stride_a, stride_b, v);
    for (int b = 0; b < materials; b++) {
        vf f[2][2];
        for (int i = 0; i < 4; i++) {
            const vi packed = v[i / 2][i % 2];
            f[i / 2][i % 2] = __builtin_convertvector(materials == 1 ? packed
                                                      : b == 0       ? packed & 0xffff
                                                                     : packed >> 16,
                                                      vf);
        }
        sum[b] += (w00 * f[0][0] + w01 * f[0][1]) + (w10 * f[1][0] + w11 * f[1][1]);
    }
}

INLINE vi nearest_label(const fx_body *body, const fx_packet *p, int plane, meeting m)
{
    /* a comparison gives -1 where it holds */
    const vi up_a = m.fa >= 0.5f, up_b = m.fb >= 0.5f;
    const vi index = m.index - up_a * (int32_t)body->stride[p->a] - up_b * (int32_t)body->stride[p->b];
    int32_t places[LANES];
    memcpy(places, &index, sizeof places);
    return gather_halves(body->label + plane * body->stride[p->axis], places) & 0xffff;
}

/* The part of the step about a plane that lies between a lane's near and far. */
INLINE vf part_of_step(const fx_packet *p, float plane)
{
    const vf zero = {0};
    return maximum(minimum(load(p->far), splat(plane + 0.5f)) - maximum(load(p->near), splat(plane - 0.5f)), zero);
}

/* The lowest and highest of a coordinate on two planes. The lanes between the first and the last lie between them. */
INLINE void reach(const float *start, const float *step, int first, int last, int size, int block[2])
{
    const float corner[4] = {start[0] + step[0] * (float)first, start[0] + step[0] * (float)last,
                             start[LANES - 1] + step[LANES - 1] * (float)first,
                             start[LANES - 1] + step[LANES - 1] * (float)last};
    float low = corner[0], high = corner[0];
    for (int i = 1; i < 4; i++) {
        low = corner[i] < low ? corner[i] : low;
        high = corner[i] > high ? corner[i] : high;
    }
    const float least = 0, most = (float)(size - FX_PAD_HIGH), slack = 1e-3f; /* for rounding */
    low = low < least ? least : low > most ? most : low;
    high = high < least ? least : high > most ? most : high;
    block[0] = (int)(low < slack ? 0 : low - slack) >> FX_BLOCK_SHIFT;
    block[1] = ((int)(high + slack) + 1 < size ? (int)(high + slack) + 1 : size - 1) >> FX_BLOCK_SHIFT;
}

/* What is in the blocks that the packet may read on the planes first .. last of one layer of blocks. */
INLINE uint32_t look_ahead(const fx_body *body, const fx_packet *p, int first, int last)
{
    int from[3], to[3], range[2];
    from[p->axis] = to[p->axis] = first >> FX_BLOCK_SHIFT;
    reach(p->a_start, p->a_step, first, last, body->size[p->a], range);
    from[p->a] = range[0];
    to[p->a] = range[1];
    reach(p->b_start, p->b_step, first, last, body->size[p->b], range);
    from[p->b] = range[0];
    to[p->b] = range[1];
    const uint32_t one = body->block[fx_body_block(body, from[0], from[1], from[2])];
    uint32_t all = one;
    for (int y = from[1]; y <= to[1]; y++)
        for (int x = from[0]; x <= to[0]; x++)
            for (int z = from[2]; z <= to[2]; z++) {
                const uint32_t block = body->block[fx_body_block(body, x, y, z)];
                if (((block ^ one) & FX_BLOCK_LABEL) != 0) all |= FX_BLOCK_MIXED;
                all |= block & FX_BLOCK_MASS;
            }
    return all;
}

INLINE void project(const fx_body *body, const int materials, const bool paired, const bool labelled,
                    const fx_packet *p, float out[FX_BASES][FX_MOST_LANES], uint16_t *steps)
{
    const vi none = {0};
    label_run run = {.steps = steps, .pixel = p->pixel};
    vf total[FX_BASES] = {{0}};
    for (int first = p->first, end; first < p->end; first = end) {
        end = (first | (FX_BLOCK - 1)) + 1;
        if (end > p->end) end = p->end;
        const uint32_t ahead = look_ahead(body, p, first, end - 1);
        const bool mixed = labelled && (p->limited || (ahead & FX_BLOCK_LABEL) == FX_BLOCK_MIXED);
        if (labelled && !mixed) count_label(&run, none + (int32_t)(ahead & FX_BLOCK_LABEL), end - first);
        if ((ahead & FX_BLOCK_MASS) == 0 && !mixed) continue;
        vf sum[FX_BASES] = {{0}}; /* of few samples, so that rounding stays small */
        for (int plane = first; plane < end; plane++) {
            const vf weight = p->limited ? part_of_step(p, (float)plane) : splat(1);
            const meeting m = meet(body, p, paired, (float)plane);
            add_samples(body, materials, paired, p, plane, m, weight, sum);
            if (mixed) count_label(&run, nearest_label(body, p, plane, m) & (weight > 0), 1);
        }
        for (int b = 0; b < materials; b++) total[b] += sum[b];
    }
    if (labelled) end_runs(&run, none - 1);
    for (int b = 0; b < materials; b++) store(out[b], total[b]);
}

void NAME(const fx_body *body, const fx_packet *packet, float sum[FX_BASES][FX_MOST_LANES], uint16_t *steps)
{
    const bool paired = packet->b == 2;
    if (body->materials == 1 && paired)
        project(body, 1, true, false, packet, sum, NULL);
    else if (body->materials == 1)
        project(body, 1, false, false, packet, sum, NULL);
    else if (steps == NULL && paired)
        project(body, FX_BASES, true, false, packet, sum, NULL);
    else if (steps == NULL)
        project(body, FX_BASES, false, false, packet, sum, NULL);
    else if (paired)
        project(body, FX_BASES, true, true, packet, sum, steps);
    else
        project(body, FX_BASES, false, true, packet, sum, steps);
}
