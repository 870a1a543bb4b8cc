/* flops.h - the arithmetic of a graph's products, counted from the shapes of the nodes that run. */
#ifndef TENSOR_FLOPS_H
#define TENSOR_FLOPS_H

#include "tensor/device.h"

/* Floating-point operations of the products in this step, a multiplication and an addition counting as two: linear
 * layers, 3x3 convolutions, attention (scores and weighted values; window attention over its padded windows, causal
 * attention over the keys that are seen) and their gradients. Everything else, softmax and norms included, counts as
 * none, so that rates compare with the peak of the machine's multiply-add units. */
double ft_flops(const ft_call *step);

#endif
