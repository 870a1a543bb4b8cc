/* upscaled.h - the gradient of few rows times an upscaled map. */
#ifndef TENSOR_CPU_UPSCALED_H
#define TENSOR_CPU_UPSCALED_H

#include "tensor/device.h"

/* The map is made again, some pixels at a time, and its gradient used where it lies: neither is ever whole in memory.
 * Results do not depend on the number of threads. */
ft_kernel fk_upscaled_product_grad;
size_t fk_upscaled_workspace(const ft_call *call); /* bytes, of that kernel only */

#endif
