/* peak_f32_plain.c - what the compiler makes of four floats, which any 64-bit processor has in a register. */
typedef float sums __attribute__((vector_size(16)));
enum { OPERATIONS = 2 * 4 };

static inline sums multiply_add(sums x)
{
    return x * 0.999f + 1e-4f;
}

#define LOOP fk_peak_f32_plain
#include "tensor/cpu/peak_loop.h"
