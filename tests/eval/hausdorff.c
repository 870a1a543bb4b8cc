/* Distances of borders: by hand, and against brute force. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the above first. */
#include "base/random.h"
#include "base/status.h"
#include "eval/hausdorff.h"
#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { SIDE = 19, PIXELS = SIDE * SIDE };

static fe_hausdorff of(const uint8_t *a, const uint8_t *b, int height, int width)
{
    fe_hausdorff result;
    assert_int_equal(fe_hausdorff_of(a, b, height, width, &result), FSAM_OK);
    return result;
}

static bool set(const uint8_t *mask, int height, int width, int x, int y)
{
    return x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x];
}

static int border_of(const uint8_t *mask, int height, int width, int (*pixel)[2])
{
    int count = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const bool inner = set(mask, height, width, x - 1, y) && set(mask, height, width, x + 1, y) &&
                               set(mask, height, width, x, y - 1) && set(mask, height, width, x, y + 1);
            if (!set(mask, height, width, x, y) || inner) continue;
            pixel[count][0] = x;
            pixel[count++][1] = y;
        }
    return count;
}

static int by_size(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void directed(const uint8_t *a, const uint8_t *b, int height, int width, fe_hausdorff *result)
{
    static int from[PIXELS][2], to[PIXELS][2];
    static double way[PIXELS];
    const int count = border_of(a, height, width, from), others = border_of(b, height, width, to);
    for (int i = 0; i < count; i++) {
        way[i] = INFINITY;
        for (int k = 0; k < others; k++) way[i] = fmin(way[i], hypot(from[i][0] - to[k][0], from[i][1] - to[k][1]));
    }
    qsort(way, (size_t)count, sizeof *way, by_size);
    int rank = 1; /* the least for which 95 % of the ways are no longer */
    while (100 * rank < 95 * count) rank++;
    result->most = fmax(result->most, way[count - 1]);
    result->most_95 = fmax(result->most_95, way[rank - 1]);
}

static void agrees_with_brute_force(void **state)
{
    (void)state;
    for (uint32_t trial = 0; trial < 200; trial++) {
        uint8_t mask[2][PIXELS];
        fb_random random = fb_random_start(2, trial, 0, 0);
        const int height = 1 + (int)fb_random_below(&random, SIDE), width = 1 + (int)fb_random_below(&random, SIDE);
        for (int m = 0; m < 2; m++) {
            const uint32_t rarity = 1 + fb_random_below(&random, 12);
            for (int i = 0; i < height * width; i++) mask[m][i] = fb_random_below(&random, rarity) == 0 ? 255 : 0;
            mask[m][fb_random_below(&random, (uint32_t)(height * width))] = 1;
        }
        fe_hausdorff expected = {0}, found = of(mask[0], mask[1], height, width);
        directed(mask[0], mask[1], height, width, &expected);
        directed(mask[1], mask[0], height, width, &expected);
        assert_float_equal(found.most, expected.most, 1e-12);
        assert_float_equal(found.most_95, expected.most_95, 1e-12);
    }
}

/* Only the borders count: a square and the ring that is left without its middle are as far apart as the hole's edge is
 * from the square's. */
static void measures_borders_and_not_areas(void **state)
{
    (void)state;
    uint8_t square[49], ring[49];
    for (int i = 0; i < 49; i++) square[i] = ring[i] = 1;
    ring[24] = 0;
    assert_float_equal(of(square, square, 7, 7).most, 0, 0);
    assert_float_equal(of(square, ring, 7, 7).most, 2, 0);
}

static void leaves_out_a_twentieth(void **state)
{
    (void)state;
    uint8_t line[40] = {0}, more[40] = {0};
    for (int i = 0; i < 20; i++) line[i] = more[i] = 1;
    more[19] = 0;
    more[30] = 1; /* one of twenty pixels is eleven away from the line */
    assert_float_equal(of(line, more, 1, 40).most, 11, 0);
    assert_float_equal(of(line, more, 1, 40).most_95, 0, 0);
}

static void takes_a_miss_for_the_longest_way(void **state)
{
    (void)state;
    const uint8_t none[20] = {0}, some[20] = {[3] = 1};
    assert_float_equal(of(none, none, 4, 5).most, 0, 0);
    assert_float_equal(of(none, some, 4, 5).most, 5, 0);
    assert_float_equal(of(some, none, 4, 5).most_95, 5, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_brute_force),
        cmocka_unit_test(measures_borders_and_not_areas),
        cmocka_unit_test(leaves_out_a_twentieth),
        cmocka_unit_test(takes_a_miss_for_the_longest_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
