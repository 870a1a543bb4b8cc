/* window_attention_internal.h - what window_attention.c and the kernels of each instruction set share.
 *
 * Inside a kernel the positions of a window are numbered row by row (y side + x) as keys, and as queries lie in lanes,
 * 8 to a row of the window: lane 8 y + x, zeros for x >= side. So a row of relative biases is one load from the table,
 * and a row of their gradients one addition to it. */
#ifndef TENSOR_CPU_WINDOW_ATTENTION_INTERNAL_H
#define TENSOR_CPU_WINDOW_ATTENTION_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

/* The largest window and head of these kernels. FK_TABLE: floats of a head's table, (2 side - 1)^2 and what loads of
 * whole vectors reach beyond them. */
enum { FK_SIDE = 8, FK_POSITIONS = FK_SIDE * FK_SIDE, FK_HEAD = 64, FK_TABLE = 256 };

typedef struct fk_window {
    int64_t row[FK_POSITIONS];    /* of the map, of each key; -1: padding */
    int32_t region[FK_POSITIONS]; /* of each lane */
    bool mixed;                   /* it has several regions, hidden from each other */
} fk_window;

typedef struct fk_window_job {
    int64_t channels; /* C: qkv has rows of 3C, the result and dy rows of C */
    int side, width;  /* of a window, of a head */
    const void *qkv;
    const float *bias;  /* [3C] */
    const float *table; /* [heads, FK_TABLE]: the bias table transposed */
    void *y;
    bool qkv_half, y_half; /* bfloat16 */
    const float *dy;
    float *dqkv;
} fk_window_job;

/* One window and head. */
typedef void fk_window_forward(const fk_window_job *job, const fk_window *window, int head);
/* The same for the gradient: writes the window's rows of dqkv, and adds to dbias [3C] and to dtable [FK_TABLE]. */
typedef void fk_window_backward(const fk_window_job *job, const fk_window *window, int head, float *dbias,
                                float *dtable);

fk_window_forward fk_window_forward_avx2, fk_window_forward_avx512;
fk_window_backward fk_window_backward_avx2, fk_window_backward_avx512;

#endif
