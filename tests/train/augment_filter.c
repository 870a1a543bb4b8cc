/* Convolutions against a sum written out, their energy, and the median against sorting. */
#include "train/augment_filter.h"

#include "support.h"

static fr_kernel kernel_number(int i)
{
    switch (i) {
    case 0:
        return fr_gaussian_kernel(3);
    case 1:
        return fr_gaussian_kernel(5);
    case 2:
        return fr_motion_kernel(5, 0.7);
    case 3:
        return fr_sharpen_kernel(0.2);
    default:
        return fr_emboss_kernel(0.4);
    }
}

enum { KERNELS = 5 };

static void test_constants_stay(void **state)
{
    (void)state;
    for (int i = 0; i < KERNELS; i++) {
        const fr_kernel kernel = kernel_number(i);
        fr_planes planes = constant_planes(2, 7, 9, 0.3f);
        expect_ok(fr_convolve(&kernel, &planes));
        expect_constant(&planes, 0.3f, 1e-6, "a constant after a convolution");
        free(planes.value);
    }
}

/* Away from the edges a blur moves values about and loses none. */
static void test_blurs_keep_energy(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        const fr_kernel kernel = kernel_number(i);
        fr_planes planes = constant_planes(1, 11, 13, 0);
        planes.value[5 * 13 + 6] = 0.75f;
        planes.value[6 * 13 + 4] = 0.5f;
        expect_ok(fr_convolve(&kernel, &planes));
        expect_near(sum_of(&planes, 0), 1.25, 1e-6, "sum");
        assert_true(value_at(&planes, 0, 6, 5) < 0.74f);
        free(planes.value);
    }
}

static float clamped(const fr_planes *planes, int x, int y)
{
    x = x < 0 ? 0 : x < planes->width ? x : planes->width - 1;
    y = y < 0 ? 0 : y < planes->height ? y : planes->height - 1;
    return value_at(planes, 0, x, y);
}

static void test_against_sums(void **state)
{
    (void)state;
    for (int i = 0; i < KERNELS; i++) {
        const fr_kernel kernel = kernel_number(i);
        fr_planes planes = noise_planes(1, 8, 6, 3), before = copy_planes(&planes);
        expect_ok(fr_convolve(&kernel, &planes));
        for (int y = 0; y < 8; y++)
            for (int x = 0; x < 6; x++) {
                double sum = 0;
                for (int v = -2; v <= 2; v++)
                    for (int u = -2; u <= 2; u++)
                        sum += (double)kernel.weight[v + 2][u + 2] * (double)clamped(&before, x + u, y + v);
                expect_near((double)value_at(&planes, 0, x, y), fmin(fmax(sum, 0), 1), 1e-6, "a pixel");
            }
        free(planes.value);
        free(before.value);
    }
}

static void test_shapes_of_kernels(void **state)
{
    (void)state;
    const fr_kernel round = fr_gaussian_kernel(5), along = fr_motion_kernel(5, 0),
                    down = fr_motion_kernel(3, 1.5707963);
    const double expected = exp(-1 / (2 * 1.1 * 1.1)); /* a neighbour to the middle, deviation 1.1 */
    expect_near((double)(round.weight[2][3] / round.weight[2][2]), expected, 1e-6, "Gaussian");
    for (int i = 0; i < 5; i++) {
        expect_near((double)along.weight[1][i], 0, 1e-9, "beside the line");
        assert_true(along.weight[2][i] > 0.1f);
    }
    expect_near((double)down.weight[0][2] + (double)down.weight[4][2], 0, 1e-6, "beyond the line's ends");
    assert_true(down.weight[1][2] > 0.15f && down.weight[3][2] > 0.15f);
    const fr_kernel none = fr_sharpen_kernel(0);
    assert_true(none.weight[2][2] == 1 && none.weight[2][1] == 0);
}

static int compare(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void expect_medians(int size, int height, int width)
{
    fr_planes planes = noise_planes(1, height, width, (uint64_t)(height * width)), before = copy_planes(&planes);
    expect_ok(fr_median(size, &planes));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            float near[25];
            for (int k = 0; k < size * size; k++)
                near[k] = clamped(&before, x + k % size - size / 2, y + k / size - size / 2);
            qsort(near, (size_t)(size * size), sizeof *near, compare);
            assert_true(value_at(&planes, 0, x, y) == near[size * size / 2]);
        }
    free(planes.value);
    free(before.value);
}

static void test_median_by_sorting(void **state)
{
    (void)state;
    for (int size = 3; size <= 5; size += 2) {
        expect_medians(size, 9, 37);
        expect_medians(size, 1, 1);
        expect_medians(size, 20, 16);
        expect_medians(size, 3, 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_constants_stay), cmocka_unit_test(test_blurs_keep_energy),
                                       cmocka_unit_test(test_against_sums), cmocka_unit_test(test_shapes_of_kernels),
                                       cmocka_unit_test(test_median_by_sorting)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
