/* Preparation: clusters against trying every split, windows, resampling of a ramp, coordinates of a mark. */
#include "image/prepare.h"

#include "image/resize.h"
#include "image/windows.h"
#include "support.h"

#include <math.h>

static uint32_t random_state = 1;

static uint32_t next_random(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return random_state >> 8;
}

static double squares_about_mean(const float *values, size_t count, float limit, int upper)
{
    double mean = 0, sum = 0, n = 0;
    for (size_t i = 0; i < count; i++)
        if ((values[i] > limit) == upper) {
            mean += values[i];
            n++;
        }
    mean /= n > 0 ? n : 1;
    for (size_t i = 0; i < count; i++)
        if ((values[i] > limit) == upper) sum += (values[i] - mean) * (values[i] - mean);
    return sum;
}

/* The smallest sum of squares of any split by trying every value as the lower cluster's highest. */
static double best_by_force(const float *values, size_t count)
{
    double best = INFINITY;
    for (size_t i = 0; i < count; i++) {
        const double sum =
            squares_about_mean(values, count, values[i], 0) + squares_about_mean(values, count, values[i], 1);
        if (sum < best) best = sum;
    }
    return best;
}

static void test_clusters_against_force(void **state)
{
    float values[200];
    (void)state;
    for (int round = 0; round < 200; round++) {
        const size_t count = 2 + next_random() % 199;
        const uint32_t levels = round % 3 == 0 ? 5 : round % 3 == 1 ? 256 : 1 << 20;
        fi_cluster cluster[2];
        for (size_t i = 0; i < count; i++) values[i] = (float)((next_random() % levels) / (levels - 1.0));
        assert_int_equal(fi_cluster_two(values, count, 0, 0, cluster), FSAM_OK);
        if (cluster[0].count == count) continue; /* all equal */
        assert_int_equal(cluster[0].count + cluster[1].count, count);
        assert_true(cluster[0].highest < cluster[1].lowest);
        const double sum = cluster[0].deviation * cluster[0].deviation * (double)cluster[0].count +
                           cluster[1].deviation * cluster[1].deviation * (double)cluster[1].count;
        assert_float_equal(sum, best_by_force(values, count), 1e-9);
    }
}

static void test_clusters_known(void **state)
{
    static const float values[6] = {0.9f, 0.1f, 0.2f, 1.0f, 0.0f, 0.8f};
    static const float same[3] = {0.3f, 0.3f, 0.3f};
    fi_cluster cluster[2];
    (void)state;
    assert_int_equal(fi_cluster_two(values, 6, 0, 0, cluster), FSAM_OK);
    assert_float_equal(cluster[0].mean, 0.1, 1e-6);
    assert_float_equal(cluster[1].mean, 0.9, 1e-6);
    assert_float_equal(cluster[0].deviation, sqrt(0.02 / 3), 1e-6);
    assert_true(cluster[0].highest == 0.2f && cluster[1].lowest == 0.8f);
    assert_int_equal(fi_cluster_two(same, 3, 0, 0, cluster), FSAM_OK);
    assert_true(cluster[0].mean == cluster[1].mean && cluster[0].count == 3);
    assert_int_equal(fi_cluster_two(same, 1, 0, 0, cluster), FSAM_OK);
}

/* A value that comes many times counts as if it stood there as often, wherever it lies among the others. */
static void test_clusters_of_repeated(void **state)
{
    float values[300];
    (void)state;
    for (int round = 0; round < 300; round++) {
        const size_t count = 1 + next_random() % 100, more = next_random() % 200;
        const uint32_t levels = round % 2 == 0 ? 6 : 1 << 20;
        const float one = (float)((next_random() % levels) / (levels - 1.0));
        fi_cluster short_way[2], long_way[2];
        for (size_t i = 0; i < count; i++) values[i] = (float)((next_random() % levels) / (levels - 1.0));
        for (size_t i = 0; i < more; i++) values[count + i] = one;
        assert_int_equal(fi_cluster_two(values, count, one, more, short_way), FSAM_OK);
        assert_int_equal(fi_cluster_two(values, count + more, 0, 0, long_way), FSAM_OK);
        for (int c = 0; c < 2; c++) {
            assert_int_equal(short_way[c].count, long_way[c].count);
            assert_true(short_way[c].lowest == long_way[c].lowest && short_way[c].highest == long_way[c].highest);
            assert_float_equal(short_way[c].mean, long_way[c].mean, 1e-12);
            assert_float_equal(short_way[c].deviation, long_way[c].deviation, 1e-9);
        }
    }
}

static void test_window(void **state)
{
    const fi_intensity_window w = {.lowest = 0, .low = 0.2f, .high = 0.6f, .highest = 1};
    const fi_intensity_window one = {.lowest = 0, .low = 1, .high = 1, .highest = 1};
    (void)state;
    assert_float_equal(fi_intensity_window_apply(&w, 0), 0, 0);
    assert_float_equal(fi_intensity_window_apply(&w, 0.1f), 0.05, 1e-6);
    assert_float_equal(fi_intensity_window_apply(&w, 0.2f), 0.1, 1e-6);
    assert_float_equal(fi_intensity_window_apply(&w, 0.4f), 0.5, 1e-6);
    assert_float_equal(fi_intensity_window_apply(&w, 0.6f), 0.9, 1e-6);
    assert_float_equal(fi_intensity_window_apply(&w, 0.8f), 0.95, 1e-6);
    assert_float_equal(fi_intensity_window_apply(&w, 1), 1, 0);
    assert_float_equal(fi_intensity_window_apply(&one, 1), 0.5, 0);
    assert_float_equal(fi_intensity_window_apply(&one, 0.5f), 0.05, 1e-6);
}

/* Bilinear resampling of a plane a x + b y is that plane, except beyond the outer pixel centres. */
static void test_resize_ramp(void **state)
{
    enum { H = 10, W = 16, OUT_H = 23, OUT_W = 7, TOP = 3, LEFT = 2, HEIGHT = 20, WIDTH = 5 };
    float source[H * W], out[HEIGHT * WIDTH];
    const fi_window window = {
        .full_height = OUT_H, .full_width = OUT_W, .top = TOP, .left = LEFT, .height = HEIGHT, .width = WIDTH};
    (void)state;
    for (int i = 0; i < H * W; i++) source[i] = (float)(2 * (i % W) - 3 * (i / W));
    assert_int_equal(fi_resize_bilinear(source, H, W, W, &window, out, WIDTH), FSAM_OK);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            const double at_x = fmin(fmax((x + LEFT + 0.5) * W / OUT_W - 0.5, 0), W - 1);
            const double at_y = fmin(fmax((y + TOP + 0.5) * H / OUT_H - 0.5, 0), H - 1);
            assert_float_equal(out[y * WIDTH + x], 2 * at_x - 3 * at_y, 1e-4);
        }
    const fi_window same = {.full_height = H, .full_width = W, .height = H, .width = W};
    float copy[H * W];
    assert_int_equal(fi_resize_bilinear(source, H, W, W, &same, copy, W), FSAM_OK);
    assert_memory_equal(source, copy, sizeof source);
}

static void test_geometry(void **state)
{
    fi_prepare_options options = {.side = 448, .polarity = FI_BONE_DARK};
    fi_geometry g;
    double x, y;
    (void)state;
    assert_int_equal(fi_geometry_make(200, 150, &options, &g), FSAM_OK);
    assert_int_equal(g.scaled_height, 448);
    assert_int_equal(g.scaled_width, 336);
    fi_geometry_to_input(&g, 0, 199, &x, &y);
    assert_float_equal(x, 0.5 * 2.24 - 0.5, 1e-12);
    assert_float_equal(y, 199.5 * 2.24 - 0.5, 1e-12);
    fi_geometry_to_source(&g, x, y, &x, &y);
    assert_float_equal(x, 0, 1e-12);
    assert_float_equal(y, 199, 1e-12);
    options.square = true;
    assert_int_equal(fi_geometry_make(200, 150, &options, &g), FSAM_OK);
    assert_int_equal(g.frame_width, 200);
    assert_int_equal(g.scaled_width, 448);
    assert_int_equal(fi_geometry_make(1, 1 << 30, &options, &g), FSAM_OK);
    assert_int_equal(g.frame_height, 1 << 30);
    options.square = false;
    assert_int_equal(fi_geometry_make(1, 100000, &options, &g), FSAM_OK);
    assert_int_equal(g.scaled_height, 1);
    assert_int_equal(fi_geometry_make(0, 5, &options, &g), FSAM_ERROR_ARGUMENT);
    options.side = 0;
    assert_int_equal(fi_geometry_make(5, 5, &options, &g), FSAM_ERROR_ARGUMENT);
}

/* A bright disc drawn in the source is found again in the input where the geometry says. */
static void test_mark_found(void **state)
{
    enum { H = 300, W = 400, S = 112, RADIUS = 21 };
    static float gray[H * W], input[3 * S * S];
    const double cx = 290, cy = 80;
    const fi_picture picture = {.width = W, .height = H, .gray = gray};
    (void)state;
    for (int square = 0; square < 2; square++)
        for (int bright = 0; bright < 2; bright++) {
            const fi_prepare_options options = {
                .side = S, .polarity = bright ? FI_BONE_BRIGHT : FI_BONE_DARK, .square = square};
            fi_geometry g;
            double sum = 0, sum_x = 0, sum_y = 0, x, y;
            for (int i = 0; i < H * W; i++) gray[i] = hypot(i % W - cx, i / W - cy) <= RADIUS ? 1 : 0;
            assert_int_equal(fi_prepare(&picture, &options, input, &g), FSAM_OK);
            for (int i = 0; i < S * S; i++) {
                const int inside =
                    i % S < g.scaled_width * W / g.frame_width && i / S < g.scaled_height * H / g.frame_height;
                double v = (input[i] + 1) / 2;
                if (bright) v = 1 - v;
                if (!inside) continue;
                sum += v;
                sum_x += v * (i % S);
                sum_y += v * (i / S);
            }
            fi_geometry_to_input(&g, cx, cy, &x, &y);
            assert_float_equal(sum_x / sum, x, 0.1);
            assert_float_equal(sum_y / sum, y, 0.1);
        }
}

/* Padding that is not laid out gives what a picture gives that was padded before. */
static void test_padding(void **state)
{
    enum { LONGEST = 40, S = 24 };
    static const int sizes[][2] = {{40, 13}, {9, 40}, {40, 39}, {1, 40}, {40, 40}, {3, 2}, {20, 1}};
    static float gray[LONGEST * LONGEST], padded[LONGEST * LONGEST], input[3 * S * S], expected[3 * S * S];
    (void)state;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        const int height = sizes[k][0], width = sizes[k][1], longest = height > width ? height : width;
        const fi_picture picture = {.width = width, .height = height, .gray = gray};
        const fi_picture whole = {.width = longest, .height = longest, .gray = padded};
        const fi_prepare_options square = {.side = S, .polarity = FI_BONE_DARK, .square = true};
        const fi_prepare_options plain = {.side = S, .polarity = FI_BONE_DARK};
        fi_geometry g;
        double sum = 0;
        for (int i = 0; i < height * width; i++) sum += gray[i] = (float)(next_random() % 1000) / 999.0f;
        for (int i = 0; i < longest * longest; i++) {
            const int x = i % longest, y = i / longest;
            padded[i] = y < height && x < width ? gray[y * width + x] : (float)(sum / (height * width));
        }
        assert_int_equal(fi_prepare(&picture, &square, input, &g), FSAM_OK);
        assert_int_equal(fi_prepare(&whole, &plain, expected, &g), FSAM_OK);
        for (int i = 0; i < 3 * S * S; i++) assert_float_equal(input[i], expected[i], 1e-5);
    }
}

/* A thread of pixels takes its own memory, not that of the square. */
static void test_long_and_thin(void **state)
{
    enum { LENGTH = 1 << 18, S = 16 };
    static float gray[LENGTH], input[3 * S * S];
    const fi_picture picture = {.width = LENGTH, .height = 1, .gray = gray};
    const fi_prepare_options options = {.side = S, .polarity = FI_BONE_BRIGHT, .square = true};
    fi_geometry g;
    (void)state;
    for (int i = 0; i < LENGTH; i++) gray[i] = (float)(i % 7) / 6.0f;
    assert_int_equal(fi_prepare(&picture, &options, input, &g), FSAM_OK);
    assert_int_equal(g.frame_height, LENGTH);
    assert_int_equal(g.scaled_height, S);
}

static void test_channels(void **state)
{
    enum { S = 8 };
    /* Two clusters of two values each; as large as the input, so nothing is resampled but the padding is there. */
    float gray[S * 4], input[3 * S * S];
    const fi_picture picture = {.width = S, .height = 4, .gray = gray};
    const fi_prepare_options options = {.side = S, .polarity = FI_BONE_DARK};
    static const float level[4] = {0.0f, 0.2f, 0.8f, 1.0f};
    /* Each cluster's window is its range, within 3 deviations. */
    static const float expected[3][4] = {{0, 0.2f, 0.8f, 1}, {0.1f, 0.9f, 0.975f, 1}, {0, 0.025f, 0.1f, 0.9f}};
    fi_geometry g;
    (void)state;
    for (int i = 0; i < S * 4; i++) gray[i] = level[i % 4];
    assert_int_equal(fi_prepare(&picture, &options, input, &g), FSAM_OK);
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < S * S; i++)
            assert_float_equal(input[c * S * S + i], i < S * 4 ? 2 * expected[c][i % 4] - 1 : 0, 1e-5);
}

static void test_degenerate(void **state)
{
    enum { S = 16 };
    float gray[12] = {0}, input[3 * S * S];
    const fi_picture picture = {.width = 4, .height = 3, .gray = gray};
    const fi_prepare_options options = {.side = S, .polarity = FI_BONE_BRIGHT, .square = true};
    fi_geometry g;
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        for (int i = 0; i < 12; i++)
            gray[i] = kind == 0 ? 0.7f : kind == 1 ? (float)(i % 2) : kind == 2 ? NAN : i - 5.0f;
        assert_int_equal(fi_prepare(&picture, &options, input, &g), FSAM_OK);
        for (int i = 0; i < 3 * S * S; i++) assert_true(fabsf(input[i]) <= 1.00001f);
        if (kind == 0 || kind == 2)
            for (int i = 0; i < 3 * S * S; i++) assert_true(fabsf(input[i]) <= 1e-6f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clusters_against_force),
        cmocka_unit_test(test_clusters_known),
        cmocka_unit_test(test_clusters_of_repeated),
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_resize_ramp),
        cmocka_unit_test(test_geometry),
        cmocka_unit_test(test_mark_found),
        cmocka_unit_test(test_padding),
        cmocka_unit_test(test_long_and_thin),
        cmocka_unit_test(test_channels),
        cmocka_unit_test(test_degenerate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
