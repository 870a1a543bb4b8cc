/* flops.c - the count of a graph's products against hand-made numbers, gradients and fused nodes included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "tensor/flops.h"
#include "tensor/ops/ops.h"
#include "tensor/ops/shape.h"
#include "tensor/session.h"
#include <cmocka.h>

/* The sum over all steps of the graph, which is freed. */
static long count(ft_graph *graph)
{
    ft_session *session;
    double total = 0;
    assert_int_equal(ft_session_new(graph, ft_cpu(FT_F32), NULL, &session), FSAM_OK);
    for (size_t i = 0; i < ft_session_steps(session); i++) total += ft_flops(ft_session_step(session, i));
    ft_session_free(session);
    ft_graph_free(graph);
    return (long)total;
}

static ft_id input(ft_graph *graph, const char *name, ft_shape shape)
{
    return ft_input(graph, name, FT_REAL, shape, true);
}

/* [2, 3, 5, 7] times [11, 7]: 2 * 30 * 7 * 11, the activation free; its gradients twice that. */
static void linear(void **state)
{
    (void)state;
    for (int gradient = 0; gradient < 2; gradient++) {
        ft_graph *graph = ft_graph_new();
        ft_id weight = ft_parameter(graph, "w", ft_shape2(11, 7), true);
        ft_id y = ft_linear(graph, input(graph, "x", ft_shape4(2, 3, 5, 7)), weight, FT_NONE, FT_GELU, false);
        ft_output(graph, y, "y");
        if (gradient) ft_differentiate(graph, &y, NULL, 1);
        assert_int_equal(count(graph), 4620 * (gradient ? 3 : 1));
    }
}

/* 3 rows times the 120 pixels that [1, 5, 6, 8] becomes, of 4 channels: 2 * 120 * 4 * (8 + 3); back, three products
 * with the map and two with the rows. */
static void upscaled(void **state)
{
    (void)state;
    for (int gradient = 0; gradient < 2; gradient++) {
        ft_graph *graph = ft_graph_new();
        ft_id weight = ft_parameter(graph, "w", ft_shape4(8, 4, 2, 2), true), bias = input(graph, "b", ft_shape1(4));
        ft_id y = ft_upscaled_product(graph, input(graph, "x", ft_shape4(1, 5, 6, 8)), weight, bias, FT_GELU,
                                      input(graph, "f", ft_shape2(3, 4)));
        ft_output(graph, y, "y");
        if (gradient) ft_differentiate(graph, &y, NULL, 1);
        assert_int_equal(count(graph), 960 * (gradient ? 11 + 3 * 8 + 2 * 3 : 11));
    }
}

/* [1, 4, 5, 6] to 7 channels: 2 * 9 * 20 * 6 * 7. */
static void conv3(void **state)
{
    (void)state;
    for (int gradient = 0; gradient < 2; gradient++) {
        ft_graph *graph = ft_graph_new();
        ft_id weight = ft_parameter(graph, "w", ft_shape4(7, 6, 3, 3), true);
        ft_id y = ft_conv3(graph, input(graph, "x", ft_shape4(1, 4, 5, 6)), weight);
        ft_output(graph, y, "y");
        if (gradient) ft_differentiate(graph, &y, NULL, 1);
        assert_int_equal(count(graph), 15120 * (gradient ? 3 : 1));
    }
}

/* A 10 x 7 map is two windows of 49: two products of 2 * 49 * 49 * 8; five in the gradient. */
static void window_attention(void **state)
{
    (void)state;
    for (int gradient = 0; gradient < 2; gradient++) {
        ft_graph *graph = ft_graph_new();
        ft_id bias = ft_parameter(graph, "b", ft_shape1(24), true);
        ft_id table = ft_parameter(graph, "t", ft_shape2(169, 2), true);
        ft_id y = ft_window_attention(graph, input(graph, "x", ft_shape4(1, 10, 7, 24)), bias, table, 2, 7, 3);
        ft_output(graph, y, "y");
        if (gradient) ft_differentiate(graph, &y, NULL, 1);
        assert_int_equal(count(graph), 76832 * (gradient ? 7 : 2));
    }
}

/* 6 queries and 6 keys of 8 channels: 36 pairs, 21 of them when causal. */
static void attention(void **state)
{
    (void)state;
    for (int causal = 0; causal < 2; causal++) {
        ft_graph *graph = ft_graph_new();
        ft_id q = input(graph, "q", ft_shape2(6, 8)), k = input(graph, "k", ft_shape2(6, 8));
        ft_id y = ft_attention(graph, q, k, input(graph, "v", ft_shape2(6, 8)), FT_NONE, 2, causal);
        ft_output(graph, y, "y");
        assert_int_equal(count(graph), 2 * 2 * 8 * (causal ? 21 : 36));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(linear), cmocka_unit_test(upscaled), cmocka_unit_test(conv3),
                                       cmocka_unit_test(window_attention), cmocka_unit_test(attention)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
