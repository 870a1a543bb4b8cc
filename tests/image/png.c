/* PNG: every kind of sample, masks written and read again, and files that must be refused. */
#include "image/png.h"

#include "base/file.h"
#include "image/picture.h"
#include "support.h"

#include <png.h>

enum { WIDTH = 13, HEIGHT = 9, MAX_FILE = 1 << 16 };

typedef struct memory {
    unsigned char data[MAX_FILE];
    size_t size;
} memory;

static memory file;

static void on_write(png_structp png, png_bytep data, png_size_t size)
{
    memory *out = png_get_io_ptr(png);
    assert_true(size <= MAX_FILE - out->size);
    memcpy(out->data + out->size, data, size);
    out->size += size;
}

/* The sample that every file made here holds at (x, y) of channel c, out of `largest`. */
static unsigned sample(int x, int y, int c, unsigned largest)
{
    return (unsigned)(x * 7919 + y * 104729 + c * 1299709) % (largest + 1);
}

static void put_row(int y, int bits, int channels, unsigned char *row)
{
    memset(row, 0, WIDTH * 8);
    for (int x = 0; x < WIDTH; x++)
        for (int c = 0; c < channels; c++) {
            const unsigned v = sample(x, y, c, (1u << bits) - 1);
            const int i = x * channels + c;
            if (bits == 16) {
                row[2 * i] = (unsigned char)(v >> 8);
                row[2 * i + 1] = (unsigned char)v;
            } else {
                row[i * bits / 8] |= (unsigned char)(v << (8 - bits - i * bits % 8));
            }
        }
}

static void make_png(int bits, int colour, int channels, int interlace)
{
    static unsigned char rows[HEIGHT][WIDTH * 8];
    unsigned char *pointer[HEIGHT];
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_color palette[256];
    file.size = 0;
    png_set_write_fn(png, &file, on_write, NULL);
    png_set_IHDR(png, info, WIDTH, HEIGHT, bits, colour, interlace, PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
    for (int i = 0; i < 256; i++) palette[i] = (png_color){(png_byte)i, (png_byte)(255 - i), (png_byte)(i * 3 % 256)};
    if (colour == PNG_COLOR_TYPE_PALETTE) png_set_PLTE(png, info, palette, 1 << bits);
    for (int y = 0; y < HEIGHT; y++) {
        put_row(y, bits, channels, rows[y]);
        pointer[y] = rows[y];
    }
    png_set_rows(png, info, pointer);
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
    png_destroy_write_struct(&png, &info);
}

static double luma(double red, double green, double blue)
{
    return 0.299 * red + 0.587 * green + 0.114 * blue;
}

static double expected(int x, int y, int bits, int colour)
{
    const unsigned largest = (1u << bits) - 1;
    if (colour == PNG_COLOR_TYPE_PALETTE) {
        const int i = (int)sample(x, y, 0, largest);
        return luma(i, 255 - i, i * 3 % 256) / 255;
    }
    if (colour & PNG_COLOR_MASK_COLOR)
        return luma(sample(x, y, 0, largest), sample(x, y, 1, largest), sample(x, y, 2, largest)) / largest;
    return (double)sample(x, y, 0, largest) / largest;
}

static void expect_pixels(int bits, int colour, int channels)
{
    fi_picture picture;
    assert_int_equal(fi_picture_load_memory(file.data, file.size, "made", NULL, &picture), FSAM_OK);
    assert_int_equal(picture.width, WIDTH);
    assert_int_equal(picture.height, HEIGHT);
    assert_int_equal(picture.bits, bits);
    assert_int_equal(picture.channels, channels);
    assert_string_equal(picture.kind, "PNG");
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            assert_float_equal(picture.gray[y * WIDTH + x], expected(x, y, bits, colour), 1e-6);
    fi_picture_free(&picture);
    assert_null(picture.gray);
}

static void test_kinds(void **state)
{
    static const struct {
        int bits, colour, channels;
    } kinds[] = {{1, PNG_COLOR_TYPE_GRAY, 1},   {2, PNG_COLOR_TYPE_GRAY, 1},       {4, PNG_COLOR_TYPE_GRAY, 1},
                 {8, PNG_COLOR_TYPE_GRAY, 1},   {16, PNG_COLOR_TYPE_GRAY, 1},      {8, PNG_COLOR_TYPE_RGB, 3},
                 {16, PNG_COLOR_TYPE_RGB, 3},   {8, PNG_COLOR_TYPE_GRAY_ALPHA, 2}, {16, PNG_COLOR_TYPE_GRAY_ALPHA, 2},
                 {8, PNG_COLOR_TYPE_RGBA, 4},   {16, PNG_COLOR_TYPE_RGBA, 4},      {4, PNG_COLOR_TYPE_PALETTE, 1},
                 {8, PNG_COLOR_TYPE_PALETTE, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (int interlace = 0; interlace < 2; interlace++) {
            make_png(kinds[i].bits, kinds[i].colour, kinds[i].channels,
                     interlace ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE);
            expect_pixels(kinds[i].bits, kinds[i].colour, kinds[i].channels);
        }
}

static void test_truncated(void **state)
{
    fi_picture picture;
    (void)state;
    for (int interlace = 0; interlace < 2; interlace++) {
        make_png(16, PNG_COLOR_TYPE_RGB, 3, interlace ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE);
        for (size_t size = 0; size < file.size; size++) {
            /* A copy of its own, so that a sanitizer sees a read beyond the end. */
            unsigned char *copy = malloc(size + 1);
            memcpy(copy, file.data, size);
            copy = realloc(copy, size > 0 ? size : 1);
            assert_int_not_equal(fi_picture_load_memory(copy, size, "cut", NULL, &picture), FSAM_OK);
            expect_message("cut: ", size == 0 ? "empty" : size < 8 ? "neither PNG, JPEG, TIFF nor DICOM" : "PNG: ");
            assert_null(picture.gray);
            free(copy);
        }
    }
}

/* Any one byte changed: refused, or read whole; never a crash. */
static void test_damaged(void **state)
{
    fi_picture picture;
    (void)state;
    make_png(8, PNG_COLOR_TYPE_PALETTE, 1, PNG_INTERLACE_ADAM7);
    for (size_t i = 0; i < file.size; i++) {
        file.data[i] ^= 0x55;
        fsam_status status = fi_picture_load_memory(file.data, file.size, "damaged", NULL, &picture);
        assert_true((status == FSAM_OK) == (picture.gray != NULL));
        fi_picture_free(&picture);
        file.data[i] ^= 0x55;
    }
}

static uint32_t crc_of(const unsigned char *data, size_t size)
{
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void put_big_endian(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++) to[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* A well-formed header of a size that the rest of the file does not have. */
static void set_size(uint32_t width, uint32_t height)
{
    put_big_endian(file.data + 16, width);
    put_big_endian(file.data + 20, height);
    put_big_endian(file.data + 29, crc_of(file.data + 12, 17));
}

static void test_sizes(void **state)
{
    fi_picture picture;
    (void)state;
    make_png(8, PNG_COLOR_TYPE_GRAY, 1, PNG_INTERLACE_NONE);
    const fi_load_options less = {.max_pixels = WIDTH * HEIGHT - 1}, enough = {.max_pixels = WIDTH * HEIGHT};
    assert_int_equal(fi_picture_load_memory(file.data, file.size, "a", &less, &picture), FSAM_ERROR_MEMORY);
    expect_message("a: size: ", "more than 116 pixels");
    assert_int_equal(fi_picture_load_memory(file.data, file.size, "a", &enough, &picture), FSAM_OK);
    fi_picture_free(&picture);
    set_size(0x7fffffff, 0x7fffffff);
    assert_int_equal(fi_picture_load_memory(file.data, file.size, "a", NULL, &picture), FSAM_ERROR_FORMAT);
    set_size(16000, 16000);
    assert_int_equal(fi_picture_load_memory(file.data, file.size, "a", NULL, &picture), FSAM_ERROR_FORMAT);
    expect_message("a: PNG: ", "cut short");
    set_size(1000, 67000); /* rows that are short, but many */
    assert_int_equal(fi_picture_load_memory(file.data, file.size, "a", NULL, &picture), FSAM_ERROR_FORMAT);
    expect_message("a: PNG: ", "does not fit its length");
    set_size(0, 5);
    assert_int_equal(fi_picture_load_memory(file.data, file.size, "a", NULL, &picture), FSAM_ERROR_FORMAT);
    set_size(0x80000000u, 1);
    assert_int_equal(fi_picture_load_memory(file.data, file.size, "a", NULL, &picture), FSAM_ERROR_FORMAT);
}

static void test_write_mask(void **state)
{
    static const uint8_t mask[6] = {0, 1, 0, 255, 0, 7};
    const char *path = in_folder("a.png");
    fi_picture picture;
    (void)state;
    assert_int_equal(fi_png_write_mask(path, false, mask, 3, 2), FSAM_OK);
    assert_int_equal(fi_png_write_mask(path, false, mask, 3, 2), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fi_png_write_mask(path, true, mask, 3, 2), FSAM_OK);
    assert_int_equal(fi_picture_load(path, NULL, &picture), FSAM_OK);
    assert_int_equal(picture.width, 3);
    assert_int_equal(picture.height, 2);
    for (int i = 0; i < 6; i++) assert_true(picture.gray[i] == (mask[i] != 0 ? 1.0f : 0.0f));
    fi_picture_free(&picture);
    assert_int_equal(fi_png_write_mask(path, true, mask, 0, 2), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fi_png_write_mask("/nowhere/a.png", true, mask, 3, 2), FSAM_ERROR_IO);
}

static void test_write_rgb(void **state)
{
    static const uint8_t rgb[6] = {255, 0, 0, 0, 255, 0};
    const char *path = in_folder("a.png");
    fi_picture picture;
    (void)state;
    assert_int_equal(fi_png_write_rgb(path, true, rgb, 2, 1), FSAM_OK);
    assert_int_equal(fi_picture_load(path, NULL, &picture), FSAM_OK);
    assert_int_equal(picture.channels, 3);
    assert_float_equal(picture.gray[0], 0.299, 1e-6);
    assert_float_equal(picture.gray[1], 0.587, 1e-6);
    fi_picture_free(&picture);
}

/* What is made in memory is what would be in the file. */
static void test_rgb_bytes(void **state)
{
    enum { SIDE = 100 };
    static uint8_t rgb[SIDE * SIDE * 3];
    unsigned char *bytes;
    size_t size;
    fb_map map;
    (void)state;
    for (size_t i = 0; i < sizeof rgb; i++) rgb[i] = (uint8_t)(i * i >> 5);
    assert_int_equal(fi_png_write_rgb(in_folder("a.png"), true, rgb, SIDE, SIDE), FSAM_OK);
    assert_int_equal(fi_png_rgb_bytes(rgb, SIDE, SIDE, &bytes, &size), FSAM_OK);
    assert_int_equal(fb_map_open(in_folder("a.png"), &map), FSAM_OK);
    assert_int_equal(size, map.size);
    assert_memory_equal(bytes, map.data, size);
    fb_map_close(&map);
    free(bytes);
    assert_int_equal(fi_png_rgb_bytes(rgb, 0, SIDE, &bytes, &size), FSAM_ERROR_ARGUMENT);
    assert_null(bytes);
}

static void test_write_gray(void **state)
{
    static const uint8_t bytes[6] = {0, 1, 127, 128, 254, 255};
    static const uint16_t words[6] = {0, 1, 0x1234, 0x8000, 65534, 65535};
    const char *path = in_folder("a.png");
    fi_picture picture;
    (void)state;
    assert_int_equal(fi_png_write_gray8(path, true, bytes, 3, 2), FSAM_OK);
    assert_int_equal(fi_picture_load(path, NULL, &picture), FSAM_OK);
    assert_int_equal(picture.bits, 8);
    for (int i = 0; i < 6; i++) assert_true(picture.gray[i] == (float)(bytes[i] / 255.0));
    fi_picture_free(&picture);
    assert_int_equal(fi_png_write_gray16(path, true, words, 3, 2), FSAM_OK);
    assert_int_equal(fi_picture_load(path, NULL, &picture), FSAM_OK);
    assert_int_equal(picture.bits, 16);
    for (int i = 0; i < 6; i++) assert_true(picture.gray[i] == (float)(words[i] / 65535.0));
    fi_picture_free(&picture);
}

static void test_not_a_picture(void **state)
{
    fi_picture picture;
    (void)state;
    assert_int_equal(fi_picture_load(in_folder("missing.png"), NULL, &picture), FSAM_ERROR_IO);
    assert_int_equal(fi_picture_load_memory("GIF89a..", 8, "a.png", NULL, &picture), FSAM_ERROR_UNSUPPORTED);
    expect_message("a.png: ", "neither PNG, JPEG, TIFF nor DICOM");
    const char *path = in_folder("a.png");
    assert_int_equal(fb_file_write(path, true, "", 0), FSAM_OK);
    assert_int_equal(fi_picture_load(path, NULL, &picture), FSAM_ERROR_FORMAT);
    expect_message(path, "empty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),     cmocka_unit_test(test_truncated),  cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_sizes),     cmocka_unit_test(test_write_mask), cmocka_unit_test(test_write_rgb),
        cmocka_unit_test(test_rgb_bytes), cmocka_unit_test(test_write_gray), cmocka_unit_test(test_not_a_picture),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
