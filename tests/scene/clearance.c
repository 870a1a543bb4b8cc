/* The detector is moved out of a block of water whose faces are known. */
#include "support.h"

#include "scene/clearance.h"
#include <stdlib.h>

/* Water, 200 x 300 x 200 mm about the origin in voxels of 5 mm, in 200 mm of air all around. */
static fv_ct block(void)
{
    const int size[3] = {120, 140, 120};
    fv_ct ct = {.grid = {.size = {120, 140, 120},
                         .world_from_voxel = {{{5, 0, 0, -297.5}, {0, 5, 0, -347.5}, {0, 0, 5, -297.5}}}}};
    ct.hu = calloc((size_t)size[0] * (size_t)size[1] * (size_t)size[2], sizeof *ct.hu);
    for (int z = 0; z < size[2]; z++)
        for (int y = 0; y < size[1]; y++)
            for (int x = 0; x < size[0]; x++) {
                const bool in = abs(2 * x - 119) < 40 && abs(2 * y - 139) < 60 && abs(2 * z - 119) < 40;
                ct.hu[((size_t)z * (size_t)size[1] + (size_t)y) * (size_t)size[0] + (size_t)x] = in ? 0 : -1000;
            }
    return ct;
}

/* AP: the beam runs to the back, along y, and the target is the origin. */
static fs_carm aimed(double sdd_mm, double fraction, double detector_mm)
{
    fs_carm carm = {.sdd_mm = sdd_mm, .fraction = fraction, .detector_mm = detector_mm, .pixels = 64};
    expect_ok(fs_carm_point(&carm, (double[3]){0, 1, 0}, (double[3]){0, 0, 1}));
    return carm;
}

static void share_is_that_of_the_geometry(void **state)
{
    (void)state;
    fv_ct ct = block();
    fx_camera camera;
    /* the detector, 300 mm wide, is 100 mm behind the target, in the block, which is 200 mm wide */
    fs_carm carm = aimed(1000, 0.9, 300);
    expect_ok(fs_carm_camera(&carm, &camera));
    assert_true(fabs(fs_detector_share_in(&ct, &camera) - 4.0 / 9) < 0.04);
    carm = aimed(1000, 0.8, 300); /* 200 mm behind: the block ends at 150 */
    expect_ok(fs_carm_camera(&carm, &camera));
    assert_float_equal(fs_detector_share_in(&ct, &camera), 0, 0);
    fv_ct_free(&ct);
}

static void detector_is_moved_out_and_the_field_kept(void **state)
{
    (void)state;
    fv_ct ct = block();
    fx_camera camera;
    fs_carm carm = aimed(1000, 0.9, 300);
    expect_ok(fs_clear_detector(&ct, &carm, &camera));
    assert_float_equal(fs_detector_share_in(&ct, &camera), 0, 0);
    assert_true(carm.sdd_mm * (1 - carm.fraction) >= 150 && carm.fraction >= 0.8 && carm.sdd_mm == 1000);
    assert_true(fabs(carm.detector_mm * carm.fraction - 270) < 1e-9); /* the field of view at the target */
    assert_float_equal(camera.pixel_mm * camera.width, carm.detector_mm, 1e-9);
    fv_ct_free(&ct);
}

static void what_is_clear_stays_as_it_is(void **state)
{
    (void)state;
    fv_ct ct = block();
    fx_camera camera;
    fs_carm carm = aimed(950, 0.75, 300);
    const fs_carm before = carm;
    expect_ok(fs_clear_detector(&ct, &carm, &camera));
    assert_true(carm.sdd_mm == before.sdd_mm && carm.fraction == before.fraction &&
                carm.detector_mm == before.detector_mm);
    fv_ct_free(&ct);
}

static void the_device_has_limits(void **state)
{
    (void)state;
    fv_ct ct = block();
    fx_camera camera;
    fs_carm carm = aimed(900, 0.9, 300);
    for (int i = 0; i < 140 * 120 * 120; i++) ct.hu[i] = 0; /* 700 mm of water, at whose front is the target */
    carm.target_mm[1] = -340;
    expect_ok(fs_clear_detector(&ct, &carm, &camera));
    assert_true(carm.sdd_mm == FS_MOST_SDD_MM && carm.fraction == FS_LEAST_FRACTION);
    assert_true(carm.detector_mm <= FS_MOST_DETECTOR_MM);
    fv_ct_free(&ct);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(share_is_that_of_the_geometry),
        cmocka_unit_test(detector_is_moved_out_and_the_field_kept),
        cmocka_unit_test(what_is_clear_stays_as_it_is),
        cmocka_unit_test(the_device_has_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
