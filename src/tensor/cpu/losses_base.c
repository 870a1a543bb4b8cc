/* losses_base.c - the kernels of losses.h on vectors of 4 floats. */
#define LANES      4
#define NAME(name) fk_loss_##name##_base
#include "tensor/cpu/losses_kernel.h"
