/* program.c - what sessions make of graphs: chains joined, memory shared, weights packed once. */
#include "tensor/program.h"
#include "tensor/ops/ops.h"
#include "tensor/ops/shape.h"
#include "tensor/session.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 1 << 16 };

/* Values of a parameter by its name: the same for every device. */
static void fill(const char *name, int64_t count, float *values)
{
    uint64_t state = 99;
    for (; *name != '\0'; name++) state = state * 31 + (unsigned char)*name;
    for (int64_t i = 0; i < count; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        values[i] = (float)((double)(state >> 11) * 0x1p-53 + 0.25) * 0.5f; /* positive: some are variances */
    }
}

typedef struct ledger { /* what a source was asked for */
    int got, done;
    bool refuses;
} ledger;

static fsam_status get(void *context, const char *name, int64_t count, const float **values)
{
    ledger *book = context;
    if (book->refuses) return fb_fail(FSAM_ERROR_MISMATCH, "%s is not here", name);
    float *made = malloc((size_t)count * sizeof *made);
    assert_non_null(made);
    fill(name, count, made);
    book->got++;
    *values = made;
    return FSAM_OK;
}

static void done(void *context, const char *name, const float *values)
{
    (void)name;
    ((ledger *)context)->done++;
    free((void *)values);
}

static ft_id weight(ft_graph *graph, const char *name, ft_shape shape)
{
    return ft_parameter(graph, name, shape, false);
}

static ft_id normed(ft_graph *graph, ft_id x, int64_t channels)
{
    ft_shape shape = ft_shape1(channels);
    return ft_batchnorm_fixed(graph, x, weight(graph, "gain", shape), weight(graph, "shift", shape),
                              weight(graph, "mean", shape), weight(graph, "variance", shape), 1e-5);
}

/* x + gelu(BN(x w + b)) */
static ft_id linear_chain(ft_graph *graph, ft_id x)
{
    ft_id h = ft_linear(graph, x, weight(graph, "w", ft_shape2(24, 24)), weight(graph, "b", ft_shape1(24)), FT_IDENTITY,
                        false);
    h = ft_activate(graph, normed(graph, h, 24), FT_GELU);
    return ft_add(graph, ft_scale(graph, x, 2), h);
}

/* the neck's block: x + BN(1x1(gelu(BN(3x3 x)))) */
static ft_id neck_chain(ft_graph *graph, ft_id x)
{
    ft_id h = ft_conv3(graph, x, weight(graph, "w3", ft_shape4(24, 24, 3, 3)));
    h = ft_activate(graph, normed(graph, h, 24), FT_GELU_TANH);
    h = ft_linear(graph, h, weight(graph, "w1", ft_shape4(24, 24, 1, 1)), FT_NONE, FT_IDENTITY, false);
    return ft_add(graph, x, normed(graph, h, 24));
}

/* the decoder's upscaling: gelu(fold(x w) + b), then gelu(LN) */
static ft_id upscale_chain(ft_graph *graph, ft_id x)
{
    ft_id h = ft_linear(graph, x, weight(graph, "up", ft_shape4(24, 10, 2, 2)), FT_NONE, FT_IDENTITY, true);
    h = ft_add(graph, ft_fold(graph, h, 2, 0, 0), weight(graph, "b10", ft_shape1(10)));
    h = ft_activate(graph, h, FT_GELU);
    h = ft_layernorm(graph, h, weight(graph, "g10", ft_shape1(10)), weight(graph, "c10", ft_shape1(10)), 1e-6);
    return ft_activate(graph, h, FT_GELU);
}

/* the decoder's last step: few rows times every pixel of an upscaled map */
static ft_id masks_chain(ft_graph *graph, ft_id x)
{
    ft_id rows = ft_scale(graph, weight(graph, "rows", ft_shape2(3, 10)), 2);
    return ft_upscaled_product(graph, x, weight(graph, "up", ft_shape4(24, 10, 2, 2)),
                               weight(graph, "b10", ft_shape1(10)), FT_GELU, rows);
}

/* a product whose result two others read, the activation last: nothing may be joined to it */
static ft_id forked_chain(ft_graph *graph, ft_id x)
{
    ft_id h = ft_linear(graph, x, weight(graph, "w", ft_shape2(24, 24)), FT_NONE, FT_IDENTITY, false);
    ft_id square = ft_multiply(graph, h, h);
    return ft_add(graph, ft_activate(graph, h, FT_RELU), square);
}

/* the activation first: it may be joined, but the sum may not, for the product must stay before the square */
static ft_id forked_first_chain(ft_graph *graph, ft_id x)
{
    ft_id h = ft_linear(graph, x, weight(graph, "w", ft_shape2(24, 24)), FT_NONE, FT_IDENTITY, false);
    ft_id active = ft_activate(graph, h, FT_RELU);
    return ft_add(graph, active, ft_multiply(graph, h, h));
}

/* a bias that is computed: it cannot be packed with the weight */
static ft_id computed_bias_chain(ft_graph *graph, ft_id x)
{
    ft_id bias = ft_scale(graph, weight(graph, "b", ft_shape1(24)), 3);
    return ft_linear(graph, x, weight(graph, "w", ft_shape2(24, 24)), bias, FT_IDENTITY, false);
}

/* few rows against a weight that is computed, then a product that reads them coarsely */
static ft_id computed_weight_chain(ft_graph *graph, ft_id x)
{
    ft_id rows = ft_slice(graph, ft_reshape(graph, x, ft_shape2(60, 24)), 7, 5);
    ft_id w = ft_scale(graph, weight(graph, "wide", ft_shape2(256, 24)), 0.1);
    ft_id h = ft_linear(graph, rows, w, FT_NONE, FT_IDENTITY, false);
    return ft_linear(graph, h, weight(graph, "w256", ft_shape2(8, 256)), FT_NONE, FT_IDENTITY, false);
}

typedef struct chain {
    ft_id (*build)(ft_graph *, ft_id);
    size_t steps; /* on a device that fuses */
} chain;

static const chain chains[] = {{linear_chain, 2},        {neck_chain, 2},           {upscale_chain, 2},
                               {masks_chain, 2},         {forked_chain, 4},         {forked_first_chain, 3},
                               {computed_bias_chain, 2}, {computed_weight_chain, 5}};

/* Runs a chain; result: ft_count values. Returns the number of steps. */
static size_t run(const chain *test, const ft_device *device, float *result, int64_t *count, ledger *book)
{
    ft_graph *graph = ft_graph_new();
    ft_shape shape = ft_shape4(2, 5, 6, 24);
    ft_id x = ft_input(graph, "x", FT_REAL, shape, false), y = test->build(graph, x);
    ft_output(graph, y, "y");
    ft_weights *weights;
    ft_session *session;
    assert_int_equal(ft_weights_new(device, (ft_source){book, get, done}, &weights), FSAM_OK);
    assert_int_equal(ft_session_new(graph, device, weights, &session), FSAM_OK);
    float *in = ft_session_data(session, x);
    fill("x", ft_count(shape), in);
    for (int64_t i = 0; i < ft_count(shape); i += 3) in[i] = -in[i];
    assert_int_equal(ft_session_run(session), FSAM_OK);
    assert_int_equal(ft_session_run(session), FSAM_OK); /* twice: nothing a run needs is lost in it */
    *count = ft_count(ft_shape_of(graph, y));
    assert_true(*count <= MOST);
    memcpy(result, ft_session_data(session, y), (size_t)*count * sizeof *result);
    size_t steps = ft_session_steps(session);
    ft_session_free(session);
    ft_weights_free(weights);
    ft_graph_free(graph);
    return steps;
}

static double distance(const float *a, const float *b, int64_t count)
{
    double off = 0, size = 0;
    for (int64_t i = 0; i < count; i++) {
        off += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        size += (double)b[i] * b[i];
    }
    return sqrt(off / size);
}

static void joined_chains_give_the_same(void **state)
{
    (void)state;
    static float plain[MOST], fast[MOST];
    /* 2^-9 is half a unit of bfloat16; int8 has 127 steps */
    static const double allowed[] = {[FT_F32] = 2e-6, [FT_BF16] = 6e-3, [FT_I8] = 1.5e-2};
    for (size_t c = 0; c < sizeof chains / sizeof chains[0]; c++)
        for (ft_precision precision = FT_F32; precision <= FT_I8; precision++) {
            ledger book = {0};
            int64_t count, same;
            run(&chains[c], &ft_plain_f32, plain, &count, &book);
            size_t steps = run(&chains[c], ft_cpu(precision), fast, &same, &book);
            assert_int_equal(count, same);
            assert_int_equal(steps, chains[c].steps);
            assert_true(distance(fast, plain, count) < allowed[precision]);
            assert_int_equal(book.got, book.done);
        }
}

/* Rows too long for sums of 32 bits: int8 leaves them to bf16. */
static void very_long_rows_are_no_int8(void **state)
{
    (void)state;
    enum { LONG = 65600 };
    ledger book = {0};
    ft_weights *weights;
    ft_session *session;
    ft_graph *graph = ft_graph_new();
    ft_id x = ft_input(graph, "x", FT_REAL, ft_shape2(2, LONG), false);
    ft_id y = ft_linear(graph, x, weight(graph, "long", ft_shape2(3, LONG)), FT_NONE, FT_IDENTITY, false);
    ft_output(graph, y, "y");
    assert_int_equal(ft_weights_new(ft_cpu(FT_I8), (ft_source){&book, get, done}, &weights), FSAM_OK);
    assert_int_equal(ft_session_new(graph, ft_cpu(FT_I8), weights, &session), FSAM_OK);
    float *in = ft_session_data(session, x);
    for (int i = 0; i < 2 * LONG; i++) in[i] = 1;
    assert_int_equal(ft_session_run(session), FSAM_OK);
    static float values[3 * LONG];
    double sum = 0;
    fill("long", 3 * LONG, values);
    for (int i = 0; i < LONG; i++) sum += values[i];
    assert_true(fabs(((float *)ft_session_data(session, y))[0] / sum - 1) < 1e-3);
    ft_session_free(session);
    ft_weights_free(weights);
    ft_graph_free(graph);
}

static void sessions_share_packed_weights(void **state)
{
    (void)state;
    ledger book = {0};
    ft_weights *weights;
    ft_graph *graph[2];
    ft_session *session[2];
    assert_int_equal(ft_weights_new(ft_cpu(FT_F32), (ft_source){&book, get, done}, &weights), FSAM_OK);
    size_t bytes = 0;
    for (int i = 0; i < 2; i++) {
        graph[i] = ft_graph_new();
        ft_id x = ft_input(graph[i], "x", FT_REAL, ft_shape4(1, 3 + i, 4, 24), false);
        ft_output(graph[i], neck_chain(graph[i], x), "y");
        assert_int_equal(ft_session_new(graph[i], ft_cpu(FT_F32), weights, &session[i]), FSAM_OK);
        if (i == 0) bytes = ft_weights_bytes(weights);
    }
    assert_int_equal(book.got, 2 + 2 * 4);
    assert_int_equal(book.done, book.got); /* all packed: none is kept as it is */
    assert_int_equal(ft_weights_bytes(weights), bytes);
    assert_true(bytes >= (24 * 24 * 9 + 24 * 24) * sizeof(float));
    for (int i = 0; i < 2; i++) {
        ft_session_free(session[i]);
        ft_graph_free(graph[i]);
    }
    ft_weights_free(weights);
}

static void a_source_that_fails_is_passed_on(void **state)
{
    (void)state;
    ledger book = {.refuses = true};
    ft_weights *weights;
    ft_session *session;
    const ft_device *devices[] = {&ft_plain_f32, ft_cpu(FT_F32)};
    for (int i = 0; i < 2; i++) {
        ft_graph *graph = ft_graph_new();
        ft_output(graph, linear_chain(graph, ft_input(graph, "x", FT_REAL, ft_shape2(3, 24), false)), "y");
        assert_int_equal(ft_weights_new(devices[i], (ft_source){&book, get, done}, &weights), FSAM_OK);
        assert_int_equal(ft_session_new(graph, devices[i], weights, &session), FSAM_ERROR_MISMATCH);
        assert_null(session);
        assert_string_equal(fb_message(), "w is not here");
        ft_weights_free(weights);
        ft_graph_free(graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joined_chains_give_the_same),
        cmocka_unit_test(very_long_rows_are_no_int8),
        cmocka_unit_test(sessions_share_packed_weights),
        cmocka_unit_test(a_source_that_fails_is_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
