/* upscaled_avx512.c - the gradient of an upscaled map's pixels with AVX-512. */
#define LANES 16
#define NAME  fk_upscaled_avx512
#include "tensor/cpu/upscaled_kernel.h"
