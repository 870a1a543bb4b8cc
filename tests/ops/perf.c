#include "perf.h"

#include "base/memory.h"
#include "tensor/cpu/peak.h"
#include "tensor/flops.h"
#include "tensor/ops/ops.h"
#include "tensor/ops/shape.h"
#include "tensor/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { RUNS = 5, COPY_BYTES = 1 << 28 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- the operations at Swin-L's sizes (448 pixels) and the decoder's ---- */

typedef struct maker {
    ft_graph *graph;
    int made;
} maker;

static ft_id tensor(maker *m, ft_shape shape, ft_kind kind, bool differentiate)
{
    char name[16];
    snprintf(name, sizeof name, "in%d", m->made++);
    return ft_input(m->graph, name, kind, shape, differentiate);
}

static ft_id x2(maker *m, int64_t rows, int64_t channels)
{
    return tensor(m, ft_shape2(rows, channels), FT_REAL, true);
}

static ft_id x4(maker *m, int64_t side, int64_t channels)
{
    return tensor(m, ft_shape4(1, side, side, channels), FT_REAL, true);
}

static ft_id row(maker *m, int64_t channels)
{
    return tensor(m, ft_shape1(channels), FT_REAL, true);
}

/* A weight: one that stays, which a device may pack. */
static ft_id fixed(maker *m, ft_shape shape)
{
    char name[16];
    snprintf(name, sizeof name, "w%d", m->made++);
    return ft_parameter(m->graph, name, shape, false);
}

static ft_id linear_fixed(maker *m)
{
    ft_id x = x4(m, 56, 384);
    return ft_linear(m->graph, x, fixed(m, ft_shape2(1536, 384)), fixed(m, ft_shape1(1536)), FT_GELU, false);
}

static ft_id linear_trained(maker *m)
{
    ft_id x = x4(m, 56, 384), w = x2(m, 1536, 384);
    return ft_linear(m->graph, x, w, row(m, 1536), FT_IDENTITY, false);
}

static ft_id conv3_fixed(maker *m)
{
    return ft_conv3(m->graph, x4(m, 64, 128), fixed(m, ft_shape4(128, 128, 3, 3)));
}

static ft_id conv3_trained(maker *m)
{
    ft_id x = x4(m, 64, 128);
    return ft_conv3(m->graph, x, tensor(m, ft_shape4(128, 128, 3, 3), FT_REAL, true));
}

static ft_id layernorm(maker *m)
{
    ft_id x = x4(m, 112, 192), gain = row(m, 192);
    return ft_layernorm(m->graph, x, gain, row(m, 192), 1e-5);
}

static ft_id batchnorm(maker *m)
{
    ft_id x = x4(m, 64, 128), gain = row(m, 128);
    return ft_batchnorm(m->graph, x, gain, row(m, 128), 1e-5, NULL);
}

static ft_id batchnorm_fixed(maker *m)
{
    ft_id x = tensor(m, ft_shape2(4096, 128), FT_REAL, false), p[4];
    for (int i = 0; i < 4; i++) p[i] = fixed(m, ft_shape1(128));
    return ft_batchnorm_fixed(m->graph, x, p[0], p[1], p[2], p[3], 1e-5);
}

static ft_id window_attention(maker *m)
{
    ft_id qkv = x4(m, 56, 1152), bias = row(m, 1152);
    return ft_window_attention(m->graph, qkv, bias, x2(m, 169, 12), 12, 7, 3);
}

static ft_id tokens_to_image(maker *m)
{
    ft_id q = x2(m, 13, 128), k = x2(m, 4096, 128);
    return ft_attention(m->graph, q, k, x2(m, 4096, 128), FT_NONE, 8, false);
}

static ft_id image_to_tokens(maker *m)
{
    ft_id q = x2(m, 4096, 128), k = x2(m, 13, 128);
    return ft_attention(m->graph, q, k, x2(m, 13, 128), FT_NONE, 8, false);
}

static ft_id text_attention(maker *m)
{
    ft_id q = x2(m, 77, 512), k = x2(m, 77, 512);
    return ft_attention(m->graph, q, k, x2(m, 77, 512), FT_NONE, 8, true);
}

static ft_id run_attention(maker *m)
{
    ft_id qkv = x2(m, 77, 3 * 512); /* what is an index is 0 or 1: one run */
    return ft_run_attention(m->graph, qkv, tensor(m, ft_shape1(77), FT_INDEX, false), 8);
}

static ft_id activation(maker *m)
{
    return ft_activate(m->graph, x4(m, 112, 192), FT_GELU);
}

static ft_id sigmoid(maker *m)
{
    return ft_activate(m->graph, x2(m, 4, 262144), FT_SIGMOID);
}

static ft_id add(maker *m)
{
    ft_id a = x4(m, 112, 192);
    return ft_add(m->graph, a, x4(m, 112, 192));
}

static ft_id multiply(maker *m)
{
    ft_id a = x4(m, 112, 192);
    return ft_multiply(m->graph, a, x4(m, 112, 192));
}

static ft_id scale(maker *m)
{
    return ft_scale(m->graph, x4(m, 112, 192), 0.5);
}

static ft_id concat(maker *m)
{
    ft_id a = x2(m, 4096, 256);
    return ft_concat(m->graph, a, x2(m, 4096, 256));
}

static ft_id slice(maker *m)
{
    return ft_slice(m->graph, x2(m, 8192, 256), 100, 4096);
}

static ft_id embedding(maker *m)
{
    ft_id table = x2(m, 49408, 512);
    return ft_embedding(m->graph, table, tensor(m, ft_shape1(77), FT_INDEX, false));
}

static ft_id unfold(maker *m)
{
    return ft_unfold(m->graph, x4(m, 112, 192), 2);
}

static ft_id fold(maker *m)
{
    return ft_fold(m->graph, x4(m, 128, 256), 2, 0, 0);
}

static ft_id bicubic(maker *m)
{
    return ft_resize(m->graph, x4(m, 28, 128), 64, 64, true);
}

static ft_id bilinear(maker *m)
{
    return ft_resize(m->graph, x4(m, 112, 128), 64, 64, false);
}

static ft_id fourier(maker *m)
{
    ft_id points = tensor(m, ft_shape2(4096, 2), FT_REAL, false), gaussian = fixed(m, ft_shape2(2, 128));
    return ft_fourier(m->graph, points, gaussian, tensor(m, ft_shape1(4096), FT_INDEX, false));
}

static ft_id vq(maker *m)
{
    ft_id loss, z = x2(m, 9, 256);
    ft_vq(m->graph, z, x2(m, 8192, 256), NULL, &loss);
    return loss;
}

static ft_id drop_path(maker *m)
{
    ft_id x = x4(m, 112, 192);
    return ft_drop_path(m->graph, x, tensor(m, ft_shape1(1), FT_REAL, false));
}

static ft_id cross_entropy(maker *m)
{
    ft_id x = x2(m, 96, 195);
    return ft_cross_entropy(m->graph, x, tensor(m, ft_shape2(96, 195), FT_REAL, false));
}

static ft_id dice(maker *m)
{
    ft_id x = x2(m, 3, 262144);
    return ft_dice(m->graph, x, tensor(m, ft_shape1(262144), FT_REAL, false));
}

static ft_id focal(maker *m)
{
    ft_id x = x2(m, 3, 262144);
    return ft_focal(m->graph, x, tensor(m, ft_shape1(262144), FT_REAL, false));
}

static ft_id iou(maker *m)
{
    ft_id x = tensor(m, ft_shape2(3, 262144), FT_REAL, false);
    return ft_iou(m->graph, x, tensor(m, ft_shape1(262144), FT_REAL, false));
}

static ft_id squared_error(maker *m)
{
    ft_id x = x2(m, 3, 262144);
    return ft_squared_error(m->graph, x, tensor(m, ft_shape2(3, 262144), FT_REAL, false));
}

static ft_id minimum(maker *m)
{
    return ft_minimum(m->graph, row(m, 1 << 20));
}

static const struct {
    const char *name;
    ft_id (*build)(maker *);
    bool no_gradient;
} cases[] = {
    {"linear, fixed weight", linear_fixed, false},
    {"linear, trained weight", linear_trained, false},
    {"conv3, fixed weight", conv3_fixed, false},
    {"conv3, trained weight", conv3_trained, false},
    {"layernorm", layernorm, false},
    {"batchnorm", batchnorm, false},
    {"batchnorm, fixed", batchnorm_fixed, true},
    {"window attention, shifted", window_attention, false},
    {"attention, 13 tokens to 4096 cells", tokens_to_image, false},
    {"attention, 4096 cells to 13 tokens", image_to_tokens, false},
    {"attention, causal, 77 tokens", text_attention, false},
    {"run attention, a text of 77 tokens", run_attention, false},
    {"gelu", activation, false},
    {"sigmoid", sigmoid, false},
    {"add", add, false},
    {"multiply", multiply, false},
    {"scale", scale, false},
    {"concat", concat, false},
    {"slice", slice, false},
    {"embedding", embedding, false},
    {"unfold", unfold, false},
    {"fold", fold, false},
    {"resize bicubic", bicubic, false},
    {"resize bilinear", bilinear, false},
    {"fourier", fourier, true},
    {"vq", vq, false},
    {"drop path", drop_path, false},
    {"dice", dice, false},
    {"focal", focal, false},
    {"iou", iou, true},
    {"cross entropy", cross_entropy, false},
    {"squared error", squared_error, false},
    {"minimum", minimum, false},
};

/* ---- measuring ---- */

typedef struct peaks {
    double flops[3]; /* of each precision, 0: none */
    double memory;   /* bytes read and written a second by a copy on all threads */
} peaks;

/* The best of a few copies of more than any cache holds. */
static double copy_rate(void)
{
    char *from = fb_alloc(COPY_BYTES, 1), *to = fb_alloc(COPY_BYTES, 1);
    double best = 0;
    for (int r = 0; r < RUNS && from != NULL && to != NULL; r++) {
        double start = now();
#pragma omp parallel for schedule(static)
        for (int64_t at = 0; at < COPY_BYTES; at += 1 << 20) memcpy(to + at, from + at, 1 << 20);
        double rate = 2.0 * COPY_BYTES / (now() - start);
        if (r > 0 && rate > best) best = rate;
    }
    fb_free(from);
    fb_free(to);
    return best;
}

static double bytes_of(const ft_call *step)
{
    double bytes = 0;
    const ft_array *arrays[2] = {step->in, step->out};
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < (side == 0 ? step->node->inputs : step->node->outputs); i++)
            if (arrays[side][i].shape.ndim > 0 && (side == 0 ? step->node->in[i] : step->node->out[i]) != FT_NONE)
                bytes += (double)ft_count(arrays[side][i].shape) * (arrays[side][i].half ? 2 : 4);
    return bytes;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure_step(ft_session *session, size_t step, ft_precision precision, const peaks *peak)
{
    const ft_call *call = ft_session_step(session, step);
    double seconds[RUNS], flops = ft_flops(call), bytes = bytes_of(call), most = peak->flops[precision];
    for (int r = 0; r < RUNS; r++) {
        double start = now();
        ft_session_run_step(session, step);
        seconds[r] = now() - start;
    }
    qsort(seconds, RUNS, sizeof seconds[0], by_size);
    double median = seconds[RUNS / 2];
    printf("    %-22s %9.3f ms", ft_op_names[call->node->op], 1e3 * median);
    if (flops > 0) printf("  %7.1f GFLOP/s", 1e-9 * flops / median);
    if (flops > 0 && most > 0) printf(" (%3.0f %%)", 100 * flops / median / most);
    printf("  %6.2f GB/s (%3.0f %%)\n", 1e-9 * bytes / median, 100 * bytes / median / peak->memory);
}

/* Small values everywhere; what is an index is 0 or 1. */
static void fill(ft_session *session, const ft_graph *graph, float **values)
{
    for (size_t i = 0; i < graph->tensors; i++) {
        const ft_tensor *tensor = &graph->tensor[i];
        if (tensor->origin == FT_FROM_NODE) continue;
        int64_t count = ft_count(tensor->shape);
        bool parameter = tensor->origin == FT_FROM_PARAMETER;
        void *data =
            parameter ? values[i] = fb_alloc((size_t)count, sizeof(float)) : ft_session_data(session, (ft_id)i);
        for (int64_t k = 0; k < count && data != NULL; k++) {
            if (tensor->kind == FT_INDEX)
                ((int32_t *)data)[k] = (int32_t)(k % 2);
            else
                ((float *)data)[k] = (float)(k * 37 % 101) * 0.01f;
        }
        if (parameter) ft_session_bind(session, (ft_id)i, data);
    }
}

static bool measure(int number, const ft_device *device, ft_precision precision, const peaks *peak)
{
    maker m = {.graph = ft_graph_new()};
    ft_id result = cases[number].build(&m);
    ft_output(m.graph, result, "result");
    if (!cases[number].no_gradient) ft_differentiate(m.graph, &result, NULL, 1);
    float **values = calloc(m.graph->tensors + 1, sizeof(float *));
    ft_session *session = NULL;
    bool good = values != NULL && ft_session_new(m.graph, device, NULL, &session) == FSAM_OK;
    if (good) {
        fill(session, m.graph, values);
        good = ft_session_run(session) == FSAM_OK;
    }
    printf("  %s\n", device->name);
    for (size_t step = 0; good && step < ft_session_steps(session); step++) {
        ft_op op = ft_session_step(session, step)->node->op;
        if (op != FT_OP_FILL && op != FT_OP_RESHAPE) measure_step(session, step, precision, peak);
    }
    if (!good) fprintf(stderr, "ops perf: %s: %s\n", cases[number].name, fb_message());
    ft_session_free(session);
    for (size_t i = 0; values != NULL && i < m.graph->tensors; i++) fb_free(values[i]);
    free((void *)values);
    ft_graph_free(m.graph);
    return good;
}

int ops_perf(const char *filter)
{
    const ft_device *devices[] = {&ft_plain_f32, ft_cpu(FT_F32), ft_cpu(FT_BF16), ft_cpu(FT_I8)};
    static const ft_precision precisions[] = {FT_F32, FT_F32, FT_BF16, FT_I8};
    peaks peak = {.memory = copy_rate()};
    for (int p = 0; p < 3; p++) peak.flops[p] = fk_peak((fk_precision)p);
    printf("peaks: f32 %.0f, bf16 %.0f, int8 %.0f GFLOP/s (0: no instructions for it); copying %.1f GB/s\n",
           1e-9 * peak.flops[0], 1e-9 * peak.flops[1], 1e-9 * peak.flops[2], 1e-9 * peak.memory);
    bool good = true;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (strstr(cases[i].name, filter) == NULL) continue;
        puts(cases[i].name);
        for (size_t d = 0; d < sizeof devices / sizeof devices[0]; d++)
            good = measure((int)i, devices[d], precisions[d], &peak) && good;
    }
    return good ? 0 : 1;
}
