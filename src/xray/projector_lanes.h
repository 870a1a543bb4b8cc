/* projector_lanes.h - what the kernel does to all lanes at once beyond tensor/cpu/vector.h, for one width of vectors.
 */
#include "tensor/cpu/vector.h"
#include "xray/projector_internal.h"
#include <math.h>

/* Half a word in the lower half, and its neighbour in memory in the upper. Single loads, lane by lane: on Zen 3 they
 * take a third of the time of the gathers of AVX2. */
INLINE vi gather_halves(const uint16_t *base, const int32_t *index)
{
    vi out;
#if LANES == 16 && defined __AVX512F__
    out = (vi)_mm512_i32gather_epi32(_mm512_loadu_si512(index), base, 2);
#else
    for (int i = 0; i < LANES; i++) {
        uint32_t two;
        memcpy(&two, base + index[i], sizeof two);
        out[i] = (int32_t)two;
    }
#endif
    return out;
}

/* Bit i where lane i is not 0, for lanes that are 0 or -1. */
INLINE unsigned lanes_of(vi holds)
{
#if LANES == 16 && defined __AVX512F__
    return _mm512_movepi32_mask((__m512i)holds);
#elif LANES == 8 && defined __AVX2__
    return (unsigned)_mm256_movemask_ps((__m256)holds);
#else
    unsigned lanes = 0;
    for (int i = 0; i < LANES; i++) lanes |= (unsigned)(holds[i] != 0) << i;
    return lanes;
#endif
}

/* a where a lane of `first` is -1, b where it is 0. */
INLINE vi choose(vi first, vi a, vi b)
{
    return (a & first) | (b & ~first);
}

INLINE vi whole(vi fixed)
{
    return fixed >> FX_FRACTION_BITS;
}

INLINE vi to_fixed(vf x)
{
    return __builtin_convertvector(x * FX_FIXED_ONE, vi);
}

/* ---- windows: of LANES / 4 groups of four lanes each reads FX_WINDOW numbers that lie one after the other ---- */
#if (LANES == 8 && defined __AVX2__) || (LANES == 16 && defined __AVX512BW__)
#define HAS_WINDOWS true
enum { GROUPS = LANES / 4 };

INLINE __m128i window_at(const uint16_t *from)
{
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

#if LANES == 16
INLINE vi load_windows(const uint16_t *base, const int32_t first[GROUPS])
{
    __m512i all = _mm512_castsi128_si512(window_at(base + first[0]));
    all = _mm512_inserti32x4(all, window_at(base + first[1]), 1);
    all = _mm512_inserti32x4(all, window_at(base + first[2]), 2);
    return (vi)_mm512_inserti32x4(all, window_at(base + first[3]), 3);
}

/* Bytes of the lane's own group of four lanes, 0 for those of a pattern above 127. */
INLINE vi pick_bytes(vi windows, vi bytes)
{
    return (vi)_mm512_shuffle_epi8((__m512i)windows, (__m512i)bytes);
}

/* The sum of the products of two signed halves. */
INLINE vi multiply_pairs(vi a, vi b)
{
    return (vi)_mm512_madd_epi16((__m512i)a, (__m512i)b);
}

/* In every lane, the lower of the first and last lanes of its group. */
INLINE vi group_ends(vi x)
{
    return (vi)_mm512_min_epi32(_mm512_shuffle_epi32((__m512i)x, 0x00), _mm512_shuffle_epi32((__m512i)x, 0xff));
}

INLINE void first_of_groups(vi x, int32_t first[GROUPS])
{
    for (int g = 0; g < GROUPS; g++) first[g] = x[4 * g];
}

INLINE vi add_bytes(vi a, vi b)
{
    return (vi)_mm512_add_epi8((__m512i)a, (__m512i)b);
}

INLINE vi shift_halves(vi x)
{
    return (vi)_mm512_srli_epi16((__m512i)x, 1);
}
#else
INLINE vi load_windows(const uint16_t *base, const int32_t first[GROUPS])
{
    return (vi)_mm256_inserti128_si256(_mm256_castsi128_si256(window_at(base + first[0])), window_at(base + first[1]),
                                       1);
}

/* Bytes of the lane's own group of four lanes, 0 for those of a pattern above 127. */
INLINE vi pick_bytes(vi windows, vi bytes)
{
    return (vi)_mm256_shuffle_epi8((__m256i)windows, (__m256i)bytes);
}

/* The sum of the products of two signed halves. */
INLINE vi multiply_pairs(vi a, vi b)
{
    return (vi)_mm256_madd_epi16((__m256i)a, (__m256i)b);
}

/* In every lane, the lower of the first and last lanes of its group. */
INLINE vi group_ends(vi x)
{
    return (vi)_mm256_min_epi32(_mm256_shuffle_epi32((__m256i)x, 0x00), _mm256_shuffle_epi32((__m256i)x, 0xff));
}

INLINE void first_of_groups(vi x, int32_t first[GROUPS])
{
    first[0] = _mm256_cvtsi256_si32((__m256i)x);
    first[1] = _mm256_extract_epi32((__m256i)x, 4);
}

INLINE vi add_bytes(vi a, vi b)
{
    return (vi)_mm256_add_epi8((__m256i)a, (__m256i)b);
}

INLINE vi shift_halves(vi x)
{
    return (vi)_mm256_srli_epi16((__m256i)x, 1);
}
#endif

/* The same 16 bytes for each group. */
INLINE vi for_groups(const uint32_t bytes[4])
{
    vi all;
    for (int i = 0; i < LANES; i++) all[i] = (int32_t)bytes[i % 4];
    return all;
}
#else
#define HAS_WINDOWS false
#endif
