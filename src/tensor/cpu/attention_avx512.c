/* attention_avx512.c - attention between tokens with AVX-512. */
#define LANES   16
#define KERNELS fk_tokens_avx512
#include "tensor/cpu/attention_kernel.h"
