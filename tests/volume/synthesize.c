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
    expect_near(ct.hu[voxel_near(&ct.grid, 12, 0, 0)], 50, 50, "HU of the muscle near the bone");
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_distances), cmocka_unit_test(test_outline),
                                       cmocka_unit_test(test_tissues), cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
