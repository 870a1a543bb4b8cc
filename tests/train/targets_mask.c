/* Masks in the decoder's frame: against the exact coverage, boxes and discs under any placing, padding and shutters. */
#include "train/targets_mask.h"

#include "image/coverage.h"
#include "support.h"

enum { CELLS = 64, SIDE = 56 };

static fr_view view_of(fr_placing placing, bool square)
{
    fr_view view = {.placing = placing};
    const fi_prepare_options options = {.side = SIDE, .square = square};
    expect_ok(fi_geometry_make(placing.height, placing.width, &options, &view.geometry));
    return view;
}

static void fill_noise(uint8_t *mask, int width, int height)
{
    fb_random random = fb_random_start(3, 0, 0, 0);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            mask[y * width + x] = fb_random_below(&random, 3) > 0 && (x / 7 + y / 5) % 3 > 0;
}

static void expect_coverage(int width, int height, bool square)
{
    uint8_t *mask = calloc((size_t)(width * height), 1), out[CELLS * CELLS];
    float covered[CELLS * CELLS];
    size_t count, expected = 0;
    fi_rle rle;
    const fr_view view = view_of(fr_placing_whole(width, height), square);
    fill_noise(mask, width, height);
    expect_ok(fi_rle_encode(mask, height, width, &rle));
    expect_ok(fi_mask_coverage(mask, &view.geometry, CELLS, covered));
    expect_ok(fr_mask_resample(&rle, &view, CELLS, out, &count));
    for (int i = 0; i < CELLS * CELLS; i++) {
        if (fabsf(covered[i] - 0.5f) > 1e-5f) assert_int_equal(out[i], covered[i] > 0.5f);
        expected += out[i];
    }
    assert_int_equal(count, expected);
    assert_true(count > 100);
    fi_rle_free(&rle);
    free(mask);
}

static void test_as_coverage(void **state)
{
    (void)state;
    expect_coverage(64, 64, true);
    expect_coverage(150, 150, true);
    expect_coverage(97, 130, true);
    expect_coverage(97, 130, false);
    expect_coverage(60, 41, false);
    expect_coverage(30, 20, true);
}

/* A box of pixels 20..59 by 30..49 of 128: cells are two pixels wide; zoomed twice, one. */
static void test_box(void **state)
{
    (void)state;
    uint8_t pixels[128 * 128] = {0}, out[CELLS * CELLS];
    size_t count;
    fi_rle rle;
    for (int y = 30; y < 50; y++)
        for (int x = 20; x < 60; x++) pixels[y * 128 + x] = 1;
    expect_ok(fi_rle_encode(pixels, 128, 128, &rle));
    const fr_view whole = view_of(fr_placing_whole(128, 128), true);
    expect_ok(fr_mask_resample(&rle, &whole, CELLS, out, &count));
    assert_int_equal(count, 20 * 10);
    assert_true(out[15 * CELLS + 10] && out[24 * CELLS + 29] && !out[15 * CELLS + 9] && !out[25 * CELLS + 29]);
    const fr_view near = view_of(fr_placing_at(64, 64, 31.5, 31.5, 1, 0, false), true);
    expect_ok(fr_mask_resample(&rle, &near, CELLS, out, &count)); /* the upper left quarter */
    assert_int_equal(count, 40 * 20);
    assert_true(out[30 * CELLS + 20] && out[49 * CELLS + 59] && !out[29 * CELLS + 20] && !out[30 * CELLS + 60]);
    const fr_view mirrored = view_of(fr_placing_at(128, 128, 63.5, 63.5, 1, 0, true), true);
    expect_ok(fr_mask_resample(&rle, &mirrored, CELLS, out, &count));
    assert_int_equal(count, 200);
    assert_true(out[15 * CELLS + 53] && out[15 * CELLS + 34] && !out[15 * CELLS + 54]);
    const fr_view turned = view_of(fr_placing_at(128, 128, 63.5, 63.5, 1, acos(0), false), true);
    expect_ok(fr_mask_resample(&rle, &turned, CELLS, out, &count)); /* columns are rows from the right */
    assert_int_equal(count, 200);
    assert_true(out[10 * CELLS + 48] && out[29 * CELLS + 39] && !out[9 * CELLS + 48]);
    fi_rle_free(&rle);
}

/* A disc under turns and zooms: cells whose centre is well inside or outside of it. */
static void test_disc(void **state)
{
    enum { WIDE = 200 };
    uint8_t *pixels = calloc(WIDE * WIDE, 1), out[CELLS * CELLS];
    fi_rle rle;
    (void)state;
    for (int i = 0; i < WIDE * WIDE; i++) pixels[i] = hypot(i % WIDE - 90.3, (double)(i / WIDE) - 120.7) < 50;
    expect_ok(fi_rle_encode(pixels, WIDE, WIDE, &rle));
    for (int k = 0; k < 12; k++) {
        const double step = 1 + 0.3 * k;
        const fr_view view =
            view_of(fr_placing_at(CELLS, CELLS - 4 * (k % 3), 95, 110, step, 0.4 * k, k % 2 == 1), k % 4 < 2);
        size_t count;
        double m[2][3];
        expect_ok(fr_mask_resample(&rle, &view, CELLS, out, &count));
        fr_source_from_cells(&view, CELLS, m);
        const int rows = (int)lrint(view.geometry.source_height * view.geometry.scale_y * CELLS / SIDE);
        for (int i = 0; i < CELLS * CELLS; i++) {
            const int column = i % CELLS, row = i / CELLS;
            const double x = m[0][0] * column + m[0][1] * row + m[0][2], y = m[1][0] * column + m[1][1] * row + m[1][2];
            const double inside = 50 - hypot(x - 90.3, y - 120.7);
            if (row >= rows)
                assert_int_equal(out[i], 0);
            else if (fabs(inside) > 0.75 + 0.25 * step && row < rows - 1)
                assert_int_equal(out[i], inside > 0);
        }
        assert_true(count > 100);
    }
    fi_rle_free(&rle);
    free(pixels);
}

static void test_shutter_and_box_out_of_view(void **state)
{
    (void)state;
    uint8_t pixels[64 * 64], out[CELLS * CELLS];
    size_t count;
    fi_rle rle, corner;
    memset(pixels, 1, sizeof pixels);
    expect_ok(fi_rle_encode(pixels, 64, 64, &rle));
    memset(pixels, 0, sizeof pixels);
    pixels[0] = pixels[1] = 1;
    expect_ok(fi_rle_encode(pixels, 64, 64, &corner));
    fr_view view = view_of(fr_placing_whole(64, 64), true);
    assert_true(fr_mask_may_be_in_view(&corner, &view));
    view.shutter = (fr_shutter){.closed = true, .x = 31.5, .y = 31.5, .half_x = 20, .half_y = 10};
    expect_ok(fr_mask_resample(&rle, &view, CELLS, out, &count));
    assert_int_equal(count, 40 * 20);
    const fr_view middle = view_of(fr_placing_at(64, 64, 31.5, 31.5, 0.5, 0.2, false), true);
    assert_true(fr_mask_may_be_in_view(&rle, &middle));
    assert_false(fr_mask_may_be_in_view(&corner, &middle));
    expect_ok(fr_mask_resample(&corner, &middle, CELLS, out, &count));
    assert_int_equal(count, 0);
    fi_rle_free(&rle);
    memset(pixels, 0, sizeof pixels);
    expect_ok(fi_rle_encode(pixels, 64, 64, &rle));
    expect_ok(fr_mask_resample(&rle, &view, CELLS, out, &count));
    assert_int_equal(count, 0);
    assert_false(fr_mask_may_be_in_view(&rle, &middle));
    fi_rle_free(&rle);
    fi_rle_free(&corner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_coverage), cmocka_unit_test(test_box),
                                       cmocka_unit_test(test_disc), cmocka_unit_test(test_shutter_and_box_out_of_view)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
