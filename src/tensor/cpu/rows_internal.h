/* rows_internal.h - what rows.c and the kernels of each instruction set share. */
#ifndef TENSOR_CPU_ROWS_INTERNAL_H
#define TENSOR_CPU_ROWS_INTERNAL_H

#include "tensor/ops/shape.h"

enum { FK_MOST_BLOCKS = 64 };

/* In how many blocks sums over rows are taken: a number that does not depend on the threads, so that the sums do not.
 */
static inline int64_t fk_row_blocks(int64_t rows)
{
    int64_t blocks = rows / 32;
    return blocks < 1 ? 1 : blocks > FK_MOST_BLOCKS ? FK_MOST_BLOCKS : blocks;
}

static inline int64_t fk_block_first(int64_t rows, int64_t block)
{
    return rows * block / fk_row_blocks(rows);
}

#endif
