/* losses_avx512.c - the kernels of losses.h on vectors of 16 floats. */
#define LANES      16
#define NAME(name) fk_loss_##name##_avx512
#include "tensor/cpu/losses_kernel.h"
