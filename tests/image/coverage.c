/* Coverage: areas kept whatever the scales, against counting fine samples. */
#include "image/coverage.h"

#include "support.h"

#include <math.h>

static fi_geometry geometry_of(int height, int width, int side, bool square)
{
    const fi_prepare_options options = {.side = side, .square = square};
    fi_geometry geometry;
    assert_int_equal(fi_geometry_make(height, width, &options, &geometry), FSAM_OK);
    return geometry;
}

/* Each cell is sampled at 40 x 40 places, which are looked up in the mask. */
static void check_against_samples(const uint8_t *mask, const fi_geometry *g, int cells, const float *out)
{
    enum { FINE = 40 };
    for (int cell = 0; cell < cells * cells; cell++) {
        int hits = 0;
        for (int s = 0; s < FINE * FINE; s++) {
            double at_x = (cell % cells + (s % FINE + 0.5) / FINE) * g->side / cells / g->scale_x;
            double at_y = (cell / cells + (s / FINE + 0.5) / FINE) * g->side / cells / g->scale_y;
            if (at_x < g->source_width && at_y < g->source_height)
                hits += mask[(int)at_y * g->source_width + (int)at_x] != 0;
        }
        assert_float_equal(out[cell], (double)hits / (FINE * FINE), 0.06);
    }
}

static void test_samples(void **state)
{
    static const struct {
        int height, width, side, cells;
        bool square;
    } cases[] = {{90, 60, 56, 16, true},
                 {37, 53, 56, 16, false},
                 {5, 7, 56, 32, true},
                 {1, 3, 28, 16, false},
                 {300, 2, 28, 16, true}};
    static uint8_t mask[300 * 100];
    static float out[32 * 32];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const fi_geometry g = geometry_of(cases[i].height, cases[i].width, cases[i].side, cases[i].square);
        for (int k = 0; k < cases[i].height * cases[i].width; k++) mask[k] = k * 2654435761u >> 31 ? 1 : 0;
        assert_int_equal(fi_mask_coverage(mask, &g, cases[i].cells, out), FSAM_OK);
        check_against_samples(mask, &g, cases[i].cells, out);
    }
}

/* A full mask covers its part of the square wholly and nothing of the padding; an empty one nothing. */
static void test_full(void **state)
{
    enum { W = 96, H = 48, CELLS = 32 };
    static uint8_t mask[W * H];
    static float out[CELLS * CELLS];
    const fi_geometry g = geometry_of(H, W, 56, true);
    (void)state;
    memset(mask, 255, sizeof mask);
    assert_int_equal(fi_mask_coverage(mask, &g, CELLS, out), FSAM_OK);
    for (int i = 0; i < CELLS * CELLS; i++) assert_float_equal(out[i], i / CELLS < CELLS / 2 ? 1 : 0, 1e-6);
    memset(mask, 0, sizeof mask);
    assert_int_equal(fi_mask_coverage(mask, &g, CELLS, out), FSAM_OK);
    for (int i = 0; i < CELLS * CELLS; i++) assert_true(out[i] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_samples), cmocka_unit_test(test_full)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
