/* device.c - this processor as a device: the plain kernels, with packed products in place of plain ones. */
#include "tensor/device.h"
#include "tensor/cpu/gemm.h"
#include "tensor/ops/shape.h"

#include <pthread.h>

enum { PRECISIONS = 3 };
static ft_device cpu[PRECISIONS];

static bool packs(const ft_call *call)
{
    return call->node->op == FT_OP_LINEAR;
}

/* Packs the weight of a linear layer, [N, K] or input-major [K, N]. */
static void *pack(const ft_call *call)
{
    int64_t k = ft_last(call->in[0].shape), n = ft_last(call->out[0].shape);
    bool input_major = call->node->integer[1];
    return fk_pack(FK_F32, n, k, call->in[1].data, input_major ? 1 : k, input_major ? n : 1);
}

static size_t packed_bytes(const void *state)
{
    return fk_packed_bytes(state);
}

static void release(void *state)
{
    fk_packed_free(state);
}

/* x [M, K], packed weight, bias [N] -> y [M, N] */
static void linear(const ft_call *call)
{
    if (call->state == NULL) {
        ft_plain_f32.kernel[FT_OP_LINEAR](call);
        return;
    }
    int64_t n = ft_last(call->out[0].shape), k = ft_last(call->in[0].shape);
    fk_gemm product = {.m = ft_rows(call->in[0].shape),
                       .a = call->in[0].data,
                       .a_type = FK_TYPE_F32,
                       .lda = k,
                       .b = call->state,
                       .bias = call->in[2].data,
                       .act = FK_NONE,
                       .c = call->out[0].data,
                       .c_type = FK_TYPE_F32,
                       .ldc = n};
    fk_gemm_run(&product);
}

static void make_tables(void)
{
    static const char *const names[PRECISIONS] = {"cpu f32", "cpu bf16", "cpu int8"};
    for (int precision = 0; precision < PRECISIONS; precision++) {
        ft_device *device = &cpu[precision];
        *device = ft_plain_f32;
        device->name = names[precision];
        device->kernel[FT_OP_LINEAR] = linear;
        device->packs = packs;
        device->pack = pack;
        device->packed_bytes = packed_bytes;
        device->release = release;
    }
}

const ft_device *ft_cpu(ft_precision precision)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, make_tables);
    return &cpu[precision];
}
