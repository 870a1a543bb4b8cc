/* Where a mask would be corrected. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the above first. */
#include "base/status.h"
#include "eval/next_click.h"
#include <cmocka.h>

/* Rows of '.': right outside, 'o': right inside, '+': missing, '-': superfluous. */
static fe_click click_in(const char *picture, int height, int width)
{
    uint8_t truth[256], mask[256];
    fe_click click;
    for (int i = 0; i < height * width; i++) {
        truth[i] = picture[i] == 'o' || picture[i] == '+';
        mask[i] = picture[i] == 'o' || picture[i] == '-' ? 255 : 0;
    }
    assert_int_equal(fe_next_click(truth, mask, height, width, &click), FSAM_OK);
    return click;
}

static void clicks_the_middle_of_what_is_missing(void **state)
{
    (void)state;
    const fe_click click = click_in("........."
                                    "..+++++.."
                                    "..+++++.."
                                    "..+++++.."
                                    "..+++++.."
                                    "..+++++.."
                                    "........-",
                                    7, 9);
    assert_true(click.any && click.foreground);
    assert_int_equal(click.x, 4);
    assert_int_equal(click.y, 3);
}

static void chooses_the_largest_part(void **state)
{
    (void)state;
    /* Fourteen pixels are missing, but in two parts; twelve that touch the first are superfluous. */
    const fe_click click = click_in("+++++----"
                                    "..++.----"
                                    ".....----"
                                    "........."
                                    "+++++++..",
                                    5, 9);
    assert_true(click.any && !click.foreground);
    assert_int_equal(click.x, 6);
    assert_int_equal(click.y, 1);
}

/* A part at the picture's edge ends there: its middle counts, not the edge. */
static void takes_the_edge_for_an_end(void **state)
{
    (void)state;
    const fe_click click = click_in("+++.."
                                    "+++.."
                                    "+++..",
                                    3, 5);
    assert_int_equal(click.x, 1);
    assert_int_equal(click.y, 1);
}

static void has_nothing_to_correct(void **state)
{
    (void)state;
    assert_false(click_in("..oo", 2, 2).any);
}

static void stays_within_a_part_with_a_hole(void **state)
{
    (void)state;
    const fe_click click = click_in("+++++++"
                                    "+++++++"
                                    "++ooo++"
                                    "++ooo++"
                                    "++ooo++"
                                    "+++++++"
                                    "+++++++",
                                    7, 7);
    assert_true(click.any && click.foreground);
    assert_int_equal(click.x, 1);
    assert_int_equal(click.y, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clicks_the_middle_of_what_is_missing),
        cmocka_unit_test(chooses_the_largest_part),
        cmocka_unit_test(takes_the_edge_for_an_end),
        cmocka_unit_test(has_nothing_to_correct),
        cmocka_unit_test(stays_within_a_part_with_a_hole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
