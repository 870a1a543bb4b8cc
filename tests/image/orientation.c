/* Orientations that files record: an asymmetric mark drawn into a picture of every kind is found where EXIF says. */
#include "image/orientation.h"

#include "image/picture.h"
#include "support.h"

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>

enum { WIDTH = 32, HEIGHT = 24, BLOCK = 8, EXIF_SIZE = 26, MAX_FILE = 1 << 16 };

static unsigned char data[MAX_FILE];
static size_t data_size;

/* White in the stored top left corner, gray in the top right one, black elsewhere. */
static unsigned char mark_at(int x, int y)
{
    if (y >= BLOCK) return 0;
    return x < BLOCK ? 255 : x >= WIDTH - BLOCK ? 128 : 0;
}

static void put_row(int y, unsigned char *row)
{
    for (int x = 0; x < WIDTH; x++) row[x] = mark_at(x, y);
}

/* A directory of one entry, the orientation, in either byte order. */
static void make_exif(int orientation, bool big_endian, unsigned char exif[EXIF_SIZE])
{
    static const unsigned char little[EXIF_SIZE] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1};
    static const unsigned char big[EXIF_SIZE] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1};
    memcpy(exif, big_endian ? big : little, EXIF_SIZE);
    exif[big_endian ? 19 : 18] = (unsigned char)orientation;
}

/* ---- files ---- */

static void make_jpeg(int orientation)
{
    struct jpeg_compress_struct encoder;
    struct jpeg_error_mgr errors;
    unsigned char marker[6 + EXIF_SIZE] = "Exif", row[WIDTH], *file = NULL;
    unsigned long size = 0;
    JSAMPROW rows[1] = {row};
    encoder.err = jpeg_std_error(&errors);
    jpeg_create_compress(&encoder);
    jpeg_mem_dest(&encoder, &file, &size);
    encoder.image_width = WIDTH;
    encoder.image_height = HEIGHT;
    encoder.input_components = 1;
    encoder.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&encoder);
    jpeg_start_compress(&encoder, TRUE);
    make_exif(orientation, orientation % 2 == 0, marker + 6);
    jpeg_write_marker(&encoder, JPEG_APP0 + 1, (const JOCTET *)"http://ns.adobe.com/xap/1.0/", 29);
    jpeg_write_marker(&encoder, JPEG_APP0 + 1, marker, sizeof marker);
    for (int y = 0; y < HEIGHT; y++) {
        put_row(y, row);
        jpeg_write_scanlines(&encoder, rows, 1);
    }
    jpeg_finish_compress(&encoder);
    jpeg_destroy_compress(&encoder);
    memcpy(data, file, size);
    data_size = size;
    free(file);
}

static void on_write(png_structp png, png_bytep bytes, png_size_t size)
{
    (void)png;
    memcpy(data + data_size, bytes, size);
    data_size += size;
}

static void make_png(int orientation)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    unsigned char exif[EXIF_SIZE], row[WIDTH];
    data_size = 0;
    png_set_write_fn(png, NULL, on_write, NULL);
    png_set_IHDR(png, info, WIDTH, HEIGHT, 8, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
                 PNG_FILTER_TYPE_BASE);
    make_exif(orientation, orientation % 2 == 0, exif);
    png_set_eXIf_1(png, info, EXIF_SIZE, exif);
    png_write_info(png, info);
    for (int y = 0; y < HEIGHT; y++) {
        put_row(y, row);
        png_write_row(png, row);
    }
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
}

static void make_tiff(int orientation)
{
    unsigned char row[WIDTH];
    const char *path = in_folder("a.tif");
    TIFF *tiff = TIFFOpen(path, "w");
    assert_non_null(tiff);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, WIDTH);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, HEIGHT);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, orientation);
    for (int y = 0; y < HEIGHT; y++) {
        put_row(y, row);
        assert_int_equal(TIFFWriteScanline(tiff, row, (uint32_t)y, 0), 1);
    }
    TIFFClose(tiff);
    data_size = read_whole(path, data, sizeof data);
}

/* ---- where the mark is seen ---- */

enum { TOP_LEFT, TOP_RIGHT, BOTTOM_RIGHT, BOTTOM_LEFT };

static double corner(const fi_picture *picture, int which)
{
    const int inset = BLOCK / 2;
    const int x = which == TOP_LEFT || which == BOTTOM_LEFT ? inset : picture->width - 1 - inset;
    const int y = which == TOP_LEFT || which == TOP_RIGHT ? inset : picture->height - 1 - inset;
    return picture->gray[y * picture->width + x];
}

/* By CIPA DC-008's picture of the eight: the corners at which the stored top left and top right are seen. */
static void expect_mark(int orientation)
{
    static const int white[9] = {0,        TOP_LEFT,  TOP_RIGHT,    BOTTOM_RIGHT, BOTTOM_LEFT,
                                 TOP_LEFT, TOP_RIGHT, BOTTOM_RIGHT, BOTTOM_LEFT};
    static const int half[9] = {0,           TOP_RIGHT,    TOP_LEFT,  BOTTOM_LEFT, BOTTOM_RIGHT,
                                BOTTOM_LEFT, BOTTOM_RIGHT, TOP_RIGHT, TOP_LEFT};
    fi_picture picture;
    assert_int_equal(fi_picture_load_memory(data, data_size, "made", NULL, &picture), FSAM_OK);
    assert_int_equal(picture.width, orientation >= 5 ? HEIGHT : WIDTH);
    assert_int_equal(picture.height, orientation >= 5 ? WIDTH : HEIGHT);
    for (int which = TOP_LEFT; which <= BOTTOM_LEFT; which++) {
        const double expected = which == white[orientation] ? 1 : which == half[orientation] ? 128 / 255.0 : 0;
        assert_float_equal(corner(&picture, which), expected, 0.05);
    }
    fi_picture_free(&picture);
}

static void test_files(void **state)
{
    void (*const make[])(int) = {make_jpeg, make_png, make_tiff};
    (void)state;
    for (size_t i = 0; i < sizeof make / sizeof *make; i++)
        for (int orientation = 1; orientation <= 8; orientation++) {
            make[i](orientation);
            expect_mark(orientation);
        }
}

static void test_blocks(void **state)
{
    unsigned char exif[EXIF_SIZE];
    (void)state;
    for (int big_endian = 0; big_endian < 2; big_endian++) {
        make_exif(6, big_endian, exif);
        assert_int_equal(fi_exif_orientation(exif, EXIF_SIZE), 6);
        for (size_t size = 0; size < 20; size++) assert_int_equal(fi_exif_orientation(exif, size), 0);
        make_exif(9, big_endian, exif);
        assert_int_equal(fi_exif_orientation(exif, EXIF_SIZE), 0);
        make_exif(6, big_endian, exif);
        exif[big_endian ? 13 : 12] = 4; /* LONG: not EXIF's type for it */
        assert_int_equal(fi_exif_orientation(exif, EXIF_SIZE), 0);
    }
}

/* A damaged block is no reason to refuse a picture. */
static void test_damaged(void **state)
{
    (void)state;
    make_png(9);
    expect_mark(1);
    make_jpeg(0);
    expect_mark(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_files), cmocka_unit_test(test_blocks),
                                       cmocka_unit_test(test_damaged)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
