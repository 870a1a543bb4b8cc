/* blur.c - kernels against their modulation transfer, on an edge; and what a blur keeps. */
#include "testing.h"

#include "xray/blur.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { HEIGHT = 37, WIDTH = 257 };
static float image[HEIGHT * WIDTH], other[HEIGHT * WIDTH];

static double sinc(double f)
{
    return f == 0 ? 1 : sin(M_PI * f) / (M_PI * f);
}

/* The modulation transfer at f cycles a pixel as it is measured: an edge is blurred, its slope is the line's spread. */
static double measured_mtf(const fx_kernel *kernel, double f)
{
    double real = 0;
    for (int i = 0; i < HEIGHT * WIDTH; i++) image[i] = i % WIDTH < WIDTH / 2 ? 0 : 1;
    assert_ok(fx_blur(kernel, FX_BORDER_REPEATED, HEIGHT, WIDTH, image));
    const float *row = image + 18 * WIDTH;
    for (int x = 1; x < WIDTH; x++) real += (row[x] - row[x - 1]) * cos(2 * M_PI * f * (x - WIDTH / 2));
    return real;
}

/* Up to half the Nyquist frequency, beyond which what is sampled folds back. */
static void an_edge_shows_the_transfer(void **state)
{
    (void)state;
    for (double f = 0; f <= 0.25; f += 0.05) {
        const fx_kernel gaussian = fx_gaussian_kernel(1.5), box = fx_box_kernel(5), light = fx_exponential_kernel(6);
        assert_close(measured_mtf(&gaussian, f), exp(-2 * pow(M_PI * 1.5 * f, 2)) * sinc(f), 2e-3);
        /* folded back, five equal weights have sin(5 pi f) / (5 sin(pi f)) */
        assert_close(measured_mtf(&box, f), f == 0 ? 1 : sinc(5 * f) / sinc(f), 1e-5);
        assert_close(measured_mtf(&light, f), sinc(f) / (1 + pow(6 * f, 2)), 0.015);
    }
}

static void kernels_sum_to_one(void **state)
{
    (void)state;
    for (double size = 0.1; size < 100; size *= 1.7) {
        const fx_kernel kernels[] = {fx_gaussian_kernel(size), fx_box_kernel(size), fx_exponential_kernel(size)};
        for (int k = 0; k < 3; k++) {
            double sum = kernels[k].weight[0];
            for (int i = 1; i <= kernels[k].radius; i++) sum += 2 * kernels[k].weight[i];
            assert_close(sum, 1, 1e-6);
            assert_true(kernels[k].radius <= FX_MOST_RADIUS);
        }
    }
}

/* A box as wide as three pixels is shared by three and two halves of none: 1/3 each. */
static void box_of_three_pixels(void **state)
{
    const fx_kernel box = fx_box_kernel(3);
    (void)state;
    assert_int_equal(box.radius, 1);
    assert_close(box.weight[0], 1 / 3.0, 1e-6);
    assert_close(box.weight[1], 1 / 3.0, 1e-6);
}

static void nothing_is_changed_by_no_size(void **state)
{
    (void)state;
    for (int i = 0; i < HEIGHT * WIDTH; i++) image[i] = other[i] = (float)(i * 7919 % 1009);
    for (int k = 0; k < 3; k++) {
        const fx_kernel none = fx_gaussian_kernel((double[]){0, -1, NAN}[k]);
        assert_ok(fx_blur(&none, FX_BORDER_ZERO, HEIGHT, WIDTH, image));
        assert_memory_equal(image, other, sizeof image);
    }
}

/* A point becomes the product of the kernel along x and along y; at the border the rest is lost or kept. */
static void a_point_becomes_the_kernel(void **state)
{
    const fx_kernel kernel = fx_gaussian_kernel(1.2);
    double sum = 0;
    (void)state;
    memset(image, 0, sizeof image);
    image[20 * WIDTH + 100] = 1;
    assert_ok(fx_blur(&kernel, FX_BORDER_ZERO, HEIGHT, WIDTH, image));
    for (int y = -3; y <= 3; y++)
        for (int x = -3; x <= 3; x++)
            assert_close(image[(20 + y) * WIDTH + 100 + x], kernel.weight[abs(y)] * kernel.weight[abs(x)], 1e-7);
    memset(image, 0, sizeof image);
    image[0] = 1;
    assert_ok(fx_blur(&kernel, FX_BORDER_ZERO, HEIGHT, WIDTH, image));
    for (int i = 0; i < HEIGHT * WIDTH; i++) sum += image[i];
    const double half = 0.5 + 0.5 * kernel.weight[0];
    assert_close(sum, half * half, 1e-6);
}

static void a_flat_picture_stays_flat(void **state)
{
    const fx_kernel kernel = fx_exponential_kernel(8);
    (void)state;
    for (int i = 0; i < HEIGHT * WIDTH; i++) image[i] = 3;
    assert_ok(fx_blur(&kernel, FX_BORDER_REPEATED, HEIGHT, WIDTH, image));
    for (int i = 0; i < HEIGHT * WIDTH; i++) assert_close(image[i], 3, 1e-5);
}

/* The kernel is wider than the picture. */
static void small_pictures_are_blurred(void **state)
{
    float small[6] = {1, 2, 3, 4, 5, 6};
    const fx_kernel kernel = fx_gaussian_kernel(10);
    (void)state;
    assert_ok(fx_blur(&kernel, FX_BORDER_REPEATED, 2, 3, small));
    for (int i = 0; i < 6; i++) {
        assert_in_bounds(small[i], 1, 6);
        assert_close(small[i] + small[5 - i], 7, 1e-5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edge_shows_the_transfer), cmocka_unit_test(kernels_sum_to_one),
        cmocka_unit_test(box_of_three_pixels),        cmocka_unit_test(nothing_is_changed_by_no_size),
        cmocka_unit_test(a_point_becomes_the_kernel), cmocka_unit_test(a_flat_picture_stays_flat),
        cmocka_unit_test(small_pictures_are_blurred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
