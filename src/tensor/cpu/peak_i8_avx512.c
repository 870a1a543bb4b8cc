/* peak_i8_avx512.c - dot products of four pairs of bytes into 16 integers. */
#include <immintrin.h>

typedef int sums __attribute__((vector_size(64)));
enum { OPERATIONS = 2 * 4 * 16 };

static inline sums multiply_add(sums x)
{
    __m512i one = _mm512_set1_epi8(1);
    return (sums)_mm512_dpbusd_epi32((__m512i)x, one, one);
}

#define LOOP fk_peak_i8_avx512
#include "tensor/cpu/peak_loop.h"
