/* gemm_internal.h - what gemm.c, packing and the kernels of each instruction set share. */
#ifndef TENSOR_CPU_GEMM_INTERNAL_H
#define TENSOR_CPU_GEMM_INTERNAL_H

#include "tensor/cpu/gemm.h"

enum { FK_PANEL = 64, FK_VECTOR = 16, FK_ROWS = 6 };
/* The most rows, panels and 4 byte groups of k that a kernel takes at a time. AVX2's copy of A (200 KiB) is to stay in
 * the second cache together with that of a panel (64 KiB) and a panel's sums (48 KiB). */
enum { FK_AVX2_ROWS = 192, FK_AVX2_PANELS = 4, FK_AVX2_DEPTH = 256 };
enum { FK_AVX512_ROWS = 192, FK_AVX512_PANELS = 1, FK_AVX512_DEPTH = 128 };

/* Panel j covers columns 64 j .. 64 j + width - 1, width 64 or, for the last one, the rest rounded up to 16; it begins
 * at element 64 j * k_padded of `data` and is [k_padded / group][width][group], group 1 (f32), 2 (bf16) or 4 (int8):
 * zeros beyond n and k. */
struct fk_packed {
    fk_precision precision;
    int64_t n, k, k_padded; /* k_padded: k rounded up to the group */
    size_t bytes;           /* of this, followed by all it points to */
    void *data;
    float *scale; /* int8: [n] per column */
    int32_t *sum; /* int8: [n], 128 times the sum over k of the quantised column */
};

/* One product (of a batch) whose A is in the kernel's own type: f32, bf16 or u8 (offset 128), readable to k_padded. */
typedef struct fk_job {
    const fk_gemm *gemm;
    const void *a;
    int64_t lda, segments, segment_stride; /* a segment is a multiple of the group, unless it is the only one */
    const float *row_scale;                /* int8: [m] */
} fk_job;

/* Computes rows m0 .. m1 - 1 of panels panel0 .. panel1 - 1; more panels than the kernel's if they have one segment no
 * deeper than its depth. */
typedef void fk_block(const fk_job *job, int64_t m0, int64_t m1, int64_t panel0, int64_t panel1);
/* Converts row `row` of gemm's A to the kernel's type: out [k_padded]; *scale is set by int8 only. */
typedef void fk_convert(const fk_gemm *gemm, int64_t row, void *out, float *scale);

static inline int64_t fk_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* `count`, for which 0 means 1: of segments or of a batch. */
static inline int64_t fk_count(int64_t count)
{
    return count > 1 ? count : 1;
}

static inline size_t fk_type_size(fk_type type)
{
    return type == FK_TYPE_F32 ? sizeof(float) : sizeof(uint16_t);
}

static inline size_t fk_precision_size(fk_precision precision)
{
    return precision == FK_F32 ? 4 : precision == FK_BF16 ? 2 : 1;
}

static inline int64_t fk_group(fk_precision precision)
{
    return precision == FK_F32 ? 1 : precision == FK_BF16 ? 2 : 4;
}

/* Of the panel that begins at column `first`. */
static inline int64_t fk_panel_width(int64_t n, int64_t first)
{
    return (fk_min(n - first, FK_PANEL) + FK_VECTOR - 1) / FK_VECTOR * FK_VECTOR;
}

/* The product at `index` of a batch, as one without. */
static inline fk_gemm fk_gemm_at(const fk_gemm *gemm, int64_t index)
{
    fk_gemm one = *gemm;
    one.batch = 0;
    one.a = (const char *)one.a + index * one.a_batch * (int64_t)fk_type_size(one.a_type);
    one.c = (char *)one.c + index * one.c_batch * (int64_t)fk_type_size(one.c_type);
    if (one.residual != NULL) one.residual += index * one.residual_batch;
    if (one.pre != NULL) one.pre += index * one.m * one.b->n;
    return one;
}

/* The product by OpenBLAS; false, and nothing done, when it is none in f32 of an A in f32. */
bool fk_gemm_blas(const fk_gemm *gemm);
/* The epilogue of `columns` sums of a row from `column` on, in plain C. */
void fk_finish_plain(const fk_gemm *gemm, int64_t row, int64_t column, int columns, const float *sums);

fk_block fk_block_f32_avx2, fk_block_bf16_avx2, fk_block_i8_avx2;
fk_block fk_block_f32_avx512, fk_block_bf16_avx512, fk_block_i8_avx512;
fk_convert fk_convert_f32_avx2, fk_convert_bf16_avx2, fk_convert_i8_avx2;
fk_convert fk_convert_f32_avx512, fk_convert_bf16_avx512, fk_convert_i8_avx512;

#endif
