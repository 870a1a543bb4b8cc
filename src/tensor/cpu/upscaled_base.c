/* upscaled_base.c - the gradient of an upscaled map's pixels for vectors of 4 floats, on any processor. */
#define LANES 4
#define NAME  fk_upscaled_base
#include "tensor/cpu/upscaled_kernel.h"
