/* segment_plan.c - the names of the files that a run of `fsam segment` writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "cli/name_pattern.h"
#include "cli/outputs.h"
#include "cli/segment_plan.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* Prompts of these texts, up to NULL. */
static cli_asks asks_of(const char *const *texts)
{
    cli_asks asks = {0};
    for (; *texts != NULL; texts++) {
        const cli_ask ask = {.text = strdup(*texts)};
        assert_int_equal(cli_asks_add(&asks, &ask, NULL), FSAM_OK);
    }
    return asks;
}

/* What a run over these images with these texts would write, path by path. */
static void expect_plan(const cli_targets *targets, const char *const *texts, const cli_plan_options *options,
                        const char *const *expected)
{
    cli_asks asks = asks_of(texts);
    cli_plan plan;
    cli_texts outputs;
    assert_int_equal(cli_plan_make(targets, &asks, options, &plan), FSAM_OK);
    assert_int_equal(cli_plan_outputs(&plan, &outputs), FSAM_OK);
    for (size_t i = 0; i < outputs.count; i++) {
        assert_non_null(expected[i]);
        assert_string_equal(outputs.item[i], expected[i]);
    }
    assert_null(expected[outputs.count]);
    free((void *)outputs.item);
    cli_plan_free(&plan);
    cli_asks_free(&asks);
}

static void masks(void **state)
{
    (void)state;
    cli_target image[] = {
        {"a/x.png", 1, 1}, {"b/x.jpeg", 1, 1}, {"c/x-2.png", 1, 1}, {".png", 1, 1}, {"y.tar.png", 1, 1}};
    const char *lung[] = {"lung", NULL}, *three[] = {"lung", "Lung", "overlay", NULL};
    const cli_targets all = {.item = image, .count = 5}, one = {.item = image, .count = 1};
    expect_plan(&all, lung, &(cli_plan_options){.folder = "out/", .masks = true},
                (const char *[]){"out/x.lung.png", "out/x-2.lung.png", "out/x-2-2.lung.png", "out/.png.lung.png",
                                 "out/y.tar.lung.png", NULL});
    expect_plan(&one, three, &(cli_plan_options){.masks = true, .overlay = true},
                (const char *[]){"x.lung.png", "x.lung-2.png", "x.overlay-2.png", "x.overlay.png", NULL});
    expect_plan(&one, lung, &(cli_plan_options){.folder = "o", .masks = true, .candidates = true},
                (const char *[]){"o/x.lung.png", "o/x.lung.2.png", "o/x.lung.3.png", NULL});
}

static void other_files(void **state)
{
    (void)state;
    cli_target image[] = {{"x.dcm", 1, 1}};
    const char *lung[] = {"lung", NULL};
    const cli_targets one = {.item = image, .count = 1};
    expect_plan(&one, lung,
                &(cli_plan_options){.probability = CLI_PROBABILITY_PNG, .labels = true, .segmentation = true},
                (const char *[]){"x.lung.probability.png", "x.labels.nii.gz", "x.seg.dcm", NULL});
    expect_plan(&one, lung, &(cli_plan_options){.probability = CLI_PROBABILITY_TIFF},
                (const char *[]){"x.lung.probability.tiff", NULL});
}

/* The frames of one file share its name; another file of that name gets another. */
static void frames(void **state)
{
    (void)state;
    const char *run = "a/run.dcm", *lung[] = {"lung", NULL};
    cli_target image[] = {{run, 9, 1000}, {run, 1000, 1000}, {"b/run.dcm", 1, 1}};
    const cli_targets all = {.item = image, .count = 3};
    expect_plan(&all, lung, &(cli_plan_options){.masks = true, .all_frames = true},
                (const char *[]){"run.f009.lung.png", "run.f1000.lung.png", "run-2.f001.lung.png", NULL});
    expect_plan(&all, lung, &(cli_plan_options){.folder = "o", .pattern = "{id}/{image}_{frame}", .masks = true},
                (const char *[]){"o/lung/run_009.png", "o/lung/run_1000.png", "o/lung/run-2_001.png", NULL});
}

static void patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *name; /* or the failure */
    } cases[] = {
        {"{image}.{id}", "...heart"},
        {"masks/{id}-{frame}{frame}", "masks/heart-007007"},
        {"plain}", "plain}"},
        {"{ID}", "--name: '{ID}' is none of {image}, {id} and {frame}"},
        {"{id", "--name: '{id' has no }"},
        {"{image}/{id}", "--name: '../heart' is no name in the folder for the answers"},
        {"/tmp/{id}", "--name: '/tmp/heart' is no name in the folder for the answers"},
        {"a/../../{id}", "--name: 'a/../../heart' is no name in the folder for the answers"},
        {"{id}/", "--name: 'heart/' is no name in the folder for the answers"},
        {"", "--name: '' is no name in the folder for the answers"},
    };
    const cli_name_parts parts = {.image = "..", .id = "heart", .frame = 7};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *name;
        fsam_status status = cli_name_make(cases[i].pattern, &parts, &name);
        if (strncmp(cases[i].name, "--name", 6) == 0) {
            assert_int_equal(status, FSAM_ERROR_ARGUMENT);
            assert_null(name);
            assert_string_equal(fsam_last_error(), cases[i].name);
        } else {
            assert_int_equal(status, FSAM_OK);
            assert_string_equal(name, cases[i].name);
        }
        free(name);
    }
}

/* Names that only meet when they are put together are found before any work. */
static void doubles(void **state)
{
    (void)state;
    cli_target image[] = {{"no-such/x.png", 1, 1}, {"no-such/x.lung.png", 1, 1}};
    const char *texts[] = {"lung", "2", NULL};
    const cli_targets all = {.item = image, .count = 2};
    const cli_texts none = {0};
    cli_asks asks = asks_of(texts);
    cli_plan plan;
    cli_texts outputs;
    assert_int_equal(cli_plan_make(&all, &asks, &(cli_plan_options){.masks = true, .candidates = true}, &plan),
                     FSAM_OK);
    assert_int_equal(cli_plan_outputs(&plan, &outputs), FSAM_OK);
    assert_int_equal(cli_outputs_check(&outputs, &none, &none, true), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fsam_last_error(), "x.lung.2.png: two outputs would be this file");
    free((void *)outputs.item);
    cli_plan_free(&plan);
    cli_asks_free(&asks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(masks), cmocka_unit_test(other_files), cmocka_unit_test(frames),
                                       cmocka_unit_test(patterns), cmocka_unit_test(doubles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
