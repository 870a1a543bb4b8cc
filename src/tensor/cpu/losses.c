#include "tensor/cpu/losses.h"

#include "tensor/cpu/gemm.h"
#include "tensor/cpu/losses_internal.h"

#if defined __x86_64__
#define CHOOSE(name)                                                                                                   \
    void fk_loss_##name(const ft_call *call)                                                                           \
    {                                                                                                                  \
        fk_isa isa = fk_isa_used();                                                                                    \
        ft_kernel *kernel = isa >= FK_ISA_AVX512 ? fk_loss_##name##_avx512                                             \
                            : isa >= FK_ISA_AVX2 ? fk_loss_##name##_avx2                                               \
                                                 : fk_loss_##name##_base;                                              \
        kernel(call);                                                                                                  \
    }
#else
#define CHOOSE(name)                                                                                                   \
    void fk_loss_##name(const ft_call *call)                                                                           \
    {                                                                                                                  \
        fk_loss_##name##_base(call);                                                                                   \
    }
#endif
FK_LOSSES(CHOOSE)

/* Sums of masks, then of their pieces: two for dice and its gradient, one for focal. */
size_t fk_loss_workspace(const ft_call *call)
{
    ft_op op = call->node->op;
    if (op != FT_OP_DICE && op != FT_OP_DICE_GRAD && op != FT_OP_FOCAL) return 0;
    ft_shape logits = call->in[op == FT_OP_DICE_GRAD].shape;
    size_t sums = op == FT_OP_FOCAL ? 1 : 2, pieces = (size_t)fk_loss_pieces(ft_last(logits));
    return sums * (size_t)ft_rows(logits) * (sizeof(double) + pieces * sizeof(float));
}
