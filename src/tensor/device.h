/* device.h - the seam between graphs and hardware: one table of kernels a device. */
#ifndef TENSOR_DEVICE_H
#define TENSOR_DEVICE_H

#include "tensor/internal.h"

/* What a kernel gets: the node for its attributes, and its tensors' memory and shapes in the node's order. An optional
 * input that was left out has data NULL. Kernels write every element of their results. */
typedef struct ft_array {
    void *data;
    ft_shape shape;
} ft_array;

typedef struct ft_call {
    const ft_node *node;
    ft_array in[FT_MAX_IN], out[FT_MAX_OUT];
    void *state; /* what the device's prepare made for this node, NULL: nothing */
} ft_call;

typedef void ft_kernel(const ft_call *call);

typedef struct ft_device {
    const char *name;
    size_t real_size; /* bytes of a real element: 4 or 8 */
    ft_kernel *kernel[FT_OP_COUNT];
    /* Called before a session's first run for a node whose second input is a parameter that is not trained, so that its
     * values may be packed once; NULL (none, or no memory): the kernel does without. Both NULL: a device without. */
    void *(*prepare)(const ft_call *call);
    void (*release)(void *state);
} ft_device;

/* Plain C in float, and in double for checking gradients by finite differences. */
extern const ft_device ft_plain_f32, ft_plain_f64;
/* This processor in float: packed products for linear layers whose weights stay, plain kernels for the rest. */
const ft_device *ft_cpu(void);

#endif
