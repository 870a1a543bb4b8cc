#include "tensor/cpu/rows.h"

#include "tensor/cpu/gemm.h"
#include "tensor/cpu/rows_internal.h"

#if defined __x86_64__
#define CHOOSE(name)                                                                                                   \
    void fk_rows_##name(const ft_call *call)                                                                           \
    {                                                                                                                  \
        fk_isa isa = fk_isa_used();                                                                                    \
        ft_kernel *kernel = isa >= FK_ISA_AVX512 ? fk_rows_##name##_avx512                                             \
                            : isa >= FK_ISA_AVX2 ? fk_rows_##name##_avx2                                               \
                                                 : fk_rows_##name##_base;                                              \
        kernel(call);                                                                                                  \
    }
#else
#define CHOOSE(name)                                                                                                   \
    void fk_rows_##name(const ft_call *call)                                                                           \
    {                                                                                                                  \
        fk_rows_##name##_base(call);                                                                                   \
    }
#endif
FK_ROWS(CHOOSE)

size_t fk_rows_workspace(const ft_call *call)
{
    int64_t rows = ft_rows(call->in[0].shape), channels = ft_last(call->in[0].shape);
    switch (call->node->op) {
    case FT_OP_LAYERNORM_GRAD: /* sums of dgain and dbias */
        return (size_t)(fk_row_blocks(rows) * 2 * channels) * sizeof(float);
    case FT_OP_BATCHNORM: /* sums to join, mean and 1 / deviation, and sums of one of them at a time */
        return (size_t)channels * (sizeof(double) + (size_t)(2 + fk_row_blocks(rows)) * sizeof(float));
    case FT_OP_BATCHNORM_GRAD: /* the same, and dgain and dbias at once */
        return (size_t)channels * (2 * sizeof(double) + (size_t)(2 + 2 * fk_row_blocks(rows)) * sizeof(float));
    case FT_OP_SUM_ROWS: {
        int64_t n = ft_count(call->out[0].shape);
        return (size_t)(fk_row_blocks(ft_count(call->in[0].shape) / n) * n) * sizeof(float);
    }
    case FT_OP_VQ:
        return (size_t)ft_rows(call->in[1].shape) * sizeof(float);
    default:
        return 0;
    }
}
