/* A run in two halves, with the gradient that flows back written between them, gives what whole runs give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka needs the above first. */
#include "tensor/ops/ops.h"
#include "tensor/ops/shape.h"
#include "tensor/session.h"
#include <cmocka.h>

enum { ROWS = 5, WIDTH = 8 };

/* y = x + gelu(x w^T + b), then back from `seed`. */
static ft_graph *make_graph(ft_id *y, ft_id *seed)
{
    ft_graph *graph = ft_graph_new();
    ft_id x = ft_input(graph, "x", FT_REAL, ft_shape2(ROWS, WIDTH), true);
    ft_id w = ft_parameter(graph, "w", ft_shape2(WIDTH, WIDTH), true);
    ft_id b = ft_parameter(graph, "b", ft_shape1(WIDTH), true);
    *y = ft_add(graph, x, ft_linear(graph, x, w, b, FT_GELU, false));
    *seed = ft_input(graph, "seed", FT_REAL, ft_shape2(ROWS, WIDTH), false);
    ft_output(graph, *y, "y");
    ft_differentiate(graph, y, seed, 1);
    return graph;
}

static void fill(float *values, size_t count, int salt)
{
    for (size_t i = 0; i < count; i++) values[i] = 0.01f * (float)((i * 37 + (size_t)salt * 11) % 101) - 0.5f;
}

static ft_session *ready(const ft_graph *graph, float *w, float *b)
{
    ft_session *session;
    assert_int_equal(ft_session_new(graph, ft_cpu(FT_F32), NULL, &session), FSAM_OK);
    ft_session_bind(session, ft_find(graph, "w"), w);
    ft_session_bind(session, ft_find(graph, "b"), b);
    fill(ft_session_data(session, ft_find(graph, "x")), ROWS * WIDTH, 1);
    return session;
}

static void is_same(const ft_graph *graph, ft_session *a, ft_session *b, const char *of)
{
    ft_id gradient = ft_gradient(graph, ft_find(graph, of));
    assert_memory_equal(ft_session_data(a, gradient), ft_session_data(b, gradient),
                        (size_t)ft_count(ft_shape_of(graph, gradient)) * sizeof(float));
}

static void halves_make_a_whole(void **state)
{
    (void)state;
    float w[WIDTH * WIDTH], b[WIDTH];
    ft_id y, seed;
    ft_graph *graph = make_graph(&y, &seed);
    fill(w, WIDTH * WIDTH, 2);
    fill(b, WIDTH, 3);
    ft_session *whole = ready(graph, w, b), *halves = ready(graph, w, b);
    size_t bytes = ROWS * WIDTH * sizeof(float);
    for (int round = 0; round < 2; round++) { /* the second as the first, whatever is left in memory */
        assert_int_equal(ft_session_run(whole), FSAM_OK);
        memcpy(ft_session_data(whole, seed), ft_session_data(whole, y), bytes);
        assert_int_equal(ft_session_run(whole), FSAM_OK);
        memset(ft_session_data(halves, seed), 255, bytes);
        assert_int_equal(ft_session_run_until(halves, y), FSAM_OK);
        assert_memory_equal(ft_session_data(halves, y), ft_session_data(whole, y), bytes);
        memcpy(ft_session_data(halves, seed), ft_session_data(halves, y), bytes);
        assert_int_equal(ft_session_run_after(halves, y), FSAM_OK);
        is_same(graph, whole, halves, "x");
        is_same(graph, whole, halves, "w");
        is_same(graph, whole, halves, "b");
    }
    ft_session_free(whole);
    ft_session_free(halves);
    ft_graph_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(halves_make_a_whole)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
