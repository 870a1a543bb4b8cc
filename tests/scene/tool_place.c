/* Places of tools: in a bone, on the skin, in the field; the same for the same numbers. */
#include "scene/tool_place.h"

#include "tool_support.h"

/* A body of 160 x 120 x 200 mm that is fat, in air, with a femur along an oblique axis. */
enum { SIDE_X = 100, SIDE_Y = 80, SIDE_Z = 110 };
static const double body_half[3] = {80, 60, 100}, bone_way[3] = {0.6, 0, 0.8};
static const double bone_half = 70, bone_radius = 14;

typedef struct scene {
    fv_labels labels;
    fv_ct ct;
    fs_patient patient;
    fs_field field;
} scene;

static bool in_bone(const double at[3])
{
    double along = 0, off = 0;
    for (int i = 0; i < 3; i++) along += at[i] * bone_way[i];
    for (int i = 0; i < 3; i++) off += (at[i] - along * bone_way[i]) * (at[i] - along * bone_way[i]);
    return fabs(along) < bone_half && off < bone_radius * bone_radius;
}

static void make_scene(scene *s)
{
    const int size[3] = {SIDE_X, SIDE_Y, SIDE_Z};
    const double spacing[3] = {2, 2, 2}, first[3] = {-99, -79, -109};
    const fv_grid grid = fv_grid_upright(size, spacing, first);
    *s = (scene){.field = {{0, 0, 0}, {{1, 0, 0}, {0, 0, -1}, {0, 1, 0}}, {70, 90, 50}}};
    expect_ok(fv_labels_make(&grid, "labels", &s->labels));
    expect_ok(fv_ct_make(&grid, "ct", &s->ct));
    expect_ok(fv_labels_add(&s->labels, "liver"));
    expect_ok(fv_labels_add(&s->labels, "femur_left"));
    for (size_t i = 0; i < fv_grid_voxels(&grid); i++) {
        double at[3] = {(double)(i % SIDE_X), (double)(i / SIDE_X % SIDE_Y), (double)(i / SIDE_X / SIDE_Y)};
        fv_affine_apply(&grid.world_from_voxel, at, at);
        const bool body = fabs(at[0]) < body_half[0] && fabs(at[1]) < body_half[1] && fabs(at[2]) < body_half[2];
        s->labels.label[i] = in_bone(at) ? 2 : body ? 1 : 0;
        s->ct.hu[i] = body ? -100 : -1000;
    }
    s->patient = (fs_patient){&s->labels, &s->ct};
}

static void free_scene(scene *s)
{
    fv_labels_free(&s->labels);
    fv_ct_free(&s->ct);
}

/* The first tool of that family. */
static fs_tool make_tool(const char *family)
{
    fs_tool tool = {0};
    for (int id = 1; id <= fs_tool_count(); id++) {
        const fs_tool_family *its;
        char name[FS_TOOL_NAME];
        expect_ok(fs_tool_describe(id, &its, name));
        if (strcmp(its->key, family) != 0) continue;
        expect_ok(fs_tool_make(id, 1, &tool));
        return tool;
    }
    fail_msg("no family %s", family);
    return tool;
}

static void expect_rigid(const fv_affine *pose)
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            double dot = 0;
            for (int k = 0; k < 3; k++) dot += pose->m[k][i] * pose->m[k][j];
            expect_near(dot, i == j, 1e-9, "columns");
        }
    expect_near(fv_affine_determinant(pose), 1, 1e-9, "handedness");
}

static void test_axis(void **state)
{
    scene s;
    double axis[3];
    (void)state;
    make_scene(&s);
    assert_true(fs_bone_axis(&s.labels, 2, axis));
    expect_near(fabs(axis[0] * bone_way[0] + axis[1] * bone_way[1] + axis[2] * bone_way[2]), 1, 1e-3, "axis");
    assert_false(fs_bone_axis(&s.labels, 3, axis));
    free_scene(&s);
}

/* Tips lie in the bone; the way from there to the surface does not leave it before the shaft does. */
static void test_bone(void **state)
{
    static const char *const families[] = {"k_wire", "cortical_screw", "pedicle_screw", "intramedullary_nail"};
    scene s;
    (void)state;
    make_scene(&s);
    for (size_t f = 0; f < 4; f++) {
        fs_tool tool = make_tool(families[f]);
        for (uint32_t view = 0; view < 20; view++) {
            fb_random random = fb_random_start(5, 1, view, 0);
            fv_affine pose;
            assert_true(fs_tool_place(&tool, &s.patient, &s.field, &random, &pose));
            expect_rigid(&pose);
            const double tip[3] = {pose.m[0][3], pose.m[1][3], pose.m[2][3]};
            const double inner[3] = {tip[0] * 0.93, tip[1] * 0.93, tip[2] * 0.93}; /* voxels are 2 mm */
            if (!in_bone(inner)) fail_msg("%s: tip at %g %g %g", families[f], tip[0], tip[1], tip[2]);
        }
        fs_tool_free(&tool);
    }
    free_scene(&s);
}

/* The first K-wire, 70 mm, fits into the bone only along it; a nail lies along it, a pedicle screw comes from behind.
 */
static void test_ways(void **state)
{
    scene s;
    const double middle[3] = {0, 0, 0};
    fv_affine pose;
    (void)state;
    make_scene(&s);
    fs_tool nail = make_tool("intramedullary_nail"), screw = make_tool("pedicle_screw");
    fb_random random = fb_random_start(1, 1, 1, 1);
    assert_true(fs_tool_place_bone(&nail, &s.labels, 2, middle, &random, &pose));
    double along = 0;
    for (int i = 0; i < 3; i++) along += pose.m[i][2] * bone_way[i];
    assert_true(fabs(along) > cos(0.06));
    assert_true(fs_tool_place_bone(&screw, &s.labels, 2, middle, &random, &pose));
    assert_true(pose.m[1][2] > 0.9); /* its head is behind its tip */
    assert_false(fs_tool_place_bone(&screw, &s.labels, 2, (double[]){60, 50, 0}, &random, &pose));
    fs_tool_free(&nail);
    fs_tool_free(&screw);
    free_scene(&s);
}

/* A screw that fits ends at the surface: its whole length is the depth of its tip. */
static void test_depth(void **state)
{
    scene s;
    fv_affine pose;
    double low[3], high[3], head[3] = {0, 0, 0};
    (void)state;
    make_scene(&s);
    fs_tool screw = make_tool("cortical_screw");
    fb_random random = fb_random_start(2, 1, 1, 1);
    assert_true(fs_tool_place_bone(&screw, &s.labels, 2, (double[]){0, 0, 0}, &random, &pose));
    fs_tool_bounds(&screw, low, high);
    for (int step = -4; step <= 4; step += 8) {
        double outside[3] = {0, 0, high[2] + step};
        fv_affine_apply(&pose, outside, head);
        assert_int_equal(in_bone(head), step < 0);
    }
    fs_tool_free(&screw);
    free_scene(&s);
}

static void test_skin(void **state)
{
    scene s;
    (void)state;
    make_scene(&s);
    fs_tool electrode = make_tool("electrode");
    for (int source = 0; source < 2; source++) {
        for (uint32_t view = 0; view < 20; view++) {
            fb_random random = fb_random_start(5, 2, view, 0);
            fv_affine pose;
            assert_true(fs_tool_place(&electrode, &s.patient, &s.field, &random, &pose));
            expect_rigid(&pose);
            const bool front = fabs(pose.m[1][3] + body_half[1]) < 1.6,
                       side = fabs(fabs(pose.m[0][3]) - body_half[0]) < 1.6;
            if (!front && !side) fail_msg("at %g %g %g", pose.m[0][3], pose.m[1][3], pose.m[2][3]);
            if (front && fabs(pose.m[0][3]) < 60 && fabs(pose.m[2][3]) < 80) assert_true(pose.m[1][2] < -0.97);
        }
        s.patient.ct = NULL; /* the labels end where the skin is, too */
    }
    s.patient.labels = NULL;
    fb_random random = fb_random_start(5, 2, 0, 0);
    fv_affine pose;
    assert_false(fs_tool_place(&electrode, &s.patient, &s.field, &random, &pose));
    fs_tool_free(&electrode);
    free_scene(&s);
}

static void test_anywhere(void **state)
{
    scene s;
    (void)state;
    make_scene(&s);
    fs_tool scissors = make_tool("scissors"), pin = make_tool("k_wire");
    double low[3], high[3];
    fs_tool_bounds(&scissors, low, high);
    for (uint32_t view = 0; view < 20; view++) {
        fb_random random = fb_random_start(5, 3, view, 0), again = random;
        fv_affine pose, same;
        assert_true(fs_tool_place(&scissors, &s.patient, &s.field, &random, &pose));
        assert_true(fs_tool_place(&scissors, &s.patient, &s.field, &again, &same));
        assert_memory_equal(&pose, &same, sizeof pose);
        expect_rigid(&pose);
        double middle[3];
        for (int i = 0; i < 3; i++) middle[i] = (low[i] + high[i]) / 2;
        fv_affine_apply(&pose, middle, middle);
        assert_true(fabs(middle[0]) <= 70 && fabs(middle[2]) <= 90 && fabs(middle[1]) <= 50);
        assert_true(fabs(pose.m[1][2]) <= sin(40.1 * M_PI / 180)); /* y is along the beam */
    }
    s.patient.labels = NULL;
    fb_random random = fb_random_start(5, 3, 0, 0);
    fv_affine pose;
    assert_false(fs_tool_place(&pin, &s.patient, &s.field, &random, &pose));
    fs_tool_free(&scissors);
    fs_tool_free(&pin);
    free_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_axis),  cmocka_unit_test(test_bone), cmocka_unit_test(test_ways),
        cmocka_unit_test(test_depth), cmocka_unit_test(test_skin), cmocka_unit_test(test_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
