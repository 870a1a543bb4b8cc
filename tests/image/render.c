/* What stored values are shown as: windows, tables, colours, extremes and orientations. */
#include "image/render.h"

#include "support.h"

#include <math.h>

enum { WIDTH = 3, HEIGHT = 2 };

static float gray[WIDTH * HEIGHT];

/* Six stored samples (or pixels of several channels) through `header`. */
static void render(fi_header *header, const double *samples)
{
    header->stored_width = WIDTH;
    header->stored_height = HEIGHT;
    if (header->channels == 0) header->channels = 1;
    header->width = header->orientation >= 5 ? HEIGHT : WIDTH;
    header->height = header->orientation >= 5 ? WIDTH : HEIGHT;
    fi_render made = {.header = header, .how = header->rendering, .gray = gray};
    for (int y = HEIGHT - 1; y >= 0; y--)
        assert_int_equal(fi_render_row(&made, y, samples + y * WIDTH * header->channels), FSAM_OK);
    fi_render_finish(&made);
}

static void expect(const double *value, double tolerance)
{
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        if (fabs(gray[i] - value[i]) > tolerance) fail_msg("pixel %d: %g, expected %g", i, gray[i], value[i]);
}

/* PS3.3 C.11.2.1.2.1: y = ((x - (c - 0.5)) / (w - 1) + 0.5), here c = 2048, w = 4096: 0..4095 -> 0..1. */
static void test_windows(void **state)
{
    (void)state;
    assert_float_equal(fi_window_linear(0, 2048, 4096), 0, 1e-12);
    assert_float_equal(fi_window_linear(4095, 2048, 4096), 1, 1e-12);
    assert_float_equal(fi_window_linear(1000, 2048, 4096), 1000.0 / 4095, 1e-12);
    assert_float_equal(fi_window_linear(-5, 2048, 4096), 0, 0);
    assert_float_equal(fi_window_linear(9999, 2048, 4096), 1, 0);
    assert_float_equal(fi_window_linear(100, 100, 1), 1, 0); /* w = 1 is a threshold at c - 0.5 */
    assert_float_equal(fi_window_linear(99.5, 100, 1), 0, 0);
    assert_float_equal(fi_window_linear_exact(50, 100, 100), 0, 1e-12);
    assert_float_equal(fi_window_linear_exact(125, 100, 100), 0.75, 1e-12);
    assert_float_equal(fi_window_sigmoid(100, 100, 40), 0.5, 1e-12);
    assert_float_equal(fi_window_sigmoid(110, 100, 40), 1 / (1 + exp(-1)), 1e-12);
}

/* Rescale comes before the window, inversion after it. */
static void test_order(void **state)
{
    const double stored[] = {0, 100, 200, 300, 400, 500};
    const double shown[] = {1, 0.9, 0.8, 0.7, 0.6, 0.5};
    fi_header header = {.rendering = {.slope = 2, .intercept = -1000, .voi = FI_VOI_LINEAR_EXACT, .inverted = true}};
    (void)state;
    header.rendering.centre = 0; /* -1000 .. 1000 */
    header.rendering.width = 2000;
    render(&header, stored);
    expect(shown, 1e-6);
}

static void test_tables(void **state)
{
    const double modality[] = {10, 20, 40}, interest[] = {0, 0.25, 1}, luma[] = {0, 0.5, 1};
    const double stored[] = {4, 5, 6, 7, 8, -9};
    const double shown[] = {0, 0, 0.25, 1, 1, 0};
    fi_header header = {.rendering = {.voi = FI_VOI_TABLE,
                                      .modality = {.first = 5, .count = 3, .value = modality},
                                      .table = {.first = 19, .count = 3, .value = interest}}};
    (void)state;
    render(&header, stored); /* 4, 5 -> 10 -> below the table: 0; 6 -> 20 -> 0.25; 7, 8 -> 40 -> 1 */
    expect(shown, 0);
    header = (fi_header){.rendering = {.colour = FI_COLOUR_PALETTE, .high = 1, .palette = {.count = 3, .value = luma}}};
    render(&header, (double[]){0, 1, 2, 3, 1, 0});
    expect((double[]){0, 0.5, 1, 1, 0.5, 0}, 0);
}

static void test_colours(void **state)
{
    const double rgb[] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 51, 51, 51};
    fi_header header = {.channels = 3, .rendering = {.colour = FI_COLOUR_RGB, .high = 255}};
    (void)state;
    render(&header, rgb);
    expect((double[]){0.299, 0.587, 0.114, 1, 0, 0.2}, 1e-6);
    header.rendering.colour = FI_COLOUR_YBR_FULL;
    render(&header, rgb);
    expect((double[]){1, 0, 0, 1, 0, 0.2}, 1e-6);
}

static void test_extremes(void **state)
{
    fi_header header = {.rendering = {.slope = 1, .voi = FI_VOI_EXTREMES}};
    (void)state;
    render(&header, (double[]){1000, 1100, 1200, 1300, 1400, 1500});
    expect((double[]){0, 0.2, 0.4, 0.6, 0.8, 1}, 1e-6);
    render(&header, (double[]){7, 7, 7, 7, 7, 7});
    expect((double[]){0, 0, 0, 0, 0, 0}, 0);
    header.is_float = true;
    render(&header, (double[]){NAN, 0.25, 0.5, 0, 0.125, 0.75}); /* within 0..1: as they are */
    expect((double[]){0, 0.25, 0.5, 0, 0.125, 0.75}, 1e-6);
    render(&header, (double[]){NAN, -INFINITY, -2, 2, INFINITY, 0});
    expect((double[]){0, 0, 0, 1, 1, 0.5}, 1e-6);
}

/* Where the stored pixels 1 2 3 / 4 5 6 are seen, by the definition of each orientation. */
static void test_orientations(void **state)
{
    static const double seen[9][6] = {{0},
                                      {1, 2, 3, 4, 5, 6},
                                      {3, 2, 1, 6, 5, 4},
                                      {6, 5, 4, 3, 2, 1},
                                      {4, 5, 6, 1, 2, 3},
                                      {1, 4, 2, 5, 3, 6},
                                      {4, 1, 5, 2, 6, 3},
                                      {6, 3, 5, 2, 4, 1},
                                      {3, 6, 2, 5, 1, 4}};
    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        double expected[6];
        fi_header header = {.orientation = orientation, .rendering = {.slope = 1, .high = 10}};
        render(&header, (double[]){1, 2, 3, 4, 5, 6});
        for (int i = 0; i < 6; i++) expected[i] = seen[orientation][i] / 10;
        expect(expected, 1e-6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows), cmocka_unit_test(test_order),    cmocka_unit_test(test_tables),
        cmocka_unit_test(test_colours), cmocka_unit_test(test_extremes), cmocka_unit_test(test_orientations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
