/* Resampling: exact where the truth is known. */
#include "support.h"

#include "volume/resample.h"

static double linear(const double w[3])
{
    return 3 * w[0] - 2 * w[1] + 0.5 * w[2] + 40;
}

static fv_ct linear_ct(const fv_grid *grid)
{
    fv_ct ct;
    expect_ok(fv_ct_make(grid, "t", &ct));
    for (int z = 0; z < grid->size[2]; z++)
        for (int y = 0; y < grid->size[1]; y++)
            for (int x = 0; x < grid->size[0]; x++) {
                double w[3] = {x, y, z};
                fv_affine_apply(&grid->world_from_voxel, w, w);
                ct.hu[voxel_at(grid, x, y, z)] = (int16_t)lrint(linear(w));
            }
    return ct;
}

/* A linear function comes through as it is, on a grid that is oblique to the first. */
static void test_linear(void **state)
{
    fv_grid grid = fv_grid_upright((int[]){12, 12, 12}, (double[]){2, 2, 4}, (double[]){-12, -12, -24}), other;
    fv_ct ct = linear_ct(&grid), moved;
    int inside = 0, outside = 0;
    (void)state;
    other = fv_grid_upright((int[]){20, 20, 20}, (double[]){1.5, 1.25, 2}, (double[]){-14, -13, -20});
    other.world_from_voxel.m[0][1] = 0.25;
    other.world_from_voxel.m[2][0] = -0.5;
    expect_ok(fv_ct_resample(&ct, &other, "t", &moved));
    for (int z = 0; z < 20; z++)
        for (int y = 0; y < 20; y++)
            for (int x = 0; x < 20; x++) {
                double w[3] = {x, y, z};
                fv_affine_apply(&other.world_from_voxel, w, w);
                int hu = moved.hu[voxel_at(&other, x, y, z)];
                bool in = w[0] >= -12 && w[0] <= 10 && w[1] >= -12 && w[1] <= 10 && w[2] >= -24 && w[2] <= 20;
                bool out = w[0] < -13 || w[0] > 11 || w[1] < -13 || w[1] > 11 || w[2] < -26 || w[2] > 22;
                if (in) expect_near(hu, linear(w), 0.51, "a linear function");
                if (out) assert_int_equal(hu, FV_HU_OUTSIDE);
                inside += in;
                outside += out;
            }
    assert_true(inside > 1000 && outside > 1000);
    fv_ct_free(&ct);
    fv_ct_free(&moved);
}

/* Half a voxel beyond the outermost centres has their value; further out there is nothing. */
static void test_edge(void **state)
{
    fv_grid grid = fv_grid_upright((int[]){4, 1, 3}, (double[]){1, 1, 1}, (double[]){0, 0, 0});
    fv_ct ct = linear_ct(&grid);
    (void)state;
    assert_true(fv_ct_sample(&ct, (double[]){-0.5, 0, 0}) == 40);
    assert_true(fv_ct_sample(&ct, (double[]){3.5, 0.5, 0}) == 49);
    assert_true(fv_ct_sample(&ct, (double[]){3.51, 0, 0}) == FV_HU_OUTSIDE);
    assert_true(fv_ct_sample(&ct, (double[]){(double)NAN, 0, 0}) == FV_HU_OUTSIDE);
    assert_true(fv_ct_sample(&ct, (double[]){0.25, 0, 0}) == 40.75);
    fv_ct_free(&ct);
}

static void test_respaced(void **state)
{
    double low[2][3], high[2][3], spacing[3];
    fv_grid grid = fv_grid_upright((int[]){100, 80, 30}, (double[]){0.75, 0.75, 2.5}, (double[]){-37, -200, 11});
    grid.world_from_voxel.m[0][2] = 0.3; /* oblique */
    fv_grid coarse = fv_grid_respaced(&grid, (double[]){1.5, 3, 1.25});
    (void)state;
    assert_true(coarse.size[0] == 50 && coarse.size[1] == 20 && coarse.size[2] == 60);
    fv_grid_spacing(&coarse, spacing);
    expect_near(spacing[0], 1.5, 1e-12, "spacing");
    expect_near(spacing[1], 3, 1e-12, "spacing");
    fv_grid_bounds(&grid, low[0], high[0]);
    fv_grid_bounds(&coarse, low[1], high[1]);
    expect_near(low[1][1], low[0][1], 1e-9, "low face");
    expect_near(high[1][1], high[0][1], 1e-9, "high face");
    coarse = fv_grid_respaced(&grid, (double[]){1e9, 1e-9, 1});
    assert_true(coarse.size[0] == 1 && coarse.size[1] == FV_MAX_SIZE && coarse.size[2] == 76);
}

/* To finer voxels and back, nothing changes. */
static void test_labels(void **state)
{
    fv_grid grid = fv_grid_upright((int[]){9, 8, 7}, (double[]){2, 3, 4}, (double[]){1, 2, 3});
    fv_labels labels, fine, back;
    (void)state;
    expect_ok(fv_labels_make(&grid, "t", &labels));
    for (int k = 0; k < 5; k++) expect_ok(fv_labels_add(&labels, (const char *[]){"a", "b", "c", "d", "e"}[k]));
    for (size_t i = 0; i < fv_grid_voxels(&grid); i++) labels.label[i] = (uint16_t)(i * 7 % 6);
    fv_grid finer = fv_grid_respaced(&grid, (double[]){0.667, 1, 1});
    expect_ok(fv_labels_resample(&labels, &finer, "t", &fine));
    expect_ok(fv_labels_resample(&fine, &grid, "t", &back));
    assert_int_equal(back.count, 5);
    assert_memory_equal(back.label, labels.label, fv_grid_voxels(&grid) * sizeof *labels.label);
    fv_labels_free(&labels);
    fv_labels_free(&fine);
    fv_labels_free(&back);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_linear), cmocka_unit_test(test_edge),
                                       cmocka_unit_test(test_respaced), cmocka_unit_test(test_labels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
