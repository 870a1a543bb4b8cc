/* IoU and Dice of masks whose overlap can be counted by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the above first. */
#include "eval/overlap.h"
#include <cmocka.h>

static void counts_common_and_either(void **state)
{
    (void)state;
    const uint8_t a[6] = {255, 1, 1, 0, 0, 0}, b[6] = {0, 1, 2, 3, 0, 0};
    fe_overlap overlap = fe_overlap_of(a, b, 6);
    assert_int_equal(overlap.common, 2);
    assert_int_equal(overlap.either, 4);
    assert_float_equal(fe_iou(overlap), 0.5, 0);
    assert_float_equal(fe_dice(overlap), 4.0 / 6, 1e-15);
}

static void takes_two_empty_masks_for_equal(void **state)
{
    (void)state;
    const uint8_t none[4] = {0}, some[4] = {0, 1, 0, 0};
    assert_float_equal(fe_iou(fe_overlap_of(none, none, 4)), 1, 0);
    assert_float_equal(fe_dice(fe_overlap_of(none, none, 4)), 1, 0);
    assert_float_equal(fe_iou(fe_overlap_of(none, some, 4)), 0, 0);
    assert_float_equal(fe_dice(fe_overlap_of(some, none, 4)), 0, 0);
}

/* The truth is the upper 2 x 2 of columns 0 and 1. */
static void tells_errors_apart(void **state)
{
    (void)state;
    const uint8_t truth[16] = {1, 1, 0, 0, 1, 1, 0, 0}, answer[16] = {0, 9, 0, 1, /* one is missing, one beside */
                                                                      1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0};
    const fe_errors errors = fe_errors_of(truth, answer, 4, 4);
    assert_float_equal(errors.missing, 0.25, 0);
    assert_float_equal(errors.superfluous, 1, 0);
    assert_float_equal(errors.below, 0.5, 0);
    assert_float_equal(errors.iou_above, 3.0 / 6, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_common_and_either),
        cmocka_unit_test(takes_two_empty_masks_for_equal),
        cmocka_unit_test(tells_errors_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
