/* transposed_avx2.c - products over rows with AVX2 and FMA. */
#define LANES   8
#define KERNELS fk_transposed_avx2
#include "tensor/cpu/transposed_kernel.h"
