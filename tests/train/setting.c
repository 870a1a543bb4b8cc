/* Numbers by name: found, set within their ranges, refused beyond. */
#include "train/setting.h"

#include "support.h"

typedef struct example {
    double share;
    int count;
} example;

static const fr_setting list[] = {{"share", offsetof(example, share), false, 0, 1},
                                  {"count", offsetof(example, count), true, 1, 9}};
static const fr_settings settings = {"example", 2, list};

static void test_set_and_get(void **state)
{
    example e = {0.5, 3};
    (void)state;
    expect_ok(fr_settings_check(&settings, &e));
    const fr_setting *count = fr_setting_find(&settings, "count"), *share = fr_setting_find(&settings, "share");
    assert_null(fr_setting_find(&settings, "counts"));
    expect_ok(fr_setting_set("example", count, 7, &e));
    expect_ok(fr_setting_set("example", share, 0.25, &e));
    assert_true(e.count == 7 && e.share == 0.25);
    assert_true(fr_setting_get(count, &e) == 7 && fr_setting_get(share, &e) == 0.25);
}

static void test_refused(void **state)
{
    example e = {0.5, 3};
    (void)state;
    assert_int_equal(fr_setting_set("example", &list[1], 7.5, &e), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "example: count: 7.5 is no whole number");
    assert_int_equal(fr_setting_set("example", &list[0], (double)NAN, &e), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fr_setting_set("example", &list[1], 1e300, &e), FSAM_ERROR_ARGUMENT);
    assert_true(e.count == 3 && e.share == 0.5);
    e.share = -1;
    assert_int_equal(fr_settings_check(&settings, &e), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "example: share: -1 is not within 0..1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_set_and_get), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
