/* peak.c - the measured peak is there where the instructions are, and is a plausible number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "tensor/cpu/peak.h"
#include <cmocka.h>

/* Whole numbers, which cmocka compares: thousands of operations a second. */
static long rate(fk_precision precision)
{
    return (long)(fk_peak(precision) / 1000);
}

static void measures_what_there_is(void **state)
{
    (void)state;
    assert_true(rate(FK_F32) > 100 * 1000);
    assert_true(rate(FK_F32) < 1000L * 1000 * 1000 * 1000);
    assert_int_equal(rate(FK_BF16) > 0, fk_isa_used() >= FK_ISA_AVX512BF16);
    assert_int_equal(rate(FK_I8) > 0, fk_isa_used() >= FK_ISA_AVX512VNNI);
}

static void obeys_the_limit(void **state)
{
    (void)state;
    fk_isa_limit(FK_ISA_PLAIN);
    assert_true(rate(FK_F32) > 0);
    assert_int_equal(rate(FK_BF16), 0);
    assert_int_equal(rate(FK_I8), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_what_there_is),
        cmocka_unit_test(obeys_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
