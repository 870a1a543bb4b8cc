/* window_attention_avx512.c - window attention with AVX-512. */
#define LANES    16
#define FORWARD  fk_window_forward_avx512
#define BACKWARD fk_window_backward_avx512
#include "tensor/cpu/window_attention_kernel.h"
