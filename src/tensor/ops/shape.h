/* shape.h - shorthands for shape rules. */
#ifndef TENSOR_OPS_SHAPE_H
#define TENSOR_OPS_SHAPE_H

#include "tensor/internal.h"

static inline int64_t ft_last(ft_shape shape)
{
    return shape.ndim > 0 ? shape.dim[shape.ndim - 1] : 1;
}

static inline int64_t ft_rows(ft_shape shape)
{
    return shape.ndim > 0 ? ft_count(shape) / ft_last(shape) : 1;
}

static inline ft_shape ft_with_last(ft_shape shape, int64_t last)
{
    shape.dim[shape.ndim - 1] = last;
    return shape;
}

static inline ft_shape ft_shape1(int64_t a)
{
    return (ft_shape){1, {a}};
}

static inline ft_shape ft_shape2(int64_t a, int64_t b)
{
    return (ft_shape){2, {a, b}};
}

static inline ft_shape ft_shape4(int64_t a, int64_t b, int64_t c, int64_t d)
{
    return (ft_shape){4, {a, b, c, d}};
}

#endif
