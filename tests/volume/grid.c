/* Affine maps and grids: exact geometry, turning, and what is refused. */
#include "support.h"

static void test_invert(void **state)
{
    fv_affine map = {.m = {{0, -2, 0.5, 10}, {3, 0, 0.25, -4}, {0.1, 0, 1.5, 7}}}, inverse, both;
    (void)state;
    assert_true(fv_affine_invert(&map, &inverse));
    both = fv_affine_compose(&map, &inverse);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++) expect_near(both.m[i][j], i == j, 1e-12, "map after its inverse");
    expect_near(fv_affine_determinant(&map), 0.5 * 0 + 2 * (3 * 1.5 - 0.25 * 0.1), 1e-12, "determinant");
    map.m[1][3] = (double)NAN;
    assert_false(fv_affine_invert(&map, &inverse));
    map.m[1][3] = 0;
    for (int i = 0; i < 3; i++) map.m[i][2] = map.m[i][1];
    assert_false(fv_affine_invert(&map, &inverse));
}

static void test_measures(void **state)
{
    double v[3], low[3], high[3];
    fv_grid grid = fv_grid_upright((int[]){10, 20, 30}, (double[]){1, 2, 3}, (double[]){-5, 0, 100});
    (void)state;
    assert_int_equal(fv_grid_voxels(&grid), 6000);
    fv_grid_spacing(&grid, v);
    assert_true(v[0] == 1 && v[1] == 2 && v[2] == 3);
    fv_grid_centre(&grid, v);
    assert_true(v[0] == -0.5 && v[1] == 19 && v[2] == 143.5);
    fv_grid_bounds(&grid, low, high);
    assert_true(low[0] == -5.5 && low[1] == -1 && low[2] == 98.5);
    assert_true(high[0] == 4.5 && high[1] == 39 && high[2] == 188.5);
    fv_grid other = grid;
    other.world_from_voxel.m[2][3] += 0.02;
    assert_true(fv_grid_same(&grid, &other));
    other.world_from_voxel.m[2][2] += 0.005; /* 0.145 mm at the far end */
    assert_false(fv_grid_same(&grid, &other));
}

static void test_refused(void **state)
{
    fv_grid grid = fv_grid_upright((int[]){10, 20, 30}, (double[]){1, 1, 1}, (double[]){0, 0, 0});
    (void)state;
    expect_ok(fv_grid_check(&grid, "g", 6000));
    assert_int_equal(fv_grid_check(&grid, "g", 5999), FSAM_ERROR_MEMORY);
    expect_message("g: size: ", "more than 5999 voxels");
    grid.size[1] = 0;
    assert_int_equal(fv_grid_check(&grid, "g", 0), FSAM_ERROR_FORMAT);
    expect_message("g: size: ", "axis 2");
    grid.size[0] = grid.size[1] = grid.size[2] = FV_MAX_SIZE;
    assert_int_equal(fv_grid_check(&grid, "g", 0), FSAM_ERROR_MEMORY);
    grid.size[0] = grid.size[1] = grid.size[2] = 4;
    grid.world_from_voxel.m[0][0] = 0;
    assert_int_equal(fv_grid_check(&grid, "g", 0), FSAM_ERROR_FORMAT);
    expect_message("g: affine: ", "singular");
}

/* Every order and sense of the axes, somewhat oblique: each voxel stays where it is in the world. */
static void expect_turned(const int order[3], int flips)
{
    const int size[3] = {3, 4, 5};
    const double spacing[3] = {0.5, 1, 2};
    fv_grid grid = {0}, turned;
    for (int j = 0; j < 3; j++) {
        int axis = order[j]; /* of the world, that the grid's axis j follows */
        grid.size[j] = size[j];
        for (int i = 0; i < 3; i++) grid.world_from_voxel.m[i][j] = 0.1 * (i - axis) * spacing[j];
        grid.world_from_voxel.m[axis][j] = (flips >> j & 1) != 0 ? -spacing[j] : spacing[j];
        grid.world_from_voxel.m[j][3] = 7 * j - 3;
    }
    fv_turn turn = fv_grid_turn(&grid, &turned);
    ptrdiff_t first, step[3];
    fv_turn_steps(&turn, &turned, &first, step);
    for (int i = 0; i < 3; i++) {
        assert_true(turned.world_from_voxel.m[i][i] > 0);
        assert_int_equal(turned.size[order[i]], size[i]);
    }
    for (int n = 0; n < 60; n++) {
        double voxel[3] = {n % 3, n / 3 % 4, n / 12}, world[3], back[3];
        fv_affine_apply(&grid.world_from_voxel, voxel, world);
        ptrdiff_t at = first + n % 3 * step[0] + n / 3 % 4 * step[1] + n / 12 * step[2];
        assert_true(at >= 0 && at < 60);
        double found[3] = {(double)(at % turned.size[0]), (double)(at / turned.size[0] % turned.size[1]),
                           (double)(at / turned.size[0] / turned.size[1])};
        fv_affine_apply(&turned.world_from_voxel, found, back);
        for (int i = 0; i < 3; i++) expect_near(back[i], world[i], 1e-12, "place of a turned voxel");
    }
}

static void test_turn(void **state)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    (void)state;
    for (int k = 0; k < 6; k++)
        for (int flips = 0; flips < 8; flips++) expect_turned(orders[k], flips);
}

static void test_structures(void **state)
{
    fv_labels labels;
    fv_extent extents[3];
    fv_grid grid = fv_grid_upright((int[]){8, 8, 8}, (double[]){2, 2, 5}, (double[]){-8, 0, 0});
    (void)state;
    expect_ok(fv_labels_make(&grid, "l", &labels));
    expect_ok(fv_labels_add(&labels, "spleen"));
    expect_ok(fv_labels_add(&labels, "gizzard"));
    assert_int_equal(fv_labels_find(&labels, "gizzard"), 2);
    assert_int_equal(fv_labels_find(&labels, "liver"), 0);
    assert_int_equal(labels.structure[0].category->id, 1);
    assert_null(labels.structure[1].category);
    for (int x = 2; x < 5; x++) labels.label[voxel_at(&grid, x, 6, 1)] = 1;
    fv_labels_extents(&labels, extents);
    assert_int_equal(extents[0].voxels, 509);
    assert_int_equal(extents[1].voxels, 3);
    assert_int_equal(extents[2].voxels, 0);
    expect_near(extents[1].volume_ml, 0.06, 1e-12, "volume");
    expect_near(extents[1].centroid_mm[0], -2, 1e-12, "centroid");
    expect_near(extents[1].centroid_mm[1], 12, 1e-12, "centroid");
    assert_true(extents[1].low[0] == 2 && extents[1].high[0] == 4 && extents[1].low[1] == 6);
    fv_labels_free(&labels);
    fv_labels_free(NULL);
    fv_ct_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_invert), cmocka_unit_test(test_measures),
                                       cmocka_unit_test(test_refused), cmocka_unit_test(test_turn),
                                       cmocka_unit_test(test_structures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
