/* Shadows of the voxelised phantom in a standard view, against exact silhouettes: the lines of the same pixels through
 * the solids themselves. They may differ by one pixel at an edge. */
#include "support.h"

#include "scene/views.h"
#include "xray/projector.h"
#include <stdio.h>
#include <stdlib.h>

enum { PIXELS = 64, AREA = PIXELS * PIXELS };

/* A knee of the phantom, and what a ray crosses of it. */
static const double low[3] = {10, -110, 380}, high[3] = {180, 130, 610};

typedef struct knee {
    fv_phantom *phantom;
    fv_ct ct;
    fv_labels labels;
    fx_camera camera;
    fx_shadows shadows;
} knee;

/* The field of view is kept within the box, so that nothing beyond it is on a ray. */
static void make_knee(const char *view, knee *k)
{
    fv_phantom_options options = {.spacing_mm = 1};
    memcpy(options.low_mm, low, sizeof low);
    memcpy(options.high_mm, high, sizeof high);
    expect_ok(fv_phantom_make(&k->phantom));
    expect_ok(fv_phantom_voxelise(k->phantom, &options, &k->ct, &k->labels));
    fs_anatomy *anatomy;
    fs_carm carm;
    expect_ok(fs_anatomy_make(&k->labels, &anatomy));
    expect_ok(fs_view_place(fs_view_find(view), FB_SIDE_LEFT, anatomy, &(fs_draw){.pixels = PIXELS}, &carm));
    carm.detector_mm = 150;
    expect_ok(fs_carm_camera(&carm, &k->camera));
    fs_anatomy_free(anatomy);
}

static void project(knee *k)
{
    static fx_tissue_table table;
    static float mass[FX_BASES][AREA];
    float *planes[FX_BASES];
    for (int i = 0; i < FX_BASES; i++) planes[i] = mass[i];
    fx_body *body;
    expect_ok(fx_tissue_table_of(FX_TISSUE_BLENDED, &table));
    expect_ok(fx_body_make(&k->ct, &k->labels, &table, "knee", &body));
    expect_ok(fx_shadows_make(PIXELS, PIXELS, k->labels.count, &k->shadows));
    expect_ok(fx_project(body, &k->camera, 0, planes, &k->shadows));
    fx_body_free(body);
}

/* exact[structure][pixel]: whether the pixel's line meets the structure on the left side. */
static void draw_exactly(const knee *k, uint8_t *exact)
{
    fv_line line = {0};
    double source[3], direction[3];
    fx_camera_source(&k->camera, source);
    for (int i = 0; i < AREA; i++) {
        fx_camera_ray(&k->camera, i % PIXELS, i / PIXELS, direction);
        expect_ok(fv_phantom_line(k->phantom, source, direction, &line));
        for (int s = 0; s < k->labels.count; s++)
            exact[s * AREA + i] = fv_line_length(&line, k->labels.structure[s].category, FB_SIDE_LEFT) > 0;
    }
    fv_line_free(&line);
}

static bool is_edge(const uint8_t *mask, int x, int y)
{
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
            const int nx = x + dx, ny = y + dy;
            if (nx < 0 || ny < 0 || nx >= PIXELS || ny >= PIXELS) continue;
            if (mask[ny * PIXELS + nx] != mask[y * PIXELS + x]) return true;
        }
    return false;
}

static void compare(const char *name, const uint8_t *mask, const uint8_t *exact)
{
    int both = 0, either = 0;
    for (int i = 0; i < AREA; i++) {
        both += mask[i] && exact[i];
        either += mask[i] || exact[i];
        if (mask[i] != exact[i] && !is_edge(exact, i % PIXELS, i / PIXELS))
            fail_msg("%s: %d at %d, %d", name, mask[i], i % PIXELS, i / PIXELS);
    }
    if (either < 100 || both < 0.94 * either) fail_msg("%s: %d of %d pixels", name, both, either);
}

static void test_view(const char *view)
{
    knee k = {0};
    uint8_t mask[AREA];
    make_knee(view, &k);
    project(&k);
    uint8_t *exact = calloc((size_t)k.labels.count, AREA);
    assert_non_null(exact);
    draw_exactly(&k, exact);
    assert_int_equal(k.labels.count, 4); /* femur, patella, tibia, fibula */
    for (int s = 0; s < k.labels.count; s++) {
        fx_shadows_unpack(&k.shadows, s, mask);
        compare(k.labels.structure[s].name, mask, exact + s * AREA);
    }
    free(exact);
    fx_shadows_free(&k.shadows);
    fv_ct_free(&k.ct);
    fv_labels_free(&k.labels);
    fv_phantom_free(k.phantom);
}

static void test_ap(void **state)
{
    (void)state;
    test_view("knee_ap");
}

static void test_lateral(void **state)
{
    (void)state;
    test_view("knee_lateral");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ap), cmocka_unit_test(test_lateral)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
