/* device.h - the seam between graphs and hardware: one table of kernels a device. */
#ifndef TENSOR_DEVICE_H
#define TENSOR_DEVICE_H

#include "tensor/internal.h"

/* What a kernel gets: the node for its attributes, and its tensors' memory and shapes in the node's order. An optional
 * input that was left out has data NULL. Kernels write every element of their results. */
typedef struct ft_array {
    void *data;
    ft_shape shape;
    bool half; /* bfloat16 instead of the device's real type */
} ft_array;

/* A batch that several processes share, each of which runs its part of the images. What depends on the whole batch at
 * once, as BatchNorm's statistics and their gradient do, and losses over the pixels of all images, is summed over all
 * of them; parameters' gradients are of the part, and add up to those of the whole. */
typedef struct ft_joint {
    void *context;
    /* value [count] becomes the sum over all processes, which call it alike, in the same order, each from the thread
     * that runs its session. */
    fsam_status (*sum)(void *context, double *value, size_t count);
    int64_t part, whole; /* images of this process, 1 or more, and of all */
    fsam_status status;  /* of the first sum that failed in this run, for the session */
} ft_joint;

typedef struct ft_call {
    const ft_node *node;
    ft_joint *joint; /* NULL: the batch is this process's own */
    ft_array in[FT_MAX_IN], out[FT_MAX_OUT];
    bool fixed; /* its parameters stay as they are, and the device packs them before the first run */
    const void
        *state; /* what the device packed for this node, NULL: nothing. Inputs that it stands for have no data. */
    void *work; /* the bytes that `workspace` asked for, their content undefined; NULL: none */
} ft_call;

typedef void ft_kernel(const ft_call *call);

/* For kernels: this process's sums become those of the whole batch. */
static inline void ft_join(ft_joint *joint, double *value, size_t count)
{
    if (joint != NULL && joint->status == FSAM_OK) joint->status = joint->sum(joint->context, value, count);
}

/* As many of something that each image has as often, here, make so many in the whole batch. */
static inline int64_t ft_joint_count(const ft_joint *joint, int64_t count)
{
    return joint != NULL ? count / joint->part * joint->whole : count;
}

typedef struct ft_device {
    const char *name;
    size_t real_size; /* bytes of a real element: 4 or 8 */
    ft_kernel *kernel[FT_OP_COUNT];
    /* The kernels understand what program.c makes of several nodes (the forms are in program.h). */
    bool fuses;
    /* An operation's inputs (bit i: input i) that its kernel takes, and results that it gives, as bfloat16 too. */
    uint8_t reads_half[FT_OP_COUNT], writes_half[FT_OP_COUNT];
    /* 1 + the input whose memory the result may take when nothing else needs it; 0: none. */
    uint8_t in_place[FT_OP_COUNT];
    /* Bytes of scratch memory that a kernel wants while it runs; the call has shapes but no data yet. NULL: none ever.
     */
    size_t (*workspace)(const ft_call *call);
    /* Whether the values of this node's parameters, all inputs but the first and a fused node's residual, should be
     * packed once, because they stay as they are; `pack` does that (NULL when memory is exhausted), `packed_bytes` says
     * how much it holds. All NULL: a device that packs nothing. */
    bool (*packs)(const ft_call *call);
    void *(*pack)(const ft_call *call);
    size_t (*packed_bytes)(const void *state);
    void (*release)(void *state);
} ft_device;

/* Plain C in float, and in double for checking gradients by finite differences. */
extern const ft_device ft_plain_f32, ft_plain_f64;

/* This processor, with the fastest kernels it has: products with weights that stay in that precision (or the limit
 * their graph sets them), everything else in float. */
const ft_device *ft_cpu(ft_precision precision);
/* The fastest precision that this processor has hardware for and whose answers are as good as float's. */
ft_precision ft_cpu_best(void);

#endif
