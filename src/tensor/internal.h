/* internal.h - the inside of a graph, for the operations, the devices and the session. */
#ifndef TENSOR_INTERNAL_H
#define TENSOR_INTERNAL_H

#include "tensor/graph.h"

typedef enum ft_op {
    FT_OP_RESHAPE,
    FT_OP_LINEAR,
    FT_OP_LINEAR_DX,
    FT_OP_LINEAR_DW,
    FT_OP_SUM_ROWS,
    FT_OP_CONV3,
    FT_OP_CONV3_DX,
    FT_OP_CONV3_DW,
    FT_OP_LAYERNORM,
    FT_OP_LAYERNORM_GRAD,
    FT_OP_BATCHNORM,
    FT_OP_BATCHNORM_GRAD,
    FT_OP_BATCHNORM_FIXED,
    FT_OP_WINDOW_ATTENTION,
    FT_OP_WINDOW_ATTENTION_GRAD,
    FT_OP_ATTENTION,
    FT_OP_ATTENTION_GRAD,
    FT_OP_RUN_ATTENTION,
    FT_OP_RUN_ATTENTION_GRAD,
    FT_OP_ACTIVATION,
    FT_OP_ACTIVATION_GRAD,
    FT_OP_ADD,
    FT_OP_MULTIPLY,
    FT_OP_SCALE,
    FT_OP_FILL,
    FT_OP_CONCAT,
    FT_OP_SLICE,
    FT_OP_SLICE_GRAD,
    FT_OP_EMBEDDING,
    FT_OP_EMBEDDING_GRAD,
    FT_OP_UNFOLD,
    FT_OP_FOLD,
    FT_OP_RESIZE,
    FT_OP_RESIZE_GRAD,
    FT_OP_FOURIER,
    FT_OP_VQ,
    FT_OP_VQ_GRAD,
    FT_OP_DROP_PATH,
    FT_OP_DICE,
    FT_OP_DICE_GRAD,
    FT_OP_FOCAL,
    FT_OP_FOCAL_GRAD,
    FT_OP_SQUARED_ERROR,
    FT_OP_SQUARED_ERROR_GRAD,
    FT_OP_CROSS_ENTROPY,
    FT_OP_CROSS_ENTROPY_GRAD,
    FT_OP_IOU,
    FT_OP_MINIMUM,
    FT_OP_MINIMUM_GRAD,
    FT_OP_UPSCALED_PRODUCT,
    FT_OP_UPSCALED_PRODUCT_GRAD,
    FT_OP_COUNT
} ft_op;

typedef struct ft_node {
    ft_op op;
    int inputs, outputs;
    ft_id in[FT_MAX_IN]; /* FT_NONE: an optional input left out */
    ft_id out[FT_MAX_OUT];
    int integer[FT_MAX_INTS]; /* the operation's attributes; their meaning stands with its builder */
    double real[2];
    ft_precision limit; /* the coarsest it may be computed in */
} ft_node;

typedef enum ft_origin { FT_FROM_INPUT, FT_FROM_PARAMETER, FT_FROM_NODE } ft_origin;

typedef struct ft_tensor {
    ft_shape shape;
    ft_kind kind;
    ft_origin origin;
    ft_id view_of; /* the tensor whose memory this is, FT_NONE: its own */
    bool differentiate, kept;
    char *name; /* NULL: none */
    int node;   /* that makes it, -1 */
} ft_tensor;

struct ft_graph {
    fsam_status status;
    ft_precision limit; /* of the next node */
    ft_tensor *tensor;
    size_t tensors, tensor_room;
    ft_node *node;
    size_t nodes, node_room;
    ft_id *gradient; /* a tensor, after ft_differentiate */
    size_t gradients;
};

/* Leaves a failure in the graph (the first stays) and returns FT_NONE. */
ft_id ft_fail(ft_graph *graph, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A new result of a node about to be added. */
ft_id ft_tensor_new(ft_graph *graph, ft_kind kind, ft_shape shape);
/* Adds a node whose results were made by ft_tensor_new; a view when the operation is RESHAPE. */
void ft_node_add(ft_graph *graph, const ft_node *node);
/* A node with one result of this kind and shape: the common case. Returns the result. */
ft_id ft_node_single(ft_graph *graph, ft_node node, ft_kind kind, ft_shape shape);
/* True when every one of the tensors is there and the graph is sound. */
bool ft_ready(const ft_graph *graph, int count, const ft_id *tensors);
/* Whether a gradient has to reach this tensor. */
bool ft_wants(const ft_graph *graph, ft_id tensor);

/* Gradient rule of one operation: given the gradients of its results (FT_NONE: zero), adds operations and sets
 * the gradients of its inputs (FT_NONE stays: none). */
typedef void ft_rule(ft_graph *graph, const ft_node *node, const ft_id *of_out, ft_id *of_in);
extern ft_rule *const ft_rules[FT_OP_COUNT];
extern const char *const ft_op_names[FT_OP_COUNT];

#endif
