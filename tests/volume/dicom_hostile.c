/* CT slices made to harm their reader: each is refused with a message that names the file, or read without harm. */
#include "../image/dicom_writer.h"

#include "volume/dicom_slice.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS = 4, COLUMNS = 5, PIXELS = ROWS * COLUMNS };
static const char explicit_vr[] = "1.2.840.10008.1.2.1", rle[] = "1.2.840.10008.1.2.5",
                  jpeg_lossless[] = "1.2.840.10008.1.2.4.70";
static const uint32_t private_tag = 0x00290010, pixel_tag = 0x7fe00010;

static dicom_writer w;

/* All that a slice has before its pixels, and what `hide` puts among it. */
static void start_slice(const char *syntax, int rows, int columns, void (*hide)(void))
{
    write_start(&w, syntax);
    write_image(&w, &(image_module){.modality = "CT", .rows = rows, .columns = columns, .stored = 12});
    write_text(&w, 0x0020000e, "UI", "1.2.3.4");
    write_text(&w, 0x00200032, "DS", "0\\0\\5");
    write_text(&w, 0x00200037, "DS", "1\\0\\0\\0\\1\\0");
    write_text(&w, 0x00280030, "DS", "1\\1");
    write_text(&w, 0x00281052, "DS", "-1000");
    write_text(&w, 0x00281053, "DS", "2");
    if (hide != NULL) hide();
}

static void write_pixels(void)
{
    uint16_t pixels[PIXELS];
    for (int i = 0; i < PIXELS; i++) pixels[i] = (uint16_t)(100 * i);
    write_words(&w, pixel_tag, "OW", pixels, PIXELS);
}

/* Opens as a whole: attributes, then pixels. */
static fsam_status read_slice(int16_t hu[PIXELS])
{
    fv_dicom_slice slice;
    FB_TRY(fv_dicom_slice_read(w.data, w.size, "hostile", &slice));
    if (slice.rows != ROWS || slice.columns != COLUMNS) {
        int16_t *large = malloc((size_t)slice.rows * (size_t)slice.columns * sizeof *large);
        assert_non_null(large);
        const fsam_status status = fv_dicom_slice_hu(w.data, w.size, "hostile", &slice, large);
        free(large);
        return status;
    }
    return fv_dicom_slice_hu(w.data, w.size, "hostile", &slice, hu);
}

static void expect_read(void)
{
    int16_t hu[PIXELS];
    if (read_slice(hu) != FSAM_OK) fail_msg("%s", fb_message());
    for (int i = 0; i < PIXELS; i++) assert_int_equal(hu[i], 200 * i - 1000);
}

static void expect_refused(const char *reason)
{
    int16_t hu[PIXELS];
    assert_int_not_equal(read_slice(hu), FSAM_OK);
    if (strncmp(fb_message(), "hostile: ", 9) != 0 || strstr(fb_message(), reason) == NULL)
        fail_msg("message '%s' lacks '%s'", fb_message(), reason);
}

enum { LEVELS = 20000 }; /* each costs a reader that calls itself some hundred bytes of its stack */

static void nest(void)
{
    for (int i = 0; i < LEVELS; i++) write_open(&w, private_tag);
}

static void lie_about_length(void)
{
    write_element(&w, private_tag, "OB", "abcd", 4);
    memcpy(w.data + w.size - 8, (unsigned char[]){0xf0, 0xff, 0xff, 0x7f}, 4);
}

static void test_sound(void **state)
{
    (void)state;
    start_slice(explicit_vr, ROWS, COLUMNS, NULL);
    write_pixels();
    expect_read();
}

static void test_nested(void **state)
{
    (void)state;
    start_slice(explicit_vr, ROWS, COLUMNS, nest);
    write_pixels();
    expect_refused("nested deeper");
}

/* What follows the pixels is never looked at. */
static void test_nested_behind_pixels(void **state)
{
    (void)state;
    start_slice(explicit_vr, ROWS, COLUMNS, NULL);
    write_pixels();
    nest();
    expect_read();
}

static void test_lengths(void **state)
{
    (void)state;
    start_slice(explicit_vr, ROWS, COLUMNS, lie_about_length);
    write_pixels();
    expect_refused("runs past the end");
}

/* A few bytes that state the greatest picture there is. */
static void test_sizes(void **state)
{
    (void)state;
    start_slice(explicit_vr, ROWS, COLUMNS + 1, NULL);
    write_pixels();
    expect_refused("fewer than");
    start_slice(explicit_vr, 4000, 4000, NULL);
    write_pixels();
    expect_refused("fewer than");
    start_slice(explicit_vr, ROWS, COLUMNS, NULL);
    expect_refused("PixelData: missing");
}

/* RLE whose segments lie outside the frame, or would be longer than it. */
static void test_run_lengths(void **state)
{
    unsigned char frame[64 + 2] = {2, 0, 0, 0, 64, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f};
    (void)state;
    start_slice(rle, ROWS, COLUMNS, NULL);
    write_fragments_open(&w);
    write_fragment(&w, frame, sizeof frame);
    write_fragments_close(&w);
    expect_refused("RLE: segment");
    start_slice(rle, ROWS, COLUMNS, NULL);
    write_fragments_open(&w);
    write_fragment(&w, frame, 3);
    write_fragments_close(&w);
    expect_refused("has no header");
}

/* A JPEG whose own header says another size than the slice has. */
static void test_other_size_in_jpeg(void **state)
{
    static const unsigned char jpeg[] = {0xff, 0xd8, 0xff, 0xc3, 0, 11,   16,   0xff,
                                         0xff, 0xff, 0xff, 1,    1, 0x11, 0xff, 0xd9};
    (void)state;
    start_slice(jpeg_lossless, ROWS, COLUMNS, NULL);
    write_fragments_open(&w);
    write_fragment(&w, jpeg, sizeof jpeg);
    write_fragments_close(&w);
    expect_refused("65535 x 65535");
}

/* Any byte changed, and any end cut off. */
static void test_damaged(void **state)
{
    int16_t hu[PIXELS];
    (void)state;
    start_slice(explicit_vr, ROWS, COLUMNS, NULL);
    write_pixels();
    const size_t size = w.size;
    for (size_t at = 128; at < size; at++)
        for (int value = 0; value < 256; value += 51) {
            const unsigned char before = w.data[at];
            fv_dicom_slice slice;
            w.data[at] = (unsigned char)value;
            if (fv_dicom_slice_read(w.data, w.size, "hostile", &slice) == FSAM_OK && slice.rows == ROWS &&
                slice.columns == COLUMNS)
                fv_dicom_slice_hu(w.data, w.size, "hostile", &slice, hu);
            w.data[at] = before;
        }
    for (w.size = 0; w.size < size; w.size++) assert_int_not_equal(read_slice(hu), FSAM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_nested_behind_pixels),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_run_lengths),
        cmocka_unit_test(test_other_size_in_jpeg),
        cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
