/* gemm_i8_avx2.c - int8 products with AVX2, in 16 bits. */
#define LANES 8
#define KERNEL_I8
#define BLOCK   fk_block_i8_avx2
#define CONVERT fk_convert_i8_avx2
#include "tensor/cpu/gemm_kernel.h"
