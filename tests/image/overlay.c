/* Overlays: the gray left alone, the fill blended, the outline two pixels wide in full colour. */
#include "image/overlay.h"

#include "support.h"

enum { W = 20, H = 16 };

static float gray[W * H];
static const fi_picture picture = {.width = W, .height = H, .gray = gray};

static void fill_box(uint8_t *mask, int x0, int y0, int x1, int y1)
{
    memset(mask, 0, W * H);
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++) mask[y * W + x] = 1;
}

static void test_one(void **state)
{
    static uint8_t mask[W * H], rgb[3 * W * H];
    const uint8_t *const masks[1] = {mask};
    const uint8_t *colour = fi_overlay_colour(0);
    (void)state;
    for (int i = 0; i < W * H; i++) gray[i] = 100 / 255.0f;
    fill_box(mask, 4, 3, 13, 11);
    fi_overlay_draw(&picture, masks, 1, rgb);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            for (int c = 0; c < 3; c++) {
                const bool in = x >= 4 && x <= 13 && y >= 3 && y <= 11;
                const bool core = x >= 6 && x <= 11 && y >= 5 && y <= 9;
                const int v = rgb[3 * (y * W + x) + c];
                if (!in)
                    assert_int_equal(v, 100);
                else if (!core)
                    assert_int_equal(v, colour[c]);
                else
                    assert_int_equal(v, (100 * 70 + colour[c] * 30 + 50) / 100);
            }
}

static void test_many(void **state)
{
    static uint8_t first[W * H], second[W * H], rgb[3 * W * H];
    const uint8_t *const masks[2] = {first, second};
    (void)state;
    for (int i = 0; i < W * H; i++) gray[i] = i % 2 ? 2.0f : -1.0f;
    fill_box(first, 0, 0, 5, 5);
    fill_box(second, 0, 0, 3, 3);
    fi_overlay_draw(&picture, masks, 2, rgb);
    assert_memory_equal(rgb, fi_overlay_colour(1), 3); /* the later one on top; the border of the picture is an edge */
    assert_memory_equal(rgb + 3 * 5, fi_overlay_colour(0), 3);
    assert_int_equal(rgb[3 * (W * H - 1)], 255); /* clamped */
    assert_int_equal(rgb[3 * (W * H - 2)], 0);
    fi_overlay_draw(&picture, NULL, 0, rgb);
    assert_int_equal(rgb[0], 0);
}

static void test_palette(void **state)
{
    (void)state;
    for (size_t a = 0; a < FI_OVERLAY_COLOURS; a++)
        for (size_t b = 0; b < a; b++) assert_memory_not_equal(fi_overlay_colour(a), fi_overlay_colour(b), 3);
    assert_ptr_equal(fi_overlay_colour(FI_OVERLAY_COLOURS), fi_overlay_colour(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_palette),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
