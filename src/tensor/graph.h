/*
 * graph.h - static graphs of operations, their gradients and their memory.
 *
 * A model is written once, forward, by calling the functions of ops/ops.h on a graph. ft_differentiate adds the
 * operations of the gradient. A session plans one block of memory for all results and runs the operations with
 * the kernels of a device; running allocates nothing.
 *
 * Arrays are dense and row-major. Activations are channels-last: [batch, height, width, channels] or [rows, channels].
 * A graph keeps its first failure; builders given a failed graph or an FT_NONE they need return FT_NONE, so that
 * only ft_session_new has to be checked.
 */
#ifndef TENSOR_GRAPH_H
#define TENSOR_GRAPH_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int32_t ft_id; /* a tensor of a graph */
enum { FT_NONE = -1, FT_MAX_DIMS = 4, FT_MAX_IN = 8, FT_MAX_OUT = 4, FT_MAX_INTS = 6 };

typedef struct ft_shape {
    int ndim;
    int64_t dim[FT_MAX_DIMS];
} ft_shape;

/* Elements of a real tensor are of the device's type (float, or double for checking); of an index tensor int32. */
typedef enum ft_kind { FT_REAL, FT_INDEX } ft_kind;

typedef struct ft_graph ft_graph;

ft_graph *ft_graph_new(void); /* NULL when memory is exhausted */
void ft_graph_free(ft_graph *graph);

/* How products may be computed, each coarser than the one before it. Everything else is computed in the device's real
 * type, but results between products may be kept as coarsely as they are read. */
typedef enum ft_precision { FT_F32, FT_BF16, FT_I8 } ft_precision;

/* The coarsest precision that operations added from now on may be computed in, whatever the device is asked for. At
 * first FT_I8: any. */
void ft_graph_limit(ft_graph *graph, ft_precision limit);

/* The first failure of building, FSAM_OK if none; its line is in fb_message() when it happens. */
fsam_status ft_graph_status(const ft_graph *graph);

ft_shape ft_shape_of(const ft_graph *graph, ft_id tensor);
int64_t ft_count(ft_shape shape); /* elements */

/* A tensor whose values the caller writes into the session before a run. `differentiate`: its gradient is wanted. */
ft_id ft_input(ft_graph *graph, const char *name, ft_kind kind, ft_shape shape, bool differentiate);
/* A tensor whose values live outside the session (ft_session_bind): a weight. The same name gives the same tensor;
 * it is an error to ask for it in two shapes of different size. */
ft_id ft_parameter(ft_graph *graph, const char *name, ft_shape shape, bool differentiate);
/* Keeps the tensor's values readable after a run, under a name (an input or parameter keeps its own). */
void ft_output(ft_graph *graph, ft_id tensor, const char *name);
/* The input, parameter or output of that name, FT_NONE if there is none. */
ft_id ft_find(const ft_graph *graph, const char *name);

/* Adds the operations that compute sum_i <output_i, seed_i>'s gradient with respect to every input and parameter that
 * asks for one. A seed of FT_NONE stands for ones. Once a graph. */
void ft_differentiate(ft_graph *graph, const ft_id *outputs, const ft_id *seeds, size_t count);
/* The gradient of an input or parameter, kept as an output; FT_NONE when nothing depends on it. */
ft_id ft_gradient(const ft_graph *graph, ft_id tensor);

/* Parameters in the order of their first use. */
size_t ft_parameter_count(const ft_graph *graph);
ft_id ft_parameter_at(const ft_graph *graph, size_t index);
const char *ft_name(const ft_graph *graph, ft_id tensor); /* "" when it has none */

#endif
