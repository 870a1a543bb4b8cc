/* gemm_bf16_avx512.c - bf16 products with AVX-512 BF16. */
#define LANES 16
#define KERNEL_BF16
#define BLOCK   fk_block_bf16_avx512
#define CONVERT fk_convert_bf16_avx512
#include "tensor/cpu/gemm_kernel.h"
