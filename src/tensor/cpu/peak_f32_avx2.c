/* peak_f32_avx2.c - FMA on 8 floats. */
typedef float sums __attribute__((vector_size(32)));
enum { OPERATIONS = 2 * 8 };

static inline sums multiply_add(sums x)
{
    return x * 0.999f + 1e-4f;
}

#define LOOP fk_peak_f32_avx2
#include "tensor/cpu/peak_loop.h"
