/* Opened files: frames, windows that are asked for, stored values and their survey. */
#include "image/picture.h"

#include "image/png.h"
#include "image/tiff_write.h"
#include "support.h"

#include <math.h>

enum { WIDTH = 3, HEIGHT = 2, COUNT = WIDTH * HEIGHT };

static const uint16_t words[COUNT] = {1000, 1100, 1200, 1300, 1400, 2000};

static const char *word_file(void)
{
    const char *path = in_folder("a.png");
    assert_int_equal(fi_png_write_gray16(path, true, words, WIDTH, HEIGHT), FSAM_OK);
    return path;
}

static void expect_gray(const char *path, const fi_load_options *options, const double *expected)
{
    fi_picture picture;
    assert_int_equal(fi_picture_load(path, options, &picture), FSAM_OK);
    for (int i = 0; i < COUNT; i++) assert_float_equal(picture.gray[i], expected[i], 1e-6);
    fi_picture_free(&picture);
}

static void test_windows(void **state)
{
    const char *path = word_file();
    const fi_load_options given = {.window = FI_WINDOW_GIVEN, .centre = 1200.5, .width = 201}; /* 1100 .. 1300 */
    const fi_load_options full = {.window = FI_WINDOW_FULL};
    fi_load_options bad = given;
    fi_picture picture;
    (void)state;
    expect_gray(path, &given, (double[]){0, 0, 0.5, 1, 1, 1});
    expect_gray(path, &full, (double[]){0, 0.1, 0.2, 0.3, 0.4, 1});
    for (int i = 0; i < 3; i++) {
        bad.width = i == 0 ? 0.5 : i == 1 ? NAN : INFINITY;
        assert_int_equal(fi_picture_load(path, &bad, &picture), FSAM_ERROR_ARGUMENT);
        expect_message(path, "window: ");
        assert_null(picture.gray);
    }
}

/* Of colours, the window sees the luma in the samples' own unit. */
static void test_window_of_colours(void **state)
{
    static const uint8_t rgb[3 * COUNT] = {0, 0, 0, 50, 50, 50, 100, 100, 100, 150, 150, 150, 255, 0, 0, 200, 200, 200};
    const char *path = in_folder("a.png");
    const fi_load_options given = {.window = FI_WINDOW_GIVEN, .centre = 100.5, .width = 101}; /* 50 .. 150 */
    (void)state;
    assert_int_equal(fi_png_write_rgb(path, true, rgb, WIDTH, HEIGHT), FSAM_OK);
    expect_gray(path, &given, (double[]){0, 0, 0.5, 1, (0.299 * 255 - 50) / 100, 1});
}

static void test_survey(void **state)
{
    static const float values[COUNT] = {-2, NAN, 0.5f, 4, 1, 0};
    fi_survey survey;
    fi_file *file;
    (void)state;
    assert_int_equal(fi_file_open(word_file(), &file), FSAM_OK);
    assert_int_equal(fi_file_survey(file, 0, &survey), FSAM_OK);
    assert_true(survey.least == 1000 && survey.greatest == 2000 && survey.values == COUNT);
    assert_float_equal(survey.mean, 8000.0 / 6, 1e-3);
    assert_int_equal(fi_file_survey(file, COUNT - 1, &survey), FSAM_ERROR_MEMORY);
    fi_file_close(file);
    const char *path = in_folder("a.tif");
    assert_int_equal(fi_tiff_write_float(path, true, values, WIDTH, HEIGHT), FSAM_OK);
    assert_int_equal(fi_file_open(path, &file), FSAM_OK);
    assert_int_equal(fi_file_survey(file, 0, &survey), FSAM_OK);
    assert_true(survey.least == -2 && survey.greatest == 4 && survey.values == COUNT - 1);
    assert_float_equal(survey.mean, 0.7, 1e-6);
    fi_file_close(file);
}

static fsam_status take_one(void *context, int y, const double *row)
{
    double *first = context;
    assert_int_equal(y, 0); /* a status other than FSAM_OK ends the reading */
    *first = row[0];
    return fb_fail(FSAM_ERROR_INTERNAL, "enough");
}

static void test_stored(void **state)
{
    double first = 0;
    fi_file *file;
    (void)state;
    assert_int_equal(fi_file_open(word_file(), &file), FSAM_OK);
    assert_int_equal(fi_file_stored(file, 0, 0, take_one, &first), FSAM_ERROR_INTERNAL);
    assert_true(first == 1000);
    assert_int_equal(fi_file_stored(file, 0, 1, take_one, &first), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fi_file_stored(file, 0, -1, take_one, &first), FSAM_ERROR_ARGUMENT);
    fi_file_close(file);
    fi_file_close(NULL);
}

/* A DICOM file's preamble may be a TIFF header. */
static void test_two_kinds(void **state)
{
    unsigned char bytes[140] = "II*";
    fi_file *file;
    (void)state;
    assert_int_not_equal(fi_file_open_memory(bytes, sizeof bytes, "two", &file), FSAM_OK);
    expect_message("two: TIFF: ", "");
    memcpy(bytes + 128, "DICM", 4);
    assert_int_not_equal(fi_file_open_memory(bytes, sizeof bytes, "two", &file), FSAM_OK);
    expect_message("two: ", "");
    assert_null(strstr(fb_message(), "TIFF: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_windows), cmocka_unit_test(test_window_of_colours),
                                       cmocka_unit_test(test_survey), cmocka_unit_test(test_stored),
                                       cmocka_unit_test(test_two_kinds)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
