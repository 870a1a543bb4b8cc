#include "model/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void named_sizes_survive_json(void **state)
{
    (void)state;
    const char *names[] = {"swin-t", "swin-s", "swin-b", "swin-l", "micro"};
    for (int i = 0; i < 5; i++) {
        fm_config config, back;
        assert_int_equal(fm_config_named(names[i], &config), FSAM_OK);
        char *json = fm_config_format(&config);
        assert_non_null(json);
        assert_int_equal(fm_config_parse(json, "test", &back), FSAM_OK);
        char *again = fm_config_format(&back); /* not memcmp: the struct has padding */
        assert_non_null(again);
        assert_string_equal(json, again);
        free(again);
        free(json);
    }
    fm_config config;
    assert_int_equal(fm_config_named("swin-x", &config), FSAM_ERROR_ARGUMENT);
}

static void wrong_fields_are_named(void **state)
{
    (void)state;
    fm_config config;
    assert_int_equal(fm_config_parse("{\"text\":{\"width\":\"a\"}}", "m", &config), FSAM_ERROR_FORMAT);
    assert_string_equal(fb_message(), "m: text.width: not an integer");
    assert_int_equal(fm_config_parse("{\"img_size\":450}", "m", &config), FSAM_ERROR_FORMAT);
    assert_int_equal(fm_config_parse("{\"num_heads\":[5,5,5,5]}", "m", &config), FSAM_ERROR_FORMAT);
    assert_int_equal(fm_config_parse("{\"depths\":[1]}", "m", &config), FSAM_ERROR_FORMAT);
    assert_int_equal(fm_config_parse("[]", "m", &config), FSAM_ERROR_FORMAT);
    assert_int_equal(fm_config_parse("{", "m", &config), FSAM_ERROR_FORMAT);
}

/* What the network could not run, or only in memory that no file of its size may ask for, is no configuration. */
static void sizes_are_bounded(void **state)
{
    (void)state;
    fm_config config;
    assert_int_equal(fm_config_parse("{\"window_size\":32}", "m", &config), FSAM_OK);
    assert_int_equal(fm_config_parse("{\"window_size\":33}", "m", &config), FSAM_ERROR_FORMAT);
    assert_string_equal(fb_message(), "m: window_size: 33 is not in 2..32");
    assert_int_equal(fm_config_parse("{\"img_size\":1792}", "m", &config), FSAM_OK);
    assert_int_equal(fm_config_parse("{\"img_size\":1796}", "m", &config), FSAM_ERROR_FORMAT);
    assert_string_equal(fb_message(), "m: img_size: 1796 is not in 28..1792");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(named_sizes_survive_json),
                                       cmocka_unit_test(wrong_fields_are_named), cmocka_unit_test(sizes_are_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
