/* tissue.c - CT numbers to basis materials, and how well two of these stand for a tissue. */
#include "testing.h"

#include "xray/tissue.h"
#include <math.h>
#include <stdio.h>

static double attenuation(fx_material material, double kev)
{
    double value = 0;
    assert_ok(fx_material_attenuation(material, kev, &value));
    return value;
}

/* The largest relative error of a material's basis from low to 150 keV. */
static double worst_error(fx_material material, int low)
{
    double share[FX_BASES], worst = 0;
    assert_ok(fx_basis_of(material, share));
    for (int kev = low; kev <= 150; kev++) {
        double sum = 0;
        for (int b = 0; b < FX_BASES; b++) sum += share[b] * attenuation(fx_basis[b], kev);
        worst = fmax(worst, fabs(sum / attenuation(material, kev) - 1));
    }
    return worst;
}

static void two_materials_stand_for_every_tissue(void **state)
{
    (void)state;
    printf("tissue            water    bone  worst error from 20 keV, from 30 keV\n");
    for (int m = FX_AIR; m <= FX_CORTICAL_BONE; m++) {
        double share[FX_BASES];
        if (m == FX_CONTRAST_BLOOD) continue; /* has a K edge: iodine is a basis material of its own */
        assert_ok(fx_basis_of((fx_material)m, share));
        printf("%-16s %6.3f  %6.3f  %6.2f %%  %6.2f %%\n", fx_material_name((fx_material)m), share[0], share[1],
               100 * worst_error((fx_material)m, 20), 100 * worst_error((fx_material)m, 30));
        assert_true(worst_error((fx_material)m, 20) < 0.016);
        assert_true(worst_error((fx_material)m, 30) < 0.006);
    }
    assert_true(worst_error(FX_PMMA, 20) < 0.016);
    assert_true(worst_error(FX_STAINLESS_STEEL, 20) > 0.1);
}

static void basis_is_its_own(void **state)
{
    (void)state;
    for (int b = 0; b < FX_BASES; b++) {
        double share[FX_BASES];
        assert_ok(fx_basis_of(fx_basis[b], share));
        for (int c = 0; c < FX_BASES; c++) assert_close(share[c], b == c, 1e-9);
    }
}

/* HU = 1000 (mu / mu_water - 1), at every CT number from -1000 on. */
static void ct_numbers_come_back(void **state)
{
    static fx_tissue_table table;
    const double water = attenuation(FX_WATER, FX_CT_KEV) * fx_material_density(FX_WATER);
    (void)state;
    assert_ok(fx_tissue_table_of(FX_TISSUE_BLENDED, &table));
    for (int hu = FX_LOWEST_HU; hu <= FX_HIGHEST_HU; hu++) {
        double mu = 0;
        for (int b = 0; b < FX_BASES; b++) mu += fx_tissue_at(&table, hu)[b] * attenuation(fx_basis[b], FX_CT_KEV);
        assert_close(1000 * (mu / water - 1), hu < -1000 ? -1000 : hu, 1e-3);
    }
}

static void tissues_are_found_at_their_ct_numbers(void **state)
{
    static const struct {
        fx_material material;
        double low, high; /* HU, of clinical CT */
    } known[] = {
        {FX_AIR, -1000, -998}, {FX_LUNG, -800, -700}, {FX_ADIPOSE, -120, -70},        {FX_WATER, 0, 0},
        {FX_MUSCLE, 30, 70},   {FX_BLOOD, 30, 75},    {FX_TRABECULAR_BONE, 150, 400}, {FX_CORTICAL_BONE, 1200, 1900}};
    static fx_tissue_table table;
    (void)state;
    assert_ok(fx_tissue_table_of(FX_TISSUE_BLENDED, &table));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        double hu;
        assert_ok(fx_material_hu(known[i].material, &hu));
        printf("%-16s %7.0f HU\n", fx_material_name(known[i].material), hu);
        assert_in_bounds(hu, known[i].low, known[i].high);
    }
    double hu, share[FX_BASES];
    assert_ok(fx_material_hu(FX_CORTICAL_BONE, &hu));
    assert_ok(fx_basis_of(FX_CORTICAL_BONE, share));
    const float *row = fx_tissue_at(&table, (int)lround(hu));
    assert_close(row[FX_BASIS_BONE], 1.92, 1e-3);
    assert_close(row[FX_BASIS_WATER], 0, 2e-3);
}

static void rows_beyond_the_ends_are_the_ends(void **state)
{
    static fx_tissue_table table;
    (void)state;
    assert_ok(fx_tissue_table_of(FX_TISSUE_BLENDED, &table));
    assert_ptr_equal(fx_tissue_at(&table, -32768), table.density[0]);
    assert_ptr_equal(fx_tissue_at(&table, 32767), table.density[FX_HUS - 1]);
    assert_true(table.density[0][FX_BASIS_WATER] == 0 && table.density[0][FX_BASIS_BONE] == 0);
}

static void thresholds_are_deepdrrs(void **state)
{
    static fx_tissue_table table;
    double bone[FX_BASES], soft[FX_BASES];
    (void)state;
    assert_ok(fx_tissue_table_of(FX_TISSUE_THRESHOLDS, &table));
    assert_ok(fx_basis_of(FX_SOFT_TISSUE, soft));
    assert_ok(fx_basis_of(FX_CORTICAL_BONE, bone));
    assert_close(fx_tissue_at(&table, 350)[FX_BASIS_BONE], (0.0005886 * 350 + 1.03) * soft[FX_BASIS_BONE], 1e-6);
    assert_close(fx_tissue_at(&table, 351)[FX_BASIS_BONE], (0.0005886 * 351 + 1.03) * bone[FX_BASIS_BONE], 1e-6);
    assert_close(fx_tissue_at(&table, -500)[FX_BASIS_WATER], (0.001029 * -500 + 1.03) * soft[FX_BASIS_WATER], 1e-6);
    assert_true(fx_tissue_at(&table, -1024)[FX_BASIS_WATER] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_materials_stand_for_every_tissue),
        cmocka_unit_test(basis_is_its_own),
        cmocka_unit_test(ct_numbers_come_back),
        cmocka_unit_test(tissues_are_found_at_their_ct_numbers),
        cmocka_unit_test(rows_beyond_the_ends_are_the_ends),
        cmocka_unit_test(thresholds_are_deepdrrs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
