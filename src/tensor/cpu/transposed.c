#include "tensor/cpu/gemm.h"
#include "tensor/cpu/transposed_internal.h"

static const fk_transposed_kernels *kernels(void)
{
#if defined __x86_64__
    if (fk_isa_used() >= FK_ISA_AVX512) return &fk_transposed_avx512;
    if (fk_isa_used() >= FK_ISA_AVX2) return &fk_transposed_avx2;
#endif
    return &fk_transposed_base;
}

void fk_transposed_run(const fk_transposed *product)
{
    kernels()->over_rows(product);
}

void fk_few_rows_run(int64_t m, int64_t n, int64_t k, const float *a, const float *b, float *c)
{
    kernels()->few_rows(m, n, k, a, b, c);
}

size_t fk_transposed_scratch(int64_t m, int64_t n, int64_t k)
{
    int64_t columns = (k + FK_STRIP - 1) / FK_STRIP * FK_STRIP;
    return (size_t)fk_copied_rows(m) * (size_t)(fk_copied_row(n) + columns) * sizeof(float);
}
