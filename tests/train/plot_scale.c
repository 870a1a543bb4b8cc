/* Scales of axes: ticks are round numbers, enclose the data, and are no more than wanted. */
#include "train/plot_scale.h"

#include "support.h"

/* 1, 2 or 5 times a power of ten, to rounding. */
static bool is_round(double value)
{
    static const double mantissas[] = {1, 2, 5, 10};
    const double mantissa = value / pow(10, floor(log10(value) + 1e-9));
    for (int i = 0; i < 4; i++)
        if (fabs(mantissa - mantissas[i]) < 1e-6) return true;
    return false;
}

static void holds_linear(double low, double high, int most)
{
    const fr_scale scale = fr_scale_linear(low, high, most);
    const double step = scale.tick[1] - scale.tick[0], width = high - low;
    assert_true(scale.ticks >= 2 && scale.ticks <= most + 2);
    assert_true(is_round(step) && step >= width / most * (1 - 1e-9) && step <= 2.5 * width / most * (1 + 1e-9));
    assert_true(scale.low <= low + 1e-6 * step && scale.low > low - step);
    assert_true(scale.high >= high - 1e-6 * step && scale.high < high + step);
    expect_near(scale.tick[0], scale.low, 1e-9 * step, "the first tick");
    expect_near(scale.tick[scale.ticks - 1], scale.high, 1e-6 * step, "the last tick");
    for (int i = 0; i < scale.ticks; i++)
        expect_near(scale.tick[i] / step, round(scale.tick[i] / step), 1e-6, "a tick over the step");
}

static void test_linear(void **state)
{
    fb_random random = fb_random_start(1, 0, 0, 0);
    (void)state;
    for (int i = 0; i < 2000; i++) {
        const double size = pow(10, fb_random_between(&random, -9, 9)), low = fb_random_between(&random, -size, size);
        holds_linear(low, low + size * fb_random_between(&random, 0.01, 3), 2 + (int)fb_random_below(&random, 11));
    }
    const fr_scale scale = fr_scale_linear(0, 1500, 5);
    assert_true(scale.ticks == 4 && scale.low == 0 && scale.high == 1500 && scale.tick[1] == 500);
    assert_float_equal(fr_scale_place(&scale, 750), 0.5, 1e-12);
    assert_true(fr_scale_place(&scale, -150) < 0 && fr_scale_place(&scale, 3000) == 2);
}

/* Data without extent, and none at all. */
static void test_nothing(void **state)
{
    static const double single[] = {0, 3, -7e-5};
    (void)state;
    for (int i = 0; i < 3; i++) {
        const fr_scale scale = fr_scale_linear(single[i], single[i], 5);
        assert_true(scale.low < single[i] && scale.high > single[i] && scale.ticks >= 2);
    }
    const fr_scale none = fr_scale_linear(INFINITY, -INFINITY, 5);
    assert_true(none.low == 0 && none.high == 1);
    const fr_scale one = fr_scale_log(0.3, 0.3, 5);
    assert_true(one.low <= 0.3 && one.high >= 0.3 && one.high > one.low && one.ticks >= 2);
}

static void test_log(void **state)
{
    fb_random random = fb_random_start(2, 0, 0, 0);
    (void)state;
    for (int i = 0; i < 2000; i++) {
        const double low = pow(10, fb_random_between(&random, -9, 9));
        const double high = low * pow(10, fb_random_between(&random, 0, 12));
        const int most = 2 + (int)fb_random_below(&random, 11);
        const fr_scale scale = fr_scale_log(low, high, most);
        assert_true(scale.low <= low * (1 + 1e-6) && scale.low > low / 2.6);
        assert_true(scale.high >= high * (1 - 1e-6) && scale.high < high * 5.1);
        assert_true(scale.ticks >= 1 && scale.ticks <= most + 1);
        for (int k = 0; k < scale.ticks; k++) {
            assert_true(is_round(scale.tick[k]));
            assert_true(scale.tick[k] >= scale.low && scale.tick[k] <= scale.high &&
                        (k == 0 || scale.tick[k] > scale.tick[k - 1]));
        }
    }
    const fr_scale scale = fr_scale_log(0.9, 6, 8);
    assert_true(scale.ticks == 5 && scale.tick[0] == 0.5 && scale.tick[4] == 10);
    assert_float_equal(fr_scale_place(&scale, sqrt(5)), 0.5, 1e-12);
    assert_true(isnan(fr_scale_place(&scale, 0)) && isnan(fr_scale_place(&scale, -1)));
}

static void is_written(double tick, const char *expected)
{
    char text[FR_TICK_TEXT];
    fr_tick_text(tick, text);
    assert_string_equal(text, expected);
}

static void test_numbers(void **state)
{
    (void)state;
    is_written(0.1 + 0.2, "0.3");
    is_written(-0.0, "0");
    is_written(12000, "12000");
    is_written(500000, "500000");
    is_written(5e-5, "5e-05");
    is_written(2.5, "2.5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_linear), cmocka_unit_test(test_nothing),
                                       cmocka_unit_test(test_log), cmocka_unit_test(test_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
