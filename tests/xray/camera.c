/* camera.c - pixels and points of the world go to and fro, and the picture is the right way up and round. */
#include "phantoms.h"

#include <string.h>

static const double up[3] = {0, 0, 1};

static void seen_from_the_front_right_is_left(void **state)
{
    const double source[3] = {0, -600, 0}, detector[3] = {0, 400, 0}; /* LPS: in front is -y */
    fx_camera camera;
    double pixel[2];
    (void)state;
    assert_ok(fx_camera_look(source, detector, up, 101, 201, 0.5, &camera));
    assert_close(fx_camera_focal_px(&camera), 2000, 1e-9);
    assert_close(fx_camera_project(&camera, (double[3]){0, 0, 0}, pixel), 600, 1e-9);
    assert_close(pixel[0], 50, 1e-9);
    assert_close(pixel[1], 100, 1e-9);
    fx_camera_project(&camera, (double[3]){-3, 0, 12}, pixel); /* to the patient's right and head */
    assert_close(pixel[0], 50 - 10, 1e-9);
    assert_close(pixel[1], 100 - 40, 1e-9);
    assert_true(fx_camera_project(&camera, (double[3]){0, -700, 0}, pixel) < 0);
}

static void rays_go_through_their_pixels(void **state)
{
    (void)state;
    for (int v = 0; v < VIEW_POINTS; v++) {
        fx_camera camera = camera_from(view_points[v], 500, 64, 0.7);
        double source[3], direction[3], point[3], pixel[2];
        camera.centre_x = 20;
        fx_camera_source(&camera, source);
        const double distance = fx_camera_ray(&camera, 3.25, 60, direction);
        for (int i = 0; i < 3; i++) point[i] = source[i] + distance * direction[i];
        assert_close(fx_camera_project(&camera, point, pixel), camera.sdd_mm, 1e-9);
        assert_close(pixel[0], 3.25, 1e-9);
        assert_close(pixel[1], 60, 1e-9);
    }
}

static void expect_refused(fsam_status status, const char *field)
{
    assert_int_equal(status, FSAM_ERROR_ARGUMENT);
    if (strstr(fb_message(), field) == NULL) fail_msg("no \"%s\" in \"%s\"", field, fb_message());
}

static void what_makes_no_sense_is_refused(void **state)
{
    const double here[3] = {1, 2, 3}, there[3] = {1, 2, 900};
    fx_camera camera;
    (void)state;
    expect_refused(fx_camera_look(here, here, up, 8, 8, 1, &camera), "detector");
    expect_refused(fx_camera_look(here, there, up, 8, 8, 1, &camera), "up");
    expect_refused(fx_camera_look(here, (double[3]){NAN, 0, 0}, up, 8, 8, 1, &camera), "camera");
    expect_refused(fx_camera_look(there, (double[3]){0}, (double[3]){0, 1, 0}, 0, 8, 1, &camera), "size");
    expect_refused(fx_camera_look(there, (double[3]){0}, (double[3]){0, 1, 0}, 8, 8, 0, &camera), "pixel_mm");
    camera = camera_from((double[3]){1, 0, 0}, 500, 8, 1);
    camera.world_from_camera.m[0][1] = 0.1;
    expect_refused(fx_camera_check(&camera), "world_from_camera");
    camera = camera_from((double[3]){1, 0, 0}, 500, 8, 1);
    for (int i = 0; i < 3; i++) camera.world_from_camera.m[i][0] *= -1; /* a mirror */
    expect_refused(fx_camera_check(&camera), "world_from_camera");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seen_from_the_front_right_is_left),
        cmocka_unit_test(rays_go_through_their_pixels),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
