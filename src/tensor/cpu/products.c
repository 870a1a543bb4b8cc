#include "tensor/cpu/products.h"

#include "base/dtype.h"
#include "base/memory.h"
#include "tensor/cpu/bump.h"
#include "tensor/cpu/rows.h"
#include "tensor/cpu/transposed.h"
#include "tensor/ops/ops.h"
#include "tensor/ops/shape.h"
#include "tensor/program.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static_assert((int)FT_IDENTITY == FK_NONE && (int)FT_RELU == FK_RELU && (int)FT_GELU == FK_GELU &&
                  (int)FT_GELU_TANH == FK_GELU_TANH && (int)FT_QUICKGELU == FK_QUICKGELU,
              "graphs and kernels count activations alike");

enum { MAX_PARTS = 2, UPSCALED_LINES = 4, FEW_ROWS = 16 };

/* ---- packed parameters ---- */

/* A linear layer that is folded afterwards (a transposed 2x2 convolution) is two products: one for the even rows of its
 * result and one for the odd ones, so that each writes its rows where they belong. */
typedef struct parameters {
    int parts;
    fk_packed *part[MAX_PARTS];
    const float *bias; /* [columns of a part], NULL: none */
} parameters;

static bool folds(const ft_call *call)
{
    return call->node->op != FT_OP_CONV3 && call->node->integer[2] != 0;
}

static int64_t channels_of(const ft_call *call) /* of the result, or of the map that is not kept */
{
    bool kept = call->node->op != FT_OP_UPSCALED_PRODUCT;
    return ft_last(kept ? call->out[0].shape : call->in[FT_IN_RESIDUAL].shape);
}

static int64_t columns_of(const ft_call *call) /* of a part */
{
    return channels_of(call) * (folds(call) ? FT_FOLD : 1);
}

static int64_t depth_of(const ft_call *call)
{
    return ft_last(call->in[0].shape) * (call->node->op == FT_OP_CONV3 ? 9 : 1);
}

/* Element (n, k) of part `part` as the product wants it, of the weight as it is stored. */
static int64_t weight_at(const ft_call *call, int part, int64_t n, int64_t k)
{
    int64_t inputs = ft_last(call->in[0].shape), outputs = channels_of(call);
    if (call->node->op == FT_OP_CONV3) return (n * inputs + k % inputs) * 9 + k / inputs; /* [O, C, 3, 3] */
    if (folds(call)) { /* [K, O, 2, 2]: part = row, n = (column, channel) */
        int64_t each = FT_FOLD * FT_FOLD;
        return (k * outputs + n % outputs) * each + part * FT_FOLD + n / outputs;
    }
    return call->node->integer[1] ? k * outputs + n : n * inputs + k;
}

/* The factor of a fixed BatchNorm for channel n, 1 without one. */
static float norm_factor(const ft_call *call, int64_t n)
{
    const float *gain = call->in[FT_IN_NORM].data, *variance = call->in[FT_IN_NORM + 3].data;
    return gain == NULL ? 1.0f : (float)(gain[n] / sqrt((double)variance[n] + call->node->real[0]));
}

/* Bias of channel n with the BatchNorm in it: (bias - mean) factor + shift. */
static float norm_bias(const ft_call *call, int64_t n)
{
    const float *bias = call->in[2].data, *shift = call->in[FT_IN_NORM + 1].data, *mean = call->in[FT_IN_NORM + 2].data;
    float value = bias != NULL ? bias[n] : 0.0f;
    return shift == NULL ? value : (value - mean[n]) * norm_factor(call, n) + shift[n];
}

/* Packs a call's parameters into `into`; `scratch` is needed while it runs. Without blocks both only count. */
static parameters *pack(const ft_call *call, fk_precision precision, fk_bump *into, fk_bump *scratch)
{
    int64_t n = columns_of(call), k = depth_of(call), channels = channels_of(call);
    bool normed = call->node->in[FT_IN_NORM] != FT_NONE, biased = normed || call->node->in[2] != FT_NONE;
    bool plain = call->node->op == FT_OP_LINEAR && !folds(call) && !normed, transposed = call->node->integer[1] != 0;
    parameters *made = fk_take(into, 1, sizeof *made);
    float *bias = biased ? fk_take(into, (size_t)n, sizeof *bias) : NULL;
    float *copy = plain ? NULL : fk_take(scratch, (size_t)(n * k), sizeof *copy);
    if (made != NULL) *made = (parameters){.parts = folds(call) ? FT_FOLD : 1, .bias = bias};
    for (int64_t i = 0; i < n && bias != NULL; i++) bias[i] = norm_bias(call, i % channels);
    for (int part = 0; part < (folds(call) ? FT_FOLD : 1); part++) {
        void *memory = fk_take_pack(into, precision, n, k);
        const float *weight = call->in[1].data;
        if (memory == NULL) continue;
        if (plain) {
            made->part[part] = fk_pack_into(memory, precision, n, k, weight, transposed ? 1 : k, transposed ? n : 1);
            continue;
        }
#pragma omp parallel for schedule(static)
        for (int64_t i = 0; i < n; i++) {
            float factor = norm_factor(call, i % channels);
            for (int64_t j = 0; j < k; j++) copy[i * k + j] = factor * weight[weight_at(call, part, i, j)];
        }
        made->part[part] = fk_pack_into(memory, precision, n, k, copy, k, 1);
    }
    return made;
}

static_assert((int)FT_F32 == FK_F32 && (int)FT_BF16 == FK_BF16 && (int)FT_I8 == FK_I8,
              "graphs and kernels count precisions alike");

/* Short rows are too few values for 8 bits to even out; very long ones could overflow their sums (fk_pack_size). */
fk_precision fk_product_precision(ft_precision limit, int64_t depth, fk_precision wanted)
{
    if (wanted > (fk_precision)limit) wanted = (fk_precision)limit;
    return wanted == FK_I8 && (depth < 96 || depth > 65536) ? FK_BF16 : wanted;
}

static fk_precision precision_of(const ft_call *call, fk_precision wanted)
{
    return call->fixed ? fk_product_precision(call->node->limit, depth_of(call), wanted) : FK_F32;
}

void *fk_product_pack(const ft_call *call, fk_precision precision)
{
    fk_bump state = {0}, scratch = {0};
    precision = precision_of(call, precision);
    pack(call, precision, &state, &scratch);
    size_t *block = fb_alloc(state.used + FB_ALIGNMENT, 1);
    state = (fk_bump){.base = block != NULL ? (char *)block + FB_ALIGNMENT : NULL};
    size_t wanted = scratch.used;
    scratch = (fk_bump){.base = wanted > 0 ? fb_alloc(wanted, 1) : NULL};
    bool good = block != NULL && (wanted == 0 || scratch.base != NULL);
    if (good) {
        pack(call, precision, &state, &scratch);
        *block = state.used + FB_ALIGNMENT; /* its size, before what it holds */
    }
    fb_free(scratch.base);
    if (!good) fb_free(block);
    return good ? block : NULL;
}

size_t fk_product_packed_bytes(const void *state)
{
    return *(const size_t *)state;
}

void fk_product_free(void *state)
{
    fb_free(state);
}

static const parameters *packed_of(const ft_call *call, fk_bump *work)
{
    if (call->state != NULL) return (const parameters *)((const char *)call->state + FB_ALIGNMENT);
    fk_bump scratch = {0};
    pack(call, FK_F32, &(fk_bump){0}, &scratch); /* how much is needed */
    scratch.base = fk_take(work, scratch.used, 1);
    scratch.used = 0;
    return pack(call, FK_F32, work, &scratch);
}

/* ---- forward ---- */

static fk_type type_of(const ft_array *array)
{
    return array->half ? FK_TYPE_BF16 : FK_TYPE_F32;
}

/* What a linear layer and a convolution have in common. */
static fk_gemm product_of(const ft_call *call, const parameters *packed)
{
    int64_t n = columns_of(call);
    return (fk_gemm){.m = ft_rows(call->in[0].shape),
                     .a = call->in[0].data,
                     .a_type = type_of(&call->in[0]),
                     .lda = ft_last(call->in[0].shape),
                     .b = packed != NULL ? packed->part[0] : NULL,
                     .bias = packed != NULL ? packed->bias : NULL,
                     .act = (fk_activation)call->node->integer[0],
                     .residual = call->in[FT_IN_RESIDUAL].data,
                     .ldr = n,
                     .c = call->out[0].data,
                     .c_type = type_of(&call->out[0]),
                     .ldc = n,
                     .pre = call->out[1].data};
}

/* Packing a weight that changes costs more than a product with few rows. */
static bool few_rows(const ft_call *call)
{
    const ft_node *node = call->node;
    return node->op == FT_OP_LINEAR && !folds(call) && !call->fixed && node->in[FT_IN_NORM] == FT_NONE &&
           !node->integer[1] && !call->in[0].half && !call->in[1].half && !call->out[0].half &&
           ft_rows(call->in[0].shape) <= FEW_ROWS;
}

/* The result may lie in the residual's memory, so that with one the product is made beside it. */
static void multiply_few(const ft_call *call)
{
    int64_t rows = ft_rows(call->out[0].shape), n = ft_last(call->out[0].shape);
    bool bare = call->node->integer[0] == FT_IDENTITY, alone = call->in[FT_IN_RESIDUAL].data == NULL;
    const ft_array *bias = &call->in[FT_IN_BIAS],
                   y = {alone ? call->out[0].data : call->work, call->out[0].shape, false};
    fk_rows_product(&(ft_call){.in = {call->in[0], call->in[1]}, .out = {y}});
    if (bias->data != NULL) fk_rows_add(&(ft_call){.in = {y, *bias}, .out = {y}});
    if (call->out[1].data != NULL) memcpy(call->out[1].data, y.data, (size_t)(rows * n) * sizeof(float));
    if (!bare) fk_rows_activation(&(ft_call){.node = call->node, .in = {y}, .out = {y}});
    if (!alone) fk_rows_add(&(ft_call){.in = {y, call->in[FT_IN_RESIDUAL]}, .out = {call->out[0]}});
}

/* A folded product of `product.batch` lines: part `p` gives every second line of the result, of elements of `size`
 * bytes, from line p on. */
static void upscale(const ft_call *call, const parameters *packed, fk_gemm product, size_t size)
{
    int64_t width = call->in[0].shape.dim[2], run = width * product.ldc; /* of one line of the result */
    char *to = product.c;
    product.m = width;
    product.a_batch = width * product.lda;
    product.c_batch = FT_FOLD * run;
    for (int part = 0; part < packed->parts; part++) {
        product.b = packed->part[part];
        product.c = to + (size_t)(part * run) * size;
        fk_gemm_run(&product);
    }
}

void fk_linear(const ft_call *call)
{
    fk_bump work = {.base = call->work};
    if (few_rows(call)) {
        multiply_few(call);
        return;
    }
    const parameters *packed = packed_of(call, &work);
    fk_gemm product = product_of(call, packed);
    if (work.base != NULL) product.scratch = work.base + work.used;
    if (!folds(call)) {
        fk_gemm_run(&product);
        return;
    }
    product.batch = product.m / call->in[0].shape.dim[2];
    upscale(call, packed, product, call->out[0].half ? sizeof(uint16_t) : sizeof(float));
}

/* The upscaled map is made some lines at a time, which stay in a cache until they have been multiplied. */
void fk_upscaled_product(const ft_call *call)
{
    fk_bump work = {.base = call->work};
    const ft_array *from = &call->in[0], *rows = &call->in[FT_IN_RESIDUAL];
    int64_t width = from->shape.dim[2], lines = from->shape.dim[0] * from->shape.dim[1], channels = channels_of(call);
    int64_t pixels = FT_FOLD * FT_FOLD * width; /* of the result, for a line */
    float *map = fk_take(&work, (size_t)(UPSCALED_LINES * pixels * channels), sizeof *map), *y = call->out[0].data;
    const parameters *packed = packed_of(call, &work);
    fk_gemm product = product_of(call, packed);
    product.residual = NULL;
    product.c = map;
    product.scratch = work.base + work.used;
    for (int64_t line = 0; line < lines; line += UPSCALED_LINES) {
        product.batch = lines - line < UPSCALED_LINES ? lines - line : UPSCALED_LINES;
        upscale(call, packed, product, sizeof(float));
        ft_shape shape = ft_shape2(product.batch * pixels, channels);
        fk_rows_product(&(ft_call){.in = {*rows, {.data = map, .shape = shape}},
                                   .out = {{.data = y + line * pixels, .shape = call->out[0].shape}}});
        product.a = (const char *)product.a +
                    (size_t)(UPSCALED_LINES * width * product.lda) * (from->half ? sizeof(uint16_t) : sizeof(float));
    }
}

/* A map with a border of zeros: x [B, H, W, C] -> [B, H + 2, W + 2, C], and as much more as a product reads past it. */
static size_t padded_count(ft_shape x)
{
    return (size_t)(x.dim[0] * (x.dim[1] + 2) * (x.dim[2] + 2) + 2) * (size_t)x.dim[3];
}

static void pad(const float *x, ft_shape shape, bool to_half, void *padded)
{
    int64_t height = shape.dim[1], width = shape.dim[2], channels = shape.dim[3], line = (width + 2) * channels;
    size_t size = to_half ? sizeof(uint16_t) : sizeof(float);
    memset((char *)padded + (size_t)(shape.dim[0] * (height + 2) * line) * size, 0, 2 * (size_t)channels * size);
#pragma omp parallel for schedule(static)
    for (int64_t r = 0; r < shape.dim[0] * (height + 2); r++) {
        int64_t b = r / (height + 2), y = r % (height + 2) - 1;
        char *to = (char *)padded + (size_t)(r * line) * size;
        if (y < 0 || y >= height) {
            memset(to, 0, (size_t)line * size);
            continue;
        }
        const float *from = x + (b * height + y) * width * channels;
        memset(to, 0, (size_t)channels * size);
        to += (size_t)channels * size;
        if (!to_half) memcpy(to, from, (size_t)(width * channels) * size);
        for (int64_t i = 0; to_half && i < width * channels; i++) ((uint16_t *)to)[i] = fb_bf16_from_f32(from[i]);
        memset(to + (size_t)(width * channels) * size, 0, (size_t)channels * size);
    }
}

/* A convolution of a padded map is a product for each row of the result: its rows of 9 C values lie in three runs, one
 * a row of the map, that overlap from pixel to pixel. */
static void convolve(fk_gemm *product, ft_shape map, const void *padded, fk_type type)
{
    int64_t height = map.dim[1], width = map.dim[2], line = (width + 2) * map.dim[3];
    size_t size = type == FK_TYPE_BF16 ? sizeof(uint16_t) : sizeof(float);
    size_t result = product->c_type == FK_TYPE_BF16 ? sizeof(uint16_t) : sizeof(float);
    int64_t area = height * width * product->ldc;
    product->a_type = type;
    product->m = width;
    product->lda = map.dim[3];
    product->segments = 3;
    product->segment_stride = line;
    product->batch = height;
    product->a_batch = line;
    product->c_batch = product->residual_batch = width * product->ldc;
    for (int64_t b = 0; b < map.dim[0]; b++) {
        product->a = (const char *)padded + (size_t)(b * (height + 2) * line) * size;
        fk_gemm_run(product);
        product->c = (char *)product->c + (size_t)area * result;
        if (product->residual != NULL) product->residual += area;
        if (product->pre != NULL) product->pre += area;
    }
}

void fk_conv3(const ft_call *call)
{
    fk_bump work = {.base = call->work};
    const parameters *packed = packed_of(call, &work);
    bool half = fk_packed_precision(packed->part[0]) == FK_BF16;
    void *padded = fk_take(&work, padded_count(call->in[0].shape), half ? sizeof(uint16_t) : sizeof(float));
    pad(call->in[0].data, call->in[0].shape, half, padded);
    fk_gemm product = product_of(call, packed);
    product.scratch = work.base + work.used;
    convolve(&product, call->in[0].shape, padded, half ? FK_TYPE_BF16 : FK_TYPE_F32);
}

/* ---- gradients ---- */

/* Whether dy has so few rows that the weight is better read where it lies. */
static bool few_gradients(const ft_call *call)
{
    return !call->node->integer[1] && ft_rows(call->in[0].shape) <= FEW_ROWS &&
           ft_last(call->out[0].shape) % FK_WHOLE_COLUMNS == 0;
}

/* dy [M, N], weight -> dx [M, K] */
void fk_linear_dx(const ft_call *call)
{
    int64_t m = ft_rows(call->in[0].shape), n = ft_last(call->in[0].shape), k = ft_last(call->out[0].shape);
    bool input_major = call->node->integer[1];
    if (few_gradients(call)) {
        fk_few_rows_run(m, n, k, call->in[0].data, call->in[1].data, call->out[0].data);
        return;
    }
    fk_packed *packed =
        fk_pack_into(call->work, FK_F32, k, n, call->in[1].data, input_major ? n : 1, input_major ? 1 : k);
    fk_gemm product = {.m = m, .a = call->in[0].data, .lda = n, .b = packed, .c = call->out[0].data, .ldc = k};
    fk_gemm_run(&product);
}

/* c [N, K] = a [M, N]^T b [M, K], rows of b `ldb` apart. Without a block, only counts. */
static void transposed_product(int64_t m, int64_t n, int64_t k, const float *a, const float *b, int64_t ldb, float *c,
                               fk_bump *work)
{
    fk_transposed product = {.m = m, .n = n, .k = k, .a = a, .lda = n, .b = b, .ldb = ldb, .c = c, .ldc = k};
    product.scratch = fk_take(work, fk_transposed_scratch(m, n, k), 1);
    if (work->base != NULL) fk_transposed_run(&product);
}

static void linear_dw(const ft_call *call, fk_bump *work)
{
    int64_t m = ft_rows(call->in[0].shape), n = ft_last(call->in[0].shape), k = ft_last(call->in[1].shape);
    const float *dy = call->in[0].data, *x = call->in[1].data;
    if (call->node->integer[1])
        transposed_product(m, k, n, x, dy, n, call->out[0].data, work);
    else
        transposed_product(m, n, k, dy, x, k, call->out[0].data, work);
}

/* dy [M, N], x [M, K] -> dweight, laid out as the weight */
void fk_linear_dw(const ft_call *call)
{
    linear_dw(call, &(fk_bump){.base = call->work});
}

static void conv3_dx(const ft_call *call, fk_bump *work)
{
    ft_shape from = call->in[0].shape;
    int64_t outputs = from.dim[3], channels = ft_last(call->out[0].shape), depth = 9 * outputs;
    float *turned = fk_take(work, (size_t)(channels * depth), sizeof *turned);
    void *memory = fk_take_pack(work, FK_F32, channels, depth);
    float *padded = fk_take(work, padded_count(from), sizeof *padded);
    const float *weight = call->in[1].data;
    if (work->base == NULL) return;
    for (int64_t c = 0; c < channels; c++) /* what tap t carried forth, tap 8 - t carries back */
        for (int64_t t = 0; t < 9; t++)
            for (int64_t o = 0; o < outputs; o++)
                turned[c * depth + t * outputs + o] = weight[(o * channels + c) * 9 + 8 - t];
    pad(call->in[0].data, from, false, padded);
    fk_gemm product = {
        .b = fk_pack_into(memory, FK_F32, channels, depth, turned, depth, 1), .c = call->out[0].data, .ldc = channels};
    convolve(&product, from, padded, FK_TYPE_F32);
}

/* dy [B, H, W, O], weight [O, C, 3, 3] -> dx [B, H, W, C] */
void fk_conv3_dx(const ft_call *call)
{
    conv3_dx(call, &(fk_bump){.base = call->work});
}

/* Every position of the padded map counts, those of its border with a gradient of zero, so that the positions that meet
 * under one row of taps lie one behind the other. */
static void conv3_dw(const ft_call *call, fk_bump *work)
{
    ft_shape dy = call->in[0].shape, x = call->in[1].shape;
    int64_t outputs = dy.dim[3], channels = x.dim[3], line = x.dim[2] + 2, rows = x.dim[1] * line;
    float *padded = fk_take(work, padded_count(x), sizeof *padded);
    float *widened = fk_take(work, (size_t)(rows * outputs), sizeof *widened);
    float *sums = fk_take(work, (size_t)(outputs * 3 * channels), sizeof *sums), *dw = call->out[0].data;
    fk_bump rest = {.base = work->base != NULL ? work->base + work->used : NULL};
    if (work->base == NULL) {
        transposed_product(rows, outputs, 3 * channels, NULL, NULL, channels, NULL, work);
        return;
    }
    pad(call->in[1].data, x, false, padded);
    memset(dw, 0, (size_t)(outputs * channels * 9) * sizeof *dw);
    for (int64_t b = 0; b < x.dim[0]; b++) {
        memset(widened, 0, (size_t)(rows * outputs) * sizeof *widened);
        for (int64_t y = 0; y < dy.dim[1]; y++)
            memcpy(widened + y * line * outputs,
                   (const float *)call->in[0].data + (b * dy.dim[1] + y) * dy.dim[2] * outputs,
                   (size_t)(dy.dim[2] * outputs) * sizeof *widened);
        for (int64_t t = 0; t < 3; t++) {
            fk_bump again = rest;
            const float *from = padded + (b * (x.dim[1] + 2) + t) * line * channels;
            transposed_product(rows, outputs, 3 * channels, widened, from, channels, sums, &again);
            for (int64_t i = 0; i < outputs * 3 * channels; i++) {
                int64_t o = i / (3 * channels), dx = i / channels % 3, c = i % channels;
                dw[(o * channels + c) * 9 + t * 3 + dx] += sums[i];
            }
        }
    }
}

/* dy [B, H, W, O], x [B, H, W, C] -> dweight [O, C, 3, 3] */
void fk_conv3_dw(const ft_call *call)
{
    conv3_dw(call, &(fk_bump){.base = call->work});
}

/* ---- scratch ---- */

static void count_forward(const ft_call *call, fk_precision precision, fk_bump *work)
{
    fk_precision mine = precision_of(call, precision);
    bool half = mine == FK_BF16 && call->node->op == FT_OP_CONV3;
    if (few_rows(call)) {
        if (call->node->in[FT_IN_RESIDUAL] != FT_NONE)
            fk_take(work, (size_t)ft_count(call->out[0].shape), sizeof(float));
        return;
    }
    if (call->node->op == FT_OP_UPSCALED_PRODUCT)
        fk_take(work, (size_t)(UPSCALED_LINES * FT_FOLD * FT_FOLD * call->in[0].shape.dim[2] * channels_of(call)),
                sizeof(float));
    if (!call->fixed) packed_of(call, work);
    if (call->node->op == FT_OP_CONV3)
        fk_take(work, padded_count(call->in[0].shape), half ? sizeof(uint16_t) : sizeof(float));
    fk_gemm product = product_of(call, NULL);
    product.m = call->node->op == FT_OP_CONV3 ? call->in[0].shape.dim[1] * call->in[0].shape.dim[2] : product.m;
    if (call->node->op == FT_OP_CONV3) product.a_type = half ? FK_TYPE_BF16 : FK_TYPE_F32;
    fk_take(work, fk_gemm_scratch(&product, mine, depth_of(call)), 1);
}

size_t fk_product_workspace(const ft_call *call, fk_precision precision)
{
    fk_bump work = {0};
    switch (call->node->op) {
    case FT_OP_LINEAR:
    case FT_OP_UPSCALED_PRODUCT:
    case FT_OP_CONV3:
        count_forward(call, precision, &work);
        break;
    case FT_OP_LINEAR_DX:
        if (!few_gradients(call)) fk_take_pack(&work, FK_F32, ft_last(call->out[0].shape), ft_last(call->in[0].shape));
        break;
    case FT_OP_LINEAR_DW:
        linear_dw(call, &work);
        break;
    case FT_OP_CONV3_DX:
        conv3_dx(call, &work);
        break;
    case FT_OP_CONV3_DW:
        conv3_dw(call, &work);
        break;
    default:
        break;
    }
    return work.used;
}
