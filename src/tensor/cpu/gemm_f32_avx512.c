/* gemm_f32_avx512.c - f32 products with AVX-512. */
#define LANES 16
#define KERNEL_F32
#define BLOCK   fk_block_f32_avx512
#define CONVERT fk_convert_f32_avx512
#include "tensor/cpu/gemm_kernel.h"
