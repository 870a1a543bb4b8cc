/* window_attention_avx2.c - window attention with AVX2 and FMA. */
#define LANES    8
#define FORWARD  fk_window_forward_avx2
#define BACKWARD fk_window_backward_avx2
#include "tensor/cpu/window_attention_kernel.h"
