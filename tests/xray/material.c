/* material.c - attenuation of the materials, against xraylib's own compounds and formulae. */
#include "testing.h"

#include "xray/material.h"
#include <math.h>

static double attenuation(fx_material material, double kev)
{
    double value = 0;
    assert_ok(fx_material_attenuation(material, kev, &value));
    return value;
}

static void every_material_is_complete(void **state)
{
    (void)state;
    for (int i = 0; i < FX_MATERIALS; i++) {
        fx_material found;
        assert_ok(fx_material_find(fx_material_name((fx_material)i), &found));
        assert_int_equal(found, i);
        assert_true(fx_material_density((fx_material)i) > 0);
        assert_true(attenuation((fx_material)i, 60) > 0.1);
    }
}

/* With fractions that add up to 1, hydrogen apart, all light matter weakens about alike where Compton scattering rules:
 * electrons a gram are Z / A, about a half. A fraction left out would show. */
static void mass_fractions_add_up(void **state)
{
    (void)state;
    for (int i = FX_AIR; i <= FX_CORTICAL_BONE; i++) {
        if (i == FX_CONTRAST_BLOOD) continue;
        assert_in_bounds(attenuation((fx_material)i, 150), 0.133, 0.154);
    }
}

static void compounds_equal_xraylib(void **state)
{
    static const struct {
        fx_material material;
        const char *formula;
    } known[] = {{FX_WATER, "H2O"},         {FX_PMMA, "C5H8O2"},  {FX_POLYETHYLENE, "C2H4"}, {FX_SILICONE, "C2H6OSi"},
                 {FX_CESIUM_IODIDE, "CsI"}, {FX_ALUMINIUM, "Al"}, {FX_COPPER, "Cu"},         {FX_TUNGSTEN, "W"}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (double kev = 10; kev <= 150; kev += 3.5) {
            const double reference = CS_Total_CP(known[i].formula, kev, NULL);
            assert_close(attenuation(known[i].material, kev), reference, 5e-4 * reference);
        }
}

static void tissues_equal_nist(void **state)
{
    static const struct {
        fx_material material;
        const char *name;
    } known[] = {{FX_AIR, "Air, Dry (near sea level)"}, {FX_WATER, "Water, Liquid"}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (double kev = 10; kev <= 150; kev += 7) {
            const double reference = nist_compound(known[i].name, CS_Total, kev);
            double absorption;
            assert_close(attenuation(known[i].material, kev), reference, 1e-3 * reference);
            assert_ok(fx_material_energy_absorption(known[i].material, kev, &absorption));
            assert_close(absorption, nist_compound(known[i].name, CS_Energy, kev), 1e-3 * absorption);
        }
    /* NIST's tables of ICRU-44 tissues, cm^2/g: 30, 60 and 100 keV. Other evaluations, so 2 %. */
    static const struct {
        fx_material material;
        double at[3];
    } table[] = {{FX_ADIPOSE, {0.3063, 0.1974, 0.1688}},
                 {FX_MUSCLE, {0.3783, 0.2048, 0.1693}},
                 {FX_BLOOD, {0.3820, 0.2057, 0.1695}},
                 {FX_LUNG, {0.3815, 0.2053, 0.1695}},
                 {FX_CORTICAL_BONE, {1.331, 0.3148, 0.1855}}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (int e = 0; e < 3; e++)
            assert_close(attenuation(table[i].material, (double[]){30, 60, 100}[e]), table[i].at[e],
                         0.02 * table[i].at[e]);
}

static void edges_are_found(void **state)
{
    double kev[FX_MOST_ELEMENTS];
    (void)state;
    assert_int_equal(fx_material_edges(FX_WATER, kev), 0);
    assert_int_equal(fx_material_edges(FX_CESIUM_IODIDE, kev), 2);
    assert_close(kev[0], 33.17, 0.01);
    assert_close(kev[1], 35.98, 0.01);
}

static void bad_arguments_are_named(void **state)
{
    double value;
    fx_material material;
    (void)state;
    assert_int_equal(fx_material_attenuation(FX_WATER, 4.9, &value), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "water: energy: 4.9 keV is not in 5 .. 150");
    assert_int_equal(fx_material_energy_absorption(FX_LUNG, NAN, &value), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fx_material_find("unobtainium", &material), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "material: \"unobtainium\" is not known");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_material_is_complete),
        cmocka_unit_test(mass_fractions_add_up),
        cmocka_unit_test(compounds_equal_xraylib),
        cmocka_unit_test(tissues_equal_nist),
        cmocka_unit_test(edges_are_found),
        cmocka_unit_test(bad_arguments_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
