/* solids.c - meshes in a picture: their mass, their masks, and the tissue that they take the place of. */
#include "meshes.h"
#include "phantoms.h"

#include "volume/surface.h"
#include "xray/projector.h"
#include "xray/solids.h"
#include <omp.h>
#include <stdio.h>

enum { SIDE = 61, PIXELS = SIDE * SIDE, PLANES = 3, METAL = 2 };
static float plane[PLANES][PIXELS], bare[FX_BASES][PIXELS], again[PLANES][PIXELS];
static float *const mass[PLANES] = {plane[0], plane[1], plane[2]};
static fx_tissue_table table;
static mesh m;

static const solid ball = {true, {5, -3, 8}, {12, 12, 12}}, brick = {false, {0, 0, 0}, {30, 26, 34}};

static fx_bvh *ball_tree(void)
{
    m.vertices = m.triangles = 0;
    mesh_round(&m, 12, 12, 199, 400, 0);
    return mesh_tree(&m);
}

static fx_solid ball_at(const fx_bvh *bvh, const double at[3], double density)
{
    fx_solid s = {bvh, fv_affine_identity(), density, METAL};
    for (int i = 0; i < 3; i++) s.world_from_mesh.m[i][3] = at[i];
    return s;
}

static double chord(const fx_camera *camera, const solid *s, int x, int y)
{
    double source[3], direction[3];
    fx_camera_source(camera, source);
    const double distance = fx_camera_ray(camera, x, y, direction);
    return solid_chord(s, source, direction, 0, distance);
}

static fx_body *brick_body(void)
{
    const fv_grid grid = grid_about_origin((int[3]){70, 60, 78}, (double[3]){1, 1, 1}, 0);
    fv_ct ct = ct_of_solid(&grid, &brick, 0, 0);
    fx_body *body;
    assert_ok(fx_tissue_table_of(FX_TISSUE_BLENDED, &table));
    assert_ok(fx_body_make(&ct, NULL, &table, "brick", &body));
    fv_ct_free(&ct);
    return body;
}

static void a_ball_has_its_mass_and_its_silhouette(void **state)
{
    fx_bvh *bvh = ball_tree();
    const fx_solid s = ball_at(bvh, ball.centre, 4.5);
    static float path[PIXELS];
    fx_shadows shadows;
    (void)state;
    assert_ok(fx_shadows_make(SIDE, SIDE, 1, &shadows));
    shadows.path_mm[0] = path;
    for (int v = 0; v < VIEW_POINTS; v++) {
        const fx_camera camera = camera_from(view_points[v], 300, SIDE, 1.5);
        memset(plane, 0, sizeof plane);
        assert_ok(fx_project_solids(&camera, &s, 1, NULL, 0, mass, PLANES, &shadows));
        size_t set = 0;
        for (int i = 0; i < PIXELS; i++) {
            const int x = i % SIDE, y = i / SIDE;
            const double exact = chord(&camera, &ball, x, y);
            int inside = 0;
            for (int n = 0; n < 9; n++) inside += chord(&camera, &ball, x + n % 3 - 1, y + n / 3 - 1) > 0;
            if (inside == 0 || inside == 9) assert_int_equal(fx_shadows_has(&shadows, 0, x, y), inside == 9);
            if (exact > 5) assert_close(plane[METAL][i], 4.5 * exact / 10, 1e-3 * exact);
            assert_close(plane[METAL][i], 0.45 * path[i], 1e-5);
            set += fx_shadows_has(&shadows, 0, x, y);
        }
        assert_int_equal(shadows.pixels[0], set);
        assert_close(shadows.longest_mm[0], 24, 0.1);
    }
    fx_shadows_free(&shadows);
    fx_bvh_free(bvh);
}

/* Metal replaces tissue: what the body loses is its density times the metal's path in it. */
static void metal_replaces_tissue(void **state)
{
    fx_bvh *bvh = ball_tree();
    fx_body *body = brick_body();
    const fx_solid s = ball_at(bvh, ball.centre, 7.9);
    const float *water = fx_tissue_at(&table, 0);
    (void)state;
    for (int v = 0; v < VIEW_POINTS; v++) {
        const fx_camera camera = camera_from(view_points[v], 300, SIDE, 1.5);
        memset(plane, 0, sizeof plane);
        assert_ok(fx_project(body, &camera, 0, mass, NULL));
        memcpy(bare, plane, sizeof bare);
        assert_ok(fx_project_solids(&camera, &s, 1, body, 0, mass, PLANES, NULL));
        for (int i = 0; i < PIXELS; i++) {
            const double exact = chord(&camera, &ball, i % SIDE, i / SIDE);
            if (exact > 5) assert_close(bare[0][i] - plane[0][i], water[0] * exact / 10, 2e-3 * exact);
            if (exact == 0) assert_true(bare[0][i] == plane[0][i] && bare[1][i] == plane[1][i]);
        }
    }
    fx_body_free(body);
    fx_bvh_free(bvh);
}

/* Two balls that overlap: the first has the space, and tissue goes once. A third is out of the beam. */
static void where_solids_overlap_the_first_has_the_space(void **state)
{
    fx_bvh *bvh = ball_tree();
    fx_body *body = brick_body();
    const fx_camera camera = camera_from((double[3]){0, -1, 0}, 300, SIDE, 1.5);
    const fx_solid s[] = {ball_at(bvh, (double[3]){0, 0, 0}, 2), ball_at(bvh, (double[3]){0, 10, 0}, 3),
                          ball_at(bvh, (double[3]){0, -500, 0}, 1)};
    const int middle = PIXELS / 2;
    fx_shadows shadows;
    (void)state;
    assert_ok(fx_shadows_make(SIDE, SIDE, 3, &shadows));
    shadows.unions = (const uint64_t[]){1, 3, (uint64_t)1 << 63};
    memset(plane, 0, sizeof plane);
    assert_ok(fx_project(body, &camera, 0, mass, NULL));
    const float before = plane[0][middle];
    assert_ok(fx_project_solids(&camera, s, 3, body, 0, mass, PLANES, &shadows));
    assert_close(plane[METAL][middle], 2 * 2.4 + 3 * 1.0, 2e-3);
    assert_close(before - plane[0][middle], fx_tissue_at(&table, 0)[0] * 3.4, 2e-3);
    assert_close(shadows.longest_mm[1], 24, 0.01); /* overlapped or not */
    assert_close(shadows.longest_together_mm[0], 34, 0.02);
    assert_close(shadows.longest_together_mm[1], 10, 0.2); /* what the first leaves of the second */
    assert_true(shadows.longest_together_mm[63] == 0 && shadows.longest_together_mm[5] == 0);
    assert_true(shadows.pixels[0] > 0 && shadows.pixels[1] > 0 && shadows.pixels[2] == 0);
    memcpy(again, plane, sizeof again);
    omp_set_num_threads(3);
    memset(plane, 0, sizeof plane);
    assert_ok(fx_project(body, &camera, 0, mass, NULL));
    assert_ok(fx_project_solids(&camera, s, 3, body, 0, mass, PLANES, NULL));
    omp_set_num_threads(1);
    assert_memory_equal(plane, again, sizeof plane);
    fx_shadows_free(&shadows);
    fx_body_free(body);
    fx_bvh_free(bvh);
}

/* The source in the ball, and the detector too. */
static void only_what_is_between_source_and_detector_counts(void **state)
{
    fx_bvh *bvh = ball_tree();
    fx_camera camera = camera_from((double[3]){0, -1, 0}, 300, SIDE, 1.5);
    (void)state;
    for (int i = 0; i < 3; i++) camera.world_from_camera.m[i][3] = 0;
    const fx_solid s = ball_at(bvh, (double[3]){0, 0, 0}, 10);
    memset(plane, 0, sizeof plane);
    assert_ok(fx_project_solids(&camera, &s, 1, NULL, 0, mass, PLANES, NULL));
    for (int i = 0; i < PIXELS; i++) assert_close(plane[METAL][i], 12, 0.01);
    camera.sdd_mm = 3;
    camera.pixel_mm = 1e-3;
    memset(plane, 0, sizeof plane);
    assert_ok(fx_project_solids(&camera, &s, 1, NULL, 0, mass, PLANES, NULL));
    for (int i = 0; i < PIXELS; i++) assert_close(plane[METAL][i], 3, 1e-3);
    fx_bvh_free(bvh);
}

/* A label's voxels as boxes: every face between the label and something else, two triangles. */
static void mesh_of_voxels(const fv_labels *labels)
{
    const int *size = labels->grid.size;
    m.vertices = m.triangles = 0;
    for (int z = 0; z < size[2]; z++)
        for (int y = 0; y < size[1]; y++)
            for (int x = 0; x < size[0]; x++)
                for (int face = 0; face < 6; face++) {
                    const int axis = face / 2, side = face % 2 * 2 - 1;
                    int next[3] = {x, y, z};
                    if (labels->label[((size_t)z * (size_t)size[1] + (size_t)y) * (size_t)size[0] + (size_t)x] == 0)
                        continue;
                    next[axis] += side;
                    if (labels->label[((size_t)next[2] * (size_t)size[1] + (size_t)next[1]) * (size_t)size[0] +
                                      (size_t)next[0]] != 0)
                        continue;
                    uint32_t v[4];
                    for (int corner = 0; corner < 4; corner++) {
                        double at[3] = {x, y, z};
                        at[axis] += 0.5 * side;
                        at[(axis + 1) % 3] += (corner == 1 || corner == 2) ? 0.5 : -0.5;
                        at[(axis + 2) % 3] += corner >= 2 ? 0.5 : -0.5;
                        v[corner] = mesh_vertex(&m, at[0], at[1], at[2]);
                    }
                    if (side > 0)
                        mesh_quad(&m, v[0], v[1], v[2], v[3]);
                    else
                        mesh_quad(&m, v[3], v[2], v[1], v[0]);
                }
}

/* That the masks of a label and of a mesh overlap as they should in every view; along the diagonal of the voxels, as
 * another number says. */
static void expect_overlap(const char *name, const fx_body *body, const fx_solid *surface, double least,
                           double least_diagonal)
{
    enum { LEAST_PIXELS = 200 };
    fx_shadows voxels, cast;
    assert_ok(fx_shadows_make(SIDE, SIDE, 1, &voxels));
    assert_ok(fx_shadows_make(SIDE, SIDE, 1, &cast));
    for (int v = 0; v < VIEW_POINTS; v++) {
        const fx_camera camera = camera_from(view_points[v], 400, SIDE, 2.5);
        size_t both = 0, either = 0;
        assert_ok(fx_project(body, &camera, 0, mass, &voxels));
        assert_ok(fx_project_solids(&camera, surface, 1, NULL, 0, mass, PLANES, &cast));
        for (int i = 0; i < PIXELS; i++) {
            const bool a = fx_shadows_has(&voxels, 0, i % SIDE, i / SIDE);
            const bool b = fx_shadows_has(&cast, 0, i % SIDE, i / SIDE);
            both += a && b;
            either += a || b;
        }
        assert_true(both >= LEAST_PIXELS);
        const double *from = view_points[v];
        const bool diagonal = from[0] == from[1] && from[1] == from[2]; /* about which the grid is turned */
        if ((double)both < (diagonal ? least_diagonal : least) * (double)either)
            fail_msg("%s, view %d: IoU %zu / %zu", name, v, both, either);
    }
    fx_shadows_free(&voxels);
    fx_shadows_free(&cast);
}

/* The surface of a label is that of its voxels' boxes. fv_surface_make takes the edges of their steps off, which is
 * seen most along the diagonal: of an organ as large as a kidney it costs no 3 %, of balls of 26 mm up to twice that.
 */
static void a_label_and_its_own_surface_have_the_same_mask(void **state)
{
    static const solid organs[] = {{true, {2, 3, -4}, {28, 17, 32}},
                                   {true, {-3, 2, 5}, {13, 15, 12}},
                                   {false, {1, 0, 2}, {22, 12, 30}},
                                   {true, {1, -2, 3}, {34, 30, 55}}};
    static const double spacings[] = {1.2, 2}, least[] = {0.96, 0.96, 0.96, 0.97},
                        diagonal[] = {0.93, 0.93, 0.93, 0.97};
    (void)state;
    assert_ok(fx_tissue_table_of(FX_TISSUE_BLENDED, &table));
    for (int i = 0; i < 8; i++) {
        const double mm = spacings[i % 2];
        const int side = (int)((i < 6 ? 80 : 120) / mm);
        const fv_grid grid = grid_about_origin((int[3]){side, side, side}, (double[3]){mm, mm, mm}, 12);
        fv_labels labels;
        fv_ct ct;
        fv_mesh surface;
        fx_body *body;
        fx_bvh *bvh;
        char name[64];
        assert_ok(fv_ct_make(&grid, "ct", &ct));
        assert_ok(fv_labels_make(&grid, "labels", &labels));
        label_solid(&labels, "heart", &organs[i / 2]);
        assert_ok(fx_body_make(&ct, &labels, &table, "labels", &body));
        mesh_of_voxels(&labels);
        bvh = mesh_tree(&m);
        snprintf(name, sizeof name, "organ %d of %g mm, faces of voxels", i / 2, mm);
        expect_overlap(name, body, &(fx_solid){bvh, grid.world_from_voxel, 1, METAL}, 0.99, 0.99);
        fx_bvh_free(bvh);
        if (mm < 1.5) {
            assert_ok(fv_surface_make(&labels, 1, 0, &surface));
            assert_ok(fx_bvh_make(surface.vertex, surface.vertex_count, surface.triangle, surface.triangle_count,
                                  "surface", &bvh));
            snprintf(name, sizeof name, "organ %d of %g mm, surface", i / 2, mm);
            expect_overlap(name, body, &(fx_solid){bvh, fv_affine_identity(), 1, METAL}, least[i / 2], diagonal[i / 2]);
            fx_bvh_free(bvh);
            fv_mesh_free(&surface);
        }
        fx_body_free(body);
        fv_ct_free(&ct);
        fv_labels_free(&labels);
    }
}

static void what_does_not_fit_is_refused(void **state)
{
    fx_bvh *bvh = ball_tree();
    const fx_camera camera = camera_from((double[3]){0, -1, 0}, 300, SIDE, 1.5);
    fx_solid s = ball_at(bvh, ball.centre, 1);
    fx_shadows shadows;
    (void)state;
    assert_ok(fx_shadows_make(SIDE, SIDE, 2, &shadows));
    assert_int_equal(fx_project_solids(&camera, &s, 1, NULL, 0, mass, PLANES, &shadows), FSAM_ERROR_MISMATCH);
    fx_shadows_free(&shadows);
    assert_int_equal(fx_project_solids(&camera, &s, 1, NULL, 0, mass, METAL, NULL), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "projection: solid 0: plane: 2 of 2");
    memset(&s.world_from_mesh, 0, sizeof s.world_from_mesh);
    assert_int_equal(fx_project_solids(&camera, &s, 1, NULL, 0, mass, PLANES, NULL), FSAM_ERROR_ARGUMENT);
    assert_ok(fx_project_solids(&camera, NULL, 0, NULL, 0, mass, PLANES, NULL));
    fx_bvh_free(bvh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ball_has_its_mass_and_its_silhouette),
        cmocka_unit_test(metal_replaces_tissue),
        cmocka_unit_test(where_solids_overlap_the_first_has_the_space),
        cmocka_unit_test(only_what_is_between_source_and_detector_counts),
        cmocka_unit_test(a_label_and_its_own_surface_have_the_same_mask),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
