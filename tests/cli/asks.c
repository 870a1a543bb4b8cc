/* asks.c - prompts as the command line has them, and the names made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "cli/asks.h"
#include <cmocka.h>
#include <string.h>

static void slugs(void **state)
{
    (void)state;
    static const struct {
        const char *text, *slug;
    } cases[] = {
        {"left lung", "left-lung"},
        {"  The LEFT lung, upper lobe!", "the-left-lung-upper-lobe"},
        {"L3/L4", "l3-l4"},
        {"../../etc/passwd", "etc-passwd"},
        {"H\xc3\xbc"
         "ftkopf",
         "h\xc3\xbc"
         "ftkopf"},
        {"???", "text"},
        {"", "text"},
        {"0123456789012345678901234567890123456789012345678901234567890123456789",
         "012345678901234567890123456789012345678901234567890123456789"},
        {"01234567890123456789012345678901234567890123456789012345678\xc3\xbc",
         "01234567890123456789012345678901234567890123456789012345678"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char slug[64];
        cli_slug(cases[i].text, slug);
        assert_string_equal(slug, cases[i].slug);
    }
}

/* Each text is a prompt with all points; equal names are told apart, and "overlay" is never given. */
static void words(void **state)
{
    (void)state;
    const char *text[] = {"lung", "Lung!", "overlay", "lung-2"}, *point[] = {"3,4", "5.5,6,-"};
    const char *const id[] = {"lung", "lung-2", "overlay-2", "lung-2-2"};
    const cli_ask_words given = {.texts = {text, 4}, .points = {point, 2}, .box = "1,2,3,4"};
    cli_asks asks = {0};
    assert_int_equal(cli_asks_add_words(&asks, &given), FSAM_OK);
    assert_int_equal(asks.count, 4);
    for (size_t i = 0; i < 4; i++) {
        const cli_ask *ask = &asks.item[i];
        assert_string_equal(ask->id, id[i]);
        assert_string_equal(ask->text, text[i]);
        assert_string_equal(cli_ask_name(ask), text[i]);
        assert_int_equal(ask->point_count, 2);
        assert_true(ask->points[0].x == 3 && ask->points[0].y == 4 && ask->points[0].foreground == 1);
        assert_true(ask->points[1].x == 5.5 && ask->points[1].y == 6 && ask->points[1].foreground == 0);
        assert_true(ask->has_box && ask->box[0] == 1 && ask->box[3] == 4);
    }
    cli_asks_free(&asks);
}

static void wordless(void **state)
{
    (void)state;
    cli_asks asks = {0};
    assert_int_equal(cli_asks_add_words(&asks, &(cli_ask_words){0}), FSAM_OK);
    assert_int_equal(asks.count, 0);
    assert_int_equal(cli_asks_add_words(&asks, &(cli_ask_words){.box = "1,2,3,4", .mask = "m.png"}), FSAM_OK);
    assert_int_equal(asks.count, 1);
    assert_string_equal(cli_ask_name(&asks.item[0]), "box-mask");
    assert_string_equal(asks.item[0].mask, "m.png");
    cli_asks_free(&asks);
}

/* Thousands of one name are counted on, not tried through. */
static void many_names(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    cli_names names = {0};
    const char *last = NULL;
    for (int i = 0; i < MANY; i++) last = cli_names_claim(&names, "0000");
    assert_string_equal(last, "0000-20000");
    assert_string_equal(cli_names_claim(&names, "0000-7"), "0000-7-2");
    cli_names_free(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(slugs), cmocka_unit_test(words), cmocka_unit_test(wordless),
                                       cmocka_unit_test(many_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
