/* peak_bf16_avx512.c - dot products of pairs of bfloat16 into 16 floats. */
#include <immintrin.h>

typedef float sums __attribute__((vector_size(64)));
enum { OPERATIONS = 2 * 2 * 16 };

static inline sums multiply_add(sums x)
{
    __m512bh half = (__m512bh)_mm512_set1_epi16(0x3f00); /* 0.5 */
    return (sums)_mm512_dpbf16_ps((__m512)x, half, half);
}

#define LOOP fk_peak_bf16_avx512
#include "tensor/cpu/peak_loop.h"
