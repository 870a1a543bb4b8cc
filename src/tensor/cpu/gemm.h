/* gemm.h - matrix products C[M,N] = epilogue(A[M,K] B[K,N]) with B packed once, on every instruction set. */
#ifndef TENSOR_CPU_GEMM_H
#define TENSOR_CPU_GEMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum fk_precision { FK_F32, FK_BF16, FK_I8 } fk_precision; /* of the packed matrix and of the product */
typedef enum fk_type { FK_TYPE_F32, FK_TYPE_BF16 } fk_type;        /* of A and C in memory */
typedef enum fk_activation { FK_NONE, FK_RELU, FK_GELU, FK_GELU_TANH, FK_QUICKGELU } fk_activation;

/* Instruction sets, each including those before it. */
typedef enum fk_isa { FK_ISA_PLAIN, FK_ISA_AVX2, FK_ISA_AVX512, FK_ISA_AVX512VNNI, FK_ISA_AVX512BF16 } fk_isa;

/* The best set of this machine, at most the limit. */
fk_isa fk_isa_used(void);
/* For tests: use no set above `limit` from now on. Not to be called while a product runs. */
void fk_isa_limit(fk_isa limit);

/* B packed into panels of 64 columns; immutable, may be shared by threads. Its layout depends on no instruction set. */
typedef struct fk_packed fk_packed;

/* Packs B, whose element (n, k) for 0 <= n < N, 0 <= k < K is w[n * row_stride + k * col_stride]: strides (K, 1) for
 * w[N,K], (1, N) for w[K,N]. FK_I8 quantises symmetrically with one scale per n (a column that is not finite has no
 * meaning). `w` is not kept. NULL when memory is exhausted or fk_pack_size is 0. Owned by the caller:
 * fk_packed_free. */
fk_packed *fk_pack(fk_precision precision, int64_t n, int64_t k, const float *w, int64_t row_stride,
                   int64_t col_stride);
void fk_packed_free(fk_packed *packed); /* NULL is allowed */
/* The bytes B takes; 0 when it cannot be packed: n or k < 1, k > 65536 for FK_I8, or more than memory can hold. */
size_t fk_pack_size(fk_precision precision, int64_t n, int64_t k);
/* fk_pack into `memory` of fk_pack_size bytes, aligned to FB_ALIGNMENT, whatever it held before: for weights that
 * change every step. The result lives in `memory`, which must not move, and is not freed. */
fk_packed *fk_pack_into(void *memory, fk_precision precision, int64_t n, int64_t k, const float *w, int64_t row_stride,
                        int64_t col_stride);
size_t fk_packed_bytes(const fk_packed *packed);
int64_t fk_packed_n(const fk_packed *packed);
int64_t fk_packed_k(const fk_packed *packed);
fk_precision fk_packed_precision(const fk_packed *packed);

/* v = A B + bias; pre = v; v = act(v); v += residual; v += C if accumulate; C = v. Everything is borrowed; all
 * sums are f32 (bf16: of rounded operands; int8: i32 sums of A rounded to 8 bits with one scale per row). Fields that
 * are zero are not used. */
typedef struct fk_gemm {
    int64_t m;
    const void *a; /* [m,k], rows `lda` elements apart; rows may overlap */
    fk_type a_type;
    int64_t lda;
    /* Above 1: a row of A is `segments` runs of k / segments elements, beginning `segment_stride` elements apart.
     * Three runs make a 3x3 convolution over a padded map [h + 2, w + 2, channels] a product: lda = channels,
     * segment_stride = (w + 2) channels, k = 9 channels. */
    int64_t segments, segment_stride;
    const fk_packed *b;
    const float *bias; /* [n] or NULL */
    fk_activation act;
    const float *residual; /* [m,n], rows `ldr` apart, or NULL; may equal c */
    int64_t ldr;
    void *c; /* [m,n], rows `ldc` elements apart; must not overlap a */
    fk_type c_type;
    int64_t ldc;
    bool accumulate;
    float *pre; /* [m,n] contiguous, or NULL: the values before the activation */
    /* Above 1: that many products with the same B, whose A, C and residual begin so many elements apart; pre is
     * [batch,m,n]. */
    int64_t batch, a_batch, c_batch, residual_batch;
    void *scratch; /* fk_gemm_scratch bytes aligned to FB_ALIGNMENT, or NULL: the calling thread's own */
} fk_gemm;

/* Runs on OpenMP's threads, with the best kernels of the machine; where it has none, by OpenBLAS (f32) or plain. A is
 * converted, where needed, in the scratch; the calling thread's own grows to the largest product's and stays until
 * fk_gemm_release; when it cannot be had the product runs without it, slowly. Never fails. Needs half a megabyte of
 * each thread's stack. */
void fk_gemm_run(const fk_gemm *gemm);
/* The same in plain C: the reference of the others. */
void fk_gemm_plain(const fk_gemm *gemm);
/* The scratch's bytes on this machine with a B of this precision and depth, which need not be packed yet; 0 when A is
 * read in place. What the pointers point to is not looked at. SIZE_MAX when no memory can hold it. */
size_t fk_gemm_scratch(const fk_gemm *gemm, fk_precision precision, int64_t k);
/* Frees the calling thread's scratch. */
void fk_gemm_release(void);

#endif
