/* beam.c - attenuation of whole spectra, against the exponential law bin by bin, in double. */
#include "testing.h"

#include "tensor/cpu/gemm.h"
#include "xray/beam.h"
#include "xray/quadrature.h"
#include "xray/tissue.h"
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double attenuation(fx_material material, double kev)
{
    double value = 0;
    assert_ok(fx_material_attenuation(material, kev, &value));
    return value;
}

/* x^k sums equally over points and nodes up to degree 2 n - 1. */
static void gauss_is_exact_for_polynomials(void **state)
{
    double x[40], w[40], node[5], weight[5];
    (void)state;
    for (int i = 0; i < 40; i++) {
        x[i] = 0.05 * i - 0.7;
        w[i] = 1 + (i * 7 % 11);
    }
    assert_int_equal(fx_gauss(x, w, 40, 5, node, weight), 5);
    for (int k = 0; k < 10; k++) {
        double points = 0, nodes = 0;
        for (int i = 0; i < 40; i++) points += w[i] * pow(x[i], k);
        for (int i = 0; i < 5; i++) nodes += weight[i] * pow(node[i], k);
        assert_close(nodes, points, 1e-11 * w[7] * 40);
    }
    for (int i = 1; i < 5; i++) assert_true(node[i] > node[i - 1]);
}

static void few_points_stand_for_themselves(void **state)
{
    const double x[] = {3, 1, 2}, w[] = {30, 10, 20};
    double node[4], weight[4];
    (void)state;
    assert_int_equal(fx_gauss(x, w, 3, 4, node, weight), 3);
    for (int i = 0; i < 3; i++) {
        assert_true(node[i] == i + 1);
        assert_true(weight[i] == 10 * (i + 1));
    }
}

/* One pixel of a ray through mass[m] of each material. */
static double signal_of(const fx_beam *beam, const float *mass, double *variance)
{
    const float *plane[FX_MOST_MATERIALS];
    float signal, square;
    for (int m = 0; m < beam->materials; m++) plane[m] = &mass[m];
    fx_beam_image(beam, plane, 1, &signal, &square);
    *variance = square;
    return signal;
}

static void monoenergetic_water_follows_the_exponential_law(void **state)
{
    const fx_material water = FX_WATER;
    fx_spectrum line;
    fx_beam beam;
    double variance;
    (void)state;
    for (double kev = 20; kev <= 140; kev += 20) {
        assert_ok(fx_spectrum_of_line(kev, &line));
        assert_ok(fx_beam_of(&line, FX_INTEGRATING, 0, &water, 1, &beam));
        for (float cm = 0; cm <= 40; cm += 2.5f) {
            const float mass = cm * (float)fx_material_density(FX_WATER);
            const double exact = kev * exp(-attenuation(FX_WATER, kev) * mass);
            assert_close(signal_of(&beam, &mass, &variance), exact, 4e-6 * exact);
            assert_close(variance, kev * exact, 4e-6 * kev * exact);
        }
    }
}

/* All 1 keV bins. */
static double exact_signal(const fx_spectrum *spectrum, double scintillator, const fx_material *material, int materials,
                           const float *mass, double *variance)
{
    double signal = 0;
    *variance = 0;
    for (int i = 0; i < FX_BINS; i++) {
        const double kev = fx_bin_kev(i);
        double depth = 0;
        for (int m = 0; m < materials; m++) depth += mass[m] * attenuation(material[m], kev);
        const double photons = spectrum->photons[i] * exp(-depth) *
                               (scintillator > 0 ? 1 - exp(-scintillator * attenuation(FX_CESIUM_IODIDE, kev)) : 1);
        signal += photons * kev;
        *variance += photons * kev * kev;
    }
    return signal;
}

/* The largest relative error of signal and variance where 1e-5 of the beam or more comes through 0 to 40 g/cm^2 of
 * water, 0 to 8 of bone and 0 to `most` of a third material. */
static double worst_error(double kv, fx_material third, float most)
{
    const fx_material material[] = {FX_WATER, FX_CORTICAL_BONE, third};
    const fx_tube tube = {.kv = kv, .anode_degrees = FX_ANODE_DEGREES, .aluminium_mm = 2.5};
    fx_spectrum spectrum;
    fx_beam beam;
    double worst = 0;
    assert_ok(fx_spectrum_of_tube(&tube, &spectrum));
    assert_ok(fx_beam_of(&spectrum, FX_INTEGRATING, 0.2, material, 3, &beam));
    for (int i = 0; i < 9 * 5 * 5; i++) {
        const float mass[] = {5.0f * (float)(i % 9), 2.0f * (float)(i / 9 % 5), most / 4 * (float)(i / 45)};
        double exact_variance, variance;
        const double exact = exact_signal(&spectrum, 0.2, material, 3, mass, &exact_variance);
        const double signal = signal_of(&beam, mass, &variance);
        if (exact < 1e-5 * beam.open_signal) continue;
        worst = fmax(worst, fmax(fabs(signal / exact - 1), fabs(variance / exact_variance - 1)));
    }
    printf("%4.0f kV, to %g g/cm^2 of %-18s %2d energies, worst error %.4f %%\n", kv, (double)most,
           fx_material_name(third), beam.nodes, 100 * worst);
    return worst;
}

static void few_energies_do_for_a_spectrum(void **state)
{
    (void)state;
    for (double kv = 50; kv <= 150; kv += 50) {
        assert_true(worst_error(kv, FX_STAINLESS_STEEL, 2) < 1e-3);
        assert_true(worst_error(kv, FX_TITANIUM, 2) < 1e-3);
        assert_true(worst_error(kv, FX_IODINE, 0.2f) < 1e-3);
        assert_true(worst_error(kv, FX_TANTALUM, 1) < 1e-3);
    }
}

static void detector_weighs_photons(void **state)
{
    const fx_material water = FX_WATER;
    const fx_tube tube = {.kv = 80, .anode_degrees = FX_ANODE_DEGREES, .aluminium_mm = 2.5};
    fx_spectrum spectrum;
    fx_beam all, thin, count;
    double photons = 0, variance;
    const float none = 0;
    (void)state;
    assert_ok(fx_spectrum_of_tube(&tube, &spectrum));
    for (int i = 0; i < FX_BINS; i++) photons += spectrum.photons[i];
    assert_ok(fx_beam_of(&spectrum, FX_INTEGRATING, 0, &water, 1, &all));
    assert_ok(fx_beam_of(&spectrum, FX_INTEGRATING, 0.2, &water, 1, &thin));
    assert_ok(fx_beam_of(&spectrum, FX_COUNTING, 0, &water, 1, &count));
    assert_close(count.open_signal, photons, 1e-6 * photons);
    assert_close(count.open_variance, photons, 1e-6 * photons);
    assert_close(all.open_signal, photons * fx_spectrum_mean_kev(&spectrum), 1e-6 * all.open_signal);
    assert_in_bounds(thin.open_signal / all.open_signal, 0.7, 0.95);
    assert_close(signal_of(&thin, &none, &variance), thin.open_signal, 1e-5 * thin.open_signal);
}

/* Masses of a picture that is no multiple of any vector. */
enum { PIXELS = 5003, PLANES = 5 };
static float plane[PLANES][PIXELS], one[2][PIXELS], two[2][PIXELS];

static fx_beam beam_of_planes(const float *mass[PLANES], int planes)
{
    const fx_material material[] = {FX_WATER, FX_CORTICAL_BONE, FX_STAINLESS_STEEL, FX_IODINE, FX_TITANIUM};
    const fx_tube tube = {.kv = 90, .anode_degrees = FX_ANODE_DEGREES, .aluminium_mm = 2.5};
    fx_spectrum spectrum;
    fx_beam beam;
    uint32_t random = 1;
    for (int m = 0; m < PLANES; m++) {
        mass[m] = plane[m];
        for (int i = 0; i < PIXELS; i++) {
            random = random * 1664525u + 1013904223u;
            plane[m][i] = (float)(random >> 8) * 0x1p-24f * (m == 0 ? 30.0f : 1.0f);
        }
    }
    assert_ok(fx_spectrum_of_tube(&tube, &spectrum));
    assert_ok(fx_beam_of(&spectrum, FX_INTEGRATING, 0.2, material, planes, &beam));
    return beam;
}

static void instruction_sets_agree(void **state)
{
    const float *mass[PLANES];
    (void)state;
    for (int planes = 1; planes <= PLANES; planes++) {
        const fx_beam beam = beam_of_planes(mass, planes);
        fk_isa_limit(FK_ISA_PLAIN);
        fx_beam_image(&beam, mass, PIXELS, one[0], one[1]);
        for (fk_isa isa = FK_ISA_AVX2; isa <= FK_ISA_AVX512; isa++) {
            fk_isa_limit(isa);
            fx_beam_image(&beam, mass, PIXELS, two[0], two[1]);
            for (int i = 0; i < PIXELS; i++) {
                assert_close(two[0][i], one[0][i], 3e-6 * one[0][i]);
                assert_close(two[1][i], one[1][i], 3e-6 * one[1][i]);
            }
        }
        fk_isa_limit(FK_ISA_AVX512BF16);
    }
}

static void threads_do_not_matter(void **state)
{
    const float *mass[PLANES];
    const fx_beam beam = beam_of_planes(mass, 3);
    (void)state;
    omp_set_num_threads(1);
    fx_beam_image(&beam, mass, PIXELS, one[0], one[1]);
    omp_set_num_threads(3);
    fx_beam_image(&beam, mass, PIXELS, two[0], two[1]);
    omp_set_num_threads(1);
    assert_memory_equal(one, two, sizeof one);
}

static void bad_beams_are_refused(void **state)
{
    fx_material material[FX_MOST_MATERIALS + 1] = {FX_WATER};
    const fx_spectrum dark = {{0}};
    fx_spectrum line;
    fx_beam beam;
    (void)state;
    assert_ok(fx_spectrum_of_line(60, &line));
    assert_int_equal(fx_beam_of(&line, FX_COUNTING, 0, material, 0, &beam), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fx_beam_of(&line, FX_COUNTING, 0, material, FX_MOST_MATERIALS + 1, &beam), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "beam: materials: 9 is not in 1 .. 8");
    assert_int_equal(fx_beam_of(&line, FX_COUNTING, -1, material, 1, &beam), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fx_beam_of(&dark, FX_COUNTING, 0, material, 1, &beam), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "beam: spectrum: it has no photons");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gauss_is_exact_for_polynomials),
        cmocka_unit_test(few_points_stand_for_themselves),
        cmocka_unit_test(monoenergetic_water_follows_the_exponential_law),
        cmocka_unit_test(few_energies_do_for_a_spectrum),
        cmocka_unit_test(detector_weighs_photons),
        cmocka_unit_test(instruction_sets_agree),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(bad_beams_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
