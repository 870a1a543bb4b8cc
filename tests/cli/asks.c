/* asks.c - names made of prompts, and of the files that a run writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "cli/segment_plan.h"
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

/* What a run over these images with these texts would write, checked path by path. */
static void expect_plan(const cli_texts *images, const cli_texts *texts, const cli_plan_options *options,
                        const char *const *expected)
{
    cli_asks asks;
    cli_plan plan;
    const cli_ask_words words = {.texts = *texts};
    assert_int_equal(cli_asks_from_words(&words, &asks), FSAM_OK);
    assert_int_equal(cli_plan_make(images, &asks, options, &plan), FSAM_OK);
    for (size_t i = 0; i < plan.images; i++) {
        for (size_t k = 0; k < plan.answers; k++)
            for (int c = 0; c < CLI_CANDIDATES; c++)
                if (plan.image[i].mask[k][c] != NULL) assert_string_equal(plan.image[i].mask[k][c], *expected++);
        if (plan.image[i].overlay != NULL) assert_string_equal(plan.image[i].overlay, *expected++);
    }
    assert_null(*expected);
    cli_plan_free(&plan);
    cli_asks_free(&asks);
}

static void plans(void **state)
{
    (void)state;
    const char *image[] = {"a/x.png", "b/x.jpeg", "c/x-2.png", ".png", "y.tar.png"},
               *text[] = {"lung", "Lung", "overlay"};
    const cli_texts images = {image, 5}, one = {image, 1}, texts = {text, 3}, single = {text, 1};
    expect_plan(&images, &single, &(cli_plan_options){.folder = "out/"},
                (const char *[]){"out/x.lung.png", "out/x-2.lung.png", "out/x-2-2.lung.png", "out/.png.lung.png",
                                 "out/y.tar.lung.png", NULL});
    expect_plan(&one, &texts, &(cli_plan_options){.overlay = true},
                (const char *[]){"x.lung.png", "x.lung-2.png", "x.overlay-2.png", "x.overlay.png", NULL});
    expect_plan(&one, &single, &(cli_plan_options){.folder = "o", .candidates = true},
                (const char *[]){"o/x.lung.png", "o/x.lung.2.png", "o/x.lung.3.png", NULL});
}

/* Names that only meet when they are put together are found before any work. */
static void doubles(void **state)
{
    (void)state;
    const char *image[] = {"no-such/x.png", "no-such/x.lung.png"}, *text[] = {"lung", "2"};
    const cli_texts images = {image, 2}, none = {NULL, 0};
    const cli_ask_words words = {.texts = {text, 2}};
    const cli_plan_options options = {.candidates = true};
    cli_asks asks;
    cli_plan plan;
    assert_int_equal(cli_asks_from_words(&words, &asks), FSAM_OK);
    assert_int_equal(cli_plan_make(&images, &asks, &options, &plan), FSAM_OK);
    assert_int_equal(cli_plan_check(&plan, &options, &none, NULL, true), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fsam_last_error(), "x.lung.2.png: two outputs would be this file");
    cli_plan_free(&plan);
    cli_asks_free(&asks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(slugs), cmocka_unit_test(plans), cmocka_unit_test(doubles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
