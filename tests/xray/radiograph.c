/* radiograph.c - the whole way: a slab's picture has the counts that the formulae give. */
#include "testing.h"

#include "xray/radiograph.h"
#include <math.h>
#include <omp.h>
#include <string.h>

enum { SIZE = 96, PIXELS = SIZE * SIZE };
static float water[PIXELS];
static uint16_t counts[PIXELS], again[PIXELS];
static fx_beam beam;

/* 60 keV photons on a step of water, 10 g/cm^2 on the right. */
static fx_technique technique(void)
{
    const fx_material material = FX_WATER;
    fx_spectrum line;
    assert_ok(fx_spectrum_of_line(60, &line));
    for (int i = 0; i < FX_BINS; i++) line.photons[i] *= 1e5;
    assert_ok(fx_beam_of(&line, FX_INTEGRATING, 0, &material, 1, &beam));
    for (int i = 0; i < PIXELS; i++) water[i] = i % SIZE < SIZE / 2 ? 0 : 10;
    fx_technique t = {.beam = &beam,
                      .plane = {SIZE, SIZE, 0.4, 1000, (SIZE - 1) * 0.5, (SIZE - 1) * 0.5, 1, 0},
                      .mas = 2,
                      .magnification = 1};
    t.detector.gain = fx_detector_gain(&t.detector, fx_open_signal(&t), 50000);
    return t;
}

static void take(const fx_technique *t, uint16_t *out)
{
    const float *mass[] = {water};
    assert_ok(fx_radiograph(t, mass, out));
}

static void slab_has_its_transmission(void **state)
{
    const fx_technique t = technique();
    double mu;
    (void)state;
    assert_ok(fx_material_attenuation(FX_WATER, 60, &mu));
    assert_close(fx_open_signal(&t), 60e5 * 2 * 0.16, 1);
    take(&t, counts);
    const int middle = SIZE / 2 * SIZE + SIZE / 2;
    assert_close(counts[middle - 1], 50000, 1);
    assert_close(counts[middle], 50000 * exp(-10 * mu), 1);
}

/* A focal spot of 2 mm, an object halfway: an edge is 2 mm wide, five pixels. */
static void focal_spot_widens_edges(void **state)
{
    fx_technique t = technique();
    (void)state;
    t.focal_spot_mm = 2;
    t.magnification = 2;
    take(&t, counts);
    const uint16_t *edge = counts + SIZE / 2 * SIZE + SIZE / 2;
    for (int x = -2; x < 2; x++) assert_close(edge[x] - edge[x - 1], (edge[10] - edge[-10]) / 5.0, 20);
    assert_close(edge[-4], edge[-10], 20);
}

static void noise_is_that_of_the_photons(void **state)
{
    fx_technique t = technique();
    const fx_noise_key key = {1, 2, 3};
    double sum = 0, squares = 0;
    (void)state;
    t.noise = &key;
    t.mas = 0.05; /* 800 photons a pixel */
    t.detector.gain = fx_detector_gain(&t.detector, fx_open_signal(&t), 50000);
    take(&t, counts);
    for (int i = 0; i < PIXELS; i++) {
        if (i % SIZE >= SIZE / 2) continue;
        sum += counts[i];
        squares += (double)counts[i] * counts[i];
    }
    const double n = PIXELS / 2.0, mean = sum / n, deviation = sqrt(squares / n - mean * mean);
    assert_close(mean, 50000, 5 * 50000 / sqrt(800 * n) + 40); /* 40: the oblique corners get less */
    assert_close(mean / deviation, sqrt(800), 0.06 * sqrt(800));
}

static void everything_at_once_is_the_same_on_any_threads(void **state)
{
    const fx_noise_key key = {1, 2, 3};
    const fx_collimator collimator = {48, 48, 40, 30, 10, INFINITY, 3, 0.001, 0};
    const fx_tube tube = {.kv = 80, .anode_degrees = 12, .aluminium_mm = 3};
    fx_heel heel;
    (void)state;
    assert_ok(fx_heel_of(&tube, &heel));
    fx_technique t = technique();
    t.heel = &heel;
    t.collimator = &collimator;
    t.focal_spot_mm = 1;
    t.magnification = 1.3;
    t.scatter = &fx_scatter_body;
    t.noise = &key;
    t.detector = (fx_detector){.light_mm = 0.5, .correlated = 1, .electronic = 100, .gain = t.detector.gain};
    omp_set_num_threads(1);
    take(&t, counts);
    omp_set_num_threads(3);
    take(&t, again);
    omp_set_num_threads(1);
    assert_memory_equal(counts, again, sizeof counts);
    assert_true(counts[0] < 1000);               /* behind the blades */
    assert_true(counts[48 * SIZE + 30] > 40000); /* in the field */
}

static void bad_techniques_are_named(void **state)
{
    const float *mass[] = {water};
    (void)state;
    fx_technique t = technique();
    t.mas = 0;
    assert_int_equal(fx_radiograph(&t, mass, counts), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "radiograph: mas: 0");
    t = technique();
    t.plane.pixel_mm = NAN;
    assert_int_equal(fx_radiograph(&t, mass, counts), FSAM_ERROR_ARGUMENT);
    t = technique();
    t.plane.width = 0;
    assert_int_equal(fx_radiograph(&t, mass, counts), FSAM_ERROR_ARGUMENT);
    t = technique();
    t.focal_spot_mm = 1;
    t.magnification = 0.5;
    assert_int_equal(fx_radiograph(&t, mass, counts), FSAM_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slab_has_its_transmission),    cmocka_unit_test(focal_spot_widens_edges),
        cmocka_unit_test(noise_is_that_of_the_photons), cmocka_unit_test(everything_at_once_is_the_same_on_any_threads),
        cmocka_unit_test(bad_techniques_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
