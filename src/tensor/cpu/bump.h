/* bump.h - a kernel's scratch: memory laid out in one block. */
#ifndef TENSOR_CPU_BUMP_H
#define TENSOR_CPU_BUMP_H

#include "base/memory.h"
#include "tensor/cpu/gemm.h"

/* Hands out pieces of a block, each aligned; without a block it only adds up what would be taken. */
typedef struct fk_bump {
    char *base;
    size_t used;
} fk_bump;

static inline void *fk_take(fk_bump *from, size_t count, size_t size)
{
    size_t bytes;
    if (!fb_multiply(count, size, &bytes) || bytes > PTRDIFF_MAX / 2) bytes = PTRDIFF_MAX / 2;
    void *piece = from->base != NULL ? from->base + from->used : NULL;
    from->used += (bytes + FB_ALIGNMENT - 1) / FB_ALIGNMENT * FB_ALIGNMENT;
    return piece;
}

/* Room for a packed [N, K]; one that cannot be packed asks for more than there is. */
static inline void *fk_take_pack(fk_bump *from, fk_precision precision, int64_t n, int64_t k)
{
    size_t bytes = fk_pack_size(precision, n, k);
    return fk_take(from, bytes > 0 ? bytes : SIZE_MAX, 1);
}

#endif
