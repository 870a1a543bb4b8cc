/* probability.c - logits as probabilities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "image/probability.h"
#include <cmocka.h>
#include <math.h>

static void probabilities(void **state)
{
    (void)state;
    float p[] = {0, 1, -1, 20, -200, 200, INFINITY, -INFINITY};
    static const float expected[] = {0.5f, 0.7310586f, 0.2689414f, 1, 0, 1, 1, 0};
    fi_probabilities(p, 8);
    for (size_t i = 0; i < 8; i++) assert_float_equal(p[i], expected[i], 1e-6);
}

static void in_16_bits(void **state)
{
    (void)state;
    const float p[] = {0, 1, 0.5f, 0.25f, 1.4f / 65535, 1.6f / 65535};
    static const uint16_t expected[] = {0, 65535, 32768, 16384, 1, 2};
    uint16_t out[6];
    fi_probabilities_to_16(p, 6, out);
    for (size_t i = 0; i < 6; i++) assert_int_equal(out[i], expected[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(probabilities), cmocka_unit_test(in_16_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
