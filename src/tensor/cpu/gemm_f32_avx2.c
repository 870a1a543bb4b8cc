/* gemm_f32_avx2.c - f32 products with AVX2 and FMA. */
#define LANES 8
#define KERNEL_F32
#define BLOCK   fk_block_f32_avx2
#define CONVERT fk_convert_f32_avx2
#include "tensor/cpu/gemm_kernel.h"
