/* noise_avx512.c - the kernel of noise_internal.h on vectors of 16 floats. */
#define LANES 16
#define NAME  fx_normals_avx512
#include "xray/noise_kernel.h"
