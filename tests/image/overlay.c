/* Overlays: every pixel where it is known, how pictures are stretched and enlarged, and what is written where. */
#include "image/overlay.h"

#include <math.h>

#include "support.h"

enum { W = 640, H = 520, GRAY = 100 };

static const double pi = 3.14159265358979323846;
static float gray[W * H];
static const fi_picture picture = {.width = W, .height = H, .gray = gray};
static uint8_t mask[W * H];
static fi_canvas drawn;

static int reset(void **state)
{
    (void)state;
    memset(mask, 0, sizeof mask);
    for (int i = 0; i < W * H; i++) gray[i] = GRAY / 255.0f;
    return 0;
}

static int release(void **state)
{
    (void)state;
    fi_canvas_free(&drawn);
    return 0;
}

static void fill_box(int left, int top, int right, int bottom)
{
    for (int y = top; y < bottom; y++) memset(mask + y * W + left, 1, (size_t)(right - left));
}

static void draw(const fi_overlay_item *items, size_t count)
{
    fi_canvas_free(&drawn);
    assert_int_equal(fi_overlay_draw(&picture, items, count, &drawn), FSAM_OK);
    assert_int_equal(drawn.width, W);
    assert_int_equal(drawn.height, H);
}

static const uint8_t *pixel(int x, int y)
{
    return drawn.rgb + 3 * (y * drawn.width + x);
}

/* The ground with this part of the first colour. */
static void expect_mix(int x, int y, double part)
{
    uint8_t colour[3];
    const int opacity = (int)lrint(256 * part);
    fi_overlay_colour(0, colour);
    for (int c = 0; c < 3; c++)
        assert_int_equal(pixel(x, y)[c], (GRAY * (256 - opacity) + colour[c] * opacity + 128) / 256);
}

/* Nothing but the ground, but in rows top..bottom-1; says whether anything is there. */
static bool changed_only_in(int top, int bottom)
{
    bool changed = false;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < 3 * W; x++) {
            const bool differs = drawn.rgb[3 * y * W + x] != GRAY;
            if (differs && (y < top || y >= bottom)) fail_msg("row %d has changed", y);
            changed |= differs;
        }
    return changed;
}

/* The outline is one pixel and a half wide at this size, its middle on the mask's side of the edge. */
static void test_box(void **state)
{
    const fi_overlay_item item = {.mask = mask};
    (void)state;
    fill_box(100, 80, 300, 260);
    draw(&item, 1);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            const int across = x < 200 ? x - 100 : 299 - x, down = y < 170 ? y - 80 : 259 - y;
            const int in = across < down ? across : down, along = across < down ? down : across;
            if (in < 0)
                expect_mix(x, y, 0);
            else if (along >= 4) /* straight, no corner */
                expect_mix(x, y, in == 0 ? 1 : in == 1 ? 0.5 + 0.5 * 0.2 : 0.2);
        }
}

/* As much ink as a line of its width round a disc has, whatever the direction. */
static void test_disc(void **state)
{
    const fi_overlay_item item = {.mask = mask};
    const double radius = 150.2, line = 1.5;
    uint8_t colour[3];
    double ink = 0;
    (void)state;
    for (int i = 0; i < W * H; i++) {
        const double dx = i % W - 320, dy = i / W - 260;
        mask[i] = dx * dx + dy * dy < radius * radius;
    }
    draw(&item, 1);
    fi_overlay_colour(0, colour);
    for (int i = 0; i < W * H; i++) {
        const double part = (drawn.rgb[3 * i] - GRAY) / (double)(colour[0] - GRAY);
        const double far = hypot(i % W - 320, i / W - 260) - radius;
        if (far > 2 || far < -5) assert_float_equal(part, far > 0 ? 0 : 0.2, 0.01);
        ink += part;
    }
    const double inner = radius - line;
    const double expected = pi * (radius * radius - inner * inner) + 0.2 * pi * inner * inner;
    assert_float_equal(ink / expected, 1, 0.005);
}

static void test_extremes(void **state)
{
    const fi_overlay_item item = {"everything", mask};
    (void)state;
    draw(&item, 1); /* empty: no name either */
    assert_false(changed_only_in(0, 0));
    draw(NULL, 0);
    assert_false(changed_only_in(0, 0));
    mask[50 * W + 50] = 1; /* a pixel can be seen */
    draw(&(fi_overlay_item){.mask = mask}, 1);
    assert_true(changed_only_in(50, 51));
    fill_box(0, 0, W, H);
    draw(&item, 1);
    expect_mix(0, H / 3, 1); /* the border of the picture is an edge */
    expect_mix(W - 1, H / 3, 1);
    expect_mix(W / 2, 0, 1);
    expect_mix(W / 2, H - 1, 1);
    expect_mix(W / 4, H / 4, 0.2);
}

static void test_name(void **state)
{
    uint8_t bare[3 * W * H];
    fi_overlay_item item = {.mask = mask};
    bool differs = false;
    (void)state;
    fill_box(200, 150, 500, 350);
    draw(&item, 1);
    memcpy(bare, drawn.rgb, sizeof bare);
    item.name = "\xc3\x86rea \xf0\x9f\xa6\xb4";
    draw(&item, 1);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            if (memcmp(pixel(x, y), bare + 3 * (y * W + x), 3) == 0) continue;
            assert_in_range(x, 280, 420); /* in the middle */
            assert_in_range(y, 235, 265);
            differs = true;
        }
    assert_true(differs);
}

static void test_absent(void **state)
{
    const fi_overlay_item one[] = {{"heart", NULL}}, other[] = {{"liver", NULL}},
                          nameless[] = {{NULL, NULL}, {"", NULL}};
    uint8_t first[3 * W * H];
    (void)state;
    draw(one, 1);
    assert_true(changed_only_in(H - 30, H));
    assert_in_range(pixel(W - 1, H - 1)[0], 30, 60); /* darkened, not covered */
    memcpy(first, drawn.rgb, sizeof first);
    draw(other, 1);
    assert_memory_not_equal(first, drawn.rgb, sizeof first);
    draw(nameless, 2);
    assert_false(changed_only_in(0, 0));
}

/* A thousand names, most of them without room. */
static void test_many(void **state)
{
    static fi_overlay_item items[1000];
    static char names[1000][24];
    (void)state;
    fill_box(100, 100, 105, 104);
    for (int i = 0; i < 1000; i++) {
        snprintf(names[i], sizeof names[i], "structure %d", i);
        items[i] = (fi_overlay_item){names[i], i % 10 == 0 ? mask : NULL};
    }
    draw(items, 1000);
    for (int x = 0; x < W; x++) assert_int_equal(pixel(x, H - 80)[0], GRAY); /* at most three lines at the bottom */
    assert_in_range(pixel(W - 1, H - 1)[0], 30, 60);
}

static void expect_size(int width, int height, int drawn_width, int drawn_height)
{
    const fi_picture small = {.width = width, .height = height, .gray = gray};
    const fi_overlay_item items[] = {{"one", mask}, {"two", NULL}};
    fi_canvas_free(&drawn);
    assert_int_equal(fi_overlay_draw(&small, items, 2, &drawn), FSAM_OK);
    assert_int_equal(drawn.width, drawn_width);
    assert_int_equal(drawn.height, drawn_height);
}

static void test_sizes(void **state)
{
    (void)state;
    memset(mask, 1, sizeof mask);
    expect_size(1, 1, 8, 8);
    expect_size(192, 100, 576, 300);
    expect_size(256, 256, 512, 512);
    expect_size(2, 511, 4, 1022);
    expect_size(512, 3, 512, 3);
    expect_size(W, H, W, H);
}

/* A pixel of a small picture is a block of the drawing, in its place. */
static void test_enlarged(void **state)
{
    const fi_picture small = {.width = 128, .height = 128, .gray = gray};
    const fi_overlay_item item = {.mask = mask};
    (void)state;
    for (int y = 30; y < 50; y++) memset(mask + y * 128 + 20, 1, 60);
    assert_int_equal(fi_overlay_draw(&small, &item, 1, &drawn), FSAM_OK);
    assert_int_equal(drawn.width, 512);
    expect_mix(200, 30 * 4, 1);
    expect_mix(200, 50 * 4 - 1, 1);
    expect_mix(20 * 4, 160, 1);
    expect_mix(80 * 4 - 1, 160, 1);
    expect_mix(200, 30 * 4 - 1, 0);
    expect_mix(80 * 4, 160, 0);
    expect_mix(200, 160, 0.2);
}

/* Values from low to high, the same number of each; 1 in 500 of them black, as many white. */
static void fill_ramp(double low, double high)
{
    for (int i = 0; i < W * H; i++)
        gray[i] = (float)(i % 500 == 7 ? 0 : i % 500 == 11 ? 1 : low + (high - low) * (i % W) / (W - 1));
}

static void test_contrast(void **state)
{
    (void)state;
    fill_ramp(0.0625, 0.125); /* 12 bits of 16 */
    draw(NULL, 0);
    assert_in_range(pixel(0, 3)[0], 0, 2);
    assert_in_range(pixel(W / 2, 3)[0], 126, 130);
    assert_in_range(pixel(W - 1, 3)[0], 253, 255);
    fill_ramp(0.1, 0.95); /* uses its range: as it is */
    draw(NULL, 0);
    assert_int_equal(pixel(0, 3)[0], lrint(255 * 0.1));
    assert_int_equal(pixel(W - 1, 3)[0], lrint(255 * 0.95));
    gray[0] = NAN;
    gray[1] = -3;
    gray[2] = 7;
    draw(NULL, 0);
    assert_int_equal(pixel(0, 0)[0], 0);
    assert_int_equal(pixel(1, 0)[0], 0);
    assert_int_equal(pixel(2, 0)[0], 255);
}

static double luminance(const uint8_t colour[3])
{
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
}

static void test_colours(void **state)
{
    uint8_t a[3], b[3];
    (void)state;
    for (size_t i = 0; i < FI_OVERLAY_COLOURS; i++)
        for (size_t k = 0; k < i; k++) {
            fi_overlay_colour(i, a);
            fi_overlay_colour(k, b);
            assert_true(abs(a[0] - b[0]) + abs(a[1] - b[1]) + abs(a[2] - b[2]) >= 40);
            /* The same hue is told apart by its lightness alone. */
            if ((i - k) % 7 == 0) assert_true(fabs(luminance(a) - luminance(b)) >= 20);
        }
    fi_overlay_colour(FI_OVERLAY_COLOURS + 2, a);
    fi_overlay_colour(2, b);
    assert_memory_equal(a, b, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_box, reset, release),
        cmocka_unit_test_setup_teardown(test_disc, reset, release),
        cmocka_unit_test_setup_teardown(test_extremes, reset, release),
        cmocka_unit_test_setup_teardown(test_name, reset, release),
        cmocka_unit_test_setup_teardown(test_absent, reset, release),
        cmocka_unit_test_setup_teardown(test_many, reset, release),
        cmocka_unit_test_setup_teardown(test_sizes, reset, release),
        cmocka_unit_test_setup_teardown(test_enlarged, reset, release),
        cmocka_unit_test_setup_teardown(test_contrast, reset, release),
        cmocka_unit_test(test_colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
