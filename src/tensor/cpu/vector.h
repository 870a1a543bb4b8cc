/* vector.h - vectors of LANES floats (4, 8 or 16, defined by the file including this), and the functions that several
 * kernels apply to them. */
#include "tensor/cpu/gemm.h"
#include <string.h>
#if defined __x86_64__
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

typedef float vf __attribute__((vector_size(LANES * 4)));
typedef int32_t vi __attribute__((vector_size(LANES * 4)));
typedef uint32_t vu __attribute__((vector_size(LANES * 4)));
typedef uint16_t vh __attribute__((vector_size(LANES * 2)));

INLINE vf load(const float *p)
{
    vf v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store(float *p, vf v)
{
    memcpy(p, &v, sizeof v);
}

INLINE vf splat(float x)
{
    return x - (vf){0};
}

/* e^x to 2e-7 relative, for x in -87 .. 88. */
INLINE vf exponential_within(vf x)
{
    const vf magic = splat(12582912.0f); /* 1.5 * 2^23 rounds */
    vf n = (x * 1.44269504f + magic) - magic;
    vf r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    vf p = splat(1.3888889e-3f);
    p = p * r + 8.3333333e-3f;
    p = p * r + 4.1666667e-2f;
    p = p * r + 1.6666667e-1f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    vu power = ((vu)(n + 12583039.0f)) << 23; /* the low bits of n + 127 + 1.5 * 2^23 are those of n + 127 */
    return p * (vf)power;
}

/* Lane by lane; b where one of them is NaN. */
INLINE vf maximum(vf a, vf b)
{
#if LANES == 16 && defined __AVX512F__
    return (vf)_mm512_max_ps((__m512)a, (__m512)b);
#elif LANES == 8 && defined __AVX__
    return (vf)_mm256_max_ps((__m256)a, (__m256)b);
#else
    vi more = a > b;
    return (vf)(((vi)a & more) | ((vi)b & ~more));
#endif
}

INLINE vf minimum(vf a, vf b)
{
#if LANES == 16 && defined __AVX512F__
    return (vf)_mm512_min_ps((__m512)a, (__m512)b);
#elif LANES == 8 && defined __AVX__
    return (vf)_mm256_min_ps((__m256)a, (__m256)b);
#else
    vi less = a < b;
    return (vf)(((vi)a & less) | ((vi)b & ~less));
#endif
}

/* The same for any x, clamped to -87 .. 88; NaN stays NaN. */
INLINE vf exponential(vf x)
{
    return exponential_within(minimum(splat(88.0f), maximum(splat(-87.0f), x)));
}

/* e^x for x <= 0: 0 below -87; NaN stays NaN. */
INLINE vf decay(vf x)
{
    return (vf)((vi)exponential_within(x) & ~(vi)(x < -87.0f));
}

INLINE vf sigmoid(vf x)
{
    return 1.0f / (1.0f + exponential(-x));
}

/* e^(-x^2 / 2) */
INLINE vf normal_bell(vf x)
{
    vf a = x * 0.70710678f;
    return exponential_within(maximum(splat(-87.0f), -(a * a)));
}

/* erf(x / sqrt 2) by Abramowitz and Stegun 7.1.26: 1.5e-7 absolute. bell: e^(-x^2 / 2) */
INLINE vf normal_erf(vf x, vf bell)
{
    vu sign = (vu)x & 0x80000000u;
    vf a = (vf)((vu)x & 0x7fffffffu) * 0.70710678f;
    vf t = 1.0f / (a * 0.3275911f + 1.0f);
    vf p = splat(1.061405429f);
    p = p * t + -1.453152027f;
    p = p * t + 1.421413741f;
    p = p * t + -0.284496736f;
    p = p * t + 0.254829592f;
    vf e = 1.0f - p * t * bell;
    return (vf)((vu)e | sign);
}

INLINE vf gelu(vf x)
{
    vf h = x * 0.5f;
    return h * normal_erf(x, normal_bell(x)) + h;
}

INLINE vf activate(const fk_activation act, vf x)
{
    switch (act) {
    case FK_RELU:
        return (vf)((vi)x & ~(vi)(x < 0.0f)); /* NaN stays NaN */
    case FK_GELU:
        return gelu(x);
    case FK_GELU_TANH: /* x (1 + tanh u) / 2 = x sigmoid(2 u) */
        return x * sigmoid((x * x * 0.044715f + 1.0f) * x * 1.5957691216f);
    case FK_QUICKGELU:
        return x * sigmoid(x * 1.702f);
    case FK_NONE:
        break;
    }
    return x;
}

INLINE vf from_bf16(const uint16_t *p)
{
    vh half;
    memcpy(&half, p, sizeof half);
    return (vf)(__builtin_convertvector(half, vu) << 16);
}

INLINE void to_bf16(uint16_t *p, vf v)
{
    vu bits = (vu)v;
    vu nan = (vu)((vi)(bits & 0x7fffffffu) > 0x7f800000);
    vu rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    vu quiet = (bits >> 16) | 0x40u;
    vh half = __builtin_convertvector((rounded & ~nan) | (quiet & nan), vh);
    memcpy(p, &half, sizeof half);
}
