/* Post-processing: a blob found again in the source, and the published code's own output. */
#include "image/postprocess.h"

#include "base/safetensors.h"
#include "support.h"

#include <math.h>

/* Logits positive in a disc of the input: the mask is that disc in the source, its place and area scaled. */
static void test_disc(void **state)
{
    enum { H = 150, W = 240, S = 112, L = 128 };
    static float logits[L * L], out[H * W];
    const double cx = 100, cy = 60, radius = 30; /* in the source */
    (void)state;
    for (int square = 0; square < 2; square++) {
        const fi_prepare_options options = {.side = S, .square = square};
        fi_geometry g;
        double area = 0, sum_x = 0, sum_y = 0;
        assert_int_equal(fi_geometry_make(H, W, &options, &g), FSAM_OK);
        for (int i = 0; i < L * L; i++) {
            double x, y;
            fi_geometry_to_source(&g, (i % L + 0.5) * S / L - 0.5, (i / L + 0.5) * S / L - 0.5, &x, &y);
            logits[i] = (float)(radius - hypot(x - cx, y - cy));
        }
        assert_int_equal(fi_postprocess_logits(logits, L, &g, out), FSAM_OK);
        for (int i = 0; i < H * W; i++) {
            if (!(out[i] > 0)) continue;
            area++;
            sum_x += i % W;
            sum_y += i / W;
        }
        assert_float_equal(area, 3.14159265 * radius * radius, 20);
        assert_float_equal(sum_x / area, cx, 0.05);
        assert_float_equal(sum_y / area, cy, 0.05);
    }
}

/* Bands that have been put together again. */
typedef struct bands {
    float *out;
    int width, next;
} bands;

static void take(void *context, const float *band, int top, int count)
{
    bands *b = context;
    assert_int_equal(top, b->next);
    memcpy(b->out + top * b->width, band, (size_t)(count * b->width) * sizeof *band);
    b->next += count;
}

/* By bands or at once: the same to the last bit, and every row once. */
static void test_bands(void **state)
{
    enum { L = 32, W = 70, H = 150 };
    static float logits[L * L], whole[W * H], joined[W * H];
    (void)state;
    for (int i = 0; i < L * L; i++) logits[i] = (float)(i * 7919 % 1000) - 500;
    for (int square = 0; square < 2; square++) {
        const fi_prepare_options options = {.side = 28, .square = square};
        fi_geometry g;
        bands b = {joined, W, 0};
        assert_int_equal(fi_geometry_make(H, W, &options, &g), FSAM_OK);
        assert_int_equal(fi_postprocess_logits(logits, L, &g, whole), FSAM_OK);
        assert_int_equal(fi_postprocess_bands(logits, L, &g, take, &b), FSAM_OK);
        assert_int_equal(b.next, H);
        assert_memory_equal(whole, joined, sizeof whole);
    }
}

static void test_published(void **state)
{
    enum { L = 128, H = 200, W = 150 };
    static float out[H * W];
    const fi_prepare_options options = {.side = 112};
    const char *path = "../shared/fixtures/micro_forward.safetensors";
    fb_safetensors *file;
    fi_geometry g;
    (void)state;
    if (access(path, R_OK) != 0) {
        printf("skipped: no ../shared\n");
        skip();
    }
    assert_int_equal(fb_safetensors_open(path, &file), FSAM_OK);
    const fb_tensor *logits = fb_safetensors_find(file, "text.multi.logits");
    const fb_tensor *truth = fb_safetensors_find(file, "text.postprocessed_h200_w150");
    assert_non_null(logits);
    assert_non_null(truth);
    assert_int_equal(logits->count, 3 * L * L);
    assert_int_equal(truth->count, 3 * H * W);
    float *from = malloc(logits->count * sizeof *from), *expected = malloc(truth->count * sizeof *expected);
    fb_tensor_to_f32(logits, from);
    fb_tensor_to_f32(truth, expected);
    double worst = 0, largest = 0;
    assert_int_equal(fi_geometry_make(H, W, &options, &g), FSAM_OK);
    for (int m = 0; m < 3; m++) {
        assert_int_equal(fi_postprocess_logits(from + m * L * L, L, &g, out), FSAM_OK);
        for (int i = 0; i < H * W; i++) {
            worst = fmax(worst, fabs(out[i] - expected[m * H * W + i]));
            largest = fmax(largest, fabs(expected[m * H * W + i]));
        }
    }
    printf("largest difference %.3g of values up to %.3g\n", worst, largest);
    assert_true(worst <= 1e-4 * largest);
    free(from);
    free(expected);
    fb_safetensors_close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_disc),
        cmocka_unit_test(test_bands),
        cmocka_unit_test(test_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
