#include "tensor/cpu/gemm.h"
#include "tensor/cpu/transposed_internal.h"

void fk_transposed_run(const fk_transposed *product)
{
#if defined __x86_64__
    fk_isa isa = fk_isa_used();
    fk_transposed_kernel *kernel = isa >= FK_ISA_AVX512 ? fk_transposed_avx512
                                   : isa >= FK_ISA_AVX2 ? fk_transposed_avx2
                                                        : fk_transposed_base;
    kernel(product);
#else
    fk_transposed_base(product);
#endif
}

size_t fk_transposed_scratch(int64_t m, int64_t n, int64_t k)
{
    int64_t columns = (k + FK_STRIP - 1) / FK_STRIP * FK_STRIP;
    return (size_t)fk_copied_rows(m) * (size_t)(fk_copied_row(n) + columns) * sizeof(float);
}
