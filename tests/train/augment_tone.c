/* Changes of gray values against their formulas. */
#include "train/augment_tone.h"

#include "support.h"

static void test_negative_log(void **state)
{
    (void)state;
    fr_planes planes = constant_planes(1, 1, 4, 0.25f);
    planes.value[1] = 0.5f;
    planes.value[2] = 1;
    planes.value[3] = 0.2f;
    fr_negative_log(&planes);
    expect_near((double)planes.value[3], 1, 1e-5, "the darkest");
    expect_near((double)planes.value[0], -log(0.051) / -log(0.001), 1e-5, "0.25");
    expect_near((double)planes.value[1], -log(0.301) / -log(0.001), 1e-5, "0.5");
    expect_near((double)planes.value[2], -log(0.801) / -log(0.001), 1e-5, "1");
    free(planes.value);
}

static void test_inversion_and_gamma(void **state)
{
    (void)state;
    fr_planes planes = noise_planes(2, 5, 4, 1), before = copy_planes(&planes);
    fr_invert(&planes);
    fr_gamma(2, &planes);
    for (size_t i = 0; i < 40; i++)
        expect_near((double)planes.value[i], pow(1 - (double)before.value[i], 2), 1e-6, "(1 - v)^2");
    free(planes.value);
    free(before.value);
}

/* A ramp, of which a tenth is cut at the bottom and a fifth at the top. */
static void test_window(void **state)
{
    (void)state;
    fr_planes planes = constant_planes(1, 10, 100, 0), flat = constant_planes(1, 3, 3, 0.4f);
    for (int i = 0; i < 1000; i++) planes.value[i] = (float)i / 1000;
    expect_ok(fr_window_shares(0.1, 0.2, &planes));
    expect_near((double)planes.value[50], 0, 1e-9, "below");
    expect_near((double)planes.value[900], 1, 1e-9, "above");
    expect_near((double)planes.value[450], 0.5, 2e-3, "in the middle");
    expect_ok(fr_window_shares(0.02, 0.02, &flat));
    expect_constant(&flat, 0.4f, 0, "a constant");
    free(planes.value);
    free(flat.value);
}

static void test_contrast(void **state)
{
    (void)state;
    fr_planes planes = constant_planes(2, 1, 2, 0.4f);
    planes.value[1] = 0.6f; /* the first plane's mean is 0.5 */
    fr_contrast(1.4, &planes);
    expect_near((double)planes.value[0], 0.5 - 0.14, 1e-6, "below the mean");
    expect_near((double)planes.value[1], 0.5 + 0.14, 1e-6, "above the mean");
    expect_near((double)planes.value[2], 0.4, 1e-6, "a constant");
    free(planes.value);
}

static void test_contrast_under_a_bell(void **state)
{
    (void)state;
    enum { SIDE = 64 };
    fr_planes planes = constant_planes(1, SIDE, SIDE, 0);
    for (int i = 0; i < SIDE * SIDE; i++) planes.value[i] = (i + i / SIDE) % 2 == 0 ? 0.4f : 0.6f;
    expect_ok(fr_contrast_bell(0.5, 16.5 / SIDE, 32.5 / SIDE, 0.1, &planes));
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            const double squares = (x - 16) * (x - 16) + (y - 32) * (y - 32), deviation = 0.1 * SIDE;
            const double factor = 1 - 0.5 * exp(-squares / (2 * deviation * deviation));
            expect_near(fabs((double)value_at(&planes, 0, x, y) - 0.5), 0.1 * factor, 1e-5, "distance from the mean");
        }
    free(planes.value);
}

static void test_shuffle(void **state)
{
    static const int order[3] = {2, 0, 1};
    (void)state;
    fr_planes planes = noise_planes(3, 4, 5, 9), before = copy_planes(&planes);
    expect_ok(fr_shuffle_planes(order, &planes));
    for (int p = 0; p < 3; p++)
        assert_memory_equal(fr_plane(&planes, p), fr_plane(&before, order[p]), 20 * sizeof(float));
    free(planes.value);
    free(before.value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_negative_log),
                                       cmocka_unit_test(test_inversion_and_gamma),
                                       cmocka_unit_test(test_window),
                                       cmocka_unit_test(test_contrast),
                                       cmocka_unit_test(test_contrast_under_a_bell),
                                       cmocka_unit_test(test_shuffle)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
