/* projector.c - line integrals, masks and where they lie, against formulae; and the fast kernels against plain code. */
#include "phantoms.h"

#include "base/random.h"
#include "tensor/cpu/gemm.h"
#include "xray/beam.h"
#include "xray/projector.h"
#include <omp.h>
#include <stdio.h>
#include <string.h>

enum { SIDE = 41, PIXELS = SIDE * SIDE };
static float plane[2][PIXELS], again[2][PIXELS];
static float *const mass[FX_BASES] = {plane[0], plane[1]}, *const mass_again[FX_BASES] = {again[0], again[1]};
static fx_tissue_table table;

static const solid egg = {true, {3, -2, 1}, {30, 24, 34}}, brick = {false, {-1.3, 2.2, 0.4}, {28, 22.6, 31}};

static fx_body *plain_body(const fv_grid *grid, const solid *s, double soft_mm)
{
    fx_body *body;
    fv_ct ct = ct_of_solid(grid, s, 0, soft_mm);
    assert_ok(fx_body_make_plain(&ct, "phantom", &body));
    fv_ct_free(&ct);
    return body;
}

/* Tissue at a CT number and its label, 1. */
static fx_body *labelled_body(const fv_grid *grid, const solid *s, int hu)
{
    fx_body *body;
    fv_labels labels;
    fv_ct ct = ct_of_solid(grid, s, hu, 0);
    assert_ok(fv_labels_make(grid, "phantom", &labels));
    label_solid(&labels, "liver", s);
    assert_ok(fx_tissue_table_of(FX_TISSUE_BLENDED, &table));
    assert_ok(fx_body_make(&ct, &labels, &table, "phantom", &body));
    fv_ct_free(&ct);
    fv_labels_free(&labels);
    return body;
}

static double chord(const fx_camera *camera, const solid *s, double x, double y)
{
    double source[3], direction[3];
    fx_camera_source(camera, source);
    const double distance = fx_camera_ray(camera, x, y, direction);
    return solid_chord(s, source, direction, 0, distance);
}

/* That where a ray comes within a voxel or two of the face of a box by which it enters or leaves, it is as far from all
 * other faces. */
static bool is_clear_of_edges(const fx_camera *camera, const solid *s, double x, double y)
{
    double source[3], direction[3], end[2] = {0, INFINITY};
    const double blur_mm = 1.6;
    fx_camera_source(camera, source);
    fx_camera_ray(camera, x, y, direction);
    solid_span(s, source, direction, &end[0], &end[1]);
    if (end[0] >= end[1]) return false;
    for (int e = 0; e < 2; e++)
        for (int face = 0; face < 3; face++) {
            if (fabs(fabs(source[face] + end[e] * direction[face] - s->centre[face]) - s->half[face]) > 1e-9) continue;
            for (int other = 0; other < 3; other++)
                for (int side = -1; side <= 1 && other != face; side++) {
                    const double t = end[e] + side * blur_mm / fabs(direction[face]);
                    if (fabs(source[other] + t * direction[other] - s->centre[other]) > s->half[other] - blur_mm)
                        return false;
                }
        }
    return true;
}

/* That long paths are the formula's; in a box, of rays that do not pass near an edge. Towards the
 * rim of an ellipsoid interpolation between voxels levels it, the more the shorter the path. */
static int expect_chords(const fx_camera *camera, const solid *s, double tolerance)
{
    int checked = 0;
    double longest = 0;
    for (int i = 0; i < PIXELS; i++) longest = fmax(longest, chord(camera, s, i % SIDE, i / SIDE));
    for (int i = 0; i < PIXELS; i++) {
        const double x = i % SIDE, y = i / SIDE, exact = chord(camera, s, x, y);
        if (s->round ? exact < 0.9 * longest : exact < 0.5 * longest || !is_clear_of_edges(camera, s, x, y)) continue;
        if (!(fabs(plane[0][i] - exact) < tolerance * exact + 1e-9))
            fail_msg("%s from %g %g %g, pixel %g, %g: %.5f mm, not %.5f", s->round ? "egg" : "brick",
                     camera->world_from_camera.m[0][3], camera->world_from_camera.m[1][3],
                     camera->world_from_camera.m[2][3], x, y, plane[0][i], exact);
        checked++;
    }
    return checked;
}

static void line_integrals_are_those_of_the_formula(void **state)
{
    static const struct {
        const solid *s;
        double degrees;
    } cases[] = {{&egg, 0}, {&brick, 0}, {&egg, 25}};
    const double spacing[3] = {0.5, 0.54, 0.46};
    const int size[3] = {150, 120, 170};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const fv_grid grid = grid_about_origin(size, spacing, cases[c].degrees);
        fx_body *body = plain_body(&grid, cases[c].s, 1);
        int checked = 0;
        for (int v = 0; v < VIEW_POINTS; v++) {
            const fx_camera camera = camera_from(view_points[v], 250, SIDE, 4);
            assert_ok(fx_line_integral(body, &camera, plane[0]));
            checked += expect_chords(&camera, cases[c].s, 1e-3);
        }
        assert_true(checked > 1000);
        fx_body_free(body);
    }
}

/* Between the source and the detector, both inside. */
static void only_what_is_between_source_and_detector_counts(void **state)
{
    const int size[3] = {70, 70, 70};
    const fv_grid grid = grid_about_origin(size, (double[3]){1, 1, 1}, 10);
    const solid block = {false, {0}, {28, 28, 28}};
    fx_body *body = plain_body(&grid, &block, 1);
    (void)state;
    for (int v = 0; v < VIEW_POINTS; v++) {
        fx_camera camera = camera_from(view_points[v], 150, SIDE, 0.5);
        for (int i = 0; i < 3; i++) camera.world_from_camera.m[i][3] = 0; /* the source in the middle of the block */
        assert_ok(fx_line_integral(body, &camera, plane[0]));
        for (int i = 0; i < PIXELS; i++) assert_close(plane[0][i], chord(&camera, &block, i % SIDE, i / SIDE), 0.8);
        camera.pixel_mm *= 20 / camera.sdd_mm;
        camera.sdd_mm = 20;
        assert_ok(fx_line_integral(body, &camera, plane[0]));
        for (int i = 0; i < PIXELS; i++) assert_close(plane[0][i], chord(&camera, &block, i % SIDE, i / SIDE), 2e-3);
    }
    fx_body_free(body);
}

/* 70 keV, at which every CT number has its own attenuation back: exp(-mu t) of water, through the whole chain. */
static void slab_of_water_lets_through_what_beer_and_lambert_say(void **state)
{
    const int size[3] = {120, 40, 120};
    const fv_grid grid = grid_about_origin(size, (double[3]){1, 1, 1}, 0);
    const solid slab = {false, {0}, {200, 15, 200}};
    const fx_camera camera = camera_from((double[3]){0, -1, 0}, 400, SIDE, 2);
    fx_body *body = labelled_body(&grid, &slab, 0);
    static float signal[PIXELS], variance[PIXELS];
    fx_spectrum line;
    fx_beam beam;
    double mu;
    (void)state;
    assert_ok(fx_spectrum_of_line(FX_CT_KEV, &line));
    assert_ok(fx_beam_of(&line, FX_INTEGRATING, 0, fx_basis, FX_BASES, &beam));
    assert_ok(fx_material_attenuation(FX_WATER, FX_CT_KEV, &mu));
    assert_ok(fx_project(body, &camera, 0, mass, NULL));
    fx_beam_image(&beam, (const float *const *)mass, PIXELS, signal, variance);
    for (int i = 0; i < PIXELS; i++) {
        const double depth = mu * fx_material_density(FX_WATER) * chord(&camera, &slab, i % SIDE, i / SIDE) / 10;
        assert_close(signal[i] / beam.open_signal, exp(-depth), 5e-4 * exp(-depth));
    }
    fx_body_free(body);
}

/* A pixel whose neighbours are all on the same side of the outline is on that side too. */
static void masks_are_silhouettes_to_a_pixel(void **state)
{
    const int size[3] = {90, 76, 100};
    const fv_grid grid = grid_about_origin(size, (double[3]){0.9, 1, 0.8}, 20);
    fx_body *body = labelled_body(&grid, &egg, 40);
    fx_shadows shadows;
    (void)state;
    assert_ok(fx_shadows_make(SIDE, SIDE, 1, &shadows));
    for (int v = 0; v < VIEW_POINTS; v++) {
        const fx_camera camera = camera_from(view_points[v], 250, SIDE, 4);
        size_t set = 0;
        double longest = 0;
        assert_ok(fx_project(body, &camera, 0, mass, &shadows));
        for (int i = 0; i < PIXELS; i++) {
            const int x = i % SIDE, y = i / SIDE;
            int inside = 0;
            for (int n = 0; n < 9; n++) inside += chord(&camera, &egg, x + n % 3 - 1, y + n / 3 - 1) > 0;
            if (inside == 0 || inside == 9) assert_int_equal(fx_shadows_has(&shadows, 0, x, y), inside == 9);
            set += fx_shadows_has(&shadows, 0, x, y);
            longest = fmax(longest, chord(&camera, &egg, x, y));
        }
        assert_int_equal(shadows.pixels[0], set);
        assert_close(shadows.longest_mm[0], longest, 3);
    }
    fx_shadows_free(&shadows);
    fx_body_free(body);
}

static void paths_and_a_least_path_go_together(void **state)
{
    const int size[3] = {66, 66, 66};
    const fv_grid grid = grid_about_origin(size, (double[3]){1.1, 1.1, 1.1}, 0);
    const fx_camera camera = camera_from((double[3]){1, 0.3, 0.2}, 250, SIDE, 4);
    fx_body *body = labelled_body(&grid, &egg, 40);
    fx_shadows shadows;
    (void)state;
    assert_ok(fx_shadows_make(SIDE, SIDE, 1, &shadows));
    shadows.path_mm[0] = again[0];
    assert_ok(fx_project(body, &camera, 30, mass, &shadows));
    for (int i = 0; i < PIXELS; i++) {
        const double exact = chord(&camera, &egg, i % SIDE, i / SIDE);
        if (exact > 20) assert_close(again[0][i], exact, 3); /* a step at each end */
        assert_int_equal(fx_shadows_has(&shadows, 0, i % SIDE, i / SIDE), again[0][i] > 30);
    }
    fx_shadows_free(&shadows);
    fx_body_free(body);
}

/* Small cubes to the left and right, front and back, head and foot, all at different distances. */
static const struct {
    const char *name;
    double at[3];
} marks[] = {{"spleen", {30, 0, 0}},      {"liver", {-38, 0, 0}}, {"sternum", {0, -26, 0}},
             {"spinal_cord", {0, 34, 0}}, {"skull", {0, 0, 40}},  {"urinary_bladder", {0, 0, -22}}};
enum { MARKS = sizeof marks / sizeof *marks };

static fx_body *marked_body(void)
{
    const int size[3] = {90, 90, 90};
    const fv_grid grid = grid_about_origin(size, (double[3]){1, 1, 1}, -15);
    fv_labels labels;
    fv_ct ct;
    fx_body *body;
    assert_ok(fv_ct_make(&grid, "marks", &ct));
    assert_ok(fv_labels_make(&grid, "marks", &labels));
    for (int m = 0; m < MARKS; m++)
        label_solid(&labels, marks[m].name,
                    &(solid){true, {marks[m].at[0], marks[m].at[1], marks[m].at[2]}, {4, 4, 4}});
    assert_ok(fx_tissue_table_of(FX_TISSUE_BLENDED, &table));
    assert_ok(fx_body_make(&ct, &labels, &table, "marks", &body));
    fv_ct_free(&ct);
    fv_labels_free(&labels);
    return body;
}

static void middle_of(const fx_shadows *shadows, int structure, double middle[2])
{
    double sum[3] = {0};
    for (int y = 0; y < shadows->height; y++)
        for (int x = 0; x < shadows->width; x++) {
            if (!fx_shadows_has(shadows, structure, x, y)) continue;
            sum[0] += x;
            sum[1] += y;
            sum[2]++;
        }
    assert_true(sum[2] > 0);
    middle[0] = sum[0] / sum[2];
    middle[1] = sum[1] / sum[2];
}

static void six_marks_land_where_they_belong(void **state)
{
    enum { WIDE = 150 }; /* no multiple of a word of 64 pixels */
    static float wide[2][WIDE * WIDE];
    float *const planes[FX_BASES] = {wide[0], wide[1]};
    fx_body *body = marked_body();
    fx_shadows shadows;
    (void)state;
    assert_ok(fx_shadows_make(WIDE, WIDE, MARKS, &shadows));
    for (int v = 0; v < VIEW_POINTS; v++) {
        const fx_camera camera = camera_from(view_points[v], 400, WIDE, 1.5);
        assert_ok(fx_project(body, &camera, 0, planes, &shadows));
        for (int m = 0; m < MARKS; m++) {
            double middle[2], pixel[2];
            middle_of(&shadows, m, middle);
            fx_camera_project(&camera, marks[m].at, pixel);
            assert_close(middle[0], pixel[0], 0.5);
            assert_close(middle[1], pixel[1], 0.5);
        }
    }
    /* As one faces the patient: the patient's right on the picture's left, the head above. */
    const fx_camera ap = camera_from((double[3]){0, -1, 0}, 400, WIDE, 1.5);
    double liver[2], spleen[2], skull[2], bladder[2];
    assert_ok(fx_project(body, &ap, 0, planes, &shadows));
    middle_of(&shadows, 1, liver);
    middle_of(&shadows, 0, spleen);
    middle_of(&shadows, 4, skull);
    middle_of(&shadows, 5, bladder);
    assert_true(liver[0] < spleen[0] - 50 && skull[1] < bladder[1] - 50);
    fx_shadows_free(&shadows);
    fx_body_free(body);
}

/* Voxels and labels at random, in lumps of 12 so that some blocks are all alike, and air on one side. */
static void random_voxels(const int size[3], fv_ct *ct_out, fv_labels *labels_out)
{
    const fv_grid grid = grid_about_origin(size, (double[3]){1.5, 1.1, 2.2}, 17);
    fb_random random = fb_random_start(5, 0, 0, 0);
    fv_labels labels;
    fv_ct ct;
    assert_ok(fv_ct_make(&grid, "random", &ct));
    assert_ok(fv_labels_make(&grid, "random", &labels));
    for (int l = 0; l < 40; l++) {
        char name[16];
        snprintf(name, sizeof name, "part %d", l);
        assert_ok(fv_labels_add(&labels, name));
    }
    for (size_t i = 0; i < fv_grid_voxels(&grid); i++) {
        const int x = (int)(i % (size_t)size[0]), y = (int)(i / (size_t)size[0]) % size[1];
        const int z = (int)(i / ((size_t)size[0] * (size_t)size[1])), lump = x / 12 + y / 12 * 5 + z / 12 * 25;
        labels.label[i] = (uint16_t)(lump % 3 == 0   ? 0
                                     : lump % 3 == 1 ? 1 + lump % 40
                                                     : 1 + (int)fb_random_below(&random, 39));
        ct.hu[i] = (int16_t)(x < size[0] / 3 ? -1000 : -1000 + (int)fb_random_below(&random, 3000));
    }
    *ct_out = ct;
    *labels_out = labels;
}

static fx_body *random_body(const int size[3], bool plain)
{
    fv_labels labels;
    fv_ct ct;
    fx_body *body;
    random_voxels(size, &ct, &labels);
    assert_ok(fx_tissue_table_of(FX_TISSUE_BLENDED, &table));
    if (plain)
        assert_ok(fx_body_make_plain(&ct, "random", &body));
    else
        assert_ok(fx_body_make(&ct, &labels, &table, "random", &body));
    fv_ct_free(&ct);
    fv_labels_free(&labels);
    return body;
}

/* What plain code in double says. */
static void expect_between(const fx_body *body, const fx_camera *camera, int materials)
{
    double source[3], direction[3], sums[FX_BASES];
    fx_camera_source(camera, source);
    for (int i = 0; i < PIXELS; i++) {
        const double distance = fx_camera_ray(camera, i % SIDE, i / SIDE, direction);
        fx_body_between(body, source, direction, 0, distance, sums);
        for (int b = 0; b < materials; b++) assert_close(plane[b][i], sums[b], 2e-4 * fabs(sums[b]) + 2e-4);
    }
}

/* Ray by ray, the paths through the members of a union are those through each of them, added up. */
static void paths_of_a_union_add_up(void **state)
{
    enum { LABELS = 40, UNIONS = 5 };
    static float path[LABELS][PIXELS];
    static const uint64_t sets[UNIONS] = {0, 1, 0x3f0, 0xffffffffff, 0x8000000001}; /* labels, a bit each */
    static const int bits[UNIONS] = {7, 0, 1, 63, 40};
    uint64_t unions[LABELS] = {0};
    fx_body *body = random_body((int[3]){50, 37, 41}, false);
    const fx_camera camera = camera_from((double[]){0.3, -1, 0.2}, 900, SIDE, 5);
    fx_shadows shadows;
    (void)state;
    assert_ok(fx_shadows_make(SIDE, SIDE, LABELS, &shadows));
    for (int l = 0; l < LABELS; l++) {
        shadows.path_mm[l] = path[l];
        for (int u = 0; u < UNIONS; u++) unions[l] |= (sets[u] >> l & 1) << bits[u];
    }
    shadows.unions = unions;
    for (int round = 0; round < 2; round++) assert_ok(fx_project(body, &camera, 0, mass, &shadows));
    for (int u = 0; u < UNIONS; u++) {
        double longest = 0;
        for (int i = 0; i < PIXELS; i++) {
            double sum = 0;
            for (int l = 0; l < LABELS; l++) sum += (sets[u] >> l & 1) != 0 ? (double)path[l][i] : 0;
            longest = fmax(longest, sum);
        }
        assert_close(shadows.longest_together_mm[bits[u]], longest, 1e-3);
        assert_true(u == 0 || longest > 0);
    }
    fx_shadows_free(&shadows);
    fx_body_free(body);
}

/* Seen from afar, and from within. Askew views only: where two axes are as good, a packet takes one for all its rays.
 */
static void kernels_agree_with_plain_code(void **state)
{
    static const fk_isa sets[] = {FK_ISA_PLAIN, FK_ISA_AVX2, FK_ISA_AVX512};
    static const double askew[][3] = {{0.3, -1, 0.2}, {-1, 0.3, -0.2}, {0.1, 0.2, -1}};
    fx_body *both = random_body((int[3]){50, 37, 41}, false), *plain = random_body((int[3]){50, 37, 41}, true);
    fx_shadows shadows, first;
    (void)state;
    assert_ok(fx_shadows_make(SIDE, SIDE, 40, &shadows));
    assert_ok(fx_shadows_make(SIDE, SIDE, 40, &first));
    for (int i = 0; i < 6; i++) {
        fx_camera camera = camera_from(askew[i % 3], 900, SIDE, 5);
        if (i >= 3)
            for (int j = 0; j < 3; j++) camera.world_from_camera.m[j][3] = 2.3; /* within */
        for (size_t s = 0; s < sizeof sets / sizeof *sets; s++) {
            fk_isa_limit(sets[s]);
            assert_ok(fx_line_integral(plain, &camera, plane[0]));
            expect_between(plain, &camera, 1);
            assert_ok(fx_project(both, &camera, 0, mass, s == 0 ? &first : &shadows));
            expect_between(both, &camera, FX_BASES);
            for (int l = 0; s > 0 && l < 40; l++) {
                assert_close((double)shadows.pixels[l], (double)first.pixels[l], 3); /* a place in the middle of two */
                assert_close(shadows.longest_mm[l], first.longest_mm[l], 3);
            }
        }
        fk_isa_limit(FK_ISA_AVX512BF16);
    }
    fx_shadows_free(&shadows);
    fx_shadows_free(&first);
    fx_body_free(both);
    fx_body_free(plain);
}

/* ---- labels, against the voxels that each line passes ---- */

/* length_mm [1 + labels]: of a line from start, in voxels, over `along` voxels, of distance_mm. It is cut at every face
 * between voxels in turn. */
static void pass_voxels(const fv_labels *labels, const double start[3], const double along[3], double distance_mm,
                        double *length_mm)
{
    const int *size = labels->grid.size;
    double next[3], per[3], t = 0;
    memset(length_mm, 0, (size_t)(labels->count + 1) * sizeof *length_mm);
    for (int i = 0; i < 3; i++) {
        const double face = along[i] > 0 ? floor(start[i] + 0.5) + 0.5 : ceil(start[i] - 0.5) - 0.5;
        per[i] = along[i] != 0 ? 1 / fabs(along[i]) : INFINITY;
        next[i] = along[i] != 0 ? (face - start[i]) / along[i] : INFINITY;
    }
    while (t < 1) {
        const int i = next[0] < next[1] ? (next[0] < next[2] ? 0 : 2) : (next[1] < next[2] ? 1 : 2);
        const double end = fmin(next[i], 1), middle = (t + end) / 2;
        int at[3];
        bool inside = true;
        for (int k = 0; k < 3; k++) {
            at[k] = (int)floor(start[k] + middle * along[k] + 0.5);
            inside = inside && at[k] >= 0 && at[k] < size[k];
        }
        if (inside)
            length_mm[labels->label[((size_t)at[2] * (size_t)size[1] + (size_t)at[1]) * (size_t)size[0] +
                                    (size_t)at[0]]] += (end - t) * distance_mm;
        t = end;
        next[i] += per[i];
    }
}

enum { MOST_LABELS = 40 };

/* The shortest and longest path of a pixel's line in each label, of lines moved by up to `shift` voxels. */
static void bound_paths(const fv_labels *labels, const fx_camera *camera, int x, int y, double shift,
                        double low_mm[MOST_LABELS + 1], double high_mm[MOST_LABELS + 1])
{
    static const int shifts[5][3] = {{0, 0, 0}, {1, 1, -1}, {1, -1, 1}, {-1, 1, 1}, {-1, -1, -1}};
    double source[3], direction[3], end[3], length[MOST_LABELS + 1];
    fv_affine voxel_from_world;
    fv_affine_invert(&labels->grid.world_from_voxel, &voxel_from_world);
    fx_camera_source(camera, source);
    const double distance = fx_camera_ray(camera, x, y, direction);
    for (int i = 0; i < 3; i++) end[i] = source[i] + distance * direction[i];
    fv_affine_apply(&voxel_from_world, source, source);
    fv_affine_apply(&voxel_from_world, end, end);
    for (int s = 0; s < 5; s++) {
        double start[3], along[3];
        for (int i = 0; i < 3; i++) {
            start[i] = source[i] + shift * shifts[s][i];
            along[i] = end[i] - source[i];
        }
        pass_voxels(labels, start, along, distance, length);
        for (int l = 1; l <= labels->count; l++) {
            low_mm[l] = s == 0 ? length[l] : fmin(low_mm[l], length[l]);
            high_mm[l] = s == 0 ? length[l] : fmax(high_mm[l], length[l]);
        }
    }
}

/* That paths and masks are those of the voxels, whichever kernel finds them. A path counts in 64ths of a step, which is
 * at most 2.2 mm times the square root of 3, and each stay in a label is rounded by itself. */
static void expect_labels(const fx_body *body, const fv_labels *labels, const fx_camera *camera)
{
    static const fk_isa sets[] = {FK_ISA_PLAIN, FK_ISA_AVX2, FK_ISA_AVX512};
    enum { SETS = sizeof sets / sizeof *sets };
    static float path[SETS][MOST_LABELS][PIXELS];
    const double part_mm = 2.2 * 1.733 / 64, shift = 2e-3;
    fx_shadows shadows[SETS];
    for (int s = 0; s < SETS; s++) {
        assert_ok(fx_shadows_make(SIDE, SIDE, labels->count, &shadows[s]));
        for (int l = 0; l < labels->count; l++) shadows[s].path_mm[l] = path[s][l];
        fk_isa_limit(sets[s]);
        assert_ok(fx_project(body, camera, 0, mass, &shadows[s]));
    }
    fk_isa_limit(FK_ISA_AVX512BF16);
    for (int i = 0; i < PIXELS; i += 3) {
        double low[MOST_LABELS + 1], high[MOST_LABELS + 1];
        bound_paths(labels, camera, i % SIDE, i / SIDE, shift, low, high);
        for (int l = 1; l <= labels->count; l++)
            for (int s = 0; s < SETS; s++) {
                const bool seen = fx_shadows_has(&shadows[s], l - 1, i % SIDE, i / SIDE);
                const double found = path[s][l - 1][i];
                if (high[l] == 0 ? seen : low[l] > 2 * part_mm && !seen)
                    fail_msg("set %d, pixel %d, label %d: %d, %.3f .. %.3f mm", s, i, l, seen, low[l], high[l]);
                if (found < 0.97 * low[l] - 4 * part_mm || found > 1.03 * high[l] + 4 * part_mm)
                    fail_msg("set %d, pixel %d, label %d: %.3f mm, not %.3f .. %.3f", s, i, l, found, low[l], high[l]);
            }
    }
    for (int s = 0; s < SETS; s++) fx_shadows_free(&shadows[s]);
}

static void labels_are_those_of_all_voxels_on_a_ray(void **state)
{
    fv_ct ct;
    fv_labels labels;
    fx_body *body;
    (void)state;
    random_voxels((int[3]){50, 37, 41}, &ct, &labels);
    assert_ok(fx_tissue_table_of(FX_TISSUE_BLENDED, &table));
    assert_ok(fx_body_make(&ct, &labels, &table, "random", &body));
    for (int v = 0; v < VIEW_POINTS; v++) {
        fx_camera camera = camera_from(view_points[v], 900, SIDE, 5);
        expect_labels(body, &labels, &camera);
        if (v % 4 != 3) continue;
        for (int i = 0; i < 3; i++) camera.world_from_camera.m[i][3] = 2.3; /* within the voxels */
        camera.pixel_mm *= 25 / camera.sdd_mm;
        camera.sdd_mm = 25;
        expect_labels(body, &labels, &camera);
    }
    fx_body_free(body);
    fv_ct_free(&ct);
    fv_labels_free(&labels);
}

/* The voxels of an egg that have a neighbour outside: a shell of steps of one voxel. */
static void keep_shell(fv_labels *labels)
{
    const int *size = labels->grid.size;
    const ptrdiff_t stride[3] = {1, size[0], (ptrdiff_t)size[0] * size[1]};
    const size_t voxels = fv_grid_voxels(&labels->grid);
    uint16_t *full = malloc(voxels * sizeof *full);
    assert_non_null(full);
    memcpy(full, labels->label, voxels * sizeof *full);
    for (size_t i = 0; i < voxels; i++) {
        bool deep = full[i] != 0;
        for (int n = 0; n < 6 && deep; n++) deep = full[(ptrdiff_t)i + (n % 2 * 2 - 1) * stride[n / 2]] != 0;
        if (deep) labels->label[i] = 0;
    }
    free(full);
}

/* Rays that graze the steps of a thin wall leave no slits: its mask is as whole as the egg's. */
static void masks_of_thin_walls_have_no_slits(void **state)
{
    const fv_grid grid = grid_about_origin((int[3]){66, 54, 74}, (double[3]){1, 1, 1}, 12);
    fv_ct ct;
    fv_labels labels;
    fx_body *body;
    fx_shadows shadows;
    (void)state;
    assert_ok(fv_ct_make(&grid, "shell", &ct));
    assert_ok(fv_labels_make(&grid, "shell", &labels));
    label_solid(&labels, "skull", &(solid){true, {0}, {26, 19, 30}});
    keep_shell(&labels);
    assert_ok(fx_tissue_table_of(FX_TISSUE_BLENDED, &table));
    assert_ok(fx_body_make(&ct, &labels, &table, "shell", &body));
    assert_ok(fx_shadows_make(SIDE, SIDE, 1, &shadows));
    for (int v = 0; v < VIEW_POINTS; v++) {
        const fx_camera camera = camera_from(view_points[v], 500, SIDE, 3.1);
        assert_ok(fx_project(body, &camera, 0, mass, &shadows));
        for (int y = 0; y < SIDE; y++) {
            int begins = 0;
            for (int x = 1; x < SIDE; x++)
                begins += fx_shadows_has(&shadows, 0, x, y) && !fx_shadows_has(&shadows, 0, x - 1, y);
            if (begins > 1) fail_msg("view %d, row %d: %d pieces", v, y, begins);
        }
        expect_labels(body, &labels, &camera);
    }
    fx_shadows_free(&shadows);
    fx_body_free(body);
    fv_ct_free(&ct);
    fv_labels_free(&labels);
}

static void threads_do_not_change_anything(void **state)
{
    fx_body *body = random_body((int[3]){50, 37, 41}, false);
    const fx_camera camera = camera_from((double[3]){1, -1, 0.4}, 300, SIDE, 4);
    fx_shadows one, three;
    (void)state;
    assert_ok(fx_shadows_make(SIDE, SIDE, 40, &one));
    assert_ok(fx_shadows_make(SIDE, SIDE, 40, &three));
    omp_set_num_threads(1);
    assert_ok(fx_project(body, &camera, 0, mass, &one));
    omp_set_num_threads(3);
    assert_ok(fx_project(body, &camera, 0, mass_again, &three));
    omp_set_num_threads(1);
    assert_memory_equal(plane, again, sizeof plane);
    assert_memory_equal(one.bits, three.bits, 40 * SIDE * one.words * sizeof *one.bits);
    assert_memory_equal(one.pixels, three.pixels, 40 * sizeof *one.pixels);
    assert_memory_equal(one.longest_mm, three.longest_mm, 40 * sizeof *one.longest_mm);
    fx_shadows_free(&one);
    fx_shadows_free(&three);
    fx_body_free(body);
}

/* A sheet of one voxel is as thick as the voxel, from whichever side; so is a sheet of voxels with a label. */
static void sheets_of_one_voxel_are_not_missed(void **state)
{
    (void)state;
    for (int axis = 0; axis < 3; axis++) {
        int size[3] = {60, 60, 60};
        double towards[3] = {0.25, 0.2, 0.15};
        size[axis] = 1;
        towards[axis] = 1;
        const fv_grid grid = grid_about_origin(size, (double[3]){1, 1, 1}, 0);
        solid sheet = {false, {0}, {100, 100, 100}};
        sheet.half[axis] = 0.5;
        fx_body *body = labelled_body(&grid, &sheet, 0);
        fx_shadows shadows;
        assert_ok(fx_shadows_make(SIDE, SIDE, 1, &shadows));
        const fx_camera camera = camera_from(towards, 300, SIDE, 1);
        assert_ok(fx_project(body, &camera, 0, mass, &shadows));
        assert_int_equal(shadows.pixels[0], PIXELS);
        assert_close(shadows.longest_mm[0], chord(&camera, &sheet, SIDE - 1, SIDE - 1), 0.2);
        for (int i = 0; i < PIXELS; i++) {
            const float *density = fx_tissue_at(&table, 0);
            assert_close(plane[0][i], density[0] * chord(&camera, &sheet, i % SIDE, i / SIDE) / 10, 1e-4);
        }
        fx_shadows_free(&shadows);
        fx_body_free(body);
    }
}

static void rays_that_miss_and_labels_without_voxels_leave_nothing(void **state)
{
    const int size[3] = {20, 20, 20};
    const fv_grid grid = grid_about_origin(size, (double[3]){1, 1, 1}, 0);
    const solid nowhere = {true, {500, 500, 500}, {1, 1, 1}}, ball = {true, {0}, {8, 8, 8}};
    fx_camera camera = camera_from((double[3]){0, -1, 0}, 300, SIDE, 8);
    fx_body *empty = labelled_body(&grid, &nowhere, 0), *body = labelled_body(&grid, &ball, 0);
    fx_shadows shadows;
    (void)state;
    assert_ok(fx_shadows_make(SIDE, SIDE, 1, &shadows));
    assert_ok(fx_project(body, &camera, 0, mass, &shadows));
    assert_true(shadows.pixels[0] > 4 && plane[0][0] == 0 && plane[0][PIXELS / 2] > 1);
    assert_ok(fx_project(empty, &camera, 0, mass, &shadows)); /* what was there is cleared */
    assert_int_equal(shadows.pixels[0], 0);
    assert_true(shadows.longest_mm[0] == 0 && !fx_shadows_has(&shadows, 0, SIDE / 2, SIDE / 2));
    assert_ok(fx_project(body, &camera, 0, mass, &shadows));
    camera.centre_x = 1e5; /* looks past it */
    assert_ok(fx_project(body, &camera, 0, mass, &shadows));
    assert_int_equal(shadows.pixels[0], 0);
    for (int i = 0; i < PIXELS; i++) assert_true(plane[0][i] == 0 && plane[1][i] == 0);
    fx_shadows_free(&shadows);
    fx_body_free(empty);
    fx_body_free(body);
}

static void rounding_of_densities_is_small(void **state)
{
    fx_body *body = random_body((int[3]){9, 9, 9}, false);
    (void)state;
    assert_in_bounds(fx_body_rounding(body, FX_BASIS_WATER), 1e-9, 2e-5);
    assert_in_bounds(fx_body_rounding(body, FX_BASIS_BONE), 1e-9, 5e-5);
    fx_body_free(body);
}

static void what_does_not_fit_is_refused(void **state)
{
    const int size[3] = {9, 9, 9};
    const fx_camera camera = camera_from((double[3]){1, 0, 0}, 300, SIDE, 1);
    const fv_grid grid = grid_about_origin(size, (double[3]){1, 1, 1}, 0);
    const fv_grid other = grid_about_origin(size, (double[3]){1, 1, 1.5}, 0);
    fx_body *both = random_body(size, false), *plain = random_body(size, true), *body;
    fx_shadows shadows;
    fv_ct ct;
    fv_labels labels;
    (void)state;
    assert_int_equal(fx_line_integral(both, &camera, plane[0]), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fx_project(plain, &camera, 0, mass, NULL), FSAM_ERROR_ARGUMENT);
    assert_ok(fx_shadows_make(SIDE, SIDE, 3, &shadows));
    assert_int_equal(fx_project(both, &camera, 0, mass, &shadows), FSAM_ERROR_MISMATCH);
    fx_shadows_free(&shadows);
    assert_ok(fx_shadows_make(SIDE, 3, 40, &shadows));
    assert_int_equal(fx_project(both, &camera, 0, mass, &shadows), FSAM_ERROR_MISMATCH);
    fx_shadows_free(&shadows);
    assert_int_equal(fx_shadows_make(0, 3, 40, &shadows), FSAM_ERROR_ARGUMENT);
    assert_ok(fv_ct_make(&grid, "ct", &ct));
    assert_ok(fv_labels_make(&other, "labels", &labels));
    assert_int_equal(fx_body_make(&ct, &labels, &table, "a.nii", &body), FSAM_ERROR_MISMATCH);
    assert_string_equal(fb_message(), "a.nii: labels: their grid is not the CT's");
    fv_ct_free(&ct);
    fv_labels_free(&labels);
    fx_body_free(both);
    fx_body_free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_integrals_are_those_of_the_formula),
        cmocka_unit_test(only_what_is_between_source_and_detector_counts),
        cmocka_unit_test(slab_of_water_lets_through_what_beer_and_lambert_say),
        cmocka_unit_test(masks_are_silhouettes_to_a_pixel),
        cmocka_unit_test(paths_and_a_least_path_go_together),
        cmocka_unit_test(six_marks_land_where_they_belong),
        cmocka_unit_test(paths_of_a_union_add_up),
        cmocka_unit_test(kernels_agree_with_plain_code),
        cmocka_unit_test(labels_are_those_of_all_voxels_on_a_ray),
        cmocka_unit_test(masks_of_thin_walls_have_no_slits),
        cmocka_unit_test(threads_do_not_change_anything),
        cmocka_unit_test(sheets_of_one_voxel_are_not_missed),
        cmocka_unit_test(rays_that_miss_and_labels_without_voxels_leave_nothing),
        cmocka_unit_test(rounding_of_densities_is_small),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
