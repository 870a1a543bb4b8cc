/* Room for a sample: sizes, zeros, and freeing what is empty. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the above first. */
#include "train/sample.h"
#include <cmocka.h>

static void has_room_for_image_and_masks(void **state)
{
    (void)state;
    fr_sample sample;
    assert_int_equal(fr_sample_make(112, 2, &sample), FSAM_OK);
    assert_int_equal(sample.mask_side, 128);
    assert_float_equal(sample.image[3 * 112 * 112 - 1], 0, 0);
    for (int i = 0; i < 2; i++) assert_int_equal(sample.target[i].mask[128 * 128 - 1], 0);
    fr_sample_free(&sample);
    assert_null(sample.image);
    fr_sample_free(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(has_room_for_image_and_masks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
