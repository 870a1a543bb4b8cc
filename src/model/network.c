#include "model/network.h"

#include "tensor/ops/shape.h"

#include <stdarg.h>
#include <stdio.h>

enum { NAME_ROOM = 160 };

/* NOLINTBEGIN(bugprone-macro-parentheses): a declaration's name */
#define FORMAT_NAME(name, format)                                                                                      \
    char name[NAME_ROOM];                                                                                              \
    do {                                                                                                               \
        va_list args;                                                                                                  \
        va_start(args, format);                                                                                        \
        vsnprintf(name, sizeof name, format, args);                                                                    \
        va_end(args);                                                                                                  \
    } while (0)
/* NOLINTEND(bugprone-macro-parentheses) */

void fm_trace(const fm_builder *build, ft_id tensor, const char *name)
{
    if (build->trace) ft_output(build->graph, tensor, name);
}

ft_id fm_parameter_of(const fm_builder *build, ft_shape shape, const char *format, ...)
{
    FORMAT_NAME(name, format);
    return ft_parameter(build->graph, name, shape, build->training);
}

ft_id fm_linear(const fm_builder *build, ft_id x, int64_t outputs, ft_activation act, const char *format, ...)
{
    FORMAT_NAME(name, format);
    if (x == FT_NONE) return FT_NONE;
    int64_t inputs = ft_last(ft_shape_of(build->graph, x));
    ft_id weight = fm_parameter_of(build, ft_shape2(outputs, inputs), "%s.weight", name);
    ft_id bias = fm_parameter_of(build, ft_shape1(outputs), "%s.bias", name);
    return ft_linear(build->graph, x, weight, bias, act, false);
}

ft_id fm_layernorm(const fm_builder *build, ft_id x, double eps, const char *format, ...)
{
    FORMAT_NAME(name, format);
    if (x == FT_NONE) return FT_NONE;
    ft_shape shape = ft_shape1(ft_last(ft_shape_of(build->graph, x)));
    ft_id gain = fm_parameter_of(build, shape, "%s.weight", name);
    ft_id bias = fm_parameter_of(build, shape, "%s.bias", name);
    return ft_layernorm(build->graph, x, gain, bias, eps);
}
