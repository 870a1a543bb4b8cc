/* Places of names: inside, beside or apart from their structures, never over one another nor out of the picture. */
#include "image/label_places.h"

#include "support.h"

enum { W = 600, H = 400, GAP = 3, WIDE = 80, HIGH = 20, MOST = 400 };

static fi_bounds taken[MOST];

static fi_places fresh(void)
{
    return (fi_places){.width = W, .height = H, .gap = GAP, .taken = taken};
}

/* A structure of this radius. */
static fi_pole disc(double x, double y, double radius)
{
    return (fi_pole){.x = x, .y = y, .radius = radius, .left = radius, .right = radius, .up = radius, .down = radius};
}

static void expect_place(fi_places *places, fi_pole pole, int left, int top, bool far)
{
    fi_bounds place;
    bool apart;
    assert_true(fi_places_take(places, &pole, WIDE, HIGH, &place, &apart));
    assert_int_equal(place.left, left);
    assert_int_equal(place.top, top);
    assert_int_equal(place.right, left + WIDE);
    assert_int_equal(place.bottom, top + HIGH);
    assert_int_equal(apart, far);
}

static void test_large(void **state)
{
    fi_places places = fresh();
    (void)state;
    expect_place(&places, disc(300, 200, 100), 300 - WIDE / 2, 200 - HIGH / 2, false);
    /* The same again: the next line. */
    expect_place(&places, disc(300, 200, 100), 300 - WIDE / 2, 200 - HIGH / 2 + HIGH + GAP, true);
    /* Pushed into the picture. */
    expect_place(&places, disc(5, 395, 100), GAP, H - GAP - HIGH, false);
}

static void test_small(void **state)
{
    fi_places places = fresh();
    (void)state;
    expect_place(&places, disc(300, 200, 12), 300 + 12 + GAP, 200 - HIGH / 2, false);
    expect_place(&places, disc(300, 200, 12), 300 - 12 - GAP - WIDE, 200 - HIGH / 2, false);
    expect_place(&places, disc(300, 200, 12), 300 - WIDE / 2, 200 - 12 - GAP - HIGH, false);
    expect_place(&places, disc(300, 200, 12), 300 - WIDE / 2, 200 + 12 + GAP, false);
    /* At the right edge only the left has room. */
    expect_place(&places, disc(W - 10, 100, 12), W - 10 - 12 - GAP - WIDE, 100 - HIGH / 2, false);
}

static void test_no_room(void **state)
{
    fi_places places = fresh();
    const fi_pole pole = disc(300, 200, 100);
    fi_bounds place;
    bool apart;
    (void)state;
    assert_false(fi_places_take(&places, &pole, W, HIGH, &place, &apart));
    assert_false(fi_places_take(&places, &pole, WIDE, H, &place, &apart));
    assert_int_equal(places.count, 0);
}

static bool overlap(const fi_bounds *a, const fi_bounds *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static void test_crowd(void **state)
{
    fi_places places = fresh();
    uint32_t random = 1;
    (void)state;
    for (int i = 0; i < MOST; i++) {
        fi_bounds place;
        bool apart;
        random = random * 1664525 + 1013904223;
        const fi_pole pole = disc(random >> 8 & 511, random >> 20 & 255, (random >> 17 & 31) + 0.5);
        if (!fi_places_take(&places, &pole, 20 + i % 60, 14, &place, &apart)) continue;
        assert_true(place.left >= 0 && place.top >= 0 && place.right <= W && place.bottom <= H);
    }
    assert_in_range(places.count, 100, MOST - 1);
    for (size_t i = 0; i < places.count; i++)
        for (size_t k = 0; k < i; k++) assert_false(overlap(&taken[i], &taken[k]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_small),
        cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_crowd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
