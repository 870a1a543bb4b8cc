/* Standard views of the analytic phantom: each shows what it is of, the right way round. */
#include "support.h"

#include "scene/views.h"
#include <stdio.h>

static fs_anatomy *body, *chest;

static int make_bodies(void **state)
{
    (void)state;
    body = phantom_anatomy(5, (double[]){-425, -195, -5}, (double[]){425, 130, 1755});
    chest = phantom_anatomy(6, (double[]){-180, -140, 1150}, (double[]){180, 140, 1480});
    return 0;
}

static int free_bodies(void **state)
{
    (void)state;
    fs_anatomy_free(body);
    fs_anatomy_free(chest);
    return 0;
}

static fs_carm place(const char *name, fb_side side, double jitter)
{
    fs_carm carm;
    expect_ok(fs_view_place(fs_view_find(name), side, body, &(fs_draw){.seed = 9, .jitter = jitter}, &carm));
    return carm;
}

/* Where the middle of a structure is in the picture, pixels. */
static void middle_in(const fs_carm *carm, const char *name, fb_side side, double pixel[2])
{
    fs_region region;
    fx_camera camera;
    assert_true(fs_anatomy_find(body, name, side, &region));
    expect_ok(fs_carm_camera(carm, &camera));
    fs_carm_see(carm, &camera, region.centroid_mm, pixel);
}

static double across(const fs_carm *carm, const char *name, fb_side side)
{
    double pixel[2];
    middle_in(carm, name, side, pixel);
    return pixel[0];
}

static double down(const fs_carm *carm, const char *name, fb_side side)
{
    double pixel[2];
    middle_in(carm, name, side, pixel);
    return pixel[1];
}

/* The middles of what a view is of, in the picture; varied views may lose them by a tenth of it. */
static void check_shown(const fs_view *view, fb_side side, const fs_carm *carm, bool varied)
{
    if (!(carm->detector_mm <= FS_MOST_DETECTOR_MM && carm->detector_mm >= 80 && carm->sdd_mm >= FS_LEAST_SDD_MM &&
          carm->sdd_mm <= FS_MOST_SDD_MM && carm->fraction >= FS_LEAST_FRACTION && carm->fraction <= FS_MOST_FRACTION))
        fail_msg("%s: detector %g, SDD %g, fraction %g", view->name, carm->detector_mm, carm->sdd_mm, carm->fraction);
    for (int i = 0; i < FS_VIEW_NAMES && view->on[i] != NULL && !view->at_joint; i++) {
        double pixel[2];
        middle_in(carm, view->on[i], side, pixel);
        for (int k = 0; k < 2; k++)
            if (!(fabs(pixel[k] - 0.5 * (carm->pixels - 1)) < (varied ? 0.6 : 0.5) * carm->pixels))
                fail_msg("%s: %s at %g, %g", view->name, view->on[i], pixel[0], pixel[1]);
    }
}

static void test_all(void **state)
{
    const fs_view *view;
    size_t count = 0;
    (void)state;
    for (; (view = fs_view_at(count)) != NULL; count++)
        for (int i = 0; i < (view->sided ? 2 : 1); i++)
            for (uint32_t n = 0; n < 20; n++) {
                const fb_side side = !view->sided ? FB_SIDE_NONE : i == 0 ? FB_SIDE_LEFT : FB_SIDE_RIGHT;
                const fs_draw draw = {.seed = 1, .scene = 2, .view = n, .jitter = n > 0, .pixels = 256};
                fs_carm carm;
                expect_ok(fs_view_place(view, side, body, &draw, &carm));
                check_shown(view, side, &carm, n > 0);
            }
    assert_true(count >= 40);
    assert_null(fs_view_find("nose_ap"));
}

static void test_front_and_side(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        const fs_carm carm = place(i == 0 ? "chest_ap" : "chest_pa", FB_SIDE_NONE, 0);
        assert_true(across(&carm, "heart", FB_SIDE_NONE) > 260);
        assert_true(across(&carm, "clavicula_right", FB_SIDE_NONE) < 200);
        assert_true(down(&carm, "clavicula_left", FB_SIDE_NONE) < down(&carm, "liver", FB_SIDE_NONE));
        expect_near(fabs(carm.primary_deg), i == 0 ? 180 : 0, 1e-9, "primary");
    }
    const fs_carm lateral = place("chest_lateral", FB_SIDE_NONE, 0);
    assert_true(across(&lateral, "sternum", FB_SIDE_NONE) < across(&lateral, "vertebrae_T7", FB_SIDE_NONE) - 100);
}

/* An inlet looks into the ring from above, so that front and back come apart; an outlet the other way. */
static void test_pelvis(void **state)
{
    const char *const names[] = {"pelvis_outlet", "pelvis_ap", "pelvis_inlet"};
    double apart[3];
    (void)state;
    for (int i = 0; i < 3; i++) {
        const fs_carm carm = place(names[i], FB_SIDE_NONE, 0);
        apart[i] = down(&carm, "prostate", FB_SIDE_NONE) - down(&carm, "sacrum", FB_SIDE_NONE);
        assert_true(across(&carm, "hip_left", FB_SIDE_NONE) > 256 && across(&carm, "hip_right", FB_SIDE_NONE) < 255);
    }
    assert_true(apart[0] + 25 < apart[1] && apart[1] + 25 < apart[2]);
    /* the left one: the left hip is near the detector and the right one near the source */
    fs_carm judet = place("pelvis_judet", FB_SIDE_LEFT, 0);
    char text[FS_ANGLES_ROOM];
    assert_string_equal(fs_carm_angles(&judet, text), "LAO 135 CRA 0");
    judet = place("pelvis_judet", FB_SIDE_RIGHT, 0);
    assert_string_equal(fs_carm_angles(&judet, text), "RAO 135 CRA 0");
}

/* Of either limb: mirror images of each other, on the limb, the right way up. */
static void test_limbs(void **state)
{
    (void)state;
    const fs_carm left = place("knee_ap", FB_SIDE_LEFT, 0), right = place("knee_ap", FB_SIDE_RIGHT, 0);
    expect_near(left.target_mm[0], -right.target_mm[0], 3, "mirrored");
    expect_near(left.target_mm[2], 490, 25, "height of the knee");
    assert_true(across(&left, "fibula", FB_SIDE_LEFT) > across(&left, "tibia", FB_SIDE_LEFT) + 20);
    assert_true(across(&right, "fibula", FB_SIDE_RIGHT) < across(&right, "tibia", FB_SIDE_RIGHT) - 20);
    for (fb_side side = FB_SIDE_LEFT; side <= FB_SIDE_RIGHT; side++) {
        const double sign = side == FB_SIDE_LEFT ? 1 : -1;
        const fs_carm knee = place("knee_lateral", side, 0), hand = place("hand_pa", side, 0);
        assert_true(across(&knee, "patella", side) < across(&knee, "fibula", side) - 50);
        assert_true(down(&hand, "phalanges_hand", side) < down(&hand, "carpal", side) - 50);
        assert_true(sign * (across(&hand, "radius", side) - across(&hand, "ulna", side)) > 10);
        const fs_carm foot = place("foot_ap", side, 0), ankle = place("ankle_ap", side, 0);
        assert_true(down(&foot, "phalanges_feet", side) < down(&foot, "tarsal", side) - 100);
        assert_true(down(&ankle, "tibia", side) < down(&ankle, "tarsal", side) - 50);
        expect_near(ankle.target_mm[2], 85, 30, "height of the ankle");
        const fs_carm hip = place("hip_ap", side, 0), shoulder = place("shoulder_ap", side, 0);
        expect_near(hip.target_mm[2], 900, 45, "height of the hip");
        expect_near(sign * shoulder.target_mm[0], 180, 30, "the shoulder's side");
        expect_near(shoulder.target_mm[2], 1420, 45, "the shoulder's height");
    }
}

/* The blade is seen edge on: the beam is along it. */
static void test_shoulder_y(void **state)
{
    fs_region blade;
    double beam[3], up[3];
    (void)state;
    const fs_carm carm = place("shoulder_y", FB_SIDE_LEFT, 0);
    assert_true(fs_anatomy_find(body, "scapula_*", FB_SIDE_LEFT, &blade));
    fs_carm_directions(carm.primary_deg, carm.secondary_deg, beam, up);
    const double *thin = blade.axis[2];
    assert_true(fabs(beam[0] * thin[0] + beam[1] * thin[1] + beam[2] * thin[2]) < 0.05);
}

static void test_draws(void **state)
{
    const fs_view *view = fs_view_find("pelvis_ap");
    fs_carm carm[3];
    (void)state;
    for (uint32_t i = 0; i < 3; i++)
        expect_ok(fs_view_place(view, FB_SIDE_NONE, body, &(fs_draw){.seed = 3, .view = i / 2, .jitter = 1}, &carm[i]));
    assert_memory_equal(&carm[0].primary_deg, &carm[1].primary_deg, sizeof(double));
    assert_memory_equal(carm[0].target_mm, carm[1].target_mm, sizeof carm[0].target_mm);
    assert_true(carm[0].primary_deg != carm[2].primary_deg && carm[0].sdd_mm != carm[2].sdd_mm);
}

static void test_refusals(void **state)
{
    const fs_draw draw = {.seed = 1};
    fs_carm carm;
    (void)state;
    expect_ok(fs_view_place(fs_view_find("chest_pa"), FB_SIDE_NONE, chest, &draw, &carm));
    expect_failure(fs_view_place(fs_view_find("pelvis_ap"), FB_SIDE_NONE, chest, &draw, &carm), FSAM_ERROR_MISMATCH,
                   "view pelvis_ap: the patient has no sacrum");
    expect_failure(fs_view_place(fs_view_find("knee_ap"), FB_SIDE_LEFT, chest, &draw, &carm), FSAM_ERROR_MISMATCH,
                   "view knee_ap left: the patient has no tibia");
    expect_failure(fs_view_place(fs_view_find("hip_ap"), FB_SIDE_RIGHT, chest, &draw, &carm), FSAM_ERROR_MISMATCH,
                   "view hip_ap right: the patient has no femur_right");
    expect_failure(fs_view_place(fs_view_find("hip_ap"), FB_SIDE_NONE, body, &draw, &carm), FSAM_ERROR_ARGUMENT,
                   "view hip_ap: it is of one side: say left or right");
    expect_failure(fs_view_place(fs_view_find("chest_pa"), FB_SIDE_LEFT, body, &draw, &carm), FSAM_ERROR_ARGUMENT,
                   "view chest_pa: it is of no side");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),      cmocka_unit_test(test_front_and_side), cmocka_unit_test(test_pelvis),
        cmocka_unit_test(test_limbs),    cmocka_unit_test(test_shoulder_y),     cmocka_unit_test(test_draws),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, make_bodies, free_bodies);
}
