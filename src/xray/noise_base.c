/* noise_base.c - the kernel of noise_internal.h on vectors of 4 floats. */
#define LANES 4
#define NAME  fx_normals_base
#include "xray/noise_kernel.h"
