/* beam_avx2.c - the kernel of beam.h on vectors of 8 floats. */
#define LANES 8
#define NAME  fx_beam_avx2
#include "xray/beam_kernel.h"
