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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_common_and_either),
        cmocka_unit_test(takes_two_empty_masks_for_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
