/* projector_avx2.c - the kernel of projector.h on vectors of 8 floats. */
#define LANES 8
#define NAME  fx_bundle_avx2
#include "xray/projector_kernel.h"
