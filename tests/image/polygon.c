/* Polygons as masks, against a winding count at each pixel's centre and by hand. */
#include "image/polygon.h"

#include "support.h"

enum { HEIGHT = 12, WIDTH = 17 };

static int area_of(const double (*corner)[2], size_t count, uint8_t *mask)
{
    uint8_t scratch[HEIGHT * WIDTH] = {0};
    int area = 0;
    fi_polygon_fill(corner, count, HEIGHT, WIDTH, mask, scratch);
    for (int i = 0; i < HEIGHT * WIDTH; i++) {
        assert_int_equal(scratch[i], 0);
        area += mask[i] == 255;
    }
    return area;
}

static void test_known(void **state)
{
    static const struct {
        double corner[4][2];
        size_t count;
        int area;
    } cases[] = {
        {{{1, 1}, {4, 1}, {4, 3}, {1, 3}}, 4, 6},
        {{{1, 1}, {1, 3}, {4, 3}, {4, 1}}, 4, 6},                 /* the other way round */
        {{{1.5, 1.5}, {3.5, 1.5}, {3.5, 3.5}, {1.5, 3.5}}, 4, 4}, /* centres on an edge: upper and left count */
        {{{-100, -100}, {100, -100}, {100, 100}, {-100, 100}}, 4, HEIGHT * WIDTH},
        {{{-9, 0}, {-1, 0}, {-1, 9}}, 3, 0},
        {{{30, 0}, {40, 0}, {40, 9}}, 3, 0},
        {{{0, 0}, {4, 0}, {0, 4}}, 3, 6}, /* half of 4 x 4, the centres on the diagonal outside */
        {{{2, 2}, {6, 2}, {6, 2}, {2, 2}}, 4, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t mask[HEIGHT * WIDTH] = {0};
        assert_int_equal(area_of(cases[i].corner, cases[i].count, mask), cases[i].area);
    }
}

static int is_inside(const double (*corner)[2], size_t count, double x, double y)
{
    int inside = 0;
    for (size_t i = 0; i < count; i++) {
        const double *a = corner[i], *b = corner[(i + 1) % count];
        if ((a[1] <= y) == (b[1] <= y)) continue;
        inside ^= a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) <= x;
    }
    return inside;
}

/* A star that crosses itself: even-odd leaves its middle out. */
static void test_star(void **state)
{
    static const double star[5][2] = {{8.2, 0.3}, {12.1, 11.4}, {1.7, 4.6}, {15.3, 4.4}, {3.9, 11.2}};
    uint8_t mask[HEIGHT * WIDTH] = {0};
    (void)state;
    assert_true(area_of(star, 5, mask) > 20);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            assert_int_equal(mask[y * WIDTH + x] == 255, is_inside(star, 5, x + 0.5, y + 0.5));
    assert_int_equal(mask[6 * WIDTH + 8], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_known), cmocka_unit_test(test_star)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
