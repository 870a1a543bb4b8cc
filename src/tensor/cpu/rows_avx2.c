/* rows_avx2.c - the kernels of rows.h on vectors of 8 floats. */
#define LANES      8
#define NAME(name) fk_rows_##name##_avx2
#include "tensor/cpu/rows_kernel.h"
