/* projector_avx512.c - the kernel of projector.h on vectors of 16 floats. */
#define LANES 16
#define NAME  fx_bundle_avx512
#include "xray/projector_kernel.h"
