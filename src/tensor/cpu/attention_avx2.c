/* attention_avx2.c - attention between tokens with AVX2 and FMA. */
#define LANES   8
#define KERNELS fk_tokens_avx2
#include "tensor/cpu/attention_kernel.h"
