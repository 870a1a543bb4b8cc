/* gemm_internal.h - what gemm.c and the kernels of each instruction set share. */
#ifndef TENSOR_CPU_GEMM_INTERNAL_H
#define TENSOR_CPU_GEMM_INTERNAL_H

#include "tensor/cpu/gemm.h"

enum { FK_PANEL = 64, FK_VECTOR = 16, FK_ROWS = 6, FK_BLOCK_ROWS = 192 };

/* Panel j covers columns 64 j .. 64 j + width - 1, width 64 or, for the last one, the rest rounded up to 16; it begins
 * at byte j * 64 * k_padded * size of `data` and is [k_padded / group][width][group], group 1 (f32), 2 (bf16) or
 * 4 (int8): zeros beyond n and k. */
struct fk_packed {
    fk_precision precision;
    int64_t n, k, k_padded; /* k_padded: k rounded up to the group */
    size_t bytes;
    void *data;
    float *scale; /* int8: [n] per column */
    int32_t *sum; /* int8: [n], 128 times the sum over k of the quantised column */
};

/* A product whose A is in the kernel's own type: f32, bf16 or u8 (offset 128), readable to k_padded. */
typedef struct fk_job {
    const fk_gemm *gemm;
    const void *a;
    int64_t lda;
    const float *row_scale; /* int8: [m] */
} fk_job;

/* Computes rows m0 .. m1 - 1 (at most FK_BLOCK_ROWS) of panel `panel`. */
typedef void fk_block(const fk_job *job, int64_t m0, int64_t m1, int64_t panel);
/* Converts row `row` of gemm's A to the kernel's type: out [k_padded]; *scale is set by int8 only. */
typedef void fk_convert(const fk_gemm *gemm, int64_t row, void *out, float *scale);

static inline int64_t fk_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

fk_block fk_block_f32_avx2, fk_block_f32_avx512, fk_block_bf16_avx512, fk_block_i8_avx512;
fk_convert fk_convert_f32_avx2, fk_convert_f32_avx512, fk_convert_bf16_avx512, fk_convert_i8_avx512;

#endif
