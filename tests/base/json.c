#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void good_text_is_parsed(void **state)
{
    json_t *value;
    (void)state;
    assert_int_equal(fb_json_parse("{\"a\": [1, 2]}", 13, 0, "t", &value), FSAM_OK);
    assert_int_equal(json_array_size(json_object_get(value, "a")), 2);
    json_decref(value);
}

static void expect_refused(const char *text, fsam_status status, const char *message)
{
    json_t *value;
    assert_int_equal(fb_json_parse(text, FB_JSON_RECORD, JSON_REJECT_DUPLICATES, "t", &value), status);
    assert_null(value);
    if (strncmp(fb_message(), message, strlen(message)) != 0) fail_msg("'%s', expected '%s'", fb_message(), message);
}

static void bad_text_is_refused(void **state)
{
    json_t *value;
    (void)state;
    expect_refused("{\n\"a\":}", FSAM_ERROR_FORMAT, "t: line 2: ");
    expect_refused("", FSAM_ERROR_FORMAT, "t: '[' or '{' expected near end of file");
    expect_refused("{\"a\":1,\"a\":1}", FSAM_ERROR_FORMAT, "t: duplicate");
    assert_int_equal(fb_json_parse("[1, 2]", 5, 0, "t", &value), FSAM_ERROR_MEMORY);
    assert_string_equal(fb_message(), "t: larger than 5 bytes");
}

static void dear_text_is_refused(void **state)
{
    enum { SIZE = 900000 };
    char *text = malloc(SIZE + 1);
    (void)state;
    assert_non_null(text);
    for (int i = 0; i < SIZE; i += 3) memcpy(text + i, "[],", 3);
    text[SIZE] = '\0';
    expect_refused(text, FSAM_ERROR_MEMORY, "t: has too many values");
    free(text);
}

static void any_text_is_a_value(void **state)
{
    static const char *const texts[][2] = {
        {"left lung", "left lung"}, {"c\xc5\x93ur", "c\xc5\x93ur"}, {"f\xe9mur \xff", "f?mur ?"}, {"", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *value = fb_json_text(texts[i][0]);
        assert_string_equal(json_string_value(value), texts[i][1]);
        json_decref(value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good_text_is_parsed), cmocka_unit_test(bad_text_is_refused),
                                       cmocka_unit_test(dear_text_is_refused), cmocka_unit_test(any_text_is_a_value)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
