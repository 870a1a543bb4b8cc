/* JPEG: gray and colour within the coding's error, and files that must be refused. */
#include "image/picture.h"
#include "support.h"

#include <jpeglib.h>

enum { WIDTH = 32, HEIGHT = 24 };

static unsigned char *file;
static unsigned long file_size;

static void free_file(void)
{
    free(file);
    file = NULL;
    file_size = 0;
}

/* A ramp to the right in every channel, the channels `step` apart. */
static void make_jpeg(J_COLOR_SPACE in, J_COLOR_SPACE stored, int channels, int step, boolean progressive)
{
    struct jpeg_compress_struct encoder;
    struct jpeg_error_mgr errors;
    unsigned char row[WIDTH * 4];
    JSAMPROW rows[1] = {row};
    free_file();
    encoder.err = jpeg_std_error(&errors);
    jpeg_create_compress(&encoder);
    jpeg_mem_dest(&encoder, &file, &file_size);
    encoder.image_width = WIDTH;
    encoder.image_height = HEIGHT;
    encoder.input_components = channels;
    encoder.in_color_space = in;
    jpeg_set_defaults(&encoder);
    jpeg_set_colorspace(&encoder, stored);
    jpeg_set_quality(&encoder, 100, TRUE);
    if (progressive) jpeg_simple_progression(&encoder);
    jpeg_start_compress(&encoder, TRUE);
    for (int x = 0; x < WIDTH; x++)
        for (int c = 0; c < channels; c++) row[x * channels + c] = (unsigned char)(4 * x + step * c);
    for (int y = 0; y < HEIGHT; y++) jpeg_write_scanlines(&encoder, rows, 1);
    jpeg_finish_compress(&encoder);
    jpeg_destroy_compress(&encoder);
}

static void expect_ramp(double offset, int channels)
{
    fi_picture picture;
    assert_int_equal(fi_picture_load_memory(file, file_size, "made", NULL, &picture), FSAM_OK);
    assert_int_equal(picture.width, WIDTH);
    assert_int_equal(picture.height, HEIGHT);
    assert_int_equal(picture.channels, channels);
    assert_string_equal(picture.kind, "JPEG");
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        assert_float_equal(picture.gray[i], (4 * (i % WIDTH) + offset) / 255, 2.5 / 255);
    fi_picture_free(&picture);
}

static void test_kinds(void **state)
{
    const double luma = 0.587 * 40 + 0.114 * 80;
    (void)state;
    for (int progressive = 0; progressive < 2; progressive++) {
        make_jpeg(JCS_GRAYSCALE, JCS_GRAYSCALE, 1, 0, progressive);
        expect_ramp(0, 1);
        make_jpeg(JCS_RGB, JCS_YCbCr, 3, 40, progressive);
        expect_ramp(luma, 3);
        make_jpeg(JCS_RGB, JCS_RGB, 3, 40, progressive);
        expect_ramp(luma, 3);
    }
    free_file();
}

static void test_cmyk(void **state)
{
    fi_picture picture;
    (void)state;
    make_jpeg(JCS_CMYK, JCS_CMYK, 4, 10, FALSE);
    assert_int_equal(fi_picture_load_memory(file, file_size, "a.jpg", NULL, &picture), FSAM_ERROR_UNSUPPORTED);
    expect_message("a.jpg: JPEG: ", "CMYK");
    fi_file *opened;
    assert_int_equal(fi_file_open_memory(file, file_size, "a.jpg", &opened), FSAM_ERROR_UNSUPPORTED);
    assert_null(opened);
    make_jpeg(JCS_CMYK, JCS_YCCK, 4, 10, FALSE);
    assert_int_equal(fi_picture_load_memory(file, file_size, "a.jpg", NULL, &picture), FSAM_ERROR_UNSUPPORTED);
    free_file();
}

static void test_truncated(void **state)
{
    fi_picture picture;
    (void)state;
    for (int progressive = 0; progressive < 2; progressive++) {
        make_jpeg(JCS_RGB, JCS_YCbCr, 3, 40, progressive);
        for (size_t size = 1; size < file_size; size++) {
            unsigned char *copy = malloc(size);
            memcpy(copy, file, size);
            assert_int_not_equal(fi_picture_load_memory(copy, size, "cut", NULL, &picture), FSAM_OK);
            expect_message("cut: ", size < 3 ? "neither" : "JPEG: ");
            assert_null(picture.gray);
            free(copy);
        }
    }
    free_file();
}

/* Any one byte changed: refused, or read whole; never a crash. */
static void test_damaged(void **state)
{
    const fi_load_options few = {.max_pixels = 1 << 20};
    fi_picture picture;
    (void)state;
    for (int progressive = 0; progressive < 2; progressive++) {
        make_jpeg(JCS_RGB, JCS_YCbCr, 3, 40, progressive);
        for (size_t i = 0; i < file_size; i++) {
            file[i] ^= 0x55;
            fsam_status status = fi_picture_load_memory(file, file_size, "damaged", &few, &picture);
            assert_true((status == FSAM_OK) == (picture.gray != NULL));
            fi_picture_free(&picture);
            file[i] ^= 0x55;
        }
    }
    free_file();
}

static void test_sizes(void **state)
{
    const fi_load_options less = {.max_pixels = WIDTH * HEIGHT - 1};
    fi_picture picture;
    (void)state;
    make_jpeg(JCS_GRAYSCALE, JCS_GRAYSCALE, 1, 0, FALSE);
    assert_int_equal(fi_picture_load_memory(file, file_size, "a", &less, &picture), FSAM_ERROR_MEMORY);
    expect_message("a: size: ", "more than 767 pixels");
    for (size_t i = 0; i + 9 < file_size; i++) {
        if (file[i] != 0xff || file[i + 1] != 0xc0) continue;
        memset(file + i + 5, 0xff, 4); /* height and width of the frame header: 65535, more than libjpeg takes */
        break;
    }
    assert_int_equal(fi_picture_load_memory(file, file_size, "a", NULL, &picture), FSAM_ERROR_FORMAT);
    expect_message("a: JPEG: ", "");
    free_file();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),   cmocka_unit_test(test_cmyk),  cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_damaged), cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
