/* transposed_base.c - products over rows for vectors of 4 floats, on any processor. */
#define LANES   4
#define KERNELS fk_transposed_base
#include "tensor/cpu/transposed_kernel.h"
