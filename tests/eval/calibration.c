/* Calibration of predicted IoUs, by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the above first. */
#include "eval/calibration.h"
#include <cmocka.h>
#include <math.h>

static void weighs_bins_by_their_masks(void **state)
{
    (void)state;
    fe_calibration c = {0};
    assert_true(isnan(fe_calibration_error(&c)));
    fe_calibration_add(&c, 0.9, 0.8); /* a bin of two: means 0.925 and 0.7 */
    fe_calibration_add(&c, 0.95, 0.6);
    fe_calibration_add(&c, 0.25, 0.5); /* and of one */
    assert_int_equal(c.count[9], 2);
    assert_int_equal(c.count[2], 1);
    assert_float_equal(fe_calibration_error(&c), (2 * 0.225 + 0.25) / 3, 1e-15);
}

/* Within a bin too high and too low make up for each other: only the means are compared. */
static void compares_means(void **state)
{
    (void)state;
    fe_calibration c = {0};
    fe_calibration_add(&c, 0.75, 0.5);
    fe_calibration_add(&c, 0.75, 1);
    assert_float_equal(fe_calibration_error(&c), 0, 1e-15);
}

static void keeps_what_lies_beyond(void **state)
{
    (void)state;
    fe_calibration c = {0};
    fe_calibration_add(&c, 1, 1);
    fe_calibration_add(&c, 1.5, 1);
    fe_calibration_add(&c, -0.5, 0);
    fe_calibration_add(&c, NAN, 0);
    assert_int_equal(c.count[9], 2);
    assert_int_equal(c.count[0], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weighs_bins_by_their_masks),
        cmocka_unit_test(compares_means),
        cmocka_unit_test(keeps_what_lies_beyond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
