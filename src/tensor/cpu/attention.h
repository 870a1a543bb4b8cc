/* attention.h - attention between two sets of tokens, and its gradient, on this processor. */
#ifndef TENSOR_CPU_ATTENTION_H
#define TENSOR_CPU_ATTENTION_H

#include "tensor/device.h"

/* Results do not depend on the number of threads. */
ft_kernel fk_attention, fk_attention_grad;
/* The scratch that one of the two needs; the instruction set must stay the same until it runs. */
size_t fk_attention_workspace(const ft_call *call);

#endif
