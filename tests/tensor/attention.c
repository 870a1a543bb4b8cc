/* attention.c - window attention with bfloat16 in and out, against the f32 path on the rounded input: the same sums, so
 * they differ by the rounding of the result only. And gradients that do not depend on the number of threads. (That the
 * f32 paths are right is held by tests/ops.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "base/dtype.h"
#include "tensor/cpu/gemm.h"
#include "tensor/cpu/window_attention.h"
#include "tensor/ops/ops.h"
#include "tensor/ops/shape.h"
#include "tensor/session.h"
#include <cmocka.h>
#include <omp.h>
#include <stdlib.h>

static uint32_t state = 1;

static float uniform(void)
{
    state = state * 1664525u + 1013904223u;
    return (float)(state >> 8) * 0x1p-23f - 1.0f;
}

static float *floats(int64_t count)
{
    float *p = malloc((size_t)count * sizeof *p);
    assert_non_null(p);
    for (int64_t i = 0; i < count; i++) p[i] = uniform();
    return p;
}

/* Runs the kernel into y, with the scratch it asks for. */
static void run(ft_call *call, void *y, bool half)
{
    call->out[0].half = half;
    call->out[0].data = y;
    size_t bytes = fk_window_attention_workspace(call);
    call->work = malloc(bytes + 1);
    assert_non_null(call->work);
    fk_window_attention(call);
    free(call->work);
}

static void check(int64_t height, int64_t width, int heads, int64_t head, int window, int shift)
{
    int64_t channels = heads * head, rows = 2 * height * width, side = 2 * window - 1;
    float *qkv = floats(rows * 3 * channels), *bias = floats(3 * channels), *table = floats(side * side * heads);
    float *truth = floats(rows * channels), *wide = floats(rows * channels);
    uint16_t *rounded = calloc((size_t)(rows * 3 * channels), sizeof *rounded);
    uint16_t *narrow = calloc((size_t)(rows * channels), sizeof *narrow);
    assert_true(rounded != NULL && narrow != NULL);
    for (int64_t i = 0; i < rows * 3 * channels; i++) {
        rounded[i] = fb_bf16_from_f32(qkv[i]);
        qkv[i] = fb_f32_from_bf16(rounded[i]);
    }
    const ft_node node = {.op = FT_OP_WINDOW_ATTENTION, .inputs = 3, .outputs = 1, .integer = {heads, window, shift}};
    ft_call call = {.node = &node,
                    .in = {{qkv, ft_shape4(2, height, width, 3 * channels), false},
                           {bias, ft_shape1(3 * channels), false},
                           {table, ft_shape2(side * side, heads), false}},
                    .out = {{NULL, ft_shape4(2, height, width, channels), false}}};
    run(&call, truth, false);
    call.in[0].data = rounded;
    call.in[0].half = true;
    run(&call, wide, false);
    run(&call, narrow, true);
    for (int64_t i = 0; i < rows * channels; i++) {
        assert_true(wide[i] == truth[i]);
        assert_int_equal(narrow[i], fb_bf16_from_f32(truth[i]));
    }
    free(qkv);
    free(bias);
    free(table);
    free(truth);
    free(wide);
    free(rounded);
    free(narrow);
}

static void check_every_set(int64_t height, int64_t width, int heads, int64_t head, int window, int shift)
{
    fk_isa_limit(FK_ISA_AVX512BF16);
    for (int best = (int)fk_isa_used(), isa = 0; isa <= best; isa++) {
        fk_isa_limit((fk_isa)isa);
        check(height, width, heads, head, window, shift);
    }
}

static void swin_sizes(void **unused)
{
    (void)unused;
    check_every_set(14, 21, 6, 32, 7, 0);
    check_every_set(9, 16, 7, 32, 7, 3);
}

static void other_sizes(void **unused)
{
    (void)unused;
    check_every_set(8, 5, 2, 19, 4, 2);
    check_every_set(9, 9, 1, 64, 8, 4);
    check_every_set(11, 13, 2, 5, 12, 6); /* larger than the fast kernels take */
    check_every_set(7, 7, 1, 70, 7, 0);
}

/* The values of a gradient from `threads` threads. Owned. */
static float *gradient_of(const ft_graph *graph, ft_id input, int threads)
{
    ft_session *session;
    omp_set_num_threads(threads);
    assert_int_equal(ft_session_new(graph, ft_cpu(FT_F32), NULL, &session), FSAM_OK);
    state = 1;
    for (size_t i = 0; i < graph->tensors; i++) {
        if (graph->tensor[i].origin != FT_FROM_INPUT) continue;
        float *values = ft_session_data(session, (ft_id)i);
        for (int64_t k = 0; k < ft_count(graph->tensor[i].shape); k++) values[k] = uniform();
    }
    assert_int_equal(ft_session_run(session), FSAM_OK);
    int64_t count = ft_count(ft_shape_of(graph, input));
    float *copy = floats(count);
    memcpy(copy, ft_session_data(session, ft_gradient(graph, input)), (size_t)count * sizeof *copy);
    ft_session_free(session);
    return copy;
}

/* Differentiates with respect to `count` inputs and frees the graph. */
static void check_threads(ft_graph *graph, ft_id result, const ft_id *input, int count)
{
    ft_id seed = ft_input(graph, "seed", FT_REAL, ft_shape_of(graph, result), false);
    ft_differentiate(graph, &result, &seed, 1);
    for (int i = 0; i < count; i++) {
        float *one = gradient_of(graph, input[i], 1), *three = gradient_of(graph, input[i], 3);
        assert_memory_equal(one, three, (size_t)ft_count(ft_shape_of(graph, input[i])) * sizeof *one);
        free(one);
        free(three);
    }
    ft_graph_free(graph);
}

static void any_number_of_threads(void **unused)
{
    (void)unused;
    fk_isa_limit(FK_ISA_AVX512BF16);
    ft_graph *graph = ft_graph_new();
    ft_id qkv = ft_input(graph, "qkv", FT_REAL, ft_shape4(1, 38, 31, 192), true);
    ft_id bias = ft_input(graph, "bias", FT_REAL, ft_shape1(192), true);
    ft_id table = ft_input(graph, "table", FT_REAL, ft_shape2(169, 2), true);
    check_threads(graph, ft_window_attention(graph, qkv, bias, table, 2, 7, 3), (ft_id[]){qkv, bias, table}, 3);

    graph = ft_graph_new();
    qkv = ft_input(graph, "qkv", FT_REAL, ft_shape2(600, 96), true);
    check_threads(graph, ft_attention_qkv(graph, qkv, FT_NONE, 2, false), &qkv, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(swin_sizes), cmocka_unit_test(other_sizes),
                                       cmocka_unit_test(any_number_of_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
