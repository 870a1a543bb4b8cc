#include "tensor/flops.h"

#include "tensor/ops/shape.h"
#include "tensor/program.h"

static double rows(const ft_array *array)
{
    return (double)ft_rows(array->shape);
}

static double channels(const ft_array *array)
{
    return (double)ft_last(array->shape);
}

/* Pairs of a query and a key that attention looks at. */
static double attention_pairs(const ft_node *node, const ft_array *q, const ft_array *k)
{
    double queries = rows(q), keys = rows(k);
    bool causal = node->integer[1] != 0;
    return causal && queries == keys ? queries * (queries + 1) / 2 : queries * keys;
}

/* The same of window attention over a map [B, H, W, 3C]. */
static double window_pairs(const ft_node *node, const ft_array *qkv)
{
    const int64_t *dim = qkv->shape.dim, window = node->integer[1];
    int64_t down = (dim[1] + window - 1) / window, across = (dim[2] + window - 1) / window;
    return (double)(dim[0] * down * across) * (double)(window * window) * (double)(window * window);
}

double ft_flops(const ft_call *step)
{
    const ft_node *node = step->node;
    const ft_array *in = step->in, *out = step->out;
    switch (node->op) {
    case FT_OP_LINEAR:
        return 2 * rows(&out[0]) * channels(&in[0]) * channels(&out[0]);
    case FT_OP_UPSCALED_PRODUCT: /* in: x, .., the few rows in the residual's place; out: [rows, pixels] */
        return 2 * channels(&out[0]) * channels(&in[FT_IN_RESIDUAL]) * (channels(&in[0]) + rows(&out[0]));
    case FT_OP_UPSCALED_PRODUCT_GRAD: /* the map again, dx and dweight; in: dy, x, weight, bias, few rows */
        return 2 * channels(&in[0]) * channels(&in[4]) * (3 * channels(&in[1]) + 2 * rows(&in[0]));
    case FT_OP_LINEAR_DX: /* dy, weight -> dx */
        return 2 * rows(&in[0]) * channels(&in[0]) * channels(&out[0]);
    case FT_OP_LINEAR_DW: /* dy, x -> dw */
        return 2 * rows(&in[0]) * channels(&in[0]) * channels(&in[1]);
    case FT_OP_CONV3:
    case FT_OP_CONV3_DX:
        return 2 * 9 * rows(&in[0]) * channels(&in[0]) * channels(&out[0]);
    case FT_OP_CONV3_DW:
        return 2 * 9 * rows(&in[0]) * channels(&in[0]) * channels(&in[1]);
    case FT_OP_WINDOW_ATTENTION:
        return 2 * 2 * window_pairs(node, &in[0]) * channels(&out[0]);
    case FT_OP_WINDOW_ATTENTION_GRAD: /* the scores again, and a product each for dv, dp, dq, dk; in: dy, qkv, .. */
        return 5 * 2 * window_pairs(node, &in[1]) * channels(&in[0]);
    case FT_OP_ATTENTION:
        return 2 * 2 * attention_pairs(node, &in[0], &in[1]) * channels(&in[0]);
    case FT_OP_ATTENTION_GRAD: /* in: dy, q, k, .. */
        return 5 * 2 * attention_pairs(node, &in[1], &in[2]) * channels(&in[0]);
    default:
        return 0;
    }
}
