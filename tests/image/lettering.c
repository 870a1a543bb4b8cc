/* Lettering: what is set of a text, and that what is drawn stays in its box and its halo. */
#include "image/lettering.h"

#include <stdbool.h>

#include "support.h"

enum { W = 300, H = 60, HALO = 2, EDGE = HALO + 1 /* letters may lean a little out of their box */ };

static const uint8_t ink[3] = {250, 200, 100};
static fi_lettering *lettering;

static int open_lettering(void **state)
{
    (void)state;
    return fi_lettering_new(20, HALO, &lettering) == FSAM_OK ? 0 : -1;
}

static int close_lettering(void **state)
{
    (void)state;
    fi_lettering_free(lettering);
    return 0;
}

static fi_line set(const char *text)
{
    return fi_lettering_set(lettering, text, 10000);
}

static unsigned glyph_of(const char *text)
{
    const fi_line line = set(text);
    assert_int_equal(line.count, 1);
    return line.letter[0].glyph;
}

static void assert_same_line(const char *text, const char *as)
{
    const fi_line a = set(text), b = set(as);
    assert_int_equal(a.count, b.count);
    assert_int_equal(a.width, b.width);
    for (int i = 0; i < a.count; i++) {
        assert_int_equal(a.letter[i].glyph, b.letter[i].glyph);
        assert_int_equal(a.letter[i].x, b.letter[i].x);
    }
}

static void test_widths(void **state)
{
    (void)state;
    assert_in_range(fi_lettering_height(lettering), 20, 28);
    assert_int_equal(set("").width, 0);
    assert_true(set("mm").width > set("ii").width);
    /* DejaVu Sans: H is 1540 of 2048 units wide, less what hinting may take. */
    assert_in_range(set("HHHHHHHHHH").width, 145, 156);
    /* V and A stand closer together than alone. */
    assert_true(set("AVAVAVAVAV").width < 5 * (set("A").width + set("V").width) - 4);
}

static void test_characters(void **state)
{
    (void)state;
    assert_int_not_equal(glyph_of("\xc3\x86"), 0);     /* AE */
    assert_int_equal(glyph_of("\xf0\x9f\xa6\xb4"), 0); /* a bone, which the font lacks: its box */
    assert_same_line("e\xcc\x81", "\xc3\xa9");         /* e and an accent; both in one */
    assert_same_line("a\xff"
                     "b",
                     "a\xef\xbf\xbd"
                     "b");                      /* no UTF-8: U+FFFD */
    assert_same_line("a\xc3", "a\xef\xbf\xbd"); /* cut short */
    assert_same_line("a\nb\tc", "a b c");       /* control characters: spaces */
    assert_same_line("a\xe2\x80\x8f\xe2\x80\x8b"
                     "b",
                     "ab"); /* marks of direction, zero-width space: nothing */
}

static void test_ellipsis(void **state)
{
    char text[400];
    (void)state;
    const unsigned ellipsis = glyph_of("\xe2\x80\xa6");
    const int whole = set("left kidney").width;
    fi_line line = fi_lettering_set(lettering, "left kidney", whole);
    assert_int_equal(line.count, 11);
    line = fi_lettering_set(lettering, "left kidney", whole - 1);
    assert_in_range(line.width, whole / 2, whole - 1);
    assert_int_equal(line.letter[line.count - 1].glyph, ellipsis);
    /* No space before it. */
    line = fi_lettering_set(lettering, "left kidney", set("left ").width + set("\xe2\x80\xa6").width);
    assert_int_equal(line.count, 5);
    assert_int_equal(line.letter[4].glyph, ellipsis);
    assert_int_equal(fi_lettering_set(lettering, "left kidney", 3).count, 0);
    memset(text, 'i', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    line = set(text);
    assert_int_equal(line.count, FI_LINE_LETTERS);
    assert_int_equal(line.letter[FI_LINE_LETTERS - 1].glyph, ellipsis);
    text[FI_LINE_LETTERS] = '\0';
    line = set(text);
    assert_int_equal(line.count, FI_LINE_LETTERS);
    assert_int_equal(line.letter[FI_LINE_LETTERS - 1].glyph, line.letter[0].glyph);
}

static uint8_t pixels[3 * W * H];
static const fi_canvas canvas = {W, H, pixels};

/* Counts pixels of the colour, and fails where one outside of the box and its halo is not the ground. */
static int count_in_box(const uint8_t colour[3], int left, int top, int right, int bottom)
{
    int count = 0;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            const uint8_t *pixel = pixels + 3 * (y * W + x);
            const bool inside = x >= left - EDGE && x < right + EDGE && y >= top - EDGE && y < bottom + EDGE;
            if (!inside) assert_int_equal(pixel[0], 128);
            count += memcmp(pixel, colour, 3) == 0;
        }
    return count;
}

static void test_drawing(void **state)
{
    static const uint8_t halo[3] = {12, 12, 12};
    const fi_line line = set("\xc3\x85gi|[Wj");
    (void)state;
    memset(pixels, 128, sizeof pixels);
    assert_int_equal(fi_lettering_draw(lettering, &line, 30, 15, ink, &canvas), FSAM_OK);
    const int bottom = 15 + fi_lettering_height(lettering);
    assert_true(count_in_box(ink, 30, 15, 30 + line.width, bottom) > 50);
    assert_true(count_in_box(halo, 30, 15, 30 + line.width, bottom) > 100);
}

static void test_cut_off(void **state)
{
    static const int place[][2] = {{-40, 10}, {W - 20, 10}, {10, -15}, {10, H - 8}, {-1000, 0}, {0, 1000}};
    const fi_line line = set("cut off");
    (void)state;
    for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
        const int x = place[i][0], y = place[i][1];
        memset(pixels, 128, sizeof pixels);
        assert_int_equal(fi_lettering_draw(lettering, &line, x, y, ink, &canvas), FSAM_OK);
        assert_int_equal(count_in_box(ink, x, y, x + line.width, y + fi_lettering_height(lettering)) > 0, i < 4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_widths),  cmocka_unit_test(test_characters), cmocka_unit_test(test_ellipsis),
        cmocka_unit_test(test_drawing), cmocka_unit_test(test_cut_off),
    };
    return cmocka_run_group_tests(tests, open_lettering, close_lettering);
}
