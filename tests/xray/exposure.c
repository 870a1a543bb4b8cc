/* exposure.c - load, distance, heel and shutters. */
#include "testing.h"

#include "xray/collimator.h"
#include "xray/exposure.h"
#include <math.h>

enum { SIZE = 101 };
static float factor[SIZE * SIZE];

static fx_detector_plane plane(void)
{
    return (fx_detector_plane){SIZE, SIZE, 3, 1000, 50, 50, 1, 0};
}

/* The pixels' solid angles times the square of 1 m: a square detector of side a at distance d sees
 * 4 atan(a^2 / (2 d sqrt(4 d^2 + 2 a^2))). */
static void pixels_add_up_to_the_solid_angle(void **state)
{
    const fx_detector_plane flat = plane();
    const double a = SIZE * 3, d = 1000;
    double sum = 0;
    (void)state;
    fx_exposure(&flat, 2, NULL, factor);
    for (int i = 0; i < SIZE * SIZE; i++) sum += factor[i];
    assert_close(sum, 2 * 1e6 * 4 * atan(a * a / (2 * d * sqrt(4 * d * d + 2 * a * a))), 1e-5 * sum);
}

static void inverse_square(void **state)
{
    fx_detector_plane far = plane();
    (void)state;
    far.sdd_mm = 2000;
    fx_exposure(&far, 1, NULL, factor);
    assert_close(factor[50 * SIZE + 50], 9 / 4.0, 1e-6);
}

static void load_gives_the_dose(void **state)
{
    const fx_tube tube = {.kv = 80, .anode_degrees = FX_ANODE_DEGREES, .aluminium_mm = 3};
    fx_spectrum spectrum;
    double mas, kerma;
    (void)state;
    assert_ok(fx_spectrum_of_tube(&tube, &spectrum));
    assert_ok(fx_spectrum_air_kerma(&spectrum, &kerma));
    assert_ok(fx_mas_of_air_kerma(&spectrum, 2.5, 1500, &mas));
    assert_close(mas * kerma / 2.25, 2.5, 1e-9);
    assert_int_equal(fx_mas_of_air_kerma(&spectrum, 0, 1500, &mas), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "exposure: air kerma: 0 uGy");
    assert_int_equal(fx_mas_of_air_kerma(&spectrum, 1, NAN, &mas), FSAM_ERROR_ARGUMENT);
    spectrum = (fx_spectrum){{0}};
    assert_int_equal(fx_mas_of_air_kerma(&spectrum, 1, 1000, &mas), FSAM_ERROR_ARGUMENT);
}

static void output_falls_towards_the_anode(void **state)
{
    const fx_tube tube = {.kv = 80, .anode_degrees = 12, .aluminium_mm = 3};
    const fx_detector_plane flat = plane();
    fx_heel heel;
    (void)state;
    assert_ok(fx_heel_of(&tube, &heel));
    assert_close(heel.output[FX_HEEL_ANGLES / 2], 1, 1e-6);
    for (int i = 1; i < FX_HEEL_ANGLES; i++) assert_true(heel.output[i] <= heel.output[i - 1]);
    assert_in_bounds(heel.output[FX_HEEL_ANGLES / 2 + 10], 0.7, 0.95); /* 5 degrees */
    assert_in_bounds(heel.output[FX_HEEL_ANGLES / 2 - 10], 1.03, 1.25);
    fx_exposure(&flat, 1, &heel, factor);
    assert_true(factor[50 * SIZE + 99] < factor[50 * SIZE + 1]);
    assert_close(factor[50 * SIZE + 50], 9, 1e-5);
    assert_close(factor[10 * SIZE + 50], factor[90 * SIZE + 50], 1e-5);
}

/* The heel is what fx_heel_of gives for that tube, also after more others than are remembered. */
static void heels_are_remembered(void **state)
{
    fx_heel heel, again;
    (void)state;
    for (int i = 0; i < 72; i++) {
        const int number = i < 70 ? i : i == 70 ? 0 : 69;
        const fx_tube tube = {.kv = 40, .anode_degrees = 12, .aluminium_mm = 2 + number / 2, .copper_mm = number % 2};
        assert_ok(fx_heel_kept(&tube, &heel));
        if (number % 69 != 0) continue;
        assert_ok(fx_heel_of(&tube, &again));
        assert_memory_equal(&heel, &again, sizeof heel);
    }
    assert_int_equal(fx_heel_kept(&(fx_tube){.kv = 10, .anode_degrees = 12}, &heel), FSAM_ERROR_ARGUMENT);
}

/* The anode's direction in the picture turns the factors with it, and no more. */
static void anode_lies_along_either_side(void **state)
{
    const fx_tube tube = {.kv = 80, .anode_degrees = 12, .aluminium_mm = 3};
    static float other[SIZE * SIZE];
    fx_detector_plane flat = plane();
    fx_heel heel;
    (void)state;
    assert_ok(fx_heel_of(&tube, &heel));
    fx_exposure(&flat, 1, &heel, factor);
    flat.anode_x = 0;
    flat.anode_y = 1;
    fx_exposure(&flat, 1, &heel, other);
    for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++) assert_close(other[x * SIZE + y], factor[y * SIZE + x], 1e-5);
}

static double open_area(const fx_collimator *collimator)
{
    double sum = 0;
    for (int i = 0; i < SIZE * SIZE; i++) factor[i] = 1;
    fx_collimate(collimator, SIZE, SIZE, factor);
    for (int i = 0; i < SIZE * SIZE; i++) sum += factor[i];
    return sum;
}

static void shutters_leave_their_area(void **state)
{
    (void)state;
    for (double angle = 0; angle < 90; angle += 17) {
        const fx_collimator rectangle = {50, 48, 20, 10.3, angle, INFINITY, 0, 0, 0};
        assert_close(open_area(&rectangle), 40 * 20.6, 0.01 * 40 * 20.6);
        const fx_collimator circle = {50, 48, INFINITY, INFINITY, angle, 30, 4, 0, 0};
        assert_close(open_area(&circle), M_PI * 900, 0.01 * M_PI * 900);
    }
    const fx_collimator blades = {50, 50, 20, 10, 0, INFINITY, 0, 0.01, 0};
    assert_close(open_area(&blades), 801 + 0.01 * (SIZE * SIZE - 801),
                 0.01); /* corner pixels count half, not a quarter */
    const fx_collimator octagon = {50, 50, 30, 30, 10, INFINITY, 0, 0, 30};
    assert_close(open_area(&octagon), 8 * tan(M_PI / 8) * 900, 0.01 * 3000);
    const fx_collimator none = {50, 50, INFINITY, INFINITY, 0, INFINITY, 0, 0, 0};
    assert_close(open_area(&none), SIZE * SIZE, 1e-9);
}

/* A long field turned by 30 degrees points right and down. */
static void shutters_turn_from_x_to_y(void **state)
{
    const fx_collimator turned = {50, 50, 40, 5, 30, INFINITY, 0, 0, 0};
    (void)state;
    open_area(&turned);
    assert_true(factor[(50 + 15) * SIZE + 50 + 26] == 1); /* 30 pixels out at 30 degrees below x */
    assert_true(factor[(50 - 15) * SIZE + 50 + 26] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pixels_add_up_to_the_solid_angle),
        cmocka_unit_test(inverse_square),
        cmocka_unit_test(load_gives_the_dose),
        cmocka_unit_test(output_falls_towards_the_anode),
        cmocka_unit_test(heels_are_remembered),
        cmocka_unit_test(anode_lies_along_either_side),
        cmocka_unit_test(shutters_leave_their_area),
        cmocka_unit_test(shutters_turn_from_x_to_y),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
