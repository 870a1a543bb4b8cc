/* The modelling kit: shapes of known volume, closed whatever their holes. */
#include "scene/tool_extrude.h"
#include "scene/tool_loft.h"

#include "support.h"

/* Finishes the solid, expects it closed, and returns its volume in mm^3. */
static double finish(fs_solid *solid, const char *what)
{
    fv_mesh mesh;
    expect_ok(fs_solid_finish(solid, what, &mesh));
    const double volume = 1000 * expect_closed(&mesh, what).volume_ml;
    fv_mesh_free(&mesh);
    return volume;
}

/* Area of the polygon inscribed in a circle, over the circle's. */
static double inscribed(int sides)
{
    return sides / (2 * M_PI) * sin(2 * M_PI / sides);
}

static void test_turned(void **state)
{
    fs_solid solid = {0};
    (void)state;
    fs_cylinder(&solid, 3, -1, 9);
    expect_near(finish(&solid, "cylinder"), M_PI * 90 * inscribed(FS_ROUND), 1e-3, "cylinder");
    fs_tube(&solid, 2, 3, 0, 7);
    expect_near(finish(&solid, "tube"), M_PI * 35 * inscribed(FS_ROUND), 1e-3, "tube");
    fs_ball(&solid, 4, (fs_xyz){5, -6, 7});
    expect_near(finish(&solid, "ball"), 4.0 / 3 * M_PI * 64, 1e-3, "ball");
    fs_rounded_box(&solid, 3, 4, 0, 5, 1e-4);
    expect_near(finish(&solid, "box"), 6 * 8 * 5, 0.1, "box");
}

static void test_threaded(void **state)
{
    fs_solid solid = {0};
    (void)state;
    /* a thread without height is a rod */
    fs_threaded(&solid, &(fs_thread){.core = 2, .outer = 2, .pitch = 1, .high = 20});
    expect_near(finish(&solid, "rod"), M_PI * 80 * inscribed(16), 1e-3, "rod");
    fs_threaded(&solid, &(fs_thread){.core = 2, .outer = 3, .pitch = 2, .high = 20, .tip = 4, .bore = 1, .crest = 0.2});
    const double volume = finish(&solid, "bored thread");
    assert_true(volume > M_PI * 20 * (4 - 1) * 0.8 && volume < M_PI * 20 * (9 - 1));
}

/* Around a place inside, the area of an L with holes: a polygon that is not convex. */
static void test_extruded(void **state)
{
    static const double l[6][2] = {{0, 0}, {30, 0}, {30, 10}, {10, 10}, {10, 40}, {0, 40}};
    fs_outline outline = {0}, hole[4];
    fs_solid solid = {0};
    (void)state;
    for (int i = 0; i < 6; i++) fs_outline_add(&outline, l[i][0], l[i][1]);
    for (int i = 0; i < 4; i++) {
        fs_outline_ellipse(&hole[i], 3, 3, 16);
        fs_outline_shift(&hole[i], i < 2 ? 15 + 9 * i : 5, i < 2 ? 5 : 15 + 10 * (i - 2));
    }
    fs_extrude(&solid, &outline, hole, 4, 2, 5);
    fs_solid_refine(&solid, 4);
    const size_t refined = solid.triangles;
    expect_near(finish(&solid, "L"), 3 * (300 + 300 - 4 * 9 * M_PI * inscribed(16)), 1e-2, "L");
    fs_extrude(&solid, &outline, hole, 4, 2, 5);
    assert_true(solid.triangles < refined);
    fs_solid_mirror(&solid, 0, 0);
    expect_near(finish(&solid, "two L"), 6 * (300 + 300 - 4 * 9 * M_PI * inscribed(16)), 1e-2, "two L");
}

/* An outline that crosses itself is refused, not filled wrongly. */
static void test_crossed_outline(void **state)
{
    static const double bow[4][2] = {{0, 0}, {10, 10}, {10, 0}, {0, 10}};
    fs_outline outline = {0};
    fs_solid solid = {0};
    fv_mesh mesh;
    (void)state;
    for (int i = 0; i < 4; i++) fs_outline_add(&outline, bow[i][0], bow[i][1]);
    fs_extrude(&solid, &outline, NULL, 0, 0, 1);
    assert_int_equal(fs_solid_finish(&solid, "bow", &mesh), FSAM_ERROR_INTERNAL);
    assert_string_equal(fb_message(), "bow: an outline that cannot be filled");
}

static void test_swept(void **state)
{
    fs_solid solid = {0};
    fs_path ring = {.closed = true}, line = {0};
    (void)state;
    for (int i = 0; i < 100; i++)
        fs_path_add(&ring, (fs_xyz){20 * cos(2 * M_PI * i / 100), 0, 20 * sin(2 * M_PI * i / 100)});
    fs_rod(&solid, &ring, 2, 12);
    expect_near(finish(&solid, "ring"), 2 * M_PI * M_PI * 20 * 4, 0.005 * 1579, "ring"); /* Pappus */
    fs_path_line(&line, (fs_xyz){1, 2, 3}, (fs_xyz){1, 2, 53}, 50);
    fs_pipe(&solid, &line, 2, 3, 24, NULL, 0);
    const double whole = M_PI * 5 * 50 * inscribed(24);
    expect_near(finish(&solid, "pipe"), whole, 1e-2, "pipe");
    /* two windows of 3 x 4 of the 50 x 24 pieces of the wall, one of 2 x 2 */
    fs_pipe(&solid, &line, 2, 3, 24, (fs_window[]){{10, 3, 0, 4}, {10, 3, 12, 4}, {30, 2, 22, 3}}, 3);
    expect_near(finish(&solid, "pipe with windows"), whole * (1 - 30.0 / 1200), 1e-2, "pipe with windows");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turned),          cmocka_unit_test(test_threaded), cmocka_unit_test(test_extruded),
        cmocka_unit_test(test_crossed_outline), cmocka_unit_test(test_swept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
