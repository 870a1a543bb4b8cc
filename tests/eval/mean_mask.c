/* Mean masks: of others only, brought to a picture's own size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the above first. */
#include "base/status.h"
#include "eval/mean_mask.h"
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 64 * 64 };

/* The part x0..x1, y0..y1 (in eighths of the picture) as a case of one target. */
static fe_case case_of(int height, int width, const char *category, int x0, int y0, int x1, int y1)
{
    uint8_t mask[MOST] = {0};
    fe_case c = {
        .name = strdup("c"), .height = height, .width = width, .count = 1, .target = calloc(1, sizeof *c.target)};
    for (int y = y0 * height / 8; y < y1 * height / 8; y++)
        for (int x = x0 * width / 8; x < x1 * width / 8; x++) mask[y * width + x] = 1;
    c.target[0].category = strdup(category);
    c.target[0].text = strdup(category);
    assert_int_equal(fi_rle_encode(mask, height, width, &c.target[0].mask), FSAM_OK);
    return c;
}

static void assert_guess(const fe_means *means, const fe_case *own, const fe_case *expected)
{
    uint8_t mask[MOST], wanted[MOST];
    bool any;
    const int category = fe_means_find(means, own->target[0].category);
    assert_int_equal(fe_means_guess(means, category, &own->target[0].mask, mask, &any), FSAM_OK);
    assert_true(any);
    fi_rle_decode(&expected->target[0].mask, wanted);
    assert_memory_equal(mask, wanted, (size_t)own->height * (size_t)own->width);
}

/* Three pictures of different sizes: in two the structure is the left half, in the third the lower half. */
static void guesses_from_the_others_alone(void **state)
{
    (void)state;
    fe_means means = {0};
    fe_case c[3] = {case_of(64, 32, "lungs", 0, 0, 4, 8), case_of(16, 48, "lungs", 0, 0, 4, 8),
                    case_of(24, 24, "lungs", 0, 4, 8, 8)};
    fe_case left = case_of(24, 24, "lungs", 0, 0, 4, 8), other = case_of(8, 8, "heart", 0, 0, 1, 1);
    for (int i = 0; i < 3; i++) assert_int_equal(fe_means_add(&means, &c[i]), FSAM_OK);
    assert_int_equal(fe_means_add(&means, &other), FSAM_OK);
    assert_int_equal(means.count, 2);
    assert_int_equal(means.item[0].masks, 3);
    /* for the third, both others agree on the left half, brought to its size; its own mask does not count */
    assert_guess(&means, &c[2], &left);
    /* for the first, one says left and one says below: half of them is enough */
    fe_case both = case_of(64, 32, "lungs", 0, 0, 8, 8);
    uint8_t mask[MOST];
    bool any;
    assert_int_equal(fe_means_guess(&means, 0, &c[0].target[0].mask, mask, &any), FSAM_OK);
    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 32; x++) assert_int_equal(mask[y * 32 + x] != 0, x < 16 || y >= 32);
    /* nobody else has a heart */
    assert_int_equal(fe_means_guess(&means, 1, &other.target[0].mask, mask, &any), FSAM_OK);
    assert_false(any);
    for (int i = 0; i < 64; i++) assert_int_equal(mask[i], 0);
    fe_case_free(&both);
    fe_case_free(&left);
    fe_case_free(&other);
    for (int i = 0; i < 3; i++) fe_case_free(&c[i]);
    fe_means_free(&means);
}

static void does_not_count_empty_masks(void **state)
{
    (void)state;
    fe_means means = {0};
    fe_case there = case_of(16, 16, "lungs", 2, 2, 6, 6), none = case_of(16, 16, "lungs", 0, 0, 0, 0);
    fe_case more = case_of(32, 32, "lungs", 2, 2, 6, 6);
    assert_int_equal(fe_means_add(&means, &there), FSAM_OK);
    assert_int_equal(fe_means_add(&means, &none), FSAM_OK);
    assert_int_equal(fe_means_add(&means, &more), FSAM_OK);
    assert_int_equal(means.item[0].masks, 2);
    assert_guess(&means, &there, &there);
    fe_case_free(&there);
    fe_case_free(&none);
    fe_case_free(&more);
    fe_means_free(&means);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guesses_from_the_others_alone),
        cmocka_unit_test(does_not_count_empty_masks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
