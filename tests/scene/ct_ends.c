/* What a picture misses beyond the CT's ends: shares of a block that goes on, against the block's own geometry; and
 * views that are drawn again for it. */
#include "scene/scene_sample.h"

#include "on_disk.h"
#include <math.h>

enum { VOXELS = 64 };
static const double spacing[3] = {3, 2, 5}; /* mm */

/* A block of water of 90 x 60 mm about the z axis, from slice `first` to slice `last` of `slices`. */
static fv_ct block(int slices, int first, int last)
{
    const int size[3] = {VOXELS, VOXELS, slices};
    const double low[3] = {-0.5 * (VOXELS - 1) * spacing[0], -0.5 * (VOXELS - 1) * spacing[1],
                           -0.5 * (slices - 1) * spacing[2]};
    const fv_grid grid = fv_grid_upright(size, spacing, low);
    fv_ct ct;
    assert_ok(fv_ct_make(&grid, "block", &ct));
    for (int z = 0; z < slices; z++)
        for (int y = 0; y < VOXELS; y++)
            for (int x = 0; x < VOXELS; x++) {
                const bool inside =
                    z >= first && z <= last && abs(2 * x - VOXELS + 1) < 30 && abs(2 * y - VOXELS + 1) < 30;
                ct.hu[(z * VOXELS + y) * VOXELS + x] = inside ? 0 : -1000;
            }
    return ct;
}

static fs_carm carm(double primary, double secondary, double z)
{
    return (fs_carm){.target_mm = {0, 0, z},
                     .primary_deg = primary,
                     .secondary_deg = secondary,
                     .sdd_mm = 1000,
                     .fraction = 0.8,
                     .detector_mm = 200,
                     .pixels = 240};
}

/* The way of a ray through the block beyond an end, mm: between the sides x and y, and above or below. */
static double way_beyond(const double source[3], const double ray[3], double length, double end)
{
    const double low[3] = {-45, -30, end > 0 ? end : -1e6}, high[3] = {45, 30, end > 0 ? 1e6 : end};
    double first = 0, last = length;
    for (int i = 0; i < 3; i++) {
        if (ray[i] == 0) {
            if (source[i] < low[i] || source[i] > high[i]) return 0;
            continue;
        }
        const double a = (low[i] - source[i]) / ray[i], b = (high[i] - source[i]) / ray[i];
        first = fmax(first, fmin(a, b));
        last = fmin(last, fmax(a, b));
    }
    return fmax(last - first, 0);
}

static double expected_share(const fx_camera *camera, double low_end, double high_end)
{
    double source[3], ray[3];
    int cut = 0;
    fx_camera_source(camera, source);
    for (int y = 0; y < camera->height; y++)
        for (int x = 0; x < camera->width; x++) {
            const double length = fx_camera_ray(camera, x, y, ray);
            cut += way_beyond(source, ray, length, low_end) >= 30 || way_beyond(source, ray, length, high_end) >= 30;
        }
    return (double)cut / (camera->width * camera->height);
}

static void test_shares(void **state)
{
    static const double views[][3] = {{180, 0, 50}, {180, 0, -50}, {0, 30, 40},  {90, -20, 60},
                                      {40, 60, 0},  {180, 0, 0},   {180, 0, 120}};
    fv_ct ct = block(20, 0, 19); /* 100 mm high */
    fs_ct_ends ends;
    (void)state;
    assert_ok(fs_ct_ends_make(&ct, 0, "block", &ends));
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        const fs_carm c = carm(views[i][0], views[i][1], views[i][2]);
        fx_camera camera;
        assert_ok(fs_carm_camera(&c, &camera));
        const double share = fs_ct_ends_share(&ends, &camera), expected = expected_share(&camera, -50, 50);
        if (fabs(share - expected) > 0.04) fail_msg("view %zu: %g, not %g", i, share, expected);
        if (i == 0)
            assert_true(expected > 0.2 && expected < 0.5); /* half of the picture is beyond, and less of it body */
    }
    fs_ct_ends_free(&ends);
    fv_ct_free(&ct);
}

/* A body that ends before the CT does goes on nowhere. */
static void test_whole(void **state)
{
    fv_ct ct = block(20, 1, 18);
    fs_ct_ends ends;
    fx_camera camera;
    const fs_carm c = carm(180, 0, 50);
    (void)state;
    assert_ok(fs_carm_camera(&c, &camera));
    assert_ok(fs_ct_ends_make(&ct, 0, "block", &ends));
    assert_true(fs_ct_ends_share(&ends, &camera) == 0);
    fs_ct_ends_free(&ends);
    fv_ct_free(&ct);
    ct = block(20, 1, 19); /* it goes on at the top alone */
    assert_ok(fs_ct_ends_make(&ct, 0, "block", &ends));
    const fs_carm low = carm(180, 0, -50);
    assert_true(fs_ct_ends_share(&ends, &camera) > 0.2);
    assert_ok(fs_carm_camera(&low, &camera));
    assert_true(fs_ct_ends_share(&ends, &camera) == 0);
    fs_ct_ends_free(&ends);
    fv_ct_free(&ct);
}

/* A varied patient, which ends in a slope within the grid: from slice 3 on the right to slice 1 on the left, and a
 * slice below the highest one. What it misses is what the middle of that slope does, and labels at its ends are cut. */
static void test_frayed(void **state)
{
    fv_ct ct = block(20, 0, 19);
    fs_ct_ends ends;
    fx_camera camera;
    const fs_carm low = carm(180, 0, -40), high = carm(180, 0, 45);
    (void)state;
    for (int z = 0; z < 20; z++)
        for (int y = 0; y < VOXELS; y++)
            for (int x = 0; x < VOXELS; x++)
                if (z < (x < VOXELS / 2 ? 3 : 1) || z == 19) ct.hu[(z * VOXELS + y) * VOXELS + x] = FV_HU_OUTSIDE;
    assert_ok(fs_ct_ends_make(&ct, 25, "block", &ends));
    assert_int_equal(ends.slice[0][VOXELS * VOXELS / 2 + 20], 3);
    assert_int_equal(ends.slice[0][VOXELS * VOXELS / 2 + 40], 1);
    assert_int_equal(ends.slice[1][VOXELS * VOXELS / 2 + 40], 18);
    assert_ok(fs_carm_camera(&high, &camera));
    assert_true(fabs(fs_ct_ends_share(&ends, &camera) - expected_share(&camera, -1e5, 45)) < 0.04);
    assert_ok(fs_carm_camera(&low, &camera));
    assert_true(fabs(fs_ct_ends_share(&ends, &camera) - expected_share(&camera, -40, 1e5)) < 0.04);
    fs_ct_ends_free(&ends);
    /* taken for a CT as it was read, its last slices are air */
    assert_ok(fs_ct_ends_make(&ct, 0, "block", &ends));
    assert_true(fs_ct_ends_share(&ends, &camera) == 0);
    fs_ct_ends_free(&ends);
    fv_ct_free(&ct);
}

/* A patient who was varied is cut where the one before was, though not at the grid's ends. */
static void test_varied(void **state)
{
    fs_subject *subject;
    fv_ct ct = block(40, 0, 39), varied;
    fv_labels labels, varied_labels;
    (void)state;
    assert_ok(fv_labels_make(&ct.grid, "block", &labels));
    assert_ok(fv_labels_add(&labels, "heart"));
    assert_ok(fv_labels_add(&labels, "spinal_cord"));
    for (int z = 0; z < 40; z++)
        for (int y = 28; y < 36; y++) {
            for (int x = 24; x < 30; x++) labels.label[(z * VOXELS + y) * VOXELS + x] = z > 10 && z < 30 ? 1 : 0;
            for (int x = 34; x < 40; x++) labels.label[(z * VOXELS + y) * VOXELS + x] = 2;
        }
    for (uint32_t scene = 0; scene < 4; scene++) {
        const fv_variation variation = {.seed = 3, .scene = scene, .deform_mm = 8, .control_mm = 70, .scale = 0.1};
        assert_ok(fv_vary(&ct, &labels, &variation, &varied, &varied_labels));
        assert_ok(fs_subject_make_varied(&varied, &varied_labels, &variation, "varied", &subject));
        assert_true(subject->ends.reached[0] && subject->ends.reached[1]);
        assert_false(subject->label[0].cut_inferior || subject->label[0].cut_superior);
        assert_true(subject->label[1].cut_inferior && subject->label[1].cut_superior);
        fs_subject_free(subject);
    }
    fv_labels_free(&labels);
    fv_ct_free(&ct);
}

/* A heart in the block's middle, to aim at. */
static fs_subject *subject_of(int slices)
{
    fv_ct ct = block(slices, 0, slices - 1);
    fv_labels labels;
    fs_subject *subject;
    assert_ok(fv_labels_make(&ct.grid, "block", &labels));
    assert_ok(fv_labels_add(&labels, "heart"));
    for (int z = slices / 4; z < slices - slices / 4; z++)
        for (int y = 25; y < 40; y++)
            for (int x = 25; x < 40; x++) labels.label[(z * VOXELS + y) * VOXELS + x] = 1;
    assert_ok(fs_subject_make(&ct, &labels, "block", &subject));
    return subject;
}

static void test_redrawn(void **state)
{
    enum { VIEWS = 40 };
    fs_subject *subject = subject_of(30);
    const fs_tray none = {0};
    fs_sampling sampling = fs_sampling_usual();
    fs_shot shot, again;
    int redrawn = 0;
    (void)state;
    for (uint32_t view = 0; view < VIEWS; view++) {
        sampling.most_cut = 0.1;
        assert_ok(fs_shot_sample(subject, &none, &sampling, 1, 0, view, &shot));
        assert_ok(fs_shot_sample(subject, &none, &sampling, 1, 0, view, &again));
        assert_int_equal(shot.redrawn, again.redrawn);
        assert_memory_equal(shot.carm.target_mm, again.carm.target_mm, sizeof shot.carm.target_mm);
        assert_true(shot.cut == (fs_ct_ends_share(&subject->ends, &shot.camera) > 0.1));
        redrawn += shot.redrawn > 0;
        sampling.most_cut = 1;
        assert_ok(fs_shot_sample(subject, &none, &sampling, 1, 0, view, &again));
        assert_int_equal(again.redrawn, 0);
        assert_false(again.cut);
        if (shot.redrawn > 0) assert_true(fs_ct_ends_share(&subject->ends, &again.camera) > 0.1);
    }
    assert_true(redrawn > 0 && redrawn < VIEWS);
    fs_subject_free(subject);
}

/* Of a slice 15 mm thick, every picture misses nearly all of the body. */
static void test_hopeless(void **state)
{
    fs_subject *subject = subject_of(3);
    const fs_tray none = {0};
    fs_sampling sampling = fs_sampling_usual();
    fs_shot shot;
    (void)state;
    sampling.most_cut = 0.02;
    for (uint32_t view = 0; view < 5; view++) {
        assert_ok(fs_shot_sample(subject, &none, &sampling, 1, 0, view, &shot));
        assert_true(shot.cut && shot.redrawn > 10);
    }
    fs_subject_free(subject);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shares),  cmocka_unit_test(test_whole),
                                       cmocka_unit_test(test_frayed),  cmocka_unit_test(test_varied),
                                       cmocka_unit_test(test_redrawn), cmocka_unit_test(test_hopeless)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
