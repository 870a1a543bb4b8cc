/* Linear intensities: what is shown of them, and that files say so and are taken at their word. */
#include "image/intensity.h"

#include "../folder.h"
#include "image/png.h"
#include <math.h>
#include <png.h>

enum { WIDTH = 3, HEIGHT = 2, PIXELS = WIDTH * HEIGHT };

static const uint16_t words[PIXELS] = {1000, 2000, 4000, 30000, 65535, 1000};

/* -log(v - least + 0.001), from 0 for the brightest to 1 for the least. */
static double shown(int i)
{
    const double least = 1000 / 65535.0, darkest = -log(0.001), brightest = -log(1 - least + 0.001);
    return (-log(words[i] / 65535.0 - least + 0.001) - brightest) / (darkest - brightest);
}

static void expect_shown(const char *path, fi_intensity intensity)
{
    const fi_load_options options = {.intensity = intensity};
    fi_picture picture;
    assert_int_equal(fi_picture_load(path, &options, &picture), FSAM_OK);
    for (int i = 0; i < PIXELS; i++) assert_float_equal(picture.gray[i], shown(i), 1e-5);
    assert_int_equal(picture.says, FI_SAYS_BONE_BRIGHT);
    assert_true(picture.linear);
    fi_picture_free(&picture);
}

static void expect_kept(const char *path, fi_intensity intensity, fi_says says)
{
    const fi_load_options options = {.intensity = intensity};
    fi_picture picture;
    assert_int_equal(fi_picture_load(path, &options, &picture), FSAM_OK);
    for (int i = 0; i < PIXELS; i++) assert_true(picture.gray[i] == (float)(words[i] / 65535.0));
    assert_int_equal(picture.says, says);
    assert_false(picture.linear);
    fi_picture_free(&picture);
}

static void test_file_says_so(void **state)
{
    const char *path = in_folder("linear.png");
    fi_file *file;
    (void)state;
    assert_int_equal(fi_png_write_intensity16(path, false, words, WIDTH, HEIGHT), FSAM_OK);
    assert_int_equal(fi_png_write_intensity16(path, false, words, WIDTH, HEIGHT), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fi_png_write_intensity16(path, true, words, 0, HEIGHT), FSAM_ERROR_ARGUMENT);
    expect_shown(path, FI_INTENSITY_OF_FILE);
    expect_shown(path, FI_INTENSITY_LINEAR);
    expect_kept(path, FI_INTENSITY_KEPT, FI_SAYS_BONE_DARK);
    assert_int_equal(fi_file_open(path, &file), FSAM_OK);
    assert_true(fi_file_header(file)->linear);
    assert_int_equal(fi_file_header(file)->says, FI_SAYS_BONE_BRIGHT);
    fi_file_close(file);
}

static void test_file_says_nothing(void **state)
{
    const char *path = in_folder("plain.png");
    (void)state;
    assert_int_equal(fi_png_write_gray16(path, true, words, WIDTH, HEIGHT), FSAM_OK);
    expect_kept(path, FI_INTENSITY_OF_FILE, FI_SAYS_NOTHING);
    expect_kept(path, FI_INTENSITY_KEPT, FI_SAYS_NOTHING);
    expect_shown(path, FI_INTENSITY_LINEAR);
}

/* libpng's own writer, with another key, and with another text under ours. */
static void write_with_text(const char *path, char *key, char *value)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    FILE *file = fopen(path, "wb");
    const png_text text = {.compression = PNG_TEXT_COMPRESSION_NONE, .key = key, .text = value};
    assert_non_null(file);
    png_init_io(png, file);
    png_set_IHDR(png, info, WIDTH, HEIGHT, 16, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_text(png, info, &text, 1);
    png_write_info(png, info);
    for (int y = 0; y < HEIGHT; y++) {
        unsigned char row[2 * WIDTH];
        for (int x = 0; x < WIDTH; x++) {
            row[2 * x] = (unsigned char)(words[y * WIDTH + x] >> 8);
            row[2 * x + 1] = (unsigned char)words[y * WIDTH + x];
        }
        png_write_row(png, row);
    }
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    (void)fclose(file);
}

static void test_other_texts(void **state)
{
    char comment[] = "Comment", key[] = FI_INTENSITY_KEY, linear[] = FI_INTENSITY_LINEAR_TEXT, other[] = "logarithmic";
    const char *path = in_folder("text.png");
    (void)state;
    write_with_text(path, comment, linear);
    expect_kept(path, FI_INTENSITY_OF_FILE, FI_SAYS_NOTHING);
    write_with_text(path, key, other);
    expect_kept(path, FI_INTENSITY_OF_FILE, FI_SAYS_NOTHING);
    write_with_text(path, key, linear);
    expect_shown(path, FI_INTENSITY_OF_FILE);
}

static void test_constant(void **state)
{
    float gray[PIXELS];
    fi_picture picture = {.width = WIDTH, .height = HEIGHT, .gray = gray};
    (void)state;
    for (int i = 0; i < PIXELS; i++) gray[i] = 0.25f;
    fi_intensity_show(&picture);
    for (int i = 0; i < PIXELS; i++) assert_true(gray[i] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_says_so),
        cmocka_unit_test(test_file_says_nothing),
        cmocka_unit_test(test_other_texts),
        cmocka_unit_test(test_constant),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
