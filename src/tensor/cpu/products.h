/*
 * products.h - linear layers, the 3x3 convolution, and their gradients on packed products.
 *
 * Forward, with what program.c joins to them: y = act(BN(x w + bias)) + residual. Weights that stay are packed once,
 * with the BatchNorm folded into them; others are packed into the call's scratch at every run.
 */
#ifndef TENSOR_CPU_PRODUCTS_H
#define TENSOR_CPU_PRODUCTS_H

#include "tensor/cpu/gemm.h"
#include "tensor/device.h"

ft_kernel fk_linear, fk_upscaled_product, fk_linear_dx, fk_linear_dw, fk_conv3, fk_conv3_dx, fk_conv3_dw;

/* What a product whose parameters stay is computed in when `wanted` is asked for: its node's limit, and how many values
 * each sum has, may forbid it. */
fk_precision fk_product_precision(ft_precision limit, int64_t depth, fk_precision wanted);
/* Bytes of scratch for a call of one of these. */
size_t fk_product_workspace(const ft_call *call, fk_precision precision);
/* The packed form of a call's parameters (linear and conv3 only), NULL when memory is exhausted. */
void *fk_product_pack(const ft_call *call, fk_precision precision);
size_t fk_product_packed_bytes(const void *state);
void fk_product_free(void *state);

#endif
