/* Distances, the body about the parts, and CTs made from labels. */
#include "support.h"

#include "volume/distance.h"
#include "volume/outline.h"
#include "volume/synthesize.h"
#include <omp.h>

/* Against the plain way: every voxel with every voxel of the mask. */
static void test_distances(void **state)
{
    enum { NX = 9, NY = 7, NZ = 6, COUNT = NX * NY * NZ };
    const int size[3] = {NX, NY, NZ};
    const double spacing[3] = {1.5, 0.75, 2};
    uint8_t mask[COUNT] = {0};
    float distance[COUNT];
    (void)state;
    expect_ok(fv_distances(mask, size, spacing, distance));
    assert_true(isinf(distance[0]) && isinf(distance[COUNT - 1]));
    for (int i = 0; i < COUNT; i++) mask[i] = (i * 2654435761u >> 8) % 31 == 0;
    expect_ok(fv_distances(mask, size, spacing, distance));
    for (int i = 0; i < COUNT; i++) {
        double least = (double)INFINITY;
        for (int j = 0; j < COUNT; j++) {
            double x = (i % NX - j % NX) * spacing[0], y = (i / NX % NY - j / NX % NY) * spacing[1];
            double z = (i / NX / NY - j / NX / NY) * spacing[2];
            if (mask[j] != 0) least = fmin(least, sqrt(x * x + y * y + z * z));
        }
        expect_near((double)distance[i], least, 1e-5, "distance");
    }
}

static bool in_ball(const double w[3], double x, double y, double z, double radius)
{
    return (w[0] - x) * (w[0] - x) + (w[1] - y) * (w[1] - y) + (w[2] - z) * (w[2] - z) <= radius * radius;
}

/* A liver and a bone, balls of 30 mm, 90 mm apart: 3 mm voxels in a box of 300 mm. */
static fv_labels two_balls(void)
{
    fv_grid grid = fv_grid_upright((int[]){100, 80, 60}, (double[]){3, 3, 3}, (double[]){-148.5, -118.5, -88.5});
    fv_labels labels;
    expect_ok(fv_labels_make(&grid, "t", &labels));
    expect_ok(fv_labels_add(&labels, "liver"));
    expect_ok(fv_labels_add(&labels, "femur_left"));
    for (int z = 0; z < 60; z++)
        for (int y = 0; y < 80; y++)
            for (int x = 0; x < 100; x++) {
                double w[3] = {x, y, z};
                fv_affine_apply(&grid.world_from_voxel, w, w);
                uint16_t *label = &labels.label[voxel_at(&grid, x, y, z)];
                if (in_ball(w, -45, 0, 0, 30)) *label = 1;
                if (in_ball(w, 45, 0, 0, 30)) *label = 2;
            }
    return labels;
}

static double depth_at(const fv_outline *outline, double x, double y, double z)
{
    fv_affine inverse;
    double place[3] = {x, y, z};
    assert_true(fv_affine_invert(&outline->grid.world_from_voxel, &inverse));
    fv_affine_apply(&inverse, place, place);
    return fv_outline_sample(outline, outline->depth_mm, place);
}

static void test_outline(void **state)
{
    fv_labels labels = two_balls();
    fv_outline outline;
    (void)state;
    expect_ok(fv_outline_make(&labels, 14, &outline));
    expect_near(depth_at(&outline, -75, 0, 0), 14, 4, "depth at the liver's side");
    expect_near(depth_at(&outline, -45, -30, 0), 14, 4, "depth at the liver's front");
    assert_true(depth_at(&outline, 0, 0, 0) > 0); /* the gap between them is closed */
    assert_true(depth_at(&outline, -120, 0, 0) < -20);
    assert_true(depth_at(&outline, 0, 100, 0) < -20);
    fv_outline_free(&outline);
    fv_labels_free(&labels);
}

/* Two fingers of bone, 30 mm between their middles, and a thigh far from them: the gap of fingers stays open, though
 * the body's is closed over twice as much. */
static void test_fingers(void **state)
{
    fv_grid grid = fv_grid_upright((int[]){110, 60, 40}, (double[]){2, 2, 2}, (double[]){-109, -59, -39});
    fv_labels labels;
    fv_outline outline;
    (void)state;
    expect_ok(fv_labels_make(&grid, "t", &labels));
    expect_ok(fv_labels_add(&labels, "phalanges_hand"));
    expect_ok(fv_labels_add(&labels, "femur_left"));
    for (int z = 5; z < 35; z++)
        for (int y = 27; y < 33; y++)
            for (int x = 0; x < 6; x++) {
                labels.label[voxel_at(&grid, 22 + x, y, z)] = 1;
                labels.label[voxel_at(&grid, 37 + x, y, z)] = 1;
                labels.label[voxel_at(&grid, 80 + x, y, z)] = 2;
            }
    expect_ok(fv_outline_make(&labels, 14, &outline));
    assert_true(depth_at(&outline, -60, 0, 0) > 5 && depth_at(&outline, -30, 0, 0) > 5);
    assert_true(depth_at(&outline, -45, 0, 0) < 0);
    expect_near(depth_at(&outline, -60, -6, 0), 6, 4, "depth at a finger's side");
    expect_near(depth_at(&outline, 56, -6, 0), 14, 4, "depth at the thigh's side");
    assert_true(depth_at(&outline, 10, 0, 0) < 0);
    fv_outline_free(&outline);
    fv_labels_free(&labels);
}

/* A colon as a ball: its wall is whole, its inside partly gas; a spleen has none. */
static void test_gas(void **state)
{
    fv_labels labels = two_balls();
    const fv_tissue tissue[3] = {{0}, {20, 10, 20, 0.4}, {20, 10, 20, 0}};
    const fv_synthesis options = {.tissue = tissue, .bare = true, .seed = 3};
    size_t gas[3] = {0}, count[3] = {0};
    fv_ct ct;
    (void)state;
    expect_ok(fv_ct_synthesize(&labels, &options, &ct));
    for (int z = 0; z < 60; z++)
        for (int y = 0; y < 80; y++)
            for (int x = 0; x < 100; x++) {
                const size_t at = voxel_at(&ct.grid, x, y, z);
                const int label = labels.label[at];
                double w[3] = {x, y, z};
                fv_affine_apply(&ct.grid.world_from_voxel, w, w);
                if (label == 0 || !in_ball(w, label == 1 ? -45 : 45, 0, 0, 24)) continue;
                gas[label] += ct.hu[at] < -500;
                count[label]++;
            }
    expect_near((double)gas[1] / (double)count[1], 0.4, 0.2, "share of gas");
    assert_int_equal(gas[2], 0);
    assert_true(ct.hu[voxel_near(&ct.grid, -45 - 29, 0, 0)] > -500); /* its wall */
    fv_ct_free(&ct);
    fv_labels_free(&labels);
}

/* What is unlabelled beside the brain is water, as in its fissures, and elsewhere fat. */
static void test_about_the_brain(void **state)
{
    fv_labels labels = two_balls();
    fv_ct ct;
    (void)state;
    free(labels.structure[0].name);
    labels.structure[0].name = strdup("brain");
    expect_ok(fv_ct_from_labels(&labels, 5, 0, &ct));
    expect_near(ct.hu[voxel_near(&ct.grid, -45, -33, 0)], 8, 40, "HU beside the brain");
    fv_ct_free(&ct);
    fv_labels_free(&labels);
}

static void test_tissues(void **state)
{
    fv_labels labels = two_balls();
    fv_ct ct;
    double sum[3] = {0}, squares = 0;
    size_t count[3] = {0};
    (void)state;
    expect_ok(fv_ct_from_labels(&labels, 5, 0, &ct));
    for (size_t i = 0; i < fv_grid_voxels(&ct.grid); i++) {
        sum[labels.label[i]] += ct.hu[i];
        count[labels.label[i]]++;
        if (labels.label[i] == 1) squares += (ct.hu[i] - 58.0) * (ct.hu[i] - 58.0);
    }
    expect_near(sum[1] / (double)count[1], 58, 2, "mean HU of the liver");
    assert_true(squares / (double)count[1] > 4 && squares / (double)count[1] < 60);
    expect_near(ct.hu[voxel_near(&ct.grid, 45, 28.5, 0)], 1200, 250, "HU of the bone's shell");
    expect_near(ct.hu[voxel_near(&ct.grid, 45, 0, 0)], 250, 250, "HU of the bone's inside");
    assert_int_equal(ct.hu[voxel_near(&ct.grid, 0, 110, 0)], FV_HU_AIR);
    expect_near(ct.hu[voxel_near(&ct.grid, -45, -36, 0)], -100, 60, "HU of the fat");
    expect_near(ct.hu[voxel_near(&ct.grid, 9, 0, 0)], 50, 50, "HU of the muscle near the bone");
    fv_ct_free(&ct);
    fv_labels_free(&labels);
}

/* The same bytes on one thread and on three, and others for another scene. */
static void test_threads(void **state)
{
    fv_labels labels = two_balls();
    fv_ct ct[3];
    size_t size = fv_grid_voxels(&labels.grid) * sizeof *ct[0].hu;
    (void)state;
    for (int i = 0; i < 3; i++) {
        omp_set_num_threads(i == 1 ? 3 : 1);
        expect_ok(fv_ct_from_labels(&labels, 5, i == 2, &ct[i]));
    }
    assert_memory_equal(ct[0].hu, ct[1].hu, size);
    assert_int_not_equal(memcmp(ct[0].hu, ct[2].hu, size), 0);
    for (int i = 0; i < 3; i++) fv_ct_free(&ct[i]);
    fv_labels_free(&labels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_distances),       cmocka_unit_test(test_outline),
                                       cmocka_unit_test(test_fingers),         cmocka_unit_test(test_gas),
                                       cmocka_unit_test(test_about_the_brain), cmocka_unit_test(test_tissues),
                                       cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
