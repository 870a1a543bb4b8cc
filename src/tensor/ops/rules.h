/* rules.h - the gradient rules, one an operation that has one (rules.c is their table). */
#ifndef TENSOR_OPS_RULES_H
#define TENSOR_OPS_RULES_H

#include "tensor/internal.h"

ft_rule ft_rule_activation, ft_rule_add, ft_rule_attention, ft_rule_batchnorm, ft_rule_concat, ft_rule_conv3,
    ft_rule_cross_entropy, ft_rule_run_attention, ft_rule_dice, ft_rule_drop_path, ft_rule_embedding, ft_rule_focal,
    ft_rule_fold, ft_rule_layernorm, ft_rule_linear, ft_rule_minimum, ft_rule_multiply, ft_rule_reshape, ft_rule_resize,
    ft_rule_scale, ft_rule_slice, ft_rule_squared_error, ft_rule_unfold, ft_rule_upscaled_product, ft_rule_vq,
    ft_rule_window_attention;

#endif
