/* rows_base.c - the kernels of rows.h on vectors of 4 floats. */
#define LANES      4
#define NAME(name) fk_rows_##name##_base
#include "tensor/cpu/rows_kernel.h"
