/* Left and right in texts. */
#include "text/sides.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
    const char *text, *mirrored;
    fb_side side;
} cases[] = {
    {"", "", FB_SIDE_NONE},
    {"heart", "heart", FB_SIDE_NONE},
    {"Left femur", "Right femur", FB_SIDE_LEFT},
    {"femur_right", "femur_left", FB_SIDE_RIGHT},
    {"rib_left_4", "rib_right_4", FB_SIDE_LEFT},
    {"rib_l_4", "rib_r_4", FB_SIDE_LEFT},
    {"femur (L)", "femur (R)", FB_SIDE_LEFT},
    {"Rt. femur", "Lt. femur", FB_SIDE_RIGHT},
    {"LEFT HIP, LT", "RIGHT HIP, RT", FB_SIDE_LEFT},
    {"L4 vertebra", "L4 vertebra", FB_SIDE_NONE},
    {"L-4 of the L-spine", "L-4 of the L-spine", FB_SIDE_NONE},
    {"L-plate, l_plate, L-shaped plate", "L-plate, l_plate, L-shaped plate", FB_SIDE_NONE},
    {"L plate", "R plate", FB_SIDE_LEFT}, /* as "L femur" is */
    {"L-sided rib", "R-sided rib", FB_SIDE_LEFT},
    {"L L4 pedicle", "R L4 pedicle", FB_SIDE_LEFT},
    {"the right-sided kidney", "the left-sided kidney", FB_SIDE_RIGHT},
    {"LUL and RLL", "RUL and LLL", FB_SIDE_NONE}, /* both */
    {"RML", "RML", FB_SIDE_RIGHT},
    {"cleft, bright, upright, alter", "cleft, bright, upright, alter", FB_SIDE_NONE},
    {"lul", "lul", FB_SIDE_NONE},
    {"l\xc3\xa9 left", "l\xc3\xa9 right", FB_SIDE_LEFT},
};

static void words_of_sides(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *mirrored = fw_mirrored(cases[i].text);
        assert_non_null(mirrored);
        assert_string_equal(mirrored, cases[i].mirrored);
        assert_int_equal(fw_side_of(cases[i].text), cases[i].side);
        free(mirrored);
    }
    assert_int_equal(fw_sides_in("left lung, left side, not R").left, 2);
    assert_int_equal(fw_sides_in("left lung, left side, not R").right, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_of_sides)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
