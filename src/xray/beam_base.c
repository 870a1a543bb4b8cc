/* beam_base.c - the kernel of beam.h on vectors of 4 floats. */
#define LANES 4
#define NAME  fx_beam_base
#include "xray/beam_kernel.h"
