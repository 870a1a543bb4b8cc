/*
 * program.h - what a session runs: the graph's nodes as its device wants them.
 *
 * For a device that fuses, a chain of nodes whose values between them nobody else reads becomes one node:
 *
 *   linear     in: x, weight, bias, residual, then the four of a fixed BatchNorm: gain, bias, mean, variance
 *              integer: activation, input_major; real: eps of the BatchNorm
 *              out: y = act(BN(x weight + bias)) + residual, and the values before the activation if they are read too
 *              integer[2] = 2: the product [B, H, W, 4 C] (input-major, no residual) is folded to y [B, 2 H, 2 W, C]
 *              before its bias [C] and activation: a transposed 2x2 convolution
 *   conv3      the same (bias FT_NONE, integer[1] and [2] 0)
 *   layernorm  integer: activation, applied to the result
 *   layernorm grad
 *              in: dy, x, gain, bias; integer: the same activation, which dy comes back through
 *
 * A left-out part is FT_NONE (the activation: FT_IDENTITY), as the builders leave it.
 */
#ifndef TENSOR_PROGRAM_H
#define TENSOR_PROGRAM_H

#include "tensor/device.h"

enum { FT_IN_BIAS = 2, FT_IN_RESIDUAL = 3, FT_IN_NORM = 4 }; /* places among the inputs of linear and conv3 */
enum { FT_FEW_ROWS = 8 };                                    /* the most of an upscaled product */
enum { FT_FOLD = 2 }; /* the only k of a fold that is joined, and of an upscaled product */

typedef struct ft_program {
    const ft_graph *graph;
    ft_node *node;
    size_t nodes;
    ft_id *view_of; /* of each tensor: whose memory it takes, FT_NONE: its own */
    bool *half;     /* of each tensor: stored as bfloat16 */
} ft_program;

/* FSAM_ERROR_MEMORY, or FSAM_ERROR_UNSUPPORTED naming an operation for which the device has no kernel. */
fsam_status ft_program_make(const ft_graph *graph, const ft_device *device, ft_program *program);
void ft_program_free(ft_program *program);

/* The tensor whose memory this one takes. */
ft_id ft_program_root(const ft_program *program, ft_id tensor);

#endif
