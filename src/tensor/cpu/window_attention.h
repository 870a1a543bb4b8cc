/* window_attention.h - window attention and its gradient on this processor. */
#ifndef TENSOR_CPU_WINDOW_ATTENTION_H
#define TENSOR_CPU_WINDOW_ATTENTION_H

#include "tensor/device.h"

/* qkv and the result may be bfloat16. Results do not depend on the number of threads. */
ft_kernel fk_window_attention, fk_window_attention_grad;
/* The scratch that one of the two needs; the instruction set must stay the same until it runs. */
size_t fk_window_attention_workspace(const ft_call *call);

#endif
