/* noise_kernel.h - the kernel of noise_internal.h for one width of vectors. The file including it defines LANES and
 * NAME. */
#include "tensor/cpu/vector.h"
#include "xray/noise_internal.h"

typedef uint64_t vq __attribute__((vector_size(LANES * 4)));

/* The products of the lower halves, 64 bits each. */
INLINE vq multiply_lower(vq a, vq b)
{
#if LANES == 16 && defined __AVX512F__
    return (vq)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#elif LANES == 8 && defined __AVX2__
    return (vq)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif LANES == 4 && defined __SSE2__
    return (vq)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
    return (a & 0xffffffffu) * (b & 0xffffffffu);
#endif
}

/* Word by word: the upper and lower halves of a times a constant. */
INLINE void multiply_words(vu a, uint32_t constant, vu *upper, vu *lower)
{
    const vq low = {0}, even_mask = low + 0xffffffffu, factor = low + constant;
    const vq even = multiply_lower((vq)a, factor), odd = multiply_lower((vq)a >> 32, factor);
    *lower = (vu)((even & even_mask) | (odd << 32));
    *upper = (vu)((even >> 32) | (odd & ~even_mask));
}

/* fb_philox of base/random.h for LANES counters; counter c in, block out. */
INLINE void philox(vu c[4], const uint32_t key[2])
{
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        vu upper_a, lower_a, upper_b, lower_b;
        multiply_words(c[0], 0xd2511f53u, &upper_a, &lower_a);
        multiply_words(c[2], 0xcd9e8d57u, &upper_b, &lower_b);
        c[0] = upper_b ^ c[1] ^ k0;
        c[1] = lower_b;
        c[2] = upper_a ^ c[3] ^ k1;
        c[3] = lower_a;
        k0 += 0x9e3779b9u;
        k1 += 0xbb67ae85u;
    }
}

/* ln x for normal x > 0, to 2e-7: x = m 2^e with m from sqrt(1/2) to sqrt(2), and ln m = 2 atanh((m - 1) / (m + 1)). */
INLINE vf logarithm(vf x)
{
    const vu from_root = (vu)x - 0x3f3504f3u; /* the bits of sqrt(1/2) */
    const vf e = __builtin_convertvector((vi)from_root >> 23, vf);
    const vf m = (vf)((from_root & 0x007fffffu) + 0x3f3504f3u);
    const vf s = (m - 1.0f) / (m + 1.0f), square = s * s;
    const vf series = 1 + square * (1.0f / 3 + square * (1.0f / 5 + square * (1.0f / 7 + square * (1.0f / 9))));
    return e * 0.69314718f + 2 * s * series;
}

/* cos(2 pi u) for u in [0, 1): sin of an angle from -pi/2 to pi/2, by its series. */
INLINE vf cosine_of_turn(vf u)
{
    const vf centred = u - 0.5f;
    const vf a = ((vf)((vu)centred & 0x7fffffffu) - 0.25f) * 6.2831853f, square = a * a;
    vf series = splat(-1.0f / 39916800);
    series = series * square + 1.0f / 362880;
    series = series * square - 1.0f / 5040;
    series = series * square + 1.0f / 120;
    series = series * square - 1.0f / 6;
    return a + a * square * series;
}

INLINE vf square_root(vf x)
{
    for (int i = 0; i < LANES; i++) x[i] = __builtin_sqrtf(x[i]);
    return x;
}

/* Words to (0, 1] and [0, 1), in steps of 2^-24. */
INLINE vf above_zero(vu word)
{
    return __builtin_convertvector((vi)((word >> 8) + 1), vf) * 0x1p-24f;
}

INLINE vf below_one(vu word)
{
    return __builtin_convertvector((vi)(word >> 8), vf) * 0x1p-24f;
}

void NAME(const fx_noise_stream *stream, uint32_t first, float out[FX_NORMALS])
{
    const vu zero = {0};
    vu lane;
    for (int i = 0; i < LANES; i++) lane[i] = (uint32_t)i;
    for (uint32_t i = 0; i < FX_NORMALS; i += LANES) {
        vu c[4] = {lane + (first + i), zero + stream->stream, zero + stream->view, zero + stream->scene};
        philox(c, stream->key);
        store(out + i, square_root(-2 * logarithm(above_zero(c[0]))) * cosine_of_turn(below_one(c[1])));
    }
}
