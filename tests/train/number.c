/* Numbers by name: found, set within their ranges, refused beyond. */
#include "train/number.h"

#include "support.h"

typedef struct example {
    double share;
    int count;
} example;

static const fr_number list[] = {{"share", offsetof(example, share), false, 0, 1},
                                 {"count", offsetof(example, count), true, 1, 9}};
static const fr_numbers numbers = {"example", 2, list};

static void test_set_and_get(void **state)
{
    example e = {0.5, 3};
    (void)state;
    expect_ok(fr_numbers_check(&numbers, &e));
    const fr_number *count = fr_number_find(&numbers, "count"), *share = fr_number_find(&numbers, "share");
    assert_null(fr_number_find(&numbers, "counts"));
    expect_ok(fr_number_set("example", count, 7, &e));
    expect_ok(fr_number_set("example", share, 0.25, &e));
    assert_true(e.count == 7 && e.share == 0.25);
    assert_true(fr_number_get(count, &e) == 7 && fr_number_get(share, &e) == 0.25);
}

static void test_refused(void **state)
{
    example e = {0.5, 3};
    (void)state;
    assert_int_equal(fr_number_set("example", &list[1], 7.5, &e), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "example: count: 7.5 is no whole number");
    assert_int_equal(fr_number_set("example", &list[0], (double)NAN, &e), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fr_number_set("example", &list[1], 1e300, &e), FSAM_ERROR_ARGUMENT);
    assert_true(e.count == 3 && e.share == 0.5);
    e.share = -1;
    assert_int_equal(fr_numbers_check(&numbers, &e), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "example: share: -1 is not within 0..1");
}

static fsam_status read_text(const char *text, example *e)
{
    json_t *object;
    expect_ok(fb_json_parse(text, FB_JSON_SETTINGS, JSON_REJECT_DUPLICATES, "test", &object));
    const fsam_status status = fr_numbers_read(&numbers, object, "run.json", e);
    json_decref(object);
    return status;
}

static void test_json(void **state)
{
    static const struct {
        const char *text, *message;
    } bad[] = {{"{\"size\": 1}", "run.json: example: there is no size"},
               {"{\"share\": \"1\"}", "run.json: example: share: is no number"},
               {"{\"count\": 10}", "run.json: example: count: 10 is not within 1..9"},
               {"[]", "run.json: example: is no object"}};
    example e = {0.5, 3}, again = {0};
    (void)state;
    expect_ok(read_text("{\"count\": 4, \"share\": 1}", &e));
    assert_true(e.count == 4 && e.share == 1);
    json_t *object = fr_numbers_json(&numbers, &e);
    char *text = json_dumps(object, JSON_COMPACT);
    assert_string_equal(text, "{\"share\":1.0,\"count\":4}");
    expect_ok(read_text(text, &again));
    assert_true(again.count == 4 && again.share == 1);
    free(text);
    json_decref(object);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read_text(bad[i].text, &e), FSAM_ERROR_ARGUMENT);
        assert_string_equal(fb_message(), bad[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_set_and_get), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_json)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
