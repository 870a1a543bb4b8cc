/* plain.h - plain C kernels, written once over `real` and compiled for float and for double. */
#ifndef TENSOR_PLAIN_H
#define TENSOR_PLAIN_H

#include "tensor/device.h"
#include "tensor/ops/ops.h"
#include "tensor/ops/shape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef FT_DOUBLE
typedef double real;
#define PLAIN(name)  ft_plain_##name##_f64
#define PLAIN_DEVICE ft_plain_f64
#define PLAIN_NAME   "plain f64"
#else
typedef float real;
#define PLAIN(name)  ft_plain_##name##_f32
#define PLAIN_DEVICE ft_plain_f32
#define PLAIN_NAME   "plain f32"
#endif

ft_kernel PLAIN(linear), PLAIN(linear_dx), PLAIN(linear_dw), PLAIN(sum_rows), PLAIN(conv3), PLAIN(conv3_dx),
    PLAIN(conv3_dw), PLAIN(layernorm), PLAIN(layernorm_grad), PLAIN(batchnorm), PLAIN(batchnorm_grad),
    PLAIN(batchnorm_fixed), PLAIN(window_attention), PLAIN(window_attention_grad), PLAIN(attention),
    PLAIN(attention_grad), PLAIN(run_attention), PLAIN(run_attention_grad), PLAIN(cross_entropy),
    PLAIN(cross_entropy_grad), PLAIN(activation), PLAIN(activation_grad), PLAIN(add), PLAIN(multiply), PLAIN(scale),
    PLAIN(fill), PLAIN(concat), PLAIN(slice), PLAIN(slice_grad), PLAIN(embedding), PLAIN(embedding_grad), PLAIN(unfold),
    PLAIN(fold), PLAIN(resize), PLAIN(resize_grad), PLAIN(fourier), PLAIN(vq), PLAIN(vq_grad), PLAIN(drop_path),
    PLAIN(dice), PLAIN(dice_grad), PLAIN(focal), PLAIN(focal_grad), PLAIN(squared_error), PLAIN(squared_error_grad),
    PLAIN(iou), PLAIN(minimum), PLAIN(minimum_grad), PLAIN(upscaled_product), PLAIN(upscaled_product_grad);

#endif
