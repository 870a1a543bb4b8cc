/* losses_avx2.c - the kernels of losses.h on vectors of 8 floats. */
#define LANES      8
#define NAME(name) fk_loss_##name##_avx2
#include "tensor/cpu/losses_kernel.h"
