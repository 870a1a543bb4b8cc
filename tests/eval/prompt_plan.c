/* Plans of prompts: what they hold, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the above first. */
#include "eval/prompt_plan.h"
#include <cmocka.h>
#include <string.h>

static void reads_lists_and_ranges(void **state)
{
    (void)state;
    fe_plan plan;
    assert_int_equal(fe_plan_parse("text,text+8,points2..4,box,text,points3", &plan), FSAM_OK);
    static const char *const names[] = {"text", "text+8", "points2", "points3", "points4", "box"};
    assert_int_equal(plan.count, 6);
    for (size_t i = 0; i < 6; i++) assert_string_equal(plan.item[i].name, names[i]);
    assert_int_equal(fe_plan_clicks(&plan, true), 8);
    assert_int_equal(fe_plan_clicks(&plan, false), 4);
    assert_int_equal(fe_plan_find(&plan, true, 0), 0);
    assert_int_equal(fe_plan_find(&plan, true, 4), -1);
    assert_int_equal(fe_plan_find(&plan, false, 0), -1);
    assert_int_equal(fe_plan_find(&plan, false, 3), 3);
    assert_int_equal(fe_plan_box(&plan), 5);
    assert_int_equal(fe_plan_parse("box", &plan), FSAM_OK);
    assert_int_equal(fe_plan_clicks(&plan, false), -1);
    assert_int_equal(fe_plan_clicks(&plan, true), -1);
}

static void refuses_what_is_no_prompt(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",          "txt",    "text,",    "text+0",   "text+21",
                                        "text+",     "points", "text+1.5", "text+2..", "points3..2",
                                        "text+1..x", "boxes",  "text+ 1",  "points-1", "text+99999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fe_plan plan;
        assert_int_equal(fe_plan_parse(wrong[i], &plan), FSAM_ERROR_ARGUMENT);
        assert_non_null(strstr(fb_message(), "is none of text, text+K"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_lists_and_ranges),
        cmocka_unit_test(refuses_what_is_no_prompt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
