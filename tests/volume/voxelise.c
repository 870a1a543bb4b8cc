/* Meshes to voxels and voxels to meshes: exact counts, volumes, and the way there and back. */
#include "shapes.h"

#include "volume/surface.h"
#include "volume/voxelise.h"
#include <omp.h>

static size_t count_label(const fv_labels *labels, int label)
{
    size_t count = 0;
    for (size_t i = 0; i < fv_grid_voxels(&labels->grid); i++) count += labels->label[i] == label;
    return count;
}

static fv_labels make_labels(int nx, int ny, int nz, double spacing)
{
    fv_labels labels;
    fv_grid grid = fv_grid_upright((int[]){nx, ny, nz}, (double[]){spacing, spacing, spacing}, (double[]){0, 0, 0});
    expect_ok(fv_labels_make(&grid, "t", &labels));
    return labels;
}

/* Faces between centres, and through them: a face on centres gives each of them to one of two boxes that share it. */
static void test_boxes(void **state)
{
    fv_labels labels = make_labels(12, 11, 10, 1);
    fv_mesh box = make_box(1.5f, 2.5f, 3.5f, 4.5f, 7.5f, 8.5f);
    (void)state;
    expect_ok(fv_labels_paint(&labels, 1, &box, "box"));
    assert_int_equal(count_label(&labels, 1), 3 * 5 * 5);
    assert_int_equal(labels.label[voxel_at(&labels.grid, 2, 3, 4)], 1);
    assert_int_equal(labels.label[voxel_at(&labels.grid, 4, 7, 8)], 1);
    fv_mesh_free(&box);
    for (int i = 0; i < 8; i++) {
        float x = (i & 1) != 0 ? 4 : 1, y = (i & 2) != 0 ? 5 : 1, z = (i & 4) != 0 ? 6 : 1;
        box = make_box(x, y, z, x + ((i & 1) != 0 ? 5 : 3), y + 4, z + ((i & 4) != 0 ? 2 : 5));
        expect_ok(fv_labels_paint(&labels, (uint16_t)(2 + i), &box, "box"));
        size_t expected = (size_t)((i & 1) != 0 ? 5 : 3) * 4 * (size_t)((i & 4) != 0 ? 2 : 5);
        assert_int_equal(count_label(&labels, 2 + i), expected);
        fv_mesh_free(&box);
    }
    for (int i = 0; i < 8; i++) /* none has taken a voxel of another */
        assert_int_equal(count_label(&labels, 2 + i),
                         (size_t)((i & 1) != 0 ? 5 : 3) * 4 * (size_t)((i & 4) != 0 ? 2 : 5));
    fv_labels_free(&labels);
}

/* Vertices and edges right on the rays: a centre is inside exactly when it is nearer than the facets. */
static void test_ball(void **state)
{
    fv_labels labels = make_labels(41, 41, 41, 1);
    fv_mesh ball = make_ball(20, 20, 20, 15, 48);
    (void)state;
    expect_ok(fv_labels_paint(&labels, 1, &ball, "ball"));
    for (int z = 0; z < 41; z++)
        for (int y = 0; y < 41; y++)
            for (int x = 0; x < 41; x++) {
                double r = sqrt(pow(x - 20, 2) + pow(y - 20, 2) + pow(z - 20, 2));
                int label = labels.label[voxel_at(&labels.grid, x, y, z)];
                if (r < 14.95) assert_int_equal(label, 1);
                if (r > 15) assert_int_equal(label, 0);
            }
    fv_mesh_free(&ball);
    fv_labels_free(&labels);
}

/* Partly or wholly beyond the grid, and much too far. */
static void test_beyond(void **state)
{
    fv_labels labels = make_labels(10, 10, 10, 1);
    fv_mesh box = make_box(-50, -60, -70, 4.5f, 80, 5.5f);
    (void)state;
    expect_ok(fv_labels_paint(&labels, 1, &box, "box"));
    assert_int_equal(count_label(&labels, 1), 5 * 10 * 6);
    fv_mesh_free(&box);
    box = make_box(20, 20, 20, 30, 30, 30);
    expect_ok(fv_labels_paint(&labels, 2, &box, "box"));
    assert_int_equal(count_label(&labels, 2), 0);
    box.vertex[0][1] = -2e5f;
    assert_int_equal(fv_labels_paint(&labels, 2, &box, "box"), FSAM_ERROR_ARGUMENT);
    expect_message("box: ", "voxels from the grid");
    fv_mesh_free(&box);
    fv_labels_free(&labels);
}

/* A CT, whose HU are negative too; a hollow mesh, whose inner wall faces inward. */
static void test_hollow(void **state)
{
    fv_grid grid = fv_grid_upright((int[]){10, 10, 10}, (double[]){2, 2, 2}, (double[]){-9, -9, -9});
    fv_mesh outer = make_box(-8, -8, -8, 8, 8, 8), inner = make_box(-4, -4, -4, 4, 4, 4), both;
    fv_ct ct;
    int tissue = 0;
    (void)state;
    expect_ok(fv_mesh_make(16, 24, "both", &both));
    memcpy(both.vertex, outer.vertex, 8 * sizeof *both.vertex);
    memcpy(both.vertex + 8, inner.vertex, 8 * sizeof *both.vertex);
    for (int i = 0; i < 12; i++)
        for (int k = 0; k < 3; k++) {
            both.triangle[i][k] = outer.triangle[i][k];
            both.triangle[12 + i][k] = inner.triangle[i][2 - k] + 8;
        }
    expect_near(inspect(&both).volume_ml, (4096 - 512) / 1000.0, 1e-9, "volume");
    expect_ok(fv_ct_make(&grid, "t", &ct));
    expect_ok(fv_ct_paint(&ct, -77, &both, "both"));
    for (size_t i = 0; i < 1000; i++) tissue += ct.hu[i] == -77;
    assert_int_equal(tissue, 512 - 64);
    fv_ct_free(&ct);
    fv_mesh_free(&outer);
    fv_mesh_free(&inner);
    fv_mesh_free(&both);
}

/* The surface of a ball of voxels: closed, outward, of its volume, where it belongs, and the voxels again inside it. */
static void test_surface(void **state)
{
    fv_grid grid = fv_grid_upright((int[]){40, 44, 24}, (double[]){1, 0.9, 1.75}, (double[]){-100, 50, 900});
    fv_labels labels, back;
    grid.world_from_voxel.m[0][1] = 0.1; /* oblique */
    expect_ok(fv_labels_make(&grid, "t", &labels));
    expect_ok(fv_labels_make(&grid, "t", &back));
    expect_ok(fv_labels_add(&labels, "ball"));
    double centre[3];
    (void)state;
    fv_grid_centre(&grid, centre);
    for (int i = 0; i < 40 * 44 * 24; i++) {
        double w[3] = {i % 40, i / 40 % 44, i / 40 / 44};
        fv_affine_apply(&grid.world_from_voxel, w, w);
        labels.label[i] = hypot(hypot(w[0] - centre[0], w[1] - centre[1]), w[2] - centre[2]) < 15;
    }
    fv_extent extents[2];
    fv_labels_extents(&labels, extents);
    for (int smoothing = 0; smoothing <= 10; smoothing += 10) {
        fv_mesh mesh;
        expect_ok(fv_surface_make(&labels, 1, smoothing, &mesh));
        fv_mesh_report report = inspect(&mesh);
        assert_int_equal(report.open_edges + report.other_edges, 0);
        expect_near(report.volume_ml, extents[1].volume_ml, 0.02 * extents[1].volume_ml, "volume");
        expect_near(report.volume_ml, 4.0 / 3 * 3.14159265 * 3.375, 0.3, "volume of a ball");
        for (int k = 0; k < 3; k++)
            expect_near(((double)report.low_mm[k] + (double)report.high_mm[k]) / 2, centre[k], 0.1, "centre");
        memset(back.label, 0, fv_grid_voxels(&grid) * sizeof *back.label);
        expect_ok(fv_labels_paint(&back, 1, &mesh, "mesh"));
        if (smoothing == 0) assert_memory_equal(back.label, labels.label, fv_grid_voxels(&grid) * sizeof *back.label);
        fv_mesh_free(&mesh);
    }
    fv_labels_free(&labels);
    fv_labels_free(&back);
}

/* Noise has every case of every tetrahedron, and voxels at the grid's end. */
static void test_noise(void **state)
{
    fv_labels labels = make_labels(17, 15, 13, 1), back = make_labels(17, 15, 13, 1);
    size_t voxels = fv_grid_voxels(&labels.grid);
    fv_mesh mesh;
    (void)state;
    for (size_t i = 0; i < voxels; i++) labels.label[i] = (uint16_t)((uint32_t)(i * i + 77) * 2654435761u >> 20 & 1);
    expect_ok(fv_surface_make(&labels, 1, 0, &mesh));
    fv_mesh_report report = inspect(&mesh);
    assert_int_equal(report.open_edges + report.other_edges, 0);
    assert_true(report.volume_ml > 0);
    expect_ok(fv_labels_paint(&back, 1, &mesh, "mesh"));
    assert_memory_equal(back.label, labels.label, voxels * sizeof *back.label);
    fv_mesh_free(&mesh);
    expect_ok(fv_surface_make(&labels, 9, 0, &mesh));
    assert_int_equal(mesh.triangle_count, 0);
    fv_mesh_free(&mesh);
    fv_labels_free(&labels);
    fv_labels_free(&back);
}

static void test_threads(void **state)
{
    fv_labels labels[2];
    fv_mesh ball = make_ball(31.3, 29.7, 33.1, 25, 40);
    (void)state;
    for (int i = 0; i < 2; i++) {
        omp_set_num_threads(i == 0 ? 1 : 3);
        labels[i] = make_labels(64, 60, 66, 1);
        expect_ok(fv_labels_paint(&labels[i], 3, &ball, "ball"));
    }
    assert_memory_equal(labels[0].label, labels[1].label, 64 * 60 * 66 * sizeof(uint16_t));
    assert_true(count_label(&labels[0], 3) > 60000);
    fv_labels_free(&labels[0]);
    fv_labels_free(&labels[1]);
    fv_mesh_free(&ball);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_boxes),   cmocka_unit_test(test_ball),
                                       cmocka_unit_test(test_beyond),  cmocka_unit_test(test_hollow),
                                       cmocka_unit_test(test_surface), cmocka_unit_test(test_noise),
                                       cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
