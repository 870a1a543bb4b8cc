/* upscaled_internal.h - what upscaled.c and the kernels of each instruction set share. */
#ifndef TENSOR_CPU_UPSCALED_INTERNAL_H
#define TENSOR_CPU_UPSCALED_INTERNAL_H

#include "tensor/ops/ops.h"

/* Pixels of x, those from `first` on, and what becomes of them: four places of the map each. */
typedef struct fk_upscaled_piece {
    int64_t first, count, width; /* width: of a line of x */
    int64_t channels, rows;      /* C, and M <= 8 of f */
    ft_activation act;
    const float *dy; /* [M, columns] */
    int64_t columns;
    const float *f;    /* [M, C] */
    float *map;        /* [count, 4, C]: in, the map before its activation; out, the gradient of that */
    float *dbias, *df; /* [C], [M, C]: added to */
} fk_upscaled_piece;

typedef void fk_upscaled_kernel(const fk_upscaled_piece *piece);
fk_upscaled_kernel fk_upscaled_base, fk_upscaled_avx2, fk_upscaled_avx512;

#endif
