/* The one line a failure leaves. */
#include "base/status.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_message(void **state)
{
    (void)state;
    assert_int_equal(fb_fail(FSAM_ERROR_FORMAT, "%s: field %d", "a.dcm", 7), FSAM_ERROR_FORMAT);
    assert_string_equal(fb_message(), "a.dcm: field 7");
    fb_message_clear();
    assert_string_equal(fb_message(), "");
}

static void test_control_characters(void **state)
{
    (void)state;
    fb_fail(FSAM_ERROR_IO, "a\x1b[2J\nb\x7f\xc3\xa9");
    assert_string_equal(fb_message(), "a?[2J?b?\xc3\xa9");
}

static void test_cut(void **state)
{
    char text[2000];
    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    fb_fail(FSAM_ERROR_IO, "%s", text);
    assert_int_equal(strlen(fb_message()), 511);
    fb_fail(FSAM_ERROR_IO, "of %s", fb_message()); /* the last message may be part of the next */
    assert_memory_equal(fb_message(), "of xxx", 6);
}

static fsam_status tried(fsam_status first, int *reached)
{
    FB_TRY(first);
    *reached = 1;
    return FSAM_OK;
}

static void test_try(void **state)
{
    int reached = 0;
    (void)state;
    assert_int_equal(tried(FSAM_ERROR_MEMORY, &reached), FSAM_ERROR_MEMORY);
    assert_int_equal(reached, 0);
    assert_int_equal(tried(FSAM_OK, &reached), FSAM_OK);
    assert_int_equal(reached, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_try),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
