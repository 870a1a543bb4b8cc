/* The voltage follows the thickness: of a block of water whose thickness is known along every ray. */
#include "support.h"

#include "scene/technique.h"
#include <stdlib.h>

/* A block of water 120 x 200 x 120 mm about the origin in voxels of 4 mm, the beam along its 200 mm. */
static fx_body *block(void)
{
    const int size[3] = {30, 50, 30};
    fv_ct ct = {.grid = {.size = {30, 50, 30}, .world_from_voxel = {{{4, 0, 0, -58}, {0, 4, 0, -98}, {0, 0, 4, -58}}}}};
    ct.hu = calloc((size_t)size[0] * (size_t)size[1] * (size_t)size[2], sizeof *ct.hu);
    fx_tissue_table *table = malloc(sizeof *table);
    fx_body *body;
    expect_ok(fx_tissue_table_of(FX_TISSUE_BLENDED, table));
    expect_ok(fx_body_make(&ct, NULL, table, "block", &body));
    free(table);
    fv_ct_free(&ct);
    return body;
}

static fx_camera camera_at(double distance_mm, double pixel_mm)
{
    const double source[3] = {0, -distance_mm, 0}, detector[3] = {0, distance_mm, 0}, up[3] = {0, 0, 1};
    fx_camera camera;
    expect_ok(fx_camera_look(source, detector, up, 64, 64, pixel_mm, &camera));
    return camera;
}

static void thickness_is_that_of_the_block(void **state)
{
    (void)state;
    fx_body *body = block();
    const fx_camera narrow =
        camera_at(2000, 0.5); /* 32 mm of detector: rays as good as parallel, all through the block */
    const double mean = fs_technique_thickness(body, &narrow);
    /* water of 0 HU, whose table entry is within a percent of 1 g/cm^3 */
    assert_true(fabs(mean - 20.0) < 0.3);
    /* 36 mm apart in the block: those at 72 mm and more miss it, and do not count */
    const fx_camera wide = camera_at(2000, 18);
    const double partly = fs_technique_thickness(body, &wide);
    assert_true(fabs(partly - 20.0) < 0.5);
    fx_body_free(body);
}

static void nothing_has_no_thickness(void **state)
{
    (void)state;
    fx_body *body = block();
    fx_camera camera = camera_at(2000, 0.5);
    camera.world_from_camera.m[0][3] = 900; /* beside it */
    assert_float_equal(fs_technique_thickness(body, &camera), 0, 0);
    fx_body_free(body);
}

static void voltage_rises_in_steps_within_limits(void **state)
{
    (void)state;
    assert_float_equal(fs_technique_kv(0, 0), 50, 0);
    assert_float_equal(fs_technique_kv(12.4, 0), 75, 0);
    assert_float_equal(fs_technique_kv(20, 0), 90, 0);
    assert_float_equal(fs_technique_kv(20, 12), 100, 0);
    assert_float_equal(fs_technique_kv(3, -20), FS_LEAST_KV, 0);
    assert_float_equal(fs_technique_kv(60, 0), FS_MOST_KV, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thickness_is_that_of_the_block),
        cmocka_unit_test(nothing_has_no_thickness),
        cmocka_unit_test(voltage_rises_in_steps_within_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
