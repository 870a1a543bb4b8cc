/* Boxes around masks, and the points where their names go. */
#include "image/mask_pole.h"

#include <math.h>

#include "support.h"

enum { W = 400, H = 300 };

static uint8_t mask[W * H];

static void fill_box(int left, int top, int right, int bottom, uint8_t value)
{
    for (int y = top; y < bottom; y++) memset(mask + y * W + left, value, (size_t)(right - left));
}

static int clear(void **state)
{
    (void)state;
    memset(mask, 0, sizeof mask);
    return 0;
}

static void test_bounds(void **state)
{
    fi_bounds b;
    (void)state;
    assert_false(fi_mask_bounds(mask, W, H, &b));
    mask[20 * W + 30] = 1;
    mask[40 * W + 10] = 255;
    assert_true(fi_mask_bounds(mask, W, H, &b));
    assert_true(b.left == 10 && b.top == 20 && b.right == 31 && b.bottom == 41);
    fill_box(0, 0, W, H, 1);
    assert_true(fi_mask_bounds(mask, W, H, &b));
    assert_true(b.left == 0 && b.top == 0 && b.right == W && b.bottom == H);
}

static void expect_pole(double x, double y, double radius, double tolerance)
{
    fi_pole pole;
    assert_true(fi_mask_pole(mask, W, H, &pole));
    assert_true(fabs(pole.x - x) <= tolerance);
    assert_true(fabs(pole.y - y) <= tolerance);
    assert_true(fabs(pole.radius - radius) <= tolerance);
}

static void test_simple(void **state)
{
    fi_pole pole;
    (void)state;
    assert_false(fi_mask_pole(mask, W, H, &pole));
    mask[77 * W + 5] = 1;
    expect_pole(5, 77, 0.5, 0);
    fill_box(100, 50, 151, 101, 1); /* the larger part, of cells of a pixel */
    expect_pole(125, 75, 25.5, 2);
    fill_box(0, 0, W, H, 1);
    expect_pole(200, 150, 150, 5);
}

/* In the thick side of this ring, as near to the centroid, which lies outside of it, as is deep enough. */
static void test_ring(void **state)
{
    (void)state;
    fill_box(50, 50, 350, 250, 1);
    fill_box(60, 60, 270, 240, 0);
    expect_pole(303, 150, 33, 5);
}

/* A ridge has many deepest points: the one in its middle, also where one end is a little deeper. */
static void test_ridge(void **state)
{
    (void)state;
    fill_box(20, 100, 380, 140, 1);
    expect_pole(200, 120, 20, 4);
    fill_box(340, 98, 388, 142, 1);
    expect_pole(204, 120, 20, 6);
}

/* A wire is one part, though its pixels touch at corners only, and reaches a pixel or two from its pole along the row.
 */
static void test_wire(void **state)
{
    fi_pole pole;
    (void)state;
    fill_box(10, 10, 20, 20, 1);
    for (int i = 0; i < 250; i++) mask[(i + 40) * W + i + 60] = 1;
    assert_true(fi_mask_pole(mask, W, H, &pole));
    assert_true(fabs(pole.x - pole.y - 20) <= 4);
    assert_true(pole.right < 8 && pole.left < 8 && pole.up < 8 && pole.down < 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_bounds, clear), cmocka_unit_test_setup(test_simple, clear),
        cmocka_unit_test_setup(test_ring, clear),   cmocka_unit_test_setup(test_ridge, clear),
        cmocka_unit_test_setup(test_wire, clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
