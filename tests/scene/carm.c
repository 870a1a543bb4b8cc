/* The device's conventions: where six marks about the patient land, against signs derived here from first principles.
 */
#include "support.h"

#include "base/random.h"
#include "scene/carm.h"

enum { LEFT, RIGHT, FRONT, BACK, HEAD, FEET, MARKS };

/* Each at its own distance, so that none can be taken for another. */
static const double marks[MARKS][3] = {{40, 0, 0}, {-25, 0, 0}, {0, -35, 0}, {0, 30, 0}, {0, 0, 50}, {0, 0, -20}};
static const double target[3] = {12, -7, 900};

static fs_carm device(double primary, double secondary, bool mirrored)
{
    fs_carm carm = {.primary_deg = primary,
                    .secondary_deg = secondary,
                    .sdd_mm = 1000,
                    .fraction = 0.75,
                    .detector_mm = 300,
                    .pixels = 512,
                    .mirrored = mirrored};
    memcpy(carm.target_mm, target, sizeof target);
    return carm;
}

/* x and y from the picture's middle, mm at the target's distance were all marks there; depth from the source, mm. */
static void see(const fs_carm *carm, const double mark[3], double seen[3])
{
    fx_camera camera;
    double pixel[2], world[3];
    expect_ok(fs_carm_camera(carm, &camera));
    for (int i = 0; i < 3; i++) world[i] = target[i] + mark[i];
    seen[2] = fs_carm_see(carm, &camera, world, pixel);
    seen[0] = (pixel[0] - 255.5) * camera.pixel_mm * carm->fraction;
    seen[1] = (pixel[1] - 255.5) * camera.pixel_mm * carm->fraction;
}

/* In front of the patient stands the detector, seen from there: the patient's left is on the right. */
static void test_pa(void **state)
{
    const fs_carm carm = device(0, 0, true);
    double seen[MARKS][3];
    (void)state;
    for (int i = 0; i < MARKS; i++) see(&carm, marks[i], seen[i]);
    expect_near(seen[LEFT][0], 40, 1e-9, "left is right");
    expect_near(seen[RIGHT][0], -25, 1e-9, "right is left");
    expect_near(seen[HEAD][1], -50, 1e-9, "the head is up");
    expect_near(seen[FEET][1], 20, 1e-9, "the feet are down");
    expect_near(seen[FRONT][2], 750 + 35, 1e-9, "the front is near the detector");
    expect_near(seen[BACK][2], 750 - 30, 1e-9, "the back is near the source");
}

static void test_ap(void **state)
{
    const fs_carm carm = device(180, 0, false);
    double seen[MARKS][3];
    (void)state;
    for (int i = 0; i < MARKS; i++) see(&carm, marks[i], seen[i]);
    expect_near(seen[LEFT][0], 40, 1e-9, "left is right");
    expect_near(seen[RIGHT][0], -25, 1e-9, "right is left");
    expect_near(seen[HEAD][1], -50, 1e-9, "the head is up");
    expect_near(seen[FRONT][2], 750 - 35, 1e-9, "the front is near the source");
}

/* LAO 90: the detector is at the patient's left; seen from there, the front is on the left. */
static void test_lateral(void **state)
{
    const fs_carm carm = device(90, 0, true);
    double seen[MARKS][3];
    (void)state;
    for (int i = 0; i < MARKS; i++) see(&carm, marks[i], seen[i]);
    expect_near(seen[LEFT][2], 750 + 40, 1e-9, "the left is near the detector");
    expect_near(seen[FRONT][0], -35, 1e-9, "the front is left");
    expect_near(seen[BACK][0], 30, 1e-9, "the back is right");
    expect_near(seen[HEAD][1], -50, 1e-9, "the head is up");
}

/* LAO 30 brings the spine to the picture's right; CRA 25 brings what is in front down. */
static void test_oblique(void **state)
{
    double seen[3];
    (void)state;
    const fs_carm lao = device(30, 0, true), cranial = device(0, 25, true);
    see(&lao, marks[BACK], seen);
    expect_near(seen[0], 30 * 0.5 * 750 / (750 - 30 * sqrt(0.75)), 1e-9, "LAO 30: back");
    see(&lao, marks[LEFT], seen);
    expect_near(seen[2], 750 + 20, 1e-9, "LAO 30: the detector has come nearer to the left");
    see(&cranial, marks[FRONT], seen);
    const double sine = sin(25 * M_PI / 180), cosine = cos(25 * M_PI / 180);
    expect_near(seen[1], 35 * sine * 750 / (750 + 35 * cosine), 1e-9, "CRA 25: front");
    see(&cranial, marks[HEAD], seen);
    expect_near(seen[2], 750 + 50 * sine, 1e-9, "CRA 25: the detector has come nearer to the head");
}

/* Both angles: tilting the device at the front about the patient's transverse axis, then turning all about the long
 * one, written as rotations of the patient the other way. */
static void test_both_angles(void **state)
{
    (void)state;
    for (int primary = -170; primary <= 180; primary += 35)
        for (int secondary = -80; secondary <= 80; secondary += 40) {
            const fs_carm carm = device(primary, secondary, true);
            const double p = primary * M_PI / 180, s = secondary * M_PI / 180;
            for (int i = 0; i < MARKS; i++) {
                const double *m = marks[i], x = m[0] * cos(p) + m[1] * sin(p), y = -m[0] * sin(p) + m[1] * cos(p);
                const double towards = -y * cos(s) + m[2] * sin(s), up = y * sin(s) + m[2] * cos(s);
                double seen[3];
                see(&carm, m, seen);
                expect_near(seen[2], 750 + towards, 1e-9, "depth");
                expect_near(seen[0], x * 750 / (750 + towards), 1e-9, "across");
                expect_near(seen[1], -up * 750 / (750 + towards), 1e-9, "down");
            }
        }
}

/* The picture's top turns clockwise as it is shown, so the head goes the other way: to the left. */
static void test_rotation(void **state)
{
    (void)state;
    for (int mirrored = 0; mirrored < 2; mirrored++) {
        fs_carm carm = device(mirrored != 0 ? 0 : 180, 0, mirrored != 0);
        double seen[3];
        carm.rotation_deg = 90;
        see(&carm, marks[HEAD], seen);
        expect_near(seen[0], -50, 1e-9, "the head is left");
        expect_near(seen[1], 0, 1e-9, "and level");
    }
}

static void test_back_from_camera(void **state)
{
    (void)state;
    fb_random random = fb_random_start(4, 0, 0, 0);
    for (int i = 0; i < 200; i++) {
        fs_carm carm = device(fb_random_between(&random, -180, 180), fb_random_between(&random, -89, 89), i % 2 == 0),
                back;
        fx_camera camera;
        carm.rotation_deg = fb_random_between(&random, -180, 180);
        expect_ok(fs_carm_camera(&carm, &camera));
        expect_ok(fs_carm_of_camera(&camera, carm.fraction, carm.mirrored, &back));
        expect_near(back.primary_deg, carm.primary_deg, 1e-7, "primary");
        expect_near(back.secondary_deg, carm.secondary_deg, 1e-7, "secondary");
        expect_near(back.rotation_deg, carm.rotation_deg, 1e-7, "rotation");
        expect_near(back.sdd_mm, 1000, 1e-9, "sdd");
        expect_near(back.detector_mm, 300, 1e-9, "detector");
        for (int k = 0; k < 3; k++) expect_near(back.target_mm[k], target[k], 1e-9, "target");
        assert_int_equal(back.pixels, 512);
    }
}

/* Straight along the body: any primary angle would do; the camera must come back the same. */
static void test_along_the_body(void **state)
{
    fs_carm carm = device(70, 90, false), back;
    fx_camera camera, again;
    (void)state;
    expect_ok(fs_carm_camera(&carm, &camera));
    expect_ok(fs_carm_of_camera(&camera, carm.fraction, false, &back));
    expect_near(back.primary_deg, 0, 0, "primary");
    expect_near(back.secondary_deg, 90, 1e-6, "secondary");
    expect_ok(fs_carm_camera(&back, &again));
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            expect_near(again.world_from_camera.m[i][j], camera.world_from_camera.m[i][j], 1e-6, "camera");
}

static void test_shown_mirrored(void **state)
{
    static const struct {
        double primary, secondary;
        bool mirrored;
    } table[] = {{0, 0, true},   {180, 0, false}, {-180, -40, false}, {90, 0, true},   {-90, 0, false},
                 {45, 20, true}, {-45, 20, true}, {135, 0, false},    {-135, 0, false}};
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        double beam[3], up[3];
        fs_carm_directions(table[i].primary, table[i].secondary, beam, up);
        if (fs_carm_shown_mirrored(beam, up) != table[i].mirrored) fail_msg("%g", table[i].primary);
    }
}

static void test_intrinsic(void **state)
{
    (void)state;
    for (int mirrored = 0; mirrored < 2; mirrored++) {
        const fs_carm carm = device(20, 10, mirrored != 0);
        fx_camera camera;
        double matrix[3][3], seen[3], pixel[2], world[3] = {30, 10, 880};
        expect_ok(fs_carm_camera(&carm, &camera));
        fs_carm_intrinsic(&carm, &camera, matrix);
        fs_carm_see(&carm, &camera, world, pixel);
        for (int i = 0; i < 3; i++) {
            seen[i] = 0;
            for (int k = 0; k < 3; k++)
                seen[i] += camera.world_from_camera.m[k][i] * (world[k] - camera.world_from_camera.m[k][3]);
        }
        expect_near(matrix[0][0] * seen[0] / seen[2] + matrix[0][2], pixel[0], 1e-9, "x");
        expect_near(matrix[1][1] * seen[1] / seen[2] + matrix[1][2], pixel[1], 1e-9, "y");
        expect_near(fabs(matrix[0][0]), 1000 / (300 / 512.0), 1e-9, "focal length");
    }
}

static void test_angles(void **state)
{
    char text[FS_ANGLES_ROOM];
    fs_carm carm = device(30.4, 9.6, false);
    (void)state;
    assert_string_equal(fs_carm_angles(&carm, text), "LAO 30 CRA 10");
    carm = device(-29.6, -40, false);
    assert_string_equal(fs_carm_angles(&carm, text), "RAO 30 CAU 40");
    carm = device(-0.3, -0.2, false);
    assert_string_equal(fs_carm_angles(&carm, text), "LAO 0 CRA 0");
}

static void test_refusals(void **state)
{
    fx_camera camera;
    (void)state;
    fs_carm carm = device(0, 91, false);
    expect_failure(fs_carm_camera(&carm, &camera), FSAM_ERROR_ARGUMENT,
                   "device: secondary_deg: 91 is not within -90 to 90");
    carm = device((double)NAN, 0, false);
    assert_int_equal(fs_carm_camera(&carm, &camera), FSAM_ERROR_ARGUMENT);
    carm = device(0, 0, false);
    carm.pixels = 0;
    expect_failure(fs_carm_camera(&carm, &camera), FSAM_ERROR_ARGUMENT, "device: pixels: 0 is not within 1 to 32768");
    expect_failure(fs_carm_point(&carm, (double[]){0, 0, 0}, (double[]){0, 0, 1}), FSAM_ERROR_ARGUMENT,
                   "device: beam: it has no direction");
    expect_failure(fs_carm_point(&carm, (double[]){0, 0, 2}, (double[]){0, 0, 1}), FSAM_ERROR_ARGUMENT,
                   "device: up: it is along the beam");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pa),
        cmocka_unit_test(test_ap),
        cmocka_unit_test(test_lateral),
        cmocka_unit_test(test_oblique),
        cmocka_unit_test(test_both_angles),
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_back_from_camera),
        cmocka_unit_test(test_along_the_body),
        cmocka_unit_test(test_shown_mirrored),
        cmocka_unit_test(test_intrinsic),
        cmocka_unit_test(test_angles),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
