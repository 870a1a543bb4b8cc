/* Tables of text: fields, quotes, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the above first. */
#include "eval/csv.h"
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void reads_fields(void **state)
{
    (void)state;
    fe_csv csv;
    assert_int_equal(fe_csv_parse("id,note\r\na,\n\n\"b,\"\"c\"\"\",last", "t", &csv), FSAM_OK);
    assert_int_equal(csv.columns, 2);
    assert_int_equal(csv.rows, 2);
    assert_int_equal(fe_csv_column(&csv, "note"), 1);
    assert_true(fe_csv_column(&csv, "not") == SIZE_MAX);
    assert_string_equal(fe_csv_field(&csv, 0, 0), "a");
    assert_string_equal(fe_csv_field(&csv, 0, 1), "");
    assert_string_equal(fe_csv_field(&csv, 1, 0), "b,\"c\"");
    assert_string_equal(fe_csv_field(&csv, 1, 1), "last");
    fe_csv_free(&csv);
}

static void keeps_many_rows(void **state)
{
    (void)state;
    char text[8 + 100 * 8] = "n,m\n";
    for (int i = 0; i < 100; i++) snprintf(text + strlen(text), 9, "%d,%d\n", i, 100 + i);
    fe_csv csv;
    assert_int_equal(fe_csv_parse(text, "t", &csv), FSAM_OK);
    assert_int_equal(csv.rows, 100);
    for (size_t i = 0; i < 100; i++) {
        char expected[8];
        snprintf(expected, sizeof expected, "%zu", 100 + i);
        assert_string_equal(fe_csv_field(&csv, i, 1), expected);
    }
    fe_csv_free(&csv);
}

static void refuses_with_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } wrong[] = {{"a,b\n1\n", "t:2: 1 fields, not 2"},           {"a,b\n1,2\n1,2,3", "t:3: 3 fields, not 2"},
                 {"a,b\nx\"y,2", "t:2: a quote out of place"},   {"a,b\n\"x,2", "t:2: a quote out of place"},
                 {"a,b\n\"x\"y,2", "t:2: a quote out of place"}, {"\n\n", "t: is empty"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fe_csv csv;
        assert_int_equal(fe_csv_parse(wrong[i].text, "t", &csv), FSAM_ERROR_FORMAT);
        assert_string_equal(fb_message(), wrong[i].message);
        assert_null(csv.field);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_fields),
        cmocka_unit_test(keeps_many_rows),
        cmocka_unit_test(refuses_with_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
