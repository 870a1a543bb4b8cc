/* beam_avx512.c - the kernel of beam.h on vectors of 16 floats. */
#define LANES 16
#define NAME  fx_beam_avx512
#include "xray/beam_kernel.h"
