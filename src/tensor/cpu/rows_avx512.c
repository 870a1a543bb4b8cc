/* rows_avx512.c - the kernels of rows.h on vectors of 16 floats. */
#define LANES      16
#define NAME(name) fk_rows_##name##_avx512
#include "tensor/cpu/rows_kernel.h"
