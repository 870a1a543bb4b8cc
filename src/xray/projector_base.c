/* projector_base.c - the kernel of projector.h on vectors of 4 floats. */
#define LANES 4
#define NAME  fx_bundle_base
#include "xray/projector_kernel.h"
