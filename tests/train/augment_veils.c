/* What is laid over a picture or lost from it: weather, dropout, shutters, letters, resolution, compression. */
#include "train/augment_detector.h"
#include "train/augment_dropout.h"
#include "train/augment_marks.h"
#include "train/augment_weather.h"

#include "support.h"

static fb_random start(uint64_t seed)
{
    return fb_random_start(seed, 0, 0, 1);
}

/* All planes get the same veil, which brightens and is smooth. */
static void test_fog(void **state)
{
    (void)state;
    fr_planes planes = constant_planes(2, 64, 64, 0.25f);
    fb_random random = start(1);
    expect_ok(fr_fog(0.5, &random, &planes));
    float least = 1, most = 0;
    for (int i = 0; i < 64 * 64; i++) {
        const float v = planes.value[i];
        assert_true(v == planes.value[64 * 64 + i]);
        least = v < least ? v : least;
        most = v > most ? v : most;
        if (i % 64 > 0) assert_true(fabsf(v - planes.value[i - 1]) < 0.75f * 0.5f / 8 + 1e-6f);
    }
    assert_true(least >= 0.25f && most <= 0.25f + 0.5f * 0.75f + 1e-6f && most - least > 0.1f);
    fr_planes white = constant_planes(1, 8, 8, 1);
    expect_ok(fr_fog(0.5, &random, &white));
    expect_constant(&white, 1, 0, "white in fog");
    free(planes.value);
    free(white.value);
}

static void test_drizzle(void **state)
{
    (void)state;
    fr_planes planes = constant_planes(1, 200, 200, 0);
    fb_random random = start(2);
    fr_drizzle(0.05, 0.25, &random, &planes);
    size_t wet = 0;
    for (int i = 0; i < 200 * 200; i++) {
        wet += planes.value[i] > 0;
        assert_true(planes.value[i] == 0 || planes.value[i] > 0.2499f);
    }
    expect_near((double)wet / 40000, 0.05, 0.015, "share under drizzle");
    free(planes.value);
}

static void test_pixel_dropout(void **state)
{
    (void)state;
    fr_planes planes = constant_planes(3, 100, 101, 0.5f);
    fb_random random = start(3);
    fr_drop_pixels(0.05, &random, &planes);
    size_t lost = 0;
    for (int i = 0; i < 100 * 101; i++) {
        const float v = planes.value[i];
        assert_true((v == 0 || v == 0.5f) && v == planes.value[10100 + i] && v == planes.value[20200 + i]);
        lost += v == 0;
    }
    expect_near((double)lost, 505, 4 * sqrt(505 * 0.95), "lost pixels"); /* four deviations of a binomial */
    fr_drop_pixels(1, &random, &planes);
    expect_constant(&planes, 0, 0, "all lost");
    free(planes.value);
}

static void test_holes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        fr_planes planes = constant_planes(2, 40, 50, 1);
        fb_random random = start(seed);
        fr_drop_holes(1, 4, 16, &random, &planes);
        int left = 50, right = -1, top = 40, bottom = -1, lost = 0;
        for (int i = 0; i < 2000; i++) {
            assert_true(planes.value[i] == planes.value[2000 + i]);
            if (planes.value[i] > 0) continue;
            const int x = i % 50, y = i / 50;
            left = x < left ? x : left, right = x > right ? x : right;
            top = y < top ? y : top, bottom = y > bottom ? y : bottom;
            lost++;
        }
        const int width = right - left + 1, height = bottom - top + 1;
        assert_int_equal(lost, width * height); /* one rectangle */
        assert_in_range(width, 4, 16);
        assert_in_range(height, 4, 16);
        free(planes.value);
    }
    fr_planes small = constant_planes(1, 3, 3, 1);
    fb_random random = start(1);
    fr_drop_holes(1, 8, 64, &random, &small);
    expect_constant(&small, 0, 0, "a hole larger than the picture");
    free(small.value);
}

static void test_low_resolution(void **state)
{
    (void)state;
    fr_planes flat = constant_planes(1, 31, 45, 0.6f), blocks = constant_planes(1, 8, 8, 0);
    expect_ok(fr_low_resolution(2.7, &flat));
    expect_constant(&flat, 0.6f, 1e-6, "a constant");
    for (int i = 0; i < 64; i++) blocks.value[i] = (i % 8 + i / 8) % 2 == 0 ? 1 : 0.5f;
    expect_ok(fr_low_resolution(2, &blocks)); /* each of 4 x 4 is the mean of two whites and two grays */
    expect_constant(&blocks, 0.75f, 1e-6, "a checkerboard");
    free(flat.value);
    free(blocks.value);
}

/* Means of large pixels: what an edge inside of a pixel gives is the share of either side. */
static void test_low_resolution_of_an_edge(void **state)
{
    (void)state;
    fr_planes planes = constant_planes(1, 4, 12, 0);
    for (int i = 0; i < 48; i++) planes.value[i] = i % 12 < 5 ? 1 : 0;
    expect_ok(fr_low_resolution(4, &planes)); /* three pixels along x: 1, 1/4, 0, at 1.5, 5.5 and 9.5 */
    expect_near((double)planes.value[0], 1, 1e-6, "left");
    expect_near((double)planes.value[5], 0.25 + 0.75 * 0.125, 1e-6, "an eighth of the way to the left");
    expect_near((double)planes.value[11], 0, 1e-6, "right");
    free(planes.value);
}

static void test_jpeg(void **state)
{
    (void)state;
    fr_planes flat = constant_planes(1, 16, 16, 0.5f), fine = noise_planes(1, 32, 40, 7), coarse = copy_planes(&fine);
    fr_planes before = copy_planes(&fine);
    double error[2] = {0};
    expect_ok(fr_jpeg(30, &flat));
    expect_constant(&flat, 0.5f, 1.5 / 255, "a constant");
    expect_ok(fr_jpeg(95, &fine));
    expect_ok(fr_jpeg(30, &coarse));
    for (int i = 0; i < 32 * 40; i++) {
        error[0] += pow((double)(fine.value[i] - before.value[i]), 2);
        error[1] += pow((double)(coarse.value[i] - before.value[i]), 2);
    }
    assert_true(error[0] > 0 && 4 * error[0] < error[1] && error[1] / 1280 < 0.08); /* the noise's own variance: 1/12 */
    free(flat.value);
    free(fine.value);
    free(coarse.value);
    free(before.value);
}

static void test_shutters(void **state)
{
    (void)state;
    fr_planes planes = constant_planes(2, 100, 120, 0.5f);
    const fr_shutter round = {
        .closed = true, .round = true, .x = 60, .y = 50, .half_x = 40, .half_y = 30, .angle = 0.5, .value = 1};
    const fr_shutter box = {.closed = true, .x = 59.5, .y = 49.5, .half_x = 20, .half_y = 10, .value = 0};
    const fr_shutter open = {0};
    assert_false(fr_shutter_covers(&open, 1e6, 1e6));
    fr_shutter_draw(&round, &planes);
    size_t inside = 0;
    for (int i = 0; i < 12000; i++) inside += planes.value[i] == 0.5f;
    expect_near((double)inside, 3.141593 * 40 * 30, 20, "pixels in an ellipse");
    fr_shutter_draw(&box, &planes);
    inside = 0;
    for (int i = 0; i < 12000; i++) inside += planes.value[12000 + i] > 0;
    assert_int_equal(inside, 40 * 20);
    free(planes.value);
}

static void test_letters(void **state)
{
    (void)state;
    fr_planes planes = constant_planes(1, 60, 80, 0.25f);
    expect_ok(fr_mark("L", 20, 30, 20, 1, &planes));
    double marked = 0;
    for (int y = 0; y < 60; y++)
        for (int x = 0; x < 80; x++) {
            const float v = value_at(&planes, 0, x, y);
            assert_true(v >= 0.25f && v <= 1);
            if (x < 29 || x > 45 || y < 19 || y > 48) assert_true(v == 0.25f);
            marked += (double)(v - 0.25f) / 0.75;
        }
    assert_in_range((int)marked, 20, 120);                   /* two strokes of some 14 x 2 and 9 x 2 pixels */
    expect_ok(fr_mark("PORTABLE", 30, -10, 55, 0, &planes)); /* cut off on three sides */
    for (uint64_t seed = 0; seed < 40; seed++) {
        fb_random random = start(seed);
        expect_ok(fr_marks_draw(&random, &planes));
    }
    for (int i = 0; i < 4800; i++) assert_true(planes.value[i] >= 0 && planes.value[i] <= 1);
    free(planes.value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fog),
                                       cmocka_unit_test(test_drizzle),
                                       cmocka_unit_test(test_pixel_dropout),
                                       cmocka_unit_test(test_holes),
                                       cmocka_unit_test(test_low_resolution),
                                       cmocka_unit_test(test_low_resolution_of_an_edge),
                                       cmocka_unit_test(test_jpeg),
                                       cmocka_unit_test(test_shutters),
                                       cmocka_unit_test(test_letters)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
