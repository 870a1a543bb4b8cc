/* gemm_bf16_avx2.c - bf16 products with AVX2 and FMA, in f32. */
#define LANES 8
#define KERNEL_BF16
#define BLOCK   fk_block_bf16_avx2
#define CONVERT fk_convert_bf16_avx2
#include "tensor/cpu/gemm_kernel.h"
