/* The counter-based generator: the published numbers of Philox, and the distributions made of them. */
#include "base/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Known answers of the authors' own library, Random123 (kat_vectors, philox4x32 10). */
static void test_known_answers(void **state)
{
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t out[4];
        fb_philox(known[i].counter, known[i].key, out);
        assert_memory_equal(out, known[i].out, sizeof out);
    }
}

static void test_sequences(void **state)
{
    fb_random a = fb_random_start(0x123456789abcdef0u, 1, 2, 3), b = a, out_of_turn = a;
    uint32_t block[4], words[12];
    (void)state;
    for (int i = 0; i < 12; i++) words[i] = fb_random_word(&a);
    fb_philox((uint32_t[4]){0, 3, 2, 1}, (uint32_t[2]){0x9abcdef0u, 0x12345678u}, block);
    assert_memory_equal(words, block, sizeof block);
    for (int i = 0; i < 12; i++) assert_int_equal(fb_random_word(&b), words[i]);
    fb_random_word(&out_of_turn);
    fb_random_seek(&out_of_turn, 2);
    for (int i = 8; i < 12; i++) assert_int_equal(fb_random_word(&out_of_turn), words[i]);
}

enum { DRAWS = 200000 };

typedef double draw(fb_random *random, double parameter);

/* Mean and variance of many draws; the bounds are five standard errors of a distribution like the normal one. */
static void expect_moments(draw *one, double parameter, double mean, double variance)
{
    fb_random random = fb_random_start(7, 0, 0, 0);
    double sum = 0, squares = 0;
    for (int i = 0; i < DRAWS; i++) {
        double value = one(&random, parameter) - mean;
        sum += value;
        squares += value * value;
    }
    if (fabs(sum / DRAWS) > 5 * sqrt(variance / DRAWS)) fail_msg("mean off by %g for %g", sum / DRAWS, parameter);
    double allowed = 5 * (sqrt(2.0 / DRAWS) * variance + sqrt(variance / DRAWS));
    if (fabs(squares / DRAWS - variance) > allowed) fail_msg("variance %g for %g", squares / DRAWS, parameter);
}

static double draw_uniform(fb_random *random, double parameter)
{
    double value = fb_random_uniform(random);
    assert_true(value >= 0 && value < 1);
    return value * parameter;
}

static double draw_below(fb_random *random, double parameter)
{
    uint32_t value = fb_random_below(random, (uint32_t)parameter);
    assert_true(value < (uint32_t)parameter);
    return value;
}

static double draw_normal(fb_random *random, double parameter)
{
    return parameter * fb_random_normal(random);
}

static double draw_poisson(fb_random *random, double parameter)
{
    return (double)fb_random_poisson(random, parameter);
}

static void test_distributions(void **state)
{
    static const double means[] = {0.01, 0.5, 3, 9.99, 10, 30, 1000, 1e6};
    (void)state;
    expect_moments(draw_uniform, 1, 0.5, 1.0 / 12);
    expect_moments(draw_below, 6, 2.5, 35.0 / 12);
    expect_moments(draw_normal, 1, 0, 1);
    for (size_t i = 0; i < sizeof means / sizeof *means; i++)
        expect_moments(draw_poisson, means[i], means[i], means[i]);
}

/* Poisson counts one by one, on both sides of where the method changes: frequencies against the formula. */
static void test_poisson_frequencies(void **state)
{
    static const double means[] = {4, 12};
    (void)state;
    for (int m = 0; m < 2; m++) {
        fb_random random = fb_random_start(11, 0, 0, (uint32_t)m);
        int seen[64] = {0};
        for (int i = 0; i < DRAWS; i++) {
            uint64_t count = fb_random_poisson(&random, means[m]);
            assert_true(count < 64);
            seen[count]++;
        }
        for (int k = 0; k < 24; k++) {
            double expected = DRAWS * exp(k * log(means[m]) - means[m] - lgamma(k + 1));
            if (fabs(seen[k] - expected) > 5 * sqrt(expected) + 5) fail_msg("%d of %d, not %g", seen[k], k, expected);
        }
    }
}

static void test_edges(void **state)
{
    fb_random random = fb_random_start(0, 0, 0, 0);
    (void)state;
    assert_int_equal(fb_random_poisson(&random, 0), 0);
    assert_int_equal(fb_random_poisson(&random, -1), 0);
    assert_int_equal(fb_random_poisson(&random, (double)NAN), 0);
    assert_true(fabs((double)fb_random_poisson(&random, (double)INFINITY) - 1e15) < 1e9);
    assert_int_equal(fb_random_below(&random, 0), 0);
    assert_int_equal(fb_random_below(&random, 1), 0);
    assert_true(fb_random_between(&random, 2, 2) == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_known_answers), cmocka_unit_test(test_sequences),
                                       cmocka_unit_test(test_distributions), cmocka_unit_test(test_poisson_frequencies),
                                       cmocka_unit_test(test_edges)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
