/* Variations of a patient: what each setting does, that space does not fold, and that labels stay with their tissue. */
#include "support.h"

#include "volume/vary.h"
#include <omp.h>

enum { N = 40 }; /* voxels of 4 mm along each axis */

static fv_grid the_grid(void)
{
    return fv_grid_upright((int[]){N, N, N}, (double[]){4, 4, 4}, (double[]){-78, -78, 22});
}

/* A liver, a left femur and a right one: blocks on the side where they belong. */
static fv_labels make_patient(fv_ct *ct)
{
    static const char *const names[] = {"liver", "femur_left", "femur_right"};
    static const int hu[] = {FV_HU_AIR, 60, 700, 700};
    fv_grid grid = the_grid();
    fv_labels labels;
    expect_ok(fv_labels_make(&grid, "t", &labels));
    expect_ok(fv_ct_make(&grid, "t", ct));
    for (int k = 0; k < 3; k++) expect_ok(fv_labels_add(&labels, names[k]));
    for (int z = 0; z < N; z++)
        for (int y = 10; y < 30; y++)
            for (int x = 6; x < 34; x++) {
                int label = z >= 22 && z < 34 && x < 18   ? 1
                            : z < 16 && z >= 6 && x >= 22 ? 2
                            : z < 16 && z >= 6 && x < 18  ? 3
                                                          : 0;
                labels.label[voxel_at(&grid, x, y, z)] = (uint16_t)label;
            }
    for (size_t i = 0; i < fv_grid_voxels(&grid); i++) ct->hu[i] = (int16_t)hu[labels.label[i]];
    return labels;
}

static void test_nothing(void **state)
{
    fv_ct ct, new_ct;
    fv_labels labels = make_patient(&ct), new_labels;
    fv_variation none = {.seed = 3};
    (void)state;
    expect_ok(fv_vary(&ct, &labels, &none, &new_ct, &new_labels));
    assert_memory_equal(ct.hu, new_ct.hu, N * N * N * sizeof *ct.hu);
    assert_memory_equal(labels.label, new_labels.label, N * N * N * sizeof *labels.label);
    assert_string_equal(new_labels.structure[1].name, "femur_left");
    fv_ct_free(&new_ct);
    fv_labels_free(&new_labels);
    fv_ct_free(&ct);
    fv_labels_free(&labels);
}

static void test_mirrored(void **state)
{
    fv_ct ct, new_ct;
    fv_labels labels = make_patient(&ct), new_labels;
    fv_extent extents[4];
    fv_variation mirror = {.seed = 3, .mirror_probability = 1};
    (void)state;
    expect_ok(fv_vary(&ct, &labels, &mirror, &new_ct, &new_labels));
    for (int z = 0; z < N; z++)
        for (int x = 0; x < N; x++) {
            assert_int_equal(new_ct.hu[voxel_at(&ct.grid, x, 15, z)], ct.hu[voxel_at(&ct.grid, N - 1 - x, 15, z)]);
            assert_int_equal(new_labels.label[voxel_at(&ct.grid, x, 15, z)],
                             labels.label[voxel_at(&ct.grid, N - 1 - x, 15, z)]);
        }
    fv_labels_extents(&new_labels, extents);
    assert_true(extents[fv_labels_find(&new_labels, "femur_left")].centroid_mm[0] > 0);
    assert_true(extents[fv_labels_find(&new_labels, "femur_right")].centroid_mm[0] < 0);
    assert_true(extents[fv_labels_find(&new_labels, "liver")].centroid_mm[0] > 0); /* situs inversus */
    assert_int_equal(new_labels.structure[1].category->side, FB_SIDE_RIGHT);
    fv_ct_free(&new_ct);
    fv_labels_free(&new_labels);
    fv_ct_free(&ct);
    fv_labels_free(&labels);
}

/* The left lung has no middle lobe: mirrored, it belongs to the upper one. */
static void test_mirrored_lung(void **state)
{
    fv_grid grid = the_grid();
    fv_labels labels, mirrored;
    fv_variation mirror = {.seed = 3, .mirror_probability = 1};
    (void)state;
    expect_ok(fv_labels_make(&grid, "t", &labels));
    expect_ok(fv_labels_add(&labels, "lung_upper_lobe_right"));
    expect_ok(fv_labels_add(&labels, "lung_middle_lobe_right"));
    expect_ok(fv_labels_add(&labels, "lung_lower_lobe_left"));
    for (int k = 1; k <= 3; k++) labels.label[voxel_at(&grid, k < 3 ? 5 : N - 6, 10 * k, 7)] = (uint16_t)k;
    expect_ok(fv_vary(NULL, &labels, &mirror, NULL, &mirrored));
    assert_int_equal(mirrored.count, 2);
    assert_string_equal(mirrored.structure[0].name, "lung_upper_lobe_left");
    assert_string_equal(mirrored.structure[1].name, "lung_lower_lobe_right");
    assert_int_equal(mirrored.label[voxel_at(&grid, N - 6, 10, 7)], 1);
    assert_int_equal(mirrored.label[voxel_at(&grid, N - 6, 20, 7)], 1);
    assert_int_equal(mirrored.label[voxel_at(&grid, 5, 30, 7)], 2);
    fv_labels_free(&labels);
    fv_labels_free(&mirrored);
}

/* There is no right atrial appendage among the names: mirrored, it belongs to the heart. */
static void test_mirrored_appendage(void **state)
{
    fv_grid grid = the_grid();
    fv_labels labels, mirrored;
    fv_variation mirror = {.seed = 3, .mirror_probability = 1}, upright = {.seed = 3};
    (void)state;
    expect_ok(fv_labels_make(&grid, "t", &labels));
    expect_ok(fv_labels_add(&labels, "atrial_appendage_left"));
    expect_ok(fv_labels_add(&labels, "heart"));
    labels.label[voxel_at(&grid, 25, 10, 7)] = 1;
    labels.label[voxel_at(&grid, 20, 10, 7)] = 2;
    expect_ok(fv_vary(NULL, &labels, &mirror, NULL, &mirrored));
    assert_int_equal(mirrored.count, 1);
    assert_string_equal(mirrored.structure[0].name, "heart");
    assert_int_equal(mirrored.label[voxel_at(&grid, N - 26, 10, 7)], 1);
    assert_int_equal(mirrored.label[voxel_at(&grid, N - 21, 10, 7)], 1);
    fv_labels_free(&mirrored);
    expect_ok(fv_vary(NULL, &labels, &upright, NULL, &mirrored));
    assert_int_equal(mirrored.count, 2);
    fv_labels_free(&mirrored);
    fv_labels_free(&labels);
}

/* What has no name on the other side, in a patient without its whole: left out, not given the whole's name. */
static void test_mirrored_without_whole(void **state)
{
    fv_grid grid = the_grid();
    fv_labels labels, mirrored;
    fv_variation mirror = {.seed = 3, .mirror_probability = 1};
    (void)state;
    expect_ok(fv_labels_make(&grid, "t", &labels));
    expect_ok(fv_labels_add(&labels, "atrial_appendage_left"));
    expect_ok(fv_labels_add(&labels, "lung_middle_lobe_right"));
    expect_ok(fv_labels_add(&labels, "spleen"));
    for (int k = 1; k <= 3; k++) labels.label[voxel_at(&grid, 10 * k, 10, 7)] = (uint16_t)k;
    expect_ok(fv_vary(NULL, &labels, &mirror, NULL, &mirrored));
    assert_int_equal(mirrored.count, 1);
    assert_string_equal(mirrored.structure[0].name, "spleen");
    assert_int_equal(mirrored.label[voxel_at(&grid, N - 11, 10, 7)], 0);
    assert_int_equal(mirrored.label[voxel_at(&grid, N - 21, 10, 7)], 0);
    assert_int_equal(mirrored.label[voxel_at(&grid, N - 31, 10, 7)], 1);
    fv_labels_free(&mirrored);
    fv_labels_free(&labels);
}

static void test_names(void **state)
{
    static const char *const pairs[][2] = {{"femur_left", "femur_right"},
                                           {"rib_right_7", "rib_left_7"},
                                           {"Left kidney", "Right kidney"},
                                           {"kidney, right", "kidney, left"},
                                           {"cleft", "cleft"},
                                           {"leftover bright", "leftover bright"},
                                           {"", ""}};
    char out[64];
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        fv_other_side(pairs[i][0], out);
        assert_string_equal(out, pairs[i][1]);
        fv_other_side(pairs[i][1], out);
        assert_string_equal(out, pairs[i][0]);
    }
    size_t sided = 0;
    for (size_t i = 0; i < FB_CATEGORIES; i++) {
        const fb_structure *one = fb_category_at(i);
        fv_other_side(one->name, out);
        const fb_structure *other = fb_category_find(out);
        if (strcmp(one->name, "atrial_appendage_left") == 0 || strncmp(one->name, "lung_", 5) == 0 || other == NULL)
            continue; /* there is none on the right; the lungs have other lobes */
        assert_true((one->side == FB_SIDE_NONE) == (other == one));
        sided += other != one;
    }
    assert_true(sided >= 60);
}

/* The map itself, from CTs that hold each place's coordinates in tenths of a millimetre. */
static void expect_unfolded(uint64_t seed)
{
    fv_grid grid = the_grid();
    fv_ct ct[3], moved[3];
    fv_variation v = {.seed = seed, .deform_mm = 15.9, .control_mm = 40, .scale = 0.1};
    double farthest = 0;
    for (int i = 0; i < 3; i++) {
        expect_ok(fv_ct_make(&grid, "t", &ct[i]));
        for (int k = 0; k < N * N * N; k++)
            ct[i].hu[k] = (int16_t)(40 * (i == 0 ? k % N : i == 1 ? k / N % N : k / N / N));
        expect_ok(fv_vary(&ct[i], NULL, &v, &moved[i], NULL));
    }
    for (int z = 10; z < 30; z++)
        for (int y = 10; y < 30; y++)
            for (int x = 10; x < 30; x++) {
                fv_affine jacobian = {0};
                const size_t step[3] = {1, N, N * N};
                size_t at = voxel_at(&grid, x, y, z);
                for (int i = 0; i < 3; i++) {
                    for (int j = 0; j < 3; j++)
                        jacobian.m[i][j] = (moved[i].hu[at + step[j]] - moved[i].hu[at - step[j]]) / 80.0;
                    farthest = fmax(farthest, abs(moved[i].hu[at] - ct[i].hu[at]) / 10.0);
                }
                assert_true(fv_affine_determinant(&jacobian) > 0);
            }
    assert_true(farthest > 5 && farthest < 16 + 8);
    for (int i = 0; i < 3; i++) {
        fv_ct_free(&ct[i]);
        fv_ct_free(&moved[i]);
    }
}

static void test_unfolded(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 5; seed++) expect_unfolded(seed);
}

/* Deformed, a voxel whose neighbours have its label has its label's HU. */
static void test_exact_labels(void **state)
{
    fv_ct ct, new_ct;
    fv_labels labels = make_patient(&ct), new_labels;
    fv_variation v = {.seed = 1, .deform_mm = 12, .control_mm = 60, .scale = 0.1};
    int compared[4] = {0};
    (void)state;
    expect_ok(fv_vary(&ct, &labels, &v, &new_ct, &new_labels));
    assert_int_equal(new_labels.count, 3);
    for (int z = 3; z + 3 < N; z++)
        for (int y = 3; y + 3 < N; y++)
            for (int x = 3; x + 3 < N; x++) {
                size_t at = voxel_at(&ct.grid, x, y, z);
                int label = new_labels.label[at];
                bool same = true;
                for (int k = 0; k < 125; k++)
                    same =
                        same &&
                        new_labels.label[voxel_at(&ct.grid, x + k % 5 - 2, y + k / 5 % 5 - 2, z + k / 25 - 2)] == label;
                if (!same || label == 0) continue;
                assert_int_equal(new_ct.hu[at], label == 1 ? 60 : 700);
                compared[label]++;
            }
    assert_true(compared[1] > 300 && compared[2] > 300 && compared[3] > 300);
    assert_int_not_equal(memcmp(labels.label, new_labels.label, N * N * N * sizeof *labels.label), 0);
    fv_ct_free(&new_ct);
    fv_labels_free(&new_labels);
    fv_ct_free(&ct);
    fv_labels_free(&labels);
}

static void test_densities(void **state)
{
    fv_ct ct, new_ct;
    fv_labels labels = make_patient(&ct), new_labels;
    fv_variation v = {.seed = 1, .organ_density = 0.02, .bone_mineral = 0.3};
    (void)state;
    expect_ok(fv_vary(&ct, &labels, &v, &new_ct, &new_labels));
    int liver = new_ct.hu[voxel_at(&ct.grid, 10, 20, 28)], left = new_ct.hu[voxel_at(&ct.grid, 28, 20, 10)];
    int right = new_ct.hu[voxel_at(&ct.grid, 10, 20, 10)];
    assert_int_not_equal(liver, 60);
    expect_near(liver, 60, 0.06 * 1060, "HU of the liver");
    expect_near(left, 700, 0.3 * 600 + 0.06 * 1900, "HU of bone");
    assert_int_not_equal(left, right); /* each has its own density; the mineral is the patient's */
    expect_near(left, right, 0.12 * 1900, "HU of the other bone");
    assert_int_equal(new_ct.hu[0], FV_HU_AIR);
    assert_memory_equal(labels.label, new_labels.label, N * N * N * sizeof *labels.label);
    fv_ct_free(&new_ct);
    fv_labels_free(&new_labels);
    fv_ct_free(&ct);
    fv_labels_free(&labels);
}

static void test_threads(void **state)
{
    fv_ct ct, new_ct[3];
    fv_labels labels = make_patient(&ct), new_labels[3];
    (void)state;
    for (int i = 0; i < 3; i++) {
        fv_variation v = fv_variation_usual(9, i == 2);
        omp_set_num_threads(i == 1 ? 3 : 1);
        expect_ok(fv_vary(&ct, &labels, &v, &new_ct[i], &new_labels[i]));
    }
    assert_memory_equal(new_ct[0].hu, new_ct[1].hu, N * N * N * sizeof *ct.hu);
    assert_memory_equal(new_labels[0].label, new_labels[1].label, N * N * N * sizeof *labels.label);
    assert_int_not_equal(memcmp(new_ct[0].hu, new_ct[2].hu, N * N * N * sizeof *ct.hu), 0);
    for (int i = 0; i < 3; i++) {
        fv_ct_free(&new_ct[i]);
        fv_labels_free(&new_labels[i]);
    }
    fv_ct_free(&ct);
    fv_labels_free(&labels);
}

static void test_refused(void **state)
{
    static const struct {
        fv_variation variation;
        const char *field;
    } cases[] = {{{.scale = 1}, "scale: "},
                 {{.organ_density = -1}, "organ_density: "},
                 {{.bone_mineral = 2}, "bone_mineral: "},
                 {{.deform_mm = 20, .control_mm = 50}, "deform_mm: "},
                 {{.deform_mm = 1}, "deform_mm: "},
                 {{.deform_mm = (double)NAN, .control_mm = 50}, "deform_mm: "},
                 {{.deform_mm = 0.001, .control_mm = 0.01}, "control_mm: "}};
    fv_ct ct, new_ct;
    fv_labels labels = make_patient(&ct), new_labels;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(fv_vary(&ct, &labels, &cases[i].variation, &new_ct, &new_labels), FSAM_ERROR_ARGUMENT);
        expect_message(cases[i].field, "");
        assert_null(new_ct.hu);
    }
    labels.grid.world_from_voxel.m[0][3] += 1;
    assert_int_equal(fv_vary(&ct, &labels, &(fv_variation){0}, &new_ct, &new_labels), FSAM_ERROR_MISMATCH);
    assert_int_equal(fv_vary(&ct, NULL, &(fv_variation){0}, NULL, NULL), FSAM_ERROR_ARGUMENT);
    fv_ct_free(&ct);
    fv_labels_free(&labels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing),
                                       cmocka_unit_test(test_mirrored),
                                       cmocka_unit_test(test_names),
                                       cmocka_unit_test(test_mirrored_lung),
                                       cmocka_unit_test(test_mirrored_appendage),
                                       cmocka_unit_test(test_mirrored_without_whole),
                                       cmocka_unit_test(test_unfolded),
                                       cmocka_unit_test(test_exact_labels),
                                       cmocka_unit_test(test_densities),
                                       cmocka_unit_test(test_threads),
                                       cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
