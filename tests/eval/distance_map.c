/* Exact distance maps against brute force. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the above first. */
#include "base/random.h"
#include "base/status.h"
#include "eval/distance_map.h"
#include <cmocka.h>

enum { MOST = 23 };

static uint32_t nearest(const uint8_t *seeds, int height, int width, int x, int y)
{
    uint32_t least = (uint32_t)((height + width) * (height + width));
    for (int v = 0; v < height; v++)
        for (int u = 0; u < width; u++) {
            const uint32_t square = (uint32_t)((u - x) * (u - x) + (v - y) * (v - y));
            if (seeds[v * width + u] && square < least) least = square;
        }
    return least;
}

static void check(const uint8_t *seeds, int height, int width)
{
    uint32_t squared[MOST * MOST];
    assert_int_equal(fe_distance_map(seeds, height, width, squared), FSAM_OK);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) assert_int_equal(squared[y * width + x], nearest(seeds, height, width, x, y));
}

static void agrees_with_brute_force(void **state)
{
    (void)state;
    for (uint32_t trial = 0; trial < 200; trial++) {
        uint8_t seeds[MOST * MOST];
        fb_random random = fb_random_start(1, trial, 0, 0);
        const int height = 1 + (int)fb_random_below(&random, MOST), width = 1 + (int)fb_random_below(&random, MOST);
        const uint32_t rarity = 1 + fb_random_below(&random, 60);
        for (int i = 0; i < height * width; i++) seeds[i] = fb_random_below(&random, rarity) == 0;
        seeds[fb_random_below(&random, (uint32_t)(height * width))] = 255;
        check(seeds, height, width);
    }
}

static void says_that_nothing_is_near(void **state)
{
    (void)state;
    const uint8_t none[12] = {0};
    uint32_t squared[12];
    assert_int_equal(fe_distance_map(none, 3, 4, squared), FSAM_OK);
    for (int i = 0; i < 12; i++) assert_true(squared[i] >= 49);
}

static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    const uint8_t seed = 1;
    uint32_t squared;
    assert_int_equal(fe_distance_map(&seed, 1, FE_MOST_SIDE + 1, &squared), FSAM_ERROR_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_brute_force),
        cmocka_unit_test(says_that_nothing_is_near),
        cmocka_unit_test(refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
