/*
 * losses.h - dice and focal loss and their gradients on vectors of floats; what they compute is in ops.h. The gradient
 * of a mask whose loss is not wanted is zero without a look at it: of several candidates only one is learned from.
 */
#ifndef TENSOR_CPU_LOSSES_H
#define TENSOR_CPU_LOSSES_H

#include "tensor/device.h"

#define FK_LOSSES(X)                                                                                                   \
    X(dice)                                                                                                            \
    X(dice_grad)                                                                                                       \
    X(focal)                                                                                                           \
    X(focal_grad)

#define FK_DECLARE_LOSS(name)                                                                                          \
    ft_kernel fk_loss_##name, fk_loss_##name##_base, fk_loss_##name##_avx2, fk_loss_##name##_avx512;
FK_LOSSES(FK_DECLARE_LOSS)
#undef FK_DECLARE_LOSS

/* Bytes of scratch for a call of one of these. */
size_t fk_loss_workspace(const ft_call *call);

#endif
