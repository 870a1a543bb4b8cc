/* scatter.c - what the estimate keeps: ratio, energy, shape; it has no outside reference. */
#include "testing.h"

#include "xray/scatter.h"
#include <math.h>

enum { SIZE = 256 };
static const double PIXEL_MM = 2; /* a field of 512 mm, wider than the kernel */
static float open[SIZE * SIZE], signal[SIZE * SIZE], variance[SIZE * SIZE], primary[SIZE * SIZE];

/* A slab of the given depth in the middle of the field, as wide as `half` pixels on either side. */
static void fill(double depth, int half)
{
    for (int i = 0; i < SIZE * SIZE; i++) {
        const int x = i % SIZE - SIZE / 2, y = i / SIZE - SIZE / 2;
        open[i] = 1000;
        signal[i] = primary[i] = x * x < half * half && y * y < half * half ? (float)(1000 * exp(-depth)) : 1000.0f;
        variance[i] = 60 * signal[i];
    }
}

static double added(int i)
{
    return signal[i] - primary[i];
}

/* Behind a slab that fills the field, away from its edges: the ratio asked for, and half of it half as deep. */
static void ratio_is_met(void **state)
{
    (void)state;
    for (double depth = 2.5; depth <= 5; depth += 2.5) {
        fill(depth, SIZE);
        assert_ok(fx_scatter_add(&fx_scatter_body, PIXEL_MM, SIZE, SIZE, open, signal, variance));
        const int centre = SIZE / 2 * SIZE + SIZE / 2;
        assert_close(added(centre) / primary[centre], 3 * depth / 5, 0.01);
        assert_close(variance[centre] / signal[centre], 60, 0.01);
    }
}

static void nothing_in_the_way_scatters_nothing(void **state)
{
    (void)state;
    fill(0, SIZE);
    assert_ok(fx_scatter_add(&fx_scatter_body, PIXEL_MM, SIZE, SIZE, open, signal, variance));
    for (int i = 0; i < SIZE * SIZE; i++) assert_true(signal[i] == primary[i]);
}

/* No more scatter than half of what the object took, even where the ratio asks for more. */
static void energy_is_not_made(void **state)
{
    const fx_scatter strong = {20, 1, 60, 1, 1};
    (void)state;
    for (int half = 8; half <= 128; half *= 2) {
        double scattered = 0, lost = 0;
        fill(1, half);
        assert_ok(fx_scatter_add(&strong, PIXEL_MM, SIZE, SIZE, open, signal, variance));
        for (int i = 0; i < SIZE * SIZE; i++) {
            assert_true(signal[i] >= primary[i]);
            scattered += added(i);
            lost += open[i] - primary[i];
        }
        assert_true(scattered <= 0.5001 * lost);
        if (half <= 16) assert_true(scattered > 0.49 * lost); /* little leaves the field */
    }
}

static void scatter_is_symmetric_and_falls_off(void **state)
{
    (void)state;
    fill(3, 20);
    assert_ok(fx_scatter_add(&fx_scatter_body, PIXEL_MM, SIZE, SIZE, open, signal, variance));
    const int row = SIZE / 2 * SIZE;
    for (int x = SIZE / 2 + 24; x < SIZE - 1; x++) assert_true(added(row + x + 1) <= added(row + x) + 1e-3);
    for (int x = 1; x < SIZE / 2; x += 16)
        assert_close(added(row + SIZE / 2 - x), added(row + SIZE / 2 + x), 0.02 * added(row + SIZE / 2));
    assert_true(added(row + SIZE / 2 + 80) < 0.3 * added(row + SIZE / 2));
}

/* The standard deviation of the spread from a small object, mm: the whole reach behind a deep one, half of it behind a
 * thin one. The object and the coarse grid widen it a little. */
static void deep_objects_spread_wider(void **state)
{
    (void)state;
    for (int deep = 0; deep < 2; deep++) {
        double sum = 0, squares = 0;
        fill(deep ? 5 : 0.05, 4);
        assert_ok(fx_scatter_add(&fx_scatter_body, PIXEL_MM, SIZE, SIZE, open, signal, variance));
        for (int i = 0; i < SIZE * SIZE; i++) {
            const double x = PIXEL_MM * (i % SIZE - SIZE / 2 + 0.5);
            sum += added(i);
            squares += added(i) * x * x;
        }
        assert_close(sqrt(squares / sum), deep ? 60 : 30, 3);
    }
}

static void grid_cuts_scatter_fivefold(void **state)
{
    fx_scatter grid = fx_scatter_body;
    const int centre = SIZE / 2 * SIZE + SIZE / 2;
    (void)state;
    grid.grid_primary = 0.7;
    grid.grid_scatter = 0.14;
    fill(5, SIZE);
    assert_ok(fx_scatter_add(&grid, PIXEL_MM, SIZE, SIZE, open, signal, variance));
    assert_close(signal[centre] / primary[centre], 0.7 + 3 * 0.14, 0.005);
}

/* Twice as many pixels of half the size show the same picture. */
static void pixels_do_not_matter(void **state)
{
    const int centre = SIZE / 2 * SIZE + SIZE / 2;
    (void)state;
    fill(3, 40);
    assert_ok(fx_scatter_add(&fx_scatter_body, 2, SIZE, SIZE, open, signal, variance));
    const double coarse = added(centre);
    fill(3, 80);
    assert_ok(fx_scatter_add(&fx_scatter_body, 1, SIZE, SIZE, open, signal, variance));
    assert_close(added(centre), coarse, 0.02 * coarse);
}

static void bad_settings_are_named(void **state)
{
    fx_scatter bad = fx_scatter_body;
    (void)state;
    bad.reach_mm = 0;
    assert_int_equal(fx_scatter_add(&bad, 1, SIZE, SIZE, open, signal, variance), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "scatter: reach_mm: 0 is not in 1 .. 1000");
    assert_int_equal(fx_scatter_add(&fx_scatter_body, NAN, SIZE, SIZE, open, signal, variance), FSAM_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ratio_is_met),
        cmocka_unit_test(nothing_in_the_way_scatters_nothing),
        cmocka_unit_test(energy_is_not_made),
        cmocka_unit_test(scatter_is_symmetric_and_falls_off),
        cmocka_unit_test(deep_objects_spread_wider),
        cmocka_unit_test(grid_cuts_scatter_fivefold),
        cmocka_unit_test(pixels_do_not_matter),
        cmocka_unit_test(bad_settings_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
