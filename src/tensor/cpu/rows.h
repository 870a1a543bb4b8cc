/*
 * rows.h - kernels that go through arrays once: norms, sums, activations, and moving elements about.
 *
 * They are written once (rows_kernel.h) and compiled for vectors of 4 floats (any processor), AVX2 and AVX-512; the
 * functions here choose at run time. Results do not depend on the number of threads: sums over rows are taken in blocks
 * whose size depends on the shapes alone.
 */
#ifndef TENSOR_CPU_ROWS_H
#define TENSOR_CPU_ROWS_H

#include "tensor/device.h"

/* FK_ROWS(X): X(name) for every kernel. Their meaning is that of the plain kernel of the same name, except for
 * `product`: y [M, N] = x [M, K] w [N, K]^T for few rows M and many N, read once. layernorm takes an activation (see
 * program.h), and layernorm and activation write bfloat16 when asked to. */
#define FK_ROWS(X)                                                                                                     \
    X(layernorm)                                                                                                       \
    X(layernorm_grad)                                                                                                  \
    X(batchnorm)                                                                                                       \
    X(batchnorm_grad)                                                                                                  \
    X(activation)                                                                                                      \
    X(activation_grad)                                                                                                 \
    X(add)                                                                                                             \
    X(multiply)                                                                                                        \
    X(scale)                                                                                                           \
    X(drop_path)                                                                                                       \
    X(sum_rows)                                                                                                        \
    X(product)                                                                                                         \
    X(unfold)                                                                                                          \
    X(fold)                                                                                                            \
    X(resize)                                                                                                          \
    X(vq)

#define FK_DECLARE(name)                                                                                               \
    ft_kernel fk_rows_##name, fk_rows_##name##_base, fk_rows_##name##_avx2, fk_rows_##name##_avx512;
FK_ROWS(FK_DECLARE)
#undef FK_DECLARE

/* Bytes of scratch for a call of one of these. */
size_t fk_rows_workspace(const ft_call *call);

#endif
