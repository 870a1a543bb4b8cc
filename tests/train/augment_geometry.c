/* Parts of pictures: shifts, turns and mirrors that end on pixels are exact; ramps are ramps under any. */
#include "train/augment_geometry.h"

#include "support.h"

static const fr_outside black = {.continued = false, .value = 0};

static fr_planes placed(const fr_planes *source, const fr_placing *placing, fr_outside outside, bool smooth)
{
    fr_planes out = constant_planes(source->count, placing->height, placing->width, -1);
    fr_place(source, placing, outside, smooth, &out);
    return out;
}

static void test_whole(void **state)
{
    (void)state;
    fr_planes source = noise_planes(2, 5, 7, 1);
    const fr_placing placing = fr_placing_whole(7, 5);
    fr_planes out = placed(&source, &placing, black, true);
    assert_memory_equal(out.value, source.value, 70 * sizeof(float));
    free(out.value);
    free(source.value);
}

static void test_mirror_and_quarter_turn(void **state)
{
    (void)state;
    fr_planes source = noise_planes(1, 5, 7, 2);
    const fr_placing mirror = fr_placing_at(7, 5, 3, 2, 1, 0, true);
    const fr_placing turn = fr_placing_at(5, 7, 3, 2, 1, acos(0), false);
    fr_planes a = placed(&source, &mirror, black, true), b = placed(&source, &turn, black, true);
    assert_true(mirror.mirrored && !turn.mirrored);
    for (int y = 0; y < 5; y++)
        for (int x = 0; x < 7; x++) {
            assert_true(value_at(&a, 0, 6 - x, y) == value_at(&source, 0, x, y));
            /* clockwise: the top row becomes the right column */
            expect_near((double)value_at(&b, 0, 4 - y, x), (double)value_at(&source, 0, x, y), 1e-5, "turned");
        }
    free(a.value);
    free(b.value);
    free(source.value);
}

static void test_outside(void **state)
{
    (void)state;
    fr_planes source = constant_planes(1, 4, 4, 0.5f);
    const fr_placing shifted = fr_placing_at(4, 4, 1.5 + 2, 1.5, 1, 0, false);
    const fr_outside white = {.value = 1}, on = {.continued = true};
    fr_planes a = placed(&source, &shifted, white, false), b = placed(&source, &shifted, on, false);
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 4; x++) assert_true(value_at(&a, 0, x, y) == (x < 2 ? 0.5f : 1));
    expect_constant(&b, 0.5f, 0, "edges that go on");
    const fr_placing far = fr_placing_at(4, 4, 1e12, -1e12, 1, 0, false);
    fr_planes c = placed(&source, &far, white, false);
    expect_constant(&c, 1, 0, "far away");
    free(a.value);
    free(b.value);
    free(c.value);
    free(source.value);
}

/* A ramp's value at a place is that of the place, whatever the step, the angle and the grid. */
static void test_ramp(void **state)
{
    (void)state;
    fr_planes source = constant_planes(1, 64, 64, 0);
    for (int i = 0; i < 64 * 64; i++) source.value[i] = 0.2f + 0.005f * (float)(i % 64) + 0.003f * (float)(i / 64);
    for (int k = 0; k < 8; k++) {
        const fr_placing placing = fr_placing_at(9, 7, 30, 33, 0.4 + 0.4 * k, 0.3 * k, k % 2 == 1);
        fr_planes out = placed(&source, &placing, black, k % 3 > 0);
        for (int y = 0; y < 7; y++)
            for (int x = 0; x < 9; x++) {
                double u, v;
                fr_placing_map(&placing, x, y, &u, &v);
                expect_near((double)value_at(&out, 0, x, y), 0.2 + 0.005 * u + 0.003 * v, 1e-5, "ramp");
            }
        free(out.value);
    }
    free(source.value);
}

/* Stripes finer than the new pixels become gray where they are averaged. */
static void test_smooth(void **state)
{
    (void)state;
    fr_planes source = constant_planes(1, 40, 40, 0);
    for (int i = 0; i < 1600; i++) source.value[i] = (float)(i % 2);
    const fr_placing half = fr_placing_at(10, 10, 19.5 + 0.5, 19.5, 2, 0, false);
    fr_planes smooth = placed(&source, &half, black, true), coarse = placed(&source, &half, black, false);
    expect_constant(&smooth, 0.5f, 1e-6, "averaged");
    assert_true(coarse.value[0] == 0 || coarse.value[0] == 1);
    free(smooth.value);
    free(coarse.value);
    free(source.value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_whole), cmocka_unit_test(test_mirror_and_quarter_turn),
                                       cmocka_unit_test(test_outside), cmocka_unit_test(test_ramp),
                                       cmocka_unit_test(test_smooth)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
