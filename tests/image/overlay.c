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
    static uint8_t mask[W * H];
    uint8_t colour[3];
    const fi_overlay_item item = {.mask = mask};
    fi_canvas overlay;
    (void)state;
    for (int i = 0; i < W * H; i++) gray[i] = 100 / 255.0f;
    fill_box(mask, 4, 3, 13, 11);
    assert_int_equal(fi_overlay_draw(&picture, &item, 1, &overlay), FSAM_OK);
    assert_int_equal(overlay.rgb[0], 100);
    fi_overlay_colour(0, colour);
    assert_memory_equal(overlay.rgb + 3 * (3 * W + 4), colour, 3);
    fi_canvas_free(&overlay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
