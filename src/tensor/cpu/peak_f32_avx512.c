/* peak_f32_avx512.c - FMA on 16 floats. */
typedef float sums __attribute__((vector_size(64)));
enum { OPERATIONS = 2 * 16 };

static inline sums multiply_add(sums x)
{
    return x * 0.999f + 1e-4f;
}

#define LOOP fk_peak_f32_avx512
#include "tensor/cpu/peak_loop.h"
