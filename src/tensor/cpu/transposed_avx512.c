/* transposed_avx512.c - products over rows with AVX-512. */
#define LANES   16
#define KERNELS fk_transposed_avx512
#include "tensor/cpu/transposed_kernel.h"
