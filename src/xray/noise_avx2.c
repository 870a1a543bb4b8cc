/* noise_avx2.c - the kernel of noise_internal.h on vectors of 8 floats. */
#define LANES 8
#define NAME  fx_normals_avx2
#include "xray/noise_kernel.h"
