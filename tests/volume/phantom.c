/* The analytic phantom: exact chords, a whole body with everything in its place, and the same voxels each time. */
#include "support.h"

#include "base/random.h"
#include "volume/phantom.h"
#include "volume/phantom_parts.h"
#include <omp.h>
#include <stdio.h>
#include <string.h>

static const double along_x[3] = {1, 0, 0}, along_z[3] = {0, 0, 1};

static double chord(const fv_shape *shape, double x, double y, double z, const double direction[3])
{
    double from, to, origin[3] = {x, y, z};
    return fv_shape_chord(shape, origin, direction, &from, &to) ? to - from : 0;
}

/* By the formulas of the textbook. */
static void test_chords(void **state)
{
    (void)state;
    const double centre[3] = {10, 20, 30}, u[3] = {3, 4, 0}, v[3] = {-8, 6, 5}; /* v's part along u is left out */
    fv_shape ball = fv_shape_ellipsoid(centre, (double[]){7, 0, 0}, (double[]){0, 7, 0}, 7);
    expect_near(chord(&ball, -100, 20, 34, along_x), 2 * sqrt(49 - 16), 1e-9, "ball");
    expect_near(chord(&ball, -100, 20, 37.01, along_x), 0, 0, "beside the ball");
    fv_shape oblique = fv_shape_ellipsoid(centre, u, v, 2);
    expect_near(chord(&oblique, 10, 20, 30, (double[]){0.6, 0.8, 0}), 10, 1e-9, "along u");
    fv_shape rod = fv_shape_cone((double[]){0, 0, 0, 5}, (double[]){0, 0, 40, 5}, 1);
    expect_near(chord(&rod, 0, 0, -50, along_z), 50, 1e-9, "capsule, lengthwise");
    expect_near(chord(&rod, -50, 3, 20, along_x), 8, 1e-9, "capsule, across");
    expect_near(chord(&rod, -50, 3, 20, (double[]){2, 0, 0}), 4, 1e-9, "counted in the direction's length");
    fv_shape flat = fv_shape_cone((double[]){0, 0, 0, 5}, (double[]){0, 0, 40, 5}, 0.5);
    expect_near(chord(&flat, 0, -50, 20, (double[]){0, 1, 0}), 5, 1e-9, "flat");
    /* Balls of 10 and 4, 20 apart: the side touches them where sin = 6 / 20, and is R / cos wide at the first's height
     */
    fv_shape cone = fv_shape_cone((double[]){0, 0, 0, 10}, (double[]){0, 0, 20, 4}, 1);
    const double cosine = sqrt(1 - 0.3 * 0.3);
    expect_near(chord(&cone, -50, 0, 10, along_x), 2 * (10 / cosine - 10 * 0.3 / cosine), 1e-9, "cone");
    fv_shape_cut(&rod, &(fv_slab){{0, 0, 2}, 20, 50});
    expect_near(chord(&rod, 1, 1, -50, along_z), 15, 1e-9, "cut");
    expect_near(chord(&rod, -50, 0, 9.9, along_x), 0, 0, "below the cut");
    fv_shape mirrored = fv_shape_mirror(&oblique);
    expect_near(chord(&mirrored, -10, 20, 30, (double[]){-0.6, 0.8, 0}), 10, 1e-9, "mirrored");
}

/* A chord's ends against membership, along lines at random through shapes at random. */
static void test_chords_against_points(void **state)
{
    (void)state;
    fb_random random = fb_random_start(7, 0, 0, 0);
    int hits = 0;
    for (int i = 0; i < 2000; i++) {
        double n[16], from, to;
        for (int k = 0; k < 16; k++) n[k] = fb_random_between(&random, -10, 10);
        const double a[4] = {n[0], n[1], n[2], fabs(n[3]) + 1}, b[4] = {n[4], n[5], n[6], fabs(n[7]) + 1};
        fv_shape shape = fv_shape_cone(a, b, 0.4 + 0.05 * fabs(n[8]));
        if (i % 2 != 0) fv_shape_cut(&shape, &(fv_slab){{n[9], n[10], n[11]}, -40, 40});
        const double *origin = n + 9, *direction = n + 12;
        const bool met = fv_shape_chord(&shape, origin, direction, &from, &to);
        hits += met;
        for (double t = -6; t < 6; t += 0.0625) {
            double p[3];
            for (int k = 0; k < 3; k++) p[k] = origin[k] + t * direction[k];
            const bool near_end = met && (fabs(t - from) < 1e-6 || fabs(t - to) < 1e-6);
            if (!near_end) assert_int_equal(fv_shape_holds(&shape, p), met && t > from && t < to);
        }
    }
    assert_in_range(hits, 400, 1900);
}

/* ---- the body ---- */

typedef struct body {
    fv_phantom *phantom;
    fv_ct ct;
    fv_labels labels;
    fv_extent extent[FB_CATEGORIES + 1];
} body;

/* 4 mm: coarser than anybody will want, so that what has voxels here has them. */
static int make_body(void **state)
{
    static body b;
    const fv_phantom_options options = {.spacing_mm = 4, .seed = 3};
    expect_ok(fv_phantom_make(&b.phantom));
    expect_ok(fv_phantom_voxelise(b.phantom, &options, &b.ct, &b.labels));
    if (b.labels.count == FB_CATEGORIES) fv_labels_extents(&b.labels, b.extent);
    *state = &b;
    return 0;
}

static int free_body(void **state)
{
    body *b = *state;
    fv_ct_free(&b->ct);
    fv_labels_free(&b->labels);
    fv_phantom_free(b->phantom);
    return 0;
}

static const fv_extent *extent_of(const body *b, const char *name)
{
    const int label = fv_labels_find(&b->labels, name);
    if (label == 0) fail_msg("%s: no voxel", name);
    return &b->extent[label];
}

static void test_all_categories(void **state)
{
    const body *b = *state;
    for (size_t k = 0; k < FB_CATEGORIES; k++)
        if (fv_labels_find(&b->labels, fb_category_at(k)->name) == 0) fail_msg("%s: no voxel", fb_category_at(k)->name);
    for (int k = 1; k <= b->labels.count; k++)
        if (b->extent[k].voxels < 20) fail_msg("%s: %zu voxels", b->labels.structure[k - 1].name, b->extent[k].voxels);
}

static void test_sides(void **state)
{
    const body *b = *state;
    for (int k = 1; k <= b->labels.count; k++) {
        const fb_structure *category = b->labels.structure[k - 1].category;
        const double x = b->extent[k].centroid_mm[0];
        if (category->side == FB_SIDE_LEFT && !(x > 3)) fail_msg("%s: x %g", category->name, x);
        if (category->side == FB_SIDE_RIGHT && !(x < -3)) fail_msg("%s: x %g", category->name, x);
        if (category->paired && fabs(x) > 4 /* a voxel */) fail_msg("%s: x %g", category->name, x);
    }
    assert_true(extent_of(b, "liver")->centroid_mm[0] < -30 && extent_of(b, "spleen")->centroid_mm[0] > 60);
    assert_true(extent_of(b, "heart")->centroid_mm[0] > 5 && extent_of(b, "stomach")->centroid_mm[0] > 30);
}

/* Volumes of adults, ml, with room for a phantom's simplicity. */
static void test_volumes(void **state)
{
    static const struct {
        const char *name;
        double least, most;
    } table[] = {
        {"liver", 1200, 2000},      {"spleen", 90, 300},          {"kidney_left", 100, 220},
        {"heart", 450, 900},        {"brain", 1100, 1700},        {"urinary_bladder", 80, 500},
        {"femur_left", 350, 700},   {"hip_right", 220, 480},      {"vertebrae_L3", 30, 80},
        {"vertebrae_C5", 4, 18},    {"scapula_left", 50, 150},    {"sacrum", 120, 280},
        {"patella", 20, 50},        {"prostate", 12, 45},         {"pancreas", 35, 120},
        {"clavicula_left", 15, 45}, {"rib_left_6", 14, 45},       {"tibia", 400, 800},
        {"thyroid_gland", 8, 30},   {"trachea", 25, 90},          {"aorta", 100, 300},
        {"gallbladder", 10, 60},    {"adrenal_gland_left", 2, 9}, {"sternum", 35, 110},
    };
    const body *b = *state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const double ml = extent_of(b, table[i].name)->volume_ml;
        if (ml < table[i].least || ml > table[i].most) fail_msg("%s: %g ml", table[i].name, ml);
    }
}

static double height_of(const body *b, const char *format, int number)
{
    char name[32];
    snprintf(name, sizeof name, format, number);
    return extent_of(b, name)->centroid_mm[2];
}

static void test_order(void **state)
{
    static const struct {
        const char *format;
        int count;
    } rows[] = {
        {"vertebrae_C%d", 7}, {"vertebrae_T%d", 12}, {"vertebrae_L%d", 5}, {"rib_left_%d", 12}, {"rib_right_%d", 12}};
    const body *b = *state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        for (int i = 1; i < rows[r].count; i++)
            assert_true(height_of(b, rows[r].format, i) > height_of(b, rows[r].format, i + 1) + 4);
    static const char *const down[] = {"brain",           "vertebrae_C1",  "vertebrae_C7", "vertebrae_T1", "heart",
                                       "liver",           "vertebrae_L1",  "vertebrae_L5", "vertebrae_S1", "sacrum",
                                       "urinary_bladder", "prostate",      "femur_left",   "patella",      "tibia",
                                       "tarsal",          "phalanges_feet"};
    for (size_t i = 1; i < sizeof down / sizeof *down; i++)
        assert_true(height_of(b, down[i - 1], 0) > height_of(b, down[i], 0));
    /* +y is the back */
    assert_true(extent_of(b, "sternum")->centroid_mm[1] < extent_of(b, "heart")->centroid_mm[1]);
    assert_true(extent_of(b, "heart")->centroid_mm[1] < extent_of(b, "vertebrae_T7")->centroid_mm[1]);
    assert_true(extent_of(b, "trachea")->centroid_mm[1] < extent_of(b, "esophagus")->centroid_mm[1]);
    assert_true(extent_of(b, "phalanges_feet")->centroid_mm[1] < extent_of(b, "tarsal")->centroid_mm[1] - 100);
    double low[3], high[3];
    fv_phantom_bounds(b->phantom, low, high);
    expect_near(high[2], 1754, 10, "height");
}

/* Through the canal from vertebra to vertebra there is nothing but cord. */
static void test_cord(void **state)
{
    static const char *const names[] = {"C1", "C4", "C7", "T1", "T2", "T5", "T6", "T11", "T12", "L1"};
    const body *b = *state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const fv_vertebra *above = fv_vertebra_find(names[i]), *below = above + 1;
        for (int step = 0; step <= 20; step++) {
            const double t = 0.05 * step, ya = above->y + above->depth, yb = below->y + below->depth;
            const double p[3] = {0, ya + t * (yb - ya) + 8.5, above->z + t * (below->z - above->z)};
            const fv_piece *piece = fv_phantom_at(b->phantom, p);
            if (piece == NULL || piece->category != fb_category_find("spinal_cord")) fail_msg("below %s", names[i]);
        }
    }
}

static void test_labels_are_those_of_the_centres(void **state)
{
    const body *b = *state;
    fb_random random = fb_random_start(1, 0, 0, 0);
    const int *size = b->labels.grid.size;
    size_t labelled = 0;
    for (int i = 0; i < 3000; i++) {
        int at[3];
        for (int k = 0; k < 3; k++) at[k] = (int)fb_random_below(&random, (uint32_t)size[k]);
        double world[3] = {at[0], at[1], at[2]};
        fv_affine_apply(&b->labels.grid.world_from_voxel, world, world);
        const fv_piece *piece = fv_phantom_at(b->phantom, world);
        const size_t voxel = voxel_at(&b->labels.grid, at[0], at[1], at[2]);
        const int label = b->labels.label[voxel];
        const fb_structure *category = label != 0 ? b->labels.structure[label - 1].category : NULL;
        assert_ptr_equal(category, piece != NULL ? piece->category : NULL);
        labelled += label != 0;
    }
    assert_true(labelled > 100);
}

/* What a line passes through, against points along it. */
static void test_lines(void **state)
{
    enum { STEPS = 20000 };
    const body *b = *state;
    const double origin[3] = {-300, -100, 1210}, across[3] = {0.98, 0.3, 0.05}, step = 0.05;
    const double length = sqrt(across[0] * across[0] + across[1] * across[1] + across[2] * across[2]);
    double direction[3], counted[FB_CATEGORIES] = {0};
    for (int i = 0; i < 3; i++) direction[i] = across[i] / length;
    for (int i = 0; i < STEPS; i++) {
        double p[3];
        for (int k = 0; k < 3; k++) p[k] = origin[k] + (i + 0.5) * step * direction[k];
        const fv_piece *piece = fv_phantom_at(b->phantom, p);
        if (piece != NULL && piece->category != NULL) counted[piece->category - fb_category_at(0)] += step;
    }
    fv_line line = {0};
    expect_ok(fv_phantom_line(b->phantom, origin, direction, &line));
    int met = 0;
    for (size_t k = 0; k < FB_CATEGORIES; k++) {
        expect_near(fv_line_length(&line, fb_category_at(k), FB_SIDE_NONE), counted[k], 0.3, fb_category_at(k)->name);
        met += counted[k] > 0;
    }
    assert_true(met >= 4);
    /* through both legs: a side each */
    expect_ok(fv_phantom_line(b->phantom, (double[]){-300, 8, 300}, along_x, &line));
    const fb_structure *tibia = fb_category_find("tibia");
    const double left = fv_line_length(&line, tibia, FB_SIDE_LEFT), right = fv_line_length(&line, tibia, FB_SIDE_RIGHT);
    expect_near(left, right, 1e-9, "the tibias are alike");
    assert_true(left > 15);
    expect_near(fv_line_length(&line, tibia, FB_SIDE_NONE), left + right, 1e-9, "both");
    fv_line_free(&line);
}

/* A voxel's HU is the mean over it: that of a plane of voxels is the integral over lines through it. */
static void test_partial_volumes(void **state)
{
    const body *b = *state;
    const fv_phantom_options options = {
        .spacing_mm = 5, .low_mm = {-250, -150, 1300}, .high_mm = {250, 150, 1305}, .seed = 1};
    fv_ct ct;
    fv_labels labels;
    expect_ok(fv_phantom_voxelise(b->phantom, &options, &ct, &labels));
    double mean = 0, exact = 0;
    const size_t count = fv_grid_voxels(&ct.grid);
    for (size_t i = 0; i < count; i++) mean += ct.hu[i] / (double)count;
    fv_line line = {0};
    enum { LINES = 300 };
    for (int i = 0; i < LINES; i++) {
        const double origin[3] = {-250, -150 + (i + 0.5) * 300.0 / LINES, 1302.5};
        expect_ok(fv_phantom_line(b->phantom, origin, along_x, &line));
        double sum = -1000 * 500;
        for (size_t k = 0; k < line.count; k++) {
            const fv_stretch *s = &line.stretch[k];
            const double from = fmax(s->from_mm, 0), to = fmin(s->to_mm, 500);
            if (to > from) sum += (to - from) * (s->piece->hu + 1000);
        }
        exact += sum / 500 / LINES;
    }
    expect_near(mean, exact, 2, "mean HU of a slice");
    fv_line_free(&line);
    fv_ct_free(&ct);
    fv_labels_free(&labels);
}

static void test_threads(void **state)
{
    const body *b = *state;
    const fv_phantom_options options = {
        .spacing_mm = 6, .low_mm = {-200, -140, 1150}, .high_mm = {200, 140, 1480}, .seed = 5, .scene = 2};
    fv_ct ct[2];
    fv_labels labels[2];
    const int before = omp_get_max_threads();
    for (int i = 0; i < 2; i++) {
        omp_set_num_threads(1 + 2 * i);
        expect_ok(fv_phantom_voxelise(b->phantom, &options, &ct[i], &labels[i]));
    }
    omp_set_num_threads(before);
    const size_t count = fv_grid_voxels(&ct[0].grid);
    assert_memory_equal(ct[0].hu, ct[1].hu, count * sizeof *ct[0].hu);
    assert_memory_equal(labels[0].label, labels[1].label, count * sizeof *labels[0].label);
    assert_int_equal(labels[0].count, labels[1].count);
    assert_int_equal(fv_labels_find(&labels[0], "tibia"), 0);
    assert_int_not_equal(fv_labels_find(&labels[0], "heart"), 0);
    for (int i = 0; i < 2; i++) {
        fv_ct_free(&ct[i]);
        fv_labels_free(&labels[i]);
    }
}

static void test_bad_options(void **state)
{
    const body *b = *state;
    fv_ct ct;
    fv_labels labels;
    fv_phantom_options options = {.spacing_mm = NAN};
    assert_int_equal(fv_phantom_voxelise(b->phantom, &options, &ct, &labels), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "phantom: spacing_mm: nan is not positive");
    options = (fv_phantom_options){.spacing_mm = 2, .low_mm = {0, 0, 0}, .high_mm = {10, -10, 10}};
    assert_int_equal(fv_phantom_voxelise(b->phantom, &options, &ct, &labels), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "phantom: box: 0 to -10 mm along y is no 1 to 32768 voxels of 2 mm");
    options = (fv_phantom_options){.spacing_mm = 0.01};
    assert_int_equal(fv_phantom_voxelise(b->phantom, &options, &ct, &labels), FSAM_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chords),         cmocka_unit_test(test_chords_against_points),
        cmocka_unit_test(test_all_categories), cmocka_unit_test(test_sides),
        cmocka_unit_test(test_volumes),        cmocka_unit_test(test_order),
        cmocka_unit_test(test_cord),           cmocka_unit_test(test_labels_are_those_of_the_centres),
        cmocka_unit_test(test_lines),          cmocka_unit_test(test_partial_volumes),
        cmocka_unit_test(test_threads),        cmocka_unit_test(test_bad_options),
    };
    return cmocka_run_group_tests(tests, make_body, free_body);
}
