/* device.c - this processor as a device: plain kernels, with faster ones in place of most. */
#include "tensor/cpu/attention.h"
#include "tensor/cpu/losses.h"
#include "tensor/cpu/products.h"
#include "tensor/cpu/rows.h"
#include "tensor/cpu/upscaled.h"
#include "tensor/cpu/window_attention.h"
#include "tensor/program.h"

#include <pthread.h>

enum { PRECISIONS = 3 };
static ft_device cpu[PRECISIONS];

static bool packs(const ft_call *call)
{
    ft_op op = call->node->op;
    return op == FT_OP_LINEAR || op == FT_OP_CONV3 || op == FT_OP_UPSCALED_PRODUCT;
}

static size_t workspace_of(const ft_call *call, fk_precision precision)
{
    switch (call->node->op) {
    case FT_OP_WINDOW_ATTENTION:
    case FT_OP_WINDOW_ATTENTION_GRAD:
        return fk_window_attention_workspace(call);
    case FT_OP_ATTENTION:
    case FT_OP_ATTENTION_GRAD:
        return fk_attention_workspace(call);
    case FT_OP_UPSCALED_PRODUCT_GRAD:
        return fk_upscaled_workspace(call);
    default: /* one of these is zero */
        return fk_product_workspace(call, precision) + fk_rows_workspace(call) + fk_loss_workspace(call);
    }
}

/* `workspace` and `pack` of a device know its precision by being its own. */
#define FOR_PRECISION(name, precision)                                                                                 \
    static size_t workspace_##name(const ft_call *call)                                                                \
    {                                                                                                                  \
        return workspace_of(call, precision);                                                                          \
    }                                                                                                                  \
    static void *pack_##name(const ft_call *call)                                                                      \
    {                                                                                                                  \
        return fk_product_pack(call, precision);                                                                       \
    }
FOR_PRECISION(f32, FK_F32)
FOR_PRECISION(bf16, FK_BF16)
FOR_PRECISION(i8, FK_I8)

static void set_kernels(ft_device *device)
{
    ft_kernel **kernel = device->kernel;
    kernel[FT_OP_LINEAR] = fk_linear;
    kernel[FT_OP_UPSCALED_PRODUCT] = fk_upscaled_product;
    kernel[FT_OP_UPSCALED_PRODUCT_GRAD] = fk_upscaled_product_grad;
    kernel[FT_OP_LINEAR_DX] = fk_linear_dx;
    kernel[FT_OP_LINEAR_DW] = fk_linear_dw;
    kernel[FT_OP_CONV3] = fk_conv3;
    kernel[FT_OP_CONV3_DX] = fk_conv3_dx;
    kernel[FT_OP_CONV3_DW] = fk_conv3_dw;
    kernel[FT_OP_SUM_ROWS] = fk_rows_sum_rows;
    kernel[FT_OP_WINDOW_ATTENTION] = fk_window_attention;
    kernel[FT_OP_WINDOW_ATTENTION_GRAD] = fk_window_attention_grad;
    kernel[FT_OP_ATTENTION] = fk_attention;
    kernel[FT_OP_ATTENTION_GRAD] = fk_attention_grad;
    kernel[FT_OP_LAYERNORM] = fk_rows_layernorm;
    kernel[FT_OP_LAYERNORM_GRAD] = fk_rows_layernorm_grad;
    kernel[FT_OP_BATCHNORM] = fk_rows_batchnorm;
    kernel[FT_OP_BATCHNORM_GRAD] = fk_rows_batchnorm_grad;
    kernel[FT_OP_ACTIVATION] = fk_rows_activation;
    kernel[FT_OP_ACTIVATION_GRAD] = fk_rows_activation_grad;
    kernel[FT_OP_ADD] = fk_rows_add;
    kernel[FT_OP_MULTIPLY] = fk_rows_multiply;
    kernel[FT_OP_SCALE] = fk_rows_scale;
    kernel[FT_OP_DROP_PATH] = fk_rows_drop_path;
    kernel[FT_OP_UNFOLD] = fk_rows_unfold;
    kernel[FT_OP_FOLD] = fk_rows_fold;
    kernel[FT_OP_RESIZE] = fk_rows_resize;
    kernel[FT_OP_VQ] = fk_rows_vq;
    kernel[FT_OP_DICE] = fk_loss_dice;
    kernel[FT_OP_DICE_GRAD] = fk_loss_dice_grad;
    kernel[FT_OP_FOCAL] = fk_loss_focal;
    kernel[FT_OP_FOCAL_GRAD] = fk_loss_focal_grad;
}

/* What may be kept as bfloat16 between products. */
static void set_half(ft_device *device)
{
    device->reads_half[FT_OP_LINEAR] = 1;
    device->writes_half[FT_OP_LINEAR] = 1;
    device->reads_half[FT_OP_UPSCALED_PRODUCT] = 1;
    device->reads_half[FT_OP_WINDOW_ATTENTION] = 1;
    device->writes_half[FT_OP_WINDOW_ATTENTION] = 1;
    device->writes_half[FT_OP_LAYERNORM] = 1;
    device->writes_half[FT_OP_ACTIVATION] = 1;
}

static void make_tables(void)
{
    static const char *const names[PRECISIONS] = {"cpu f32", "cpu bf16", "cpu int8"};
    for (int precision = 0; precision < PRECISIONS; precision++) {
        ft_device *device = &cpu[precision];
        *device = ft_plain_f32;
        device->name = names[precision];
        device->fuses = true;
        set_kernels(device);
        if (precision != FT_F32) set_half(device);
        device->in_place[FT_OP_LINEAR] = device->in_place[FT_OP_CONV3] = FT_IN_RESIDUAL + 1;
        device->in_place[FT_OP_LAYERNORM] = device->in_place[FT_OP_ACTIVATION] = device->in_place[FT_OP_ADD] =
            device->in_place[FT_OP_SCALE] = 1;
        device->packs = packs;
        device->packed_bytes = fk_product_packed_bytes;
        device->release = fk_product_free;
    }
    cpu[FT_F32].workspace = workspace_f32;
    cpu[FT_F32].pack = pack_f32;
    cpu[FT_BF16].workspace = workspace_bf16;
    cpu[FT_BF16].pack = pack_bf16;
    cpu[FT_I8].workspace = workspace_i8;
    cpu[FT_I8].pack = pack_i8;
}

const ft_device *ft_cpu(ft_precision precision)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, make_tables);
    return &cpu[precision];
}

ft_precision ft_cpu_best(void)
{
    return fk_isa_used() >= FK_ISA_AVX512BF16 ? FT_BF16 : FT_F32;
}
