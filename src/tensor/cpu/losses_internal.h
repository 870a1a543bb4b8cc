/* losses_internal.h - what losses.c and the kernels of each instruction set share. */
#ifndef TENSOR_CPU_LOSSES_INTERNAL_H
#define TENSOR_CPU_LOSSES_INTERNAL_H

#include "tensor/cpu/losses.h"
#include "tensor/ops/shape.h"

enum { FK_LOSS_PIECE = 1024 }; /* pixels of which a sum is taken in float; the sums of pieces are added in double */

static inline int64_t fk_loss_pieces(int64_t pixels)
{
    return (pixels + FK_LOSS_PIECE - 1) / FK_LOSS_PIECE;
}

#endif
