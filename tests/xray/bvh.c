/* bvh.c - lines cross closed surfaces where formulae say, and an even number of times wherever they pass. */
#include "meshes.h"

#include "base/random.h"

static mesh m;

static double path(const fx_bvh *bvh, const double origin[3], const double direction[3])
{
    fx_stretch stretch[FX_MOST_STRETCHES];
    const int count = fx_bvh_inside(bvh, origin, direction, stretch);
    double sum = 0;
    for (int i = 0; i < count; i++) {
        assert_true(stretch[i].near <= stretch[i].far && (i == 0 || stretch[i - 1].far <= stretch[i].near));
        sum += stretch[i].far - stretch[i].near;
    }
    return sum;
}

static void random_direction(fb_random *random, double out[3])
{
    double square = 0;
    for (int i = 0; i < 3; i++) {
        out[i] = fb_random_normal(random);
        square += out[i] * out[i];
    }
    for (int i = 0; i < 3; i++) out[i] /= sqrt(square);
}

/* Lines aimed exactly at vertices, middles of edges and along edges of a box of whole numbers, from points of whole
 * numbers too: nothing is rounded, so they do meet the edges. */
static void lines_through_edges_and_vertices_count_once(void **state)
{
    (void)state;
    m.vertices = m.triangles = 0;
    mesh_box(&m, (double[3]){-2, -2, -2}, (double[3]){2, 2, 2});
    fx_bvh *bvh = mesh_tree(&m);
    for (int i = 0; i < 5 * 5 * 5; i++)
        for (int j = 0; j < 7 * 7; j++)
            for (int axis = 0; axis < 3; axis++) {
                const double at[3] = {i % 5 - 2, i / 5 % 5 - 2, i / 25 - 2};
                double from[3], direction[3];
                from[axis] = -8;
                from[(axis + 1) % 3] = j % 7 - 3;
                from[(axis + 2) % 3] = j / 7 - 3;
                double near = -INFINITY, far = INFINITY;
                bool grazes = false;
                for (int k = 0; k < 3; k++) {
                    direction[k] = at[k] - from[k];
                    if (direction[k] == 0) {
                        grazes = grazes || fabs(from[k]) == 2;
                        if (fabs(from[k]) > 2) far = -INFINITY;
                        continue;
                    }
                    near = fmax(near, fmin((-2 - from[k]) / direction[k], (2 - from[k]) / direction[k]));
                    far = fmin(far, fmax((-2 - from[k]) / direction[k], (2 - from[k]) / direction[k]));
                }
                const double found = path(bvh, from, direction), exact = fmax(0, far - near);
                if (grazes && fabs(found) < 1e-12) continue; /* in a face's plane: inside or not, but never half */
                assert_close(found, exact, 1e-12);
            }
    fx_bvh_free(bvh);
}

static void spheres_boxes_and_cylinders_have_their_chords(void **state)
{
    fb_random random = fb_random_start(1, 0, 0, 0);
    (void)state;
    for (int shape = 0; shape < 3; shape++) {
        m.vertices = m.triangles = 0;
        if (shape == 0) mesh_round(&m, 10, 10, 199, 400, 0);
        if (shape == 1) mesh_round(&m, 10, 10, 2, 800, 1);
        if (shape == 2) mesh_box(&m, (double[3]){-10, -10, -10}, (double[3]){10, 10, 10});
        fx_bvh *bvh = mesh_tree(&m);
        for (int i = 0; i < 3000; i++) {
            double origin[3], d[3], near = -INFINITY, far = INFINITY, a = 0, b = 0, c = -100;
            random_direction(&random, d);
            for (int k = 0; k < 3; k++) origin[k] = fb_random_between(&random, -12, 12);
            for (int k = 0; k < (shape == 0 ? 3 : 2); k++) {
                a += d[k] * d[k];
                b += d[k] * origin[k];
                c += origin[k] * origin[k];
            }
            if (shape < 2) {
                const double root = sqrt(fmax(0, b * b - a * c));
                near = (-b - root) / a;
                far = (-b + root) / a;
            }
            for (int k = shape == 1 ? 2 : 0; k < 3 && shape > 0; k++) {
                near = fmax(near, fmin((-10 - origin[k]) / d[k], (10 - origin[k]) / d[k]));
                far = fmin(far, fmax((-10 - origin[k]) / d[k], (10 - origin[k]) / d[k]));
            }
            const double exact = fmax(0, far - near); /* the facets of the round ones lie 0.001 further in */
            if (exact == 0 || exact > 4) assert_close(path(bvh, origin, d), exact, shape < 2 ? 0.02 : 1e-9);
        }
        fx_bvh_free(bvh);
    }
}

/* From the middle, through every vertex and the middle of every edge: out once, in once. */
static void a_closed_surface_has_no_gaps(void **state)
{
    (void)state;
    m.vertices = m.triangles = 0;
    mesh_round(&m, 7, 7, 40, 60, 0);
    fx_bvh *bvh = mesh_tree(&m);
    const double middle[3] = {0.1, -0.3, 0.2};
    for (size_t t = 0; t < m.triangles; t++)
        for (int corner = 0; corner < 3; corner++)
            for (int half = 0; half < 2; half++) {
                fx_stretch stretch[FX_MOST_STRETCHES];
                const float *a = m.vertex[m.triangle[t][corner]], *b = m.vertex[m.triangle[t][(corner + half) % 3]];
                double direction[3];
                for (int i = 0; i < 3; i++) direction[i] = 0.5 * a[i] + 0.5 * b[i] - middle[i];
                assert_int_equal(fx_bvh_inside(bvh, middle, direction, stretch), 1);
                assert_true(stretch[0].near < 0 && fabs(stretch[0].far - 1) < 1e-9);
            }
    fx_bvh_free(bvh);
}

static void overlapping_and_inward_surfaces_have_one_inside(void **state)
{
    const double origin[3] = {-20, 0.3, 0.1}, direction[3] = {1, 0, 0};
    fx_stretch stretch[FX_MOST_STRETCHES];
    (void)state;
    m.vertices = m.triangles = 0;
    mesh_box(&m, (double[3]){0, -1, -1}, (double[3]){4, 1, 1});
    mesh_box(&m, (double[3]){3, -1, -1}, (double[3]){6, 1, 1});
    mesh_box(&m, (double[3]){8, -1, -1}, (double[3]){9, 1, 1});
    for (int inward = 0; inward < 2; inward++) {
        fx_bvh *bvh = mesh_tree(&m);
        assert_int_equal(fx_bvh_inside(bvh, origin, direction, stretch), 2);
        const double ends[4] = {stretch[0].near, stretch[0].far, stretch[1].near, stretch[1].far};
        for (int i = 0; i < 4; i++) assert_close(ends[i], (double[]){20, 26, 28, 29}[i], 1e-9);
        fx_bvh_free(bvh);
        for (size_t t = 0; t < m.triangles; t++) {
            const uint32_t first = m.triangle[t][0];
            m.triangle[t][0] = m.triangle[t][1];
            m.triangle[t][1] = first;
        }
    }
}

/* More stretches than there is room for; thousands of triangles in one place, which no split parts; none at all. */
static void odd_meshes_do_no_harm(void **state)
{
    const double origin[3] = {-20, 0.3, 0.1}, direction[3] = {1, 0, 0};
    fx_stretch stretch[FX_MOST_STRETCHES];
    (void)state;
    m.vertices = m.triangles = 0;
    for (int i = 0; i < 300; i++) mesh_box(&m, (double[3]){2 * i, -1, -1}, (double[3]){2 * i + 1, 1, 1});
    fx_bvh *bvh = mesh_tree(&m);
    assert_int_equal(fx_bvh_inside(bvh, origin, direction, stretch), FX_MOST_STRETCHES);
    for (int i = 0; i < FX_MOST_STRETCHES; i++) assert_close(stretch[i].near, 20 + 2 * i, 1e-9);
    fx_bvh_free(bvh);
    m.vertices = m.triangles = 0;
    mesh_box(&m, (double[3]){0, -1, -1}, (double[3]){4, 1, 1});
    for (int i = 0; i < 5000; i++) mesh_quad(&m, 0, 0, 1, 1);
    bvh = mesh_tree(&m);
    assert_close(path(bvh, origin, direction), 4, 1e-12);
    fx_bvh_free(bvh);
    m.triangles = 10; /* open: the last face is gone */
    bvh = mesh_tree(&m);
    assert_close(path(bvh, origin, direction), 0, 0);
    fx_bvh_free(bvh);
    m.triangles = 0;
    bvh = mesh_tree(&m);
    assert_int_equal(fx_bvh_inside(bvh, origin, direction, stretch), 0);
    fx_bvh_free(bvh);
}

static void bad_meshes_are_named(void **state)
{
    fx_bvh *bvh;
    (void)state;
    m.vertices = m.triangles = 0;
    mesh_box(&m, (double[3]){0, -1, -1}, (double[3]){4, 1, 1});
    m.triangle[7][2] = 8;
    assert_int_equal(fx_bvh_make(m.vertex, 8, m.triangle, 12, "a.stl", &bvh), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "a.stl: triangle 7: there is no vertex 8");
    m.vertex[3][1] = NAN;
    assert_int_equal(fx_bvh_make(m.vertex, 8, m.triangle, 12, "a.stl", &bvh), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "a.stl: vertex 3: not finite");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_through_edges_and_vertices_count_once),
        cmocka_unit_test(spheres_boxes_and_cylinders_have_their_chords),
        cmocka_unit_test(a_closed_surface_has_no_gaps),
        cmocka_unit_test(overlapping_and_inward_surfaces_have_one_inside),
        cmocka_unit_test(odd_meshes_do_no_harm),
        cmocka_unit_test(bad_meshes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
