/* Where structures are: moments against boxes of known size, and the sides of the phantom's limbs. */
#include "support.h"

static void fill(fv_labels *labels, const char *name, const int low[3], const int high[3])
{
    if (fv_labels_find(labels, name) == 0) expect_ok(fv_labels_add(labels, name));
    const int label = fv_labels_find(labels, name), *size = labels->grid.size;
    for (int z = low[2]; z <= high[2]; z++)
        for (int y = low[1]; y <= high[1]; y++)
            for (int x = low[0]; x <= high[0]; x++)
                labels->label[((size_t)z * (size_t)size[1] + (size_t)y) * (size_t)size[0] + (size_t)x] =
                    (uint16_t)label;
}

static fv_labels empty(void)
{
    fv_labels labels;
    const fv_grid grid = fv_grid_upright((int[]){40, 20, 30}, (double[]){2, 3, 4}, (double[]){-39, 100, 500});
    expect_ok(fv_labels_make(&grid, "t", &labels));
    return labels;
}

static void test_box(void **state)
{
    fv_labels labels = empty();
    fs_anatomy *anatomy;
    fs_region region;
    (void)state;
    fill(&labels, "liver", (int[]){4, 5, 0}, (int[]){9, 8, 19}); /* 12 x 12 x 80 mm */
    expect_ok(fs_anatomy_make(&labels, &anatomy));
    assert_true(fs_anatomy_find(anatomy, "liver", FB_SIDE_NONE, &region));
    assert_int_equal(region.voxels, 6 * 4 * 20);
    expect_near(region.centroid_mm[0], -39 + 13, 1e-9, "x");
    expect_near(region.centroid_mm[1], 100 + 19.5, 1e-9, "y");
    expect_near(region.low_mm[2], 498, 1e-9, "low");
    expect_near(region.high_mm[2], 578, 1e-9, "high");
    expect_near(region.axis[0][2], 1, 1e-9, "its length is upright");
    expect_near(region.spread_mm[0], 4 * sqrt((20 * 20 - 1) / 12.0), 1e-9, "of evenly spaced planes");
    assert_true(region.cut_below && !region.cut_above);
    assert_false(fs_anatomy_find(anatomy, "spleen", FB_SIDE_NONE, &region));
    assert_true(isnan(fs_anatomy_middle(anatomy)));
    fs_anatomy_free(anatomy);
    fv_labels_free(&labels);
}

/* Tibias on both sides of the spine; then without a spine, by a lone femur; then by nothing. */
static void test_middle(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        fv_labels labels = empty();
        fs_anatomy *anatomy;
        fs_region left, right;
        fill(&labels, "tibia", (int[]){2, 5, 3}, (int[]){4, 7, 9});
        fill(&labels, "tibia", (int[]){30, 5, 3}, (int[]){33, 7, 9});
        if (kind == 0) fill(&labels, "vertebrae_L3", (int[]){18, 5, 15}, (int[]){21, 8, 18});
        if (kind == 1) fill(&labels, "femur_right", (int[]){2, 5, 15}, (int[]){5, 8, 18});
        expect_ok(fs_anatomy_make(&labels, &anatomy));
        const bool has_left = fs_anatomy_find(anatomy, "tibia", FB_SIDE_LEFT, &left);
        const bool has_right = fs_anatomy_find(anatomy, "tibia", FB_SIDE_RIGHT, &right);
        if (kind == 0) {
            assert_int_equal(left.voxels, 4 * 3 * 7);
            assert_int_equal(right.voxels, 3 * 3 * 7);
            expect_near(fs_anatomy_middle(anatomy), 0, 1e-9, "middle");
        }
        assert_int_equal(has_left, kind == 0);
        assert_int_equal(has_right, kind != 2);
        if (kind == 1) assert_int_equal(right.voxels, 7 * 3 * 7);
        assert_true(fs_anatomy_find(anatomy, "tibia", FB_SIDE_NONE, &left));
        assert_int_equal(left.voxels, 7 * 3 * 7);
        fs_anatomy_free(anatomy);
        fv_labels_free(&labels);
    }
}

static void test_legs(void **state)
{
    fs_anatomy *anatomy = phantom_anatomy(5, (double[]){-200, -100, 200}, (double[]){200, 120, 1000});
    fs_region femur, tibia, both;
    const char *missing = NULL;
    (void)state;
    assert_true(fs_anatomy_find(anatomy, "femur_*", FB_SIDE_RIGHT, &femur));
    assert_true(femur.centroid_mm[0] < -80 && femur.axis[0][2] > 0.98);
    assert_true(fs_anatomy_find(anatomy, "tibia", FB_SIDE_LEFT, &tibia));
    assert_true(tibia.low_mm[0] > 30 && tibia.cut_below && !tibia.cut_above);
    const char *const names[] = {"femur_*", "tibia", NULL, "patella"};
    assert_true(fs_anatomy_join(anatomy, names, 4, FB_SIDE_LEFT, &both, &missing));
    expect_near(both.low_mm[2], tibia.low_mm[2], 0, "joined");
    assert_true(both.high_mm[2] > 900);
    const char *const more[] = {"femur_*", "skull"};
    assert_false(fs_anatomy_join(anatomy, more, 2, FB_SIDE_LEFT, &both, &missing));
    assert_string_equal(missing, "skull");
    fs_anatomy_free(anatomy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_box),
        cmocka_unit_test(test_middle),
        cmocka_unit_test(test_legs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
