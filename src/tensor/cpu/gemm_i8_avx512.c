/* gemm_i8_avx512.c - int8 products with AVX-512 VNNI. */
#define LANES 16
#define KERNEL_I8
#define BLOCK   fk_block_i8_avx512
#define CONVERT fk_convert_i8_avx512
#include "tensor/cpu/gemm_kernel.h"
