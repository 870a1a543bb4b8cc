/* upscaled_avx2.c - the gradient of an upscaled map's pixels with AVX2 and FMA. */
#define LANES 8
#define NAME  fk_upscaled_avx2
#include "tensor/cpu/upscaled_kernel.h"
