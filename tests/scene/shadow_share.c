/* Visible fractions of shapes whose shadows are known. */
#include "scene/shadow_share.h"

#include "on_disk.h"
#include <math.h>

/* Source at (0, -500, 0), detector 1000 mm from it, 200 mm wide: at the origin a field of 100 mm. */
static fx_camera camera(void)
{
    static const double source[3] = {0, -500, 0}, detector[3] = {0, 500, 0}, up[3] = {0, 0, 1};
    fx_camera made;
    assert_ok(fx_camera_look(source, detector, up, 200, 200, 1, &made));
    return made;
}

/* A plate of 40 x 40 mm about (x, 0, z), at right angles to the beam, a point every millimetre. */
static fs_points plate(double x, double z)
{
    fs_points points;
    assert_ok(fs_points_make(1600, "plate", &points));
    for (int i = 0; i < 1600; i++) fs_points_add(&points, (double[]){x + i % 40 - 19.5, 0, z + i / 40 - 19.5});
    points.spacing_mm = 1;
    return points;
}

static double share_of(double x, double z)
{
    const fx_camera c = camera();
    const fs_points points = plate(x, z), *const list[] = {&points};
    const fv_affine *const here[] = {NULL};
    double share;
    assert_ok(fs_shadow_share(&c, NULL, list, here, 1, &share));
    free(points.at);
    return share;
}

static void test_shares(void **state)
{
    (void)state;
    assert_true(share_of(0, 0) == 1);
    assert_true(share_of(29, -29) == 1);
    assert_true(share_of(200, 0) == 0);
    assert_true(fabs(share_of(50, 0) - 0.5) < 0.03);
    assert_true(fabs(share_of(-50, 50) - 0.25) < 0.03);
    assert_true(fabs(share_of(0, 60) - 0.25) < 0.03);
}

/* Shutters that hide the picture from column 110 on, 5 mm right of the middle at the plate. */
static void test_open(void **state)
{
    const fx_camera c = camera();
    const fv_affine *const here[] = {NULL};
    fx_shadows open;
    double share;
    (void)state;
    assert_ok(fx_shadows_make(200, 200, 1, &open));
    for (int y = 0; y < 200; y++)
        for (int x = 0; x < 110; x++) fx_shadows_row(&open, 0, y)[x / 64] |= (uint64_t)1 << (x % 64);
    for (int i = 0; i < 3; i++) {
        const double at[] = {0, -30, 60}, expected[] = {0.625, 1, 0};
        const fs_points points = plate(at[i], 0), *const list[] = {&points};
        assert_ok(fs_shadow_share(&c, &open, list, here, 1, &share));
        assert_true(i == 0 ? fabs(share - expected[i]) < 0.03 : share == expected[i]);
        free(points.at);
    }
    fx_shadows_free(&open);
}

static void test_together(void **state)
{
    const fx_camera c = camera();
    const fs_points inside = plate(0, 0), outside = plate(100, 0),
                    none = {0}, *const list[] = {&inside, &outside, &none};
    fv_affine shift = fv_affine_identity();
    shift.m[0][3] = -100;
    const fv_affine *const here[] = {NULL, NULL, NULL}, *const moved[] = {NULL, &shift, NULL};
    double share;
    (void)state;
    assert_ok(fs_shadow_share(&c, NULL, list, here, 3, &share));
    assert_true(fabs(share - 0.5) < 0.03);
    assert_ok(fs_shadow_share(&c, NULL, list, moved, 3, &share)); /* the second lies where the first is */
    assert_true(share == 1);
    assert_ok(fs_shadow_share(&c, NULL, list + 2, here, 1, &share));
    assert_true(share == 0);
    shift.m[0][3] = 0;
    shift.m[1][3] = -600; /* behind the source */
    assert_ok(fs_shadow_share(&c, NULL, list, moved, 2, &share));
    assert_true(share == 0);
    free(inside.at);
    free(outside.at);
}

/* Of two plates one behind the other, the farther behind the detector. */
static void test_behind_the_detector(void **state)
{
    const fx_camera c = camera();
    const fs_points near = plate(0, 0), far = plate(0, 0), *const list[] = {&near, &far};
    fv_affine shift = fv_affine_identity();
    shift.m[1][3] =
        1500; /* 2000 mm from the source: cast on the plane of the detector, a quarter as wide as the other */
    const fv_affine *const moved[] = {NULL, &shift}, *const alone[] = {&shift};
    double share;
    (void)state;
    assert_ok(fs_shadow_share(&c, NULL, list + 1, alone, 1, &share));
    assert_true(share == 0);
    assert_ok(fs_shadow_share(&c, NULL, list, moved, 2, &share)); /* within the other's shadow */
    assert_true(share == 1);
    shift.m[0][3] = 200; /* beside it: 1 of 1 + 1 / 16 */
    assert_ok(fs_shadow_share(&c, NULL, list, moved, 2, &share));
    assert_true(fabs(share - 16.0 / 17) < 0.03);
    free(near.at);
    free(far.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shares), cmocka_unit_test(test_open),
                                       cmocka_unit_test(test_together), cmocka_unit_test(test_behind_the_detector)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
