/* spectrum.c - tube spectra against the beam qualities of IEC 61267 and the spectra that DeepDRR uses. */
#include "testing.h"

#include "xray/spectrum.h"
#include <math.h>
#include <stdio.h>

static fx_spectrum of_tube(double kv, double aluminium_mm)
{
    fx_spectrum spectrum;
    const fx_tube tube = {.kv = kv, .anode_degrees = FX_ANODE_DEGREES, .aluminium_mm = aluminium_mm};
    assert_ok(fx_spectrum_of_tube(&tube, &spectrum));
    return spectrum;
}

static double half_value_layer(const fx_spectrum *spectrum)
{
    double mm = 0;
    assert_ok(fx_spectrum_half_value_layer(spectrum, &mm));
    return mm;
}

/* The filtration from 2.5 to 3 mm that comes closest to the half-value layer: as in IEC 61267, where it is the
 * filtration that is adjusted. */
static double fit_filtration(double kv, double wanted_mm)
{
    double low = 2.5, high = 3.0;
    for (int i = 0; i < 20; i++) {
        const fx_spectrum spectrum = of_tube(kv, 0.5 * (low + high));
        if (half_value_layer(&spectrum) < wanted_mm)
            low = 0.5 * (low + high);
        else
            high = 0.5 * (low + high);
    }
    return 0.5 * (low + high);
}

static void half_value_layers_of_iec_61267(void **state)
{
    static const struct {
        const char *name;
        double kv, mm;
    } quality[] = {{"RQR 2", 40, 1.42},  {"RQR 3", 50, 1.78},  {"RQR 4", 60, 2.19},
                   {"RQR 5", 70, 2.58},  {"RQR 6", 80, 3.01},  {"RQR 7", 90, 3.48},
                   {"RQR 8", 100, 3.97}, {"RQR 9", 120, 5.00}, {"RQR 10", 150, 6.57}};
    (void)state;
    printf("quality   kV  filtration  HVL, mm Al  reference\n");
    for (size_t i = 0; i < sizeof quality / sizeof *quality; i++) {
        const double filtration = fit_filtration(quality[i].kv, quality[i].mm);
        const fx_spectrum spectrum = of_tube(quality[i].kv, filtration);
        const double mm = half_value_layer(&spectrum);
        printf("%-7s %4.0f  %10.2f  %10.2f  %9.2f  %+.1f %%\n", quality[i].name, quality[i].kv, filtration, mm,
               quality[i].mm, 100 * (mm / quality[i].mm - 1));
        assert_close(mm, quality[i].mm, 0.05 * quality[i].mm);
    }
}

/* At their own filtration, with nothing left to adjust. */
static void spectra_of_deepdrr(void **state)
{
    static const struct {
        double kv, filtration, mean, mm;
    } reference[] = {{60, 3.5, 37.5, 2.72}, {90, 4.0, 49.2, 4.54}, {120, 4.3, 58.2, 6.26}};
    (void)state;
    printf("  kV  filtration  mean, keV  reference  HVL, mm Al  reference\n");
    for (size_t i = 0; i < sizeof reference / sizeof *reference; i++) {
        const fx_spectrum spectrum = of_tube(reference[i].kv, reference[i].filtration);
        const double mean = fx_spectrum_mean_kev(&spectrum), mm = half_value_layer(&spectrum);
        printf("%4.0f  %10.1f  %9.1f  %9.1f  %10.2f  %9.2f\n", reference[i].kv, reference[i].filtration, mean,
               reference[i].mean, mm, reference[i].mm);
        assert_close(mean, reference[i].mean, 0.05 * reference[i].mean);
        assert_close(mm, reference[i].mm, 0.05 * reference[i].mm);
    }
}

/* For one energy the half-value layer is ln 2 / mu. */
static void line_has_its_half_value_layer(void **state)
{
    fx_spectrum line;
    double mu;
    (void)state;
    assert_ok(fx_spectrum_of_line(60.2, &line));
    assert_ok(fx_material_attenuation(FX_ALUMINIUM, 60, &mu));
    assert_close(half_value_layer(&line), 10 * log(2) / (mu * fx_material_density(FX_ALUMINIUM)), 1e-5);
    assert_close(fx_spectrum_mean_kev(&line), 60, 1e-12);
}

static void line_is_filtered_by_the_exponential_law(void **state)
{
    fx_spectrum line;
    double mu;
    (void)state;
    assert_ok(fx_spectrum_of_line(40, &line));
    assert_ok(fx_material_attenuation(FX_COPPER, 40, &mu));
    assert_ok(fx_spectrum_filter(&line, FX_COPPER, 0.3));
    assert_close(line.photons[40 - FX_FIRST_BIN_KEV], exp(-mu * 8.96 * 0.03), 1e-12);
}

/* 1 Gy is 1 J/kg: 10^6 photons/mm^2 of 60 keV give 10^8/cm^2 x 60 keV x mu_en, of which every cm^2/g is 1000 cm^2/kg.
 * (xraylib's mu_en of air is 0.0287 cm^2/g here, where NIST has 0.0304.) */
static void air_kerma_of_a_line(void **state)
{
    fx_spectrum line;
    double microgray;
    (void)state;
    assert_ok(fx_spectrum_of_line(60, &line));
    assert_ok(fx_spectrum_air_kerma(&line, &microgray));
    assert_close(1e6 * microgray,
                 1e8 * 60 * 1.602177e-16 * 1e3 * 1e6 * nist_compound("Air, Dry (near sea level)", CS_Energy, 60),
                 1e-3 * 1e6 * microgray);
}

/* The European Commission's Radiation Protection 162 wants 25 uGy/mAs or more at 80 kV and 2.5 mm Al; 80 kV tubes in
 * use give up to three times that. */
static void output_is_that_of_tubes_in_use(void **state)
{
    double microgray;
    const fx_spectrum spectrum = of_tube(80, 2.5);
    (void)state;
    assert_ok(fx_spectrum_air_kerma(&spectrum, &microgray));
    printf("80 kV, 2.5 mm Al: %.1f uGy/mAs at 1 m\n", microgray);
    assert_in_bounds(microgray, 25, 80);
}

static void k_lines_appear_above_the_edge(void **state)
{
    const fx_spectrum below = of_tube(69, 2.5), above = of_tube(100, 2.5);
    const double *b = below.photons - FX_FIRST_BIN_KEV, *a = above.photons - FX_FIRST_BIN_KEV;
    (void)state;
    assert_in_bounds(b[59] / (b[58] + b[60]), 0.45, 0.55);
    assert_true(a[59] > 1.5 * a[61]);
    assert_true(a[58] > 1.3 * a[61]);
    assert_true(a[67] > 1.2 * a[65]);
    assert_true(a[59] > a[58]); /* K alpha 1 is the stronger */
}

static void nothing_is_above_the_voltage(void **state)
{
    const fx_spectrum spectrum = of_tube(80, 2.5);
    (void)state;
    for (int i = 0; i < FX_BINS; i++) {
        assert_true(spectrum.photons[i] >= 0);
        if (fx_bin_kev(i) > 80) assert_true(spectrum.photons[i] == 0);
    }
}

static void bad_tubes_are_refused(void **state)
{
    static const struct {
        fx_tube tube;
        const char *message;
    } bad[] = {{{39, 12, 2.5, 0}, "tube: kv: 39 is not in 40 .. 150"},
               {{NAN, 12, 2.5, 0}, "tube: kv: nan is not in 40 .. 150"},
               {{80, 0.5, 2.5, 0}, "tube: anode_degrees: 0.5 is not in 1 .. 45"},
               {{80, 12, -1, 0}, "tube: aluminium_mm: -1 is not in 0 .. 50"},
               {{80, 12, 2.5, 6}, "tube: copper_mm: 6 is not in 0 .. 5"}};
    fx_spectrum spectrum;
    double mm;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(fx_spectrum_of_tube(&bad[i].tube, &spectrum), FSAM_ERROR_ARGUMENT);
        assert_string_equal(fb_message(), bad[i].message);
    }
    assert_int_equal(fx_spectrum_of_line(9, &spectrum), FSAM_ERROR_ARGUMENT);
    spectrum = (fx_spectrum){{0}};
    assert_int_equal(fx_spectrum_half_value_layer(&spectrum, &mm), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fx_spectrum_filter(&spectrum, FX_COPPER, -0.1), FSAM_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_value_layers_of_iec_61267),
        cmocka_unit_test(spectra_of_deepdrr),
        cmocka_unit_test(line_has_its_half_value_layer),
        cmocka_unit_test(line_is_filtered_by_the_exponential_law),
        cmocka_unit_test(air_kerma_of_a_line),
        cmocka_unit_test(output_is_that_of_tubes_in_use),
        cmocka_unit_test(k_lines_appear_above_the_edge),
        cmocka_unit_test(nothing_is_above_the_voltage),
        cmocka_unit_test(bad_tubes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
