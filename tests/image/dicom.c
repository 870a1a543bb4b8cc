/* DICOM: samples of every kind, the steps from stored values to gray, spacing, polarity, and files to be refused. */
#include "dicom_writer.h"
#include "image/picture.h"
#include "support.h"

#include <math.h>
#include <zlib.h>

#define LITTLE "1.2.840.10008.1.2.1"

static dicom_writer file;

static void start(const image_module *image)
{
    write_start(&file, LITTLE);
    write_image(&file, image);
}

static void pixels16(const uint16_t *samples, size_t count)
{
    write_words(&file, 0x7fe00010, "OW", samples, count);
}

static void pixels8(const void *samples, size_t size)
{
    write_element(&file, 0x7fe00010, "OB", samples, size);
}

static fi_file *opened(void)
{
    fi_file *f = NULL;
    if (fi_file_open_memory(file.data, file.size, "a.dcm", &f) != FSAM_OK) fail_msg("%s", fb_message());
    return f;
}

typedef struct kept {
    double value[512];
    int count, per_row;
} kept;

static fsam_status keep(void *context, int y, const double *row)
{
    kept *s = context;
    (void)y;
    for (int i = 0; i < s->per_row; i++) s->value[s->count++] = row[i];
    return FSAM_OK;
}

static void expect_stored(int frame, const double *expected, int count)
{
    kept s = {0};
    fi_file *f = opened();
    s.per_row = fi_file_header(f)->stored_width * fi_file_header(f)->channels;
    assert_int_equal(fi_file_stored(f, 0, frame, keep, &s), FSAM_OK);
    assert_int_equal(s.count, count);
    for (int i = 0; i < count; i++)
        if (s.value[i] != expected[i]) fail_msg("sample %d is %g, not %g", i, s.value[i], expected[i]);
    fi_file_close(f);
}

static void expect_gray(const double *expected, int count)
{
    fi_picture picture;
    if (fi_picture_load_memory(file.data, file.size, "a.dcm", NULL, &picture) != FSAM_OK) fail_msg("%s", fb_message());
    assert_int_equal(picture.width * picture.height, count);
    for (int i = 0; i < count; i++)
        if (fabs(picture.gray[i] - expected[i]) > 1e-6)
            fail_msg("pixel %d is %g, not %g", i, picture.gray[i], expected[i]);
    fi_picture_free(&picture);
}

static void expect_refusal(fsam_status status, const char *reason)
{
    fi_picture picture;
    const fsam_status found = fi_picture_load_memory(file.data, file.size, "a.dcm", NULL, &picture);
    if (found != status) fail_msg("status %d, not %d: %s", found, status, fb_message());
    expect_message("a.dcm: ", reason);
    assert_null(picture.gray);
}

#define STORED(frame, ...)                                                                                             \
    do {                                                                                                               \
        const double expected_values[] = {__VA_ARGS__};                                                                \
        expect_stored(frame, expected_values, (int)(sizeof expected_values / sizeof *expected_values));                \
    } while (0)
#define GRAY(...)                                                                                                      \
    do {                                                                                                               \
        const double expected_values[] = {__VA_ARGS__};                                                                \
        expect_gray(expected_values, (int)(sizeof expected_values / sizeof *expected_values));                         \
    } while (0)

/* ---- samples ---- */

static void test_monochrome(void **state)
{
    static const uint16_t ramp[6] = {0, 100, 200, 300, 400, 500};
    (void)state;
    start(&(image_module){0});
    pixels16(ramp, 6);
    STORED(0, 0, 100, 200, 300, 400, 500);
    GRAY(0, 0.2, 0.4, 0.6, 0.8, 1); /* no window: the extremes */
    start(&(image_module){.photometric = "MONOCHROME1"});
    pixels16(ramp, 6);
    STORED(0, 0, 100, 200, 300, 400, 500);
    GRAY(1, 0.8, 0.6, 0.4, 0.2, 0);
    /* INVERSE says of MONOCHROME1 what that says already. */
    start(&(image_module){.photometric = "MONOCHROME1"});
    write_text(&file, 0x20500020, "CS", "INVERSE");
    pixels16(ramp, 6);
    GRAY(1, 0.8, 0.6, 0.4, 0.2, 0);
}

static void test_bits(void **state)
{
    static const uint16_t zero_filled[6] = {0x0fff, 0x0800, 0x07ff, 0, 1, 2};
    static const uint16_t sign_filled[6] = {0xffff, 0xf800, 0x0fff, 0, 1, 2};
    static const uint16_t overlaid[6] = {0x8fff, 0x4800, 0xf7ff, 0x1000, 1, 2};
    static const uint16_t raised[6] = {0x0010, 0x0ff0, 0x001f, 0xf000, 0x0020, 0x00a5};
    static const uint16_t words[12] = {0xffff, 0xffff, 1, 0, 0, 0x8000, 2, 0, 3, 0, 4, 0};
    (void)state;
    start(&(image_module){.stored = 12, .is_signed = true});
    pixels16(zero_filled, 6);
    STORED(0, -1, -2048, 2047, 0, 1, 2);
    start(&(image_module){.stored = 12, .is_signed = true});
    pixels16(sign_filled, 6);
    STORED(0, -1, -2048, 4095, 0, 1, 2);
    start(&(image_module){.stored = 12, .is_signed = true});
    pixels16(overlaid, 6);
    STORED(0, -1, -2048, 2047, 0, 1, 2);
    start(&(image_module){.stored = 12});
    pixels16(overlaid, 6);
    STORED(0, 4095, 2048, 2047, 0, 1, 2);
    start(&(image_module){.stored = 8, .high_bit = 11});
    pixels16(raised, 6);
    STORED(0, 1, 255, 1, 0, 2, 10);
    start(&(image_module){.allocated = 32});
    pixels16(words, 12);
    STORED(0, 4294967295.0, 1, 2147483648.0, 2, 3, 4);
    start(&(image_module){.allocated = 32, .is_signed = true});
    pixels16(words, 12);
    STORED(0, -1, 1, -2147483648.0, 2, 3, 4);
}

/* Two frames of 9 cells: the second starts inside a byte. */
static void test_one_bit(void **state)
{
    static const unsigned char bits[3] = {0x95, 0xb4, 0x02}; /* 101010010 | 010110110 from the lowest bit on */
    (void)state;
    start(&(image_module){.rows = 3, .columns = 3, .frames = 2, .allocated = 1});
    pixels8(bits, 3);
    STORED(0, 1, 0, 1, 0, 1, 0, 0, 1, 0);
    STORED(1, 0, 1, 0, 1, 1, 0, 1, 0, 1);
    GRAY(1, 0, 1, 0, 1, 0, 0, 1, 0);
}

static void test_packed(void **state)
{
    static const unsigned char packed[9] = {0x03, 0x80, 0x01, 0xff, 0x0f, 0x00, 0xbc, 0x0a, 0x12}; /* 12 bits each */
    (void)state;
    start(&(image_module){.allocated = 12});
    pixels8(packed, 9);
    STORED(0, 0x003, 0x018, 0xfff, 0x000, 0xabc, 0x120);
}

static void test_floats(void **state)
{
    static const float narrow[6] = {0.0f, 0.25f, -1.5f, 1e9f, 3.0f, 0.5f};
    static const double wide[6] = {0.0, 0.1, -1e-300, 1e300, 3.0, 0.5};
    (void)state;
    start(&(image_module){.allocated = 32});
    write_element(&file, 0x7fe00008, "OF", narrow, sizeof narrow);
    STORED(0, 0, 0.25, -1.5, 1e9, 3, 0.5);
    start(&(image_module){.allocated = 64});
    write_element(&file, 0x7fe00009, "OD", wide, sizeof wide);
    STORED(0, 0, 0.1, -1e-300, 1e300, 3, 0.5);
}

static void test_colours(void **state)
{
    static const unsigned char pixel_by_pixel[6] = {255, 0, 0, 0, 255, 51};
    static const unsigned char plane_by_plane[6] = {255, 0, 0, 255, 0, 51};
    static const unsigned char halved[8] = {10, 20, 100, 200, 30, 40, 110, 210};
    const double red = 0.299, other = 0.587 + 0.114 * 0.2;
    (void)state;
    const image_module rgb = {.rows = 1, .columns = 2, .samples = 3, .allocated = 8, .photometric = "RGB"};
    image_module planes = rgb, ybr = rgb;
    planes.planar = true;
    start(&rgb);
    pixels8(pixel_by_pixel, 6);
    STORED(0, 255, 0, 0, 0, 255, 51);
    GRAY(red, other);
    start(&planes);
    pixels8(plane_by_plane, 6);
    STORED(0, 255, 0, 0, 0, 255, 51);
    GRAY(red, other);
    ybr.photometric = "YBR_FULL";
    start(&ybr);
    pixels8(pixel_by_pixel, 6);
    STORED(0, 255, 0, 0, 0, 255, 51);
    GRAY(1, 0);
    ybr.photometric = "YBR_FULL_422";
    ybr.rows = 2;
    start(&ybr);
    pixels8(halved, 8);
    STORED(0, 10, 100, 200, 20, 100, 200, 30, 110, 210, 40, 110, 210);
    GRAY(10 / 255.0, 20 / 255.0, 30 / 255.0, 40 / 255.0);
}

/* ---- tables, rescale, windows ---- */

static void test_rescale_and_window(void **state)
{
    static const uint16_t ramp[6] = {0, 10, 20, 30, 40, 50};
    (void)state;
    for (int inverse = 0; inverse < 2; inverse++) {
        start(&(image_module){.photometric = inverse ? "MONOCHROME1" : "MONOCHROME2"});
        write_text(&file, 0x00281050, "DS", "45.5\\1000"); /* the first of two windows */
        write_text(&file, 0x00281051, "DS", "51\\2000");
        write_text(&file, 0x00281052, "DS", "-5");
        write_text(&file, 0x00281053, "DS", "2");
        pixels16(ramp, 6);
        /* after rescale -5, 15, 35, 55, 75, 95; the window 45.5 - 0.5 +- 25 */
        if (inverse)
            GRAY(1, 1, 0.7, 0.3, 0, 0);
        else
            GRAY(0, 0, 0.3, 0.7, 1, 1);
    }
}

static void test_voi_functions(void **state)
{
    static const uint16_t ramp[6] = {0, 10, 20, 30, 40, 50};
    (void)state;
    for (int sigmoid = 0; sigmoid < 2; sigmoid++) {
        start(&(image_module){0});
        write_text(&file, 0x00281050, "DS", "20");
        write_text(&file, 0x00281051, "DS", "40");
        write_text(&file, 0x00281056, "CS", sigmoid ? "SIGMOID" : "LINEAR_EXACT");
        pixels16(ramp, 6);
        if (sigmoid)
            GRAY(1 / (1 + exp(2)), 1 / (1 + exp(1)), 0.5, 1 / (1 + exp(-1)), 1 / (1 + exp(-2)), 1 / (1 + exp(-3)));
        else
            GRAY(0, 0.25, 0.5, 0.75, 1, 1);
    }
    start(&(image_module){0}); /* a width that no window can have is none */
    write_text(&file, 0x00281050, "DS", "20");
    write_text(&file, 0x00281051, "DS", "0");
    pixels16(ramp, 6);
    GRAY(0, 0.2, 0.4, 0.6, 0.8, 1);
}

static void write_table(uint32_t sequence, const uint16_t *descriptor, const char *vr, const uint16_t *words,
                        size_t count)
{
    write_open(&file, sequence);
    write_words(&file, 0x00283002, "US", descriptor, 3);
    write_words(&file, 0x00283006, vr, words, count);
    write_close(&file);
}

static void test_tables(void **state)
{
    static const uint16_t samples[6] = {0, 3, 4, 5, 6, 9};
    static const uint16_t descriptor[3] = {4, 3, 16}, values[4] = {1000, 3000, 2000, 5000};
    static const uint16_t bytes_descriptor[3] = {4, 3, 8}, bytes[2] = {0x33 << 8 | 0x00, 0xff << 8 | 0x66};
    (void)state;
    start(&(image_module){0});
    write_table(0x00283000, descriptor, "US", values, 4);
    write_text(&file, 0x00281050, "DS", "3000.5");
    write_text(&file, 0x00281051, "DS", "4001");
    pixels16(samples, 6);
    GRAY(0, 0, 0.5, 0.25, 1, 1);
    start(&(image_module){0});
    write_table(0x00283010, bytes_descriptor, "OW", bytes, 2);
    write_text(&file, 0x00281050, "DS", "3000.5"); /* the table comes before the window */
    write_text(&file, 0x00281051, "DS", "4001");
    pixels16(samples, 6);
    GRAY(0, 0, 0.2, 0.4, 1, 1);
    /* XA: the modality table leads to linear intensity, and is not shown. */
    start(&(image_module){.modality = "XA"});
    write_table(0x00283000, descriptor, "US", values, 4);
    pixels16(samples, 6);
    GRAY(0, 3 / 9.0, 4 / 9.0, 5 / 9.0, 6 / 9.0, 1);
    /* Some writers leave the table empty. */
    start(&(image_module){0});
    write_open(&file, 0x00283000);
    write_text(&file, 0x00283002, "US", "");
    write_text(&file, 0x00283006, "US", "");
    write_close(&file);
    pixels16(samples, 6);
    GRAY(0, 3 / 9.0, 4 / 9.0, 5 / 9.0, 6 / 9.0, 1);
}

static void test_functional_groups(void **state)
{
    static const uint16_t ramp[6] = {0, 10, 20, 30, 40, 50};
    (void)state;
    start(&(image_module){0});
    write_open(&file, 0x52009229);
    write_open(&file, 0x00289145);
    write_text(&file, 0x00281052, "DS", "100");
    write_text(&file, 0x00281053, "DS", "1");
    write_close(&file);
    write_close(&file);
    write_open(&file, 0x52009230);
    write_open(&file, 0x00289132);
    write_text(&file, 0x00281050, "DS", "125.5");
    write_text(&file, 0x00281051, "DS", "51");
    write_close(&file);
    write_close(&file);
    pixels16(ramp, 6);
    GRAY(0, 0.2, 0.4, 0.6, 0.8, 1);
}

static void write_palette(int bits, const uint16_t *words, size_t count)
{
    const uint16_t descriptor[3] = {3, 1, (uint16_t)bits};
    for (uint32_t c = 0; c < 3; c++) write_words(&file, 0x00281101 + c, "US", descriptor, 3);
    for (uint32_t c = 0; c < 3; c++) write_words(&file, 0x00281201 + c, "OW", words, count);
}

static void test_palette(void **state)
{
    static const unsigned char indices[6] = {0, 1, 2, 3, 4, 255};
    static const uint16_t deep[3] = {0, 0x3333, 0xffff}, flat[2] = {0x33 << 8 | 0, 0xff};
    static const uint16_t descriptor[3] = {5, 0, 16}, segments[8] = {0, 1, 13107, 1, 4, 65535, 0, 0};
    const image_module palette = {.allocated = 8, .photometric = "PALETTE COLOR"};
    (void)state;
    start(&palette);
    write_palette(16, deep, 3);
    pixels8(indices, 6);
    STORED(0, 0, 1, 2, 3, 4, 255);
    GRAY(0, 0, 0.2, 1, 1, 1);
    start(&palette);
    write_palette(8, flat, 2);
    pixels8(indices, 6);
    GRAY(0, 0, 0.2, 1, 1, 1);
    start(&palette); /* one entry, then four on a line up to white */
    for (uint32_t c = 0; c < 3; c++) write_words(&file, 0x00281101 + c, "US", descriptor, 3);
    for (uint32_t c = 0; c < 3; c++) write_words(&file, 0x00281221 + c, "OW", segments, 6);
    pixels8(indices, 6);
    GRAY(0.2, 0.4, 0.6, 0.8, 1, 1);
    start(&palette);
    pixels8(indices, 6);
    expect_refusal(FSAM_ERROR_FORMAT, "(0028,1101) Red Palette Color Lookup Table Descriptor: missing");
}

/* ---- compressed frames ---- */

/* RLE (PS3.5 annex G) of literal runs: `segments` of `size` bytes each. */
static size_t rle(const unsigned char *bytes, size_t segments, size_t size, unsigned char *out)
{
    size_t at = 64;
    memset(out, 0, 64);
    out[0] = (unsigned char)segments;
    for (size_t s = 0; s < segments; s++) {
        out[4 + 4 * s] = (unsigned char)at;
        out[at++] = (unsigned char)(size - 1);
        memcpy(out + at, bytes + s * size, size);
        at += size;
        if (at % 2 != 0) out[at++] = 0;
    }
    return at;
}

static void test_rle(void **state)
{
    static const unsigned char planes[12] = {1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60}; /* high bytes, low bytes */
    static const unsigned char bits[2] = {0x95, 0x00};
    unsigned char out[128];
    (void)state;
    write_start(&file, "1.2.840.10008.1.2.5");
    write_image(&file, &(image_module){0});
    write_fragments_open(&file);
    write_fragment(&file, out, rle(planes, 2, 6, out));
    write_fragments_close(&file);
    STORED(0, 256 + 10, 512 + 20, 768 + 30, 1024 + 40, 1280 + 50, 1536 + 60);
    write_start(&file, "1.2.840.10008.1.2.5");
    write_image(&file, &(image_module){.rows = 3, .columns = 3, .allocated = 1});
    write_fragments_open(&file);
    write_fragment(&file, out, rle(bits, 1, 2, out));
    write_fragments_close(&file);
    STORED(0, 1, 0, 1, 0, 1, 0, 0, 1, 0);
}

static size_t deflated(const void *data, size_t size, unsigned char *out, size_t room)
{
    z_stream stream = {0};
    deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
    stream.next_in = (unsigned char *)data;
    stream.avail_in = (unsigned)size;
    stream.next_out = out;
    stream.avail_out = (unsigned)room;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return stream.total_out;
}

static void test_deflate(void **state)
{
    static const unsigned char first[6] = {1, 2, 3, 4, 5, 6}, second[6] = {7, 8, 9, 10, 11, 12};
    static dicom_writer whole;
    unsigned char out[256];
    (void)state;
    write_start(&file, "1.2.840.10008.1.2.8.1");
    write_image(&file, &(image_module){.allocated = 8, .frames = 2});
    write_fragments_open(&file);
    write_fragment(&file, out, deflated(first, 6, out, sizeof out));
    write_fragment(&file, out, deflated(second, 6, out, sizeof out));
    write_fragments_close(&file);
    STORED(0, 1, 2, 3, 4, 5, 6);
    STORED(1, 7, 8, 9, 10, 11, 12);
    whole.size = 0;
    write_image(&whole, &(image_module){.allocated = 8});
    write_element(&whole, 0x7fe00010, "OB", second, 6);
    write_start(&file, "1.2.840.10008.1.2.1.99");
    file.size += deflated(whole.data, whole.size, file.data + file.size, 1000);
    STORED(0, 7, 8, 9, 10, 11, 12);
    file.data[file.size / 2 + 40] ^= 0xff;
    fi_file *f = NULL;
    if (fi_file_open_memory(file.data, file.size, "a.dcm", &f) != FSAM_OK) expect_message("a.dcm: ", ": ");
    fi_file_close(f);
    file.size -= 20;
    expect_refusal(FSAM_ERROR_FORMAT, "data set: the deflated data is ");
}

/* The picture that every file of the fuzzer's corpus holds: 12 bits, an L in the upper left, bright, on a ramp. */
enum { MARK_ROWS = 12, MARK_COLUMNS = 16 };

static int mark(int x, int y)
{
    const bool in_l = (x == 2 && y >= 1 && y <= 6) || (y == 6 && x >= 2 && x <= 4);
    return in_l ? 4000 : 10 * x + 100 * y;
}

static void expect_mark(const char *name, double tolerance)
{
    char path[128];
    fi_picture picture;
    fi_load_options options = {.window = FI_WINDOW_FULL};
    snprintf(path, sizeof path, "tests/fuzz/corpus/dicom/%s", name);
    if (fi_picture_load(path, &options, &picture) != FSAM_OK) fail_msg("%s", fb_message());
    assert_int_equal(picture.width, MARK_COLUMNS);
    assert_int_equal(picture.height, MARK_ROWS);
    for (int y = 0; y < MARK_ROWS; y++)
        for (int x = 0; x < MARK_COLUMNS; x++) {
            const double expected = mark(x, y) / 4000.0, found = picture.gray[y * MARK_COLUMNS + x];
            if (fabs(found - expected) > tolerance) fail_msg("%s: (%d, %d) is %g, not %g", name, x, y, found, expected);
        }
    fi_picture_free(&picture);
}

static void test_syntaxes(void **state)
{
    static const char *const exact[] = {"explicit", "implicit",      "big_endian",    "deflated",
                                        "rle",      "jpeg_lossless", "jpeg_sv1",      "jpeg_ls",
                                        "jpeg2000", "no_preamble",   "two_fragments", "jp2k_boxed"};
    (void)state;
    for (size_t i = 0; i < sizeof exact / sizeof *exact; i++) expect_mark(exact[i], 1e-6);
    expect_mark("jpeg_ls_near", 3 / 4000.0);
    expect_mark("jpeg_extended", 0.02);
}

/* ---- spacing and polarity ---- */

static void test_spacing(void **state)
{
    static const struct {
        const char *modality, *imager, *pixel, *scanned, *calibration;
        fi_spacing_kind kind;
        double row, column;
    } cases[] = {
        {"DX", NULL, NULL, NULL, NULL, FI_SPACING_NONE, 0, 0},
        {"DX", "0.2\\0.1", NULL, NULL, NULL, FI_SPACING_DETECTOR, 0.2, 0.1},
        {"DX", "0.2\\0.1", "0.2\\0.10", NULL, NULL, FI_SPACING_DETECTOR, 0.2, 0.1},
        {"DX", "0.2\\0.1", "0.16\\0.08", NULL, NULL, FI_SPACING_CALIBRATED, 0.16, 0.08},
        {"DX", "0.2\\0.1", "0.2\\0.1", NULL, "FIDUCIAL", FI_SPACING_CALIBRATED, 0.2, 0.1},
        {"CR", NULL, "0.3\\0.4", NULL, NULL, FI_SPACING_DETECTOR, 0.3, 0.4},
        {"CR", NULL, "0.3\\0.4", NULL, "GEOMETRY", FI_SPACING_CALIBRATED, 0.3, 0.4},
        {"CT", NULL, "0.3\\0.4", NULL, NULL, FI_SPACING_PATIENT, 0.3, 0.4},
        {"OT", NULL, NULL, "0.5\\0.6", NULL, FI_SPACING_SCANNED, 0.5, 0.6},
        {"OT", NULL, "0.5\\0.6", "0.5\\0.6", NULL, FI_SPACING_SCANNED, 0.5, 0.6},
        {"OT", NULL, "0.4\\0.5", "0.5\\0.6", NULL, FI_SPACING_CALIBRATED, 0.4, 0.5},
        {"CT", NULL, "0\\0", NULL, NULL, FI_SPACING_NONE, 0, 0},
        {"CT", NULL, "0.3", NULL, NULL, FI_SPACING_NONE, 0, 0},
    };
    static const uint16_t ramp[6] = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        start(&(image_module){.modality = cases[i].modality});
        if (cases[i].imager != NULL) write_text(&file, 0x00181164, "DS", cases[i].imager);
        if (cases[i].pixel != NULL) write_text(&file, 0x00280030, "DS", cases[i].pixel);
        if (cases[i].scanned != NULL) write_text(&file, 0x00182010, "DS", cases[i].scanned);
        if (cases[i].calibration != NULL) write_text(&file, 0x00280a02, "CS", cases[i].calibration);
        pixels16(ramp, 6);
        fi_file *f = opened();
        const fi_spacing *spacing = &fi_file_header(f)->spacing;
        if (spacing->kind != cases[i].kind || spacing->row_mm != cases[i].row || spacing->column_mm != cases[i].column)
            fail_msg("case %zu: kind %d, %g, %g", i, spacing->kind, spacing->row_mm, spacing->column_mm);
        fi_file_close(f);
    }
}

static void test_spacing_of_groups(void **state)
{
    static const uint16_t ramp[6] = {0};
    (void)state;
    start(&(image_module){.modality = "CT"});
    write_open(&file, 0x52009229);
    write_open(&file, 0x00289110);
    write_text(&file, 0x00280030, "DS", "0.7\\0.8");
    write_close(&file);
    write_close(&file);
    pixels16(ramp, 6);
    fi_file *f = opened();
    assert_int_equal(fi_file_header(f)->spacing.kind, FI_SPACING_PATIENT);
    assert_true(fi_file_header(f)->spacing.row_mm == 0.7 && fi_file_header(f)->spacing.column_mm == 0.8);
    fi_file_close(f);
}

static void test_says(void **state)
{
    static const struct {
        const char *modality, *photometric, *relation;
        int sign; /* 0: not written */
        const char *slope;
        fi_says says;
    } cases[] = {
        {"DX", "MONOCHROME2", "LIN", 1, NULL, FI_SAYS_BONE_DARK},
        {"DX", "MONOCHROME1", "LIN", 1, NULL, FI_SAYS_BONE_BRIGHT},
        {"DX", "MONOCHROME2", "LOG", -1, NULL, FI_SAYS_BONE_BRIGHT},
        {"DX", "MONOCHROME1", "LOG", -1, NULL, FI_SAYS_BONE_DARK},
        {"DX", "MONOCHROME2", "LIN", 1, "-1", FI_SAYS_BONE_BRIGHT},
        {"DX", "MONOCHROME2", NULL, 0, NULL, FI_SAYS_BONE_BRIGHT},
        {"CR", "MONOCHROME1", NULL, 0, NULL, FI_SAYS_BONE_BRIGHT},
        {"XA", "MONOCHROME2", "LIN", 0, NULL, FI_SAYS_BONE_DARK},
        {"RF", "MONOCHROME1", "LOG", 0, NULL, FI_SAYS_BONE_BRIGHT},
        {"XA", "MONOCHROME2", "DISP", 0, NULL, FI_SAYS_NOTHING},
        {"CT", "MONOCHROME2", NULL, 0, NULL, FI_SAYS_NOTHING},
    };
    static const uint16_t ramp[6] = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        start(&(image_module){.modality = cases[i].modality, .photometric = cases[i].photometric});
        const uint16_t sign = (uint16_t)cases[i].sign;
        if (cases[i].relation != NULL) write_text(&file, 0x00281040, "CS", cases[i].relation);
        if (sign != 0) write_words(&file, 0x00281041, "SS", &sign, 1);
        if (cases[i].slope != NULL) write_text(&file, 0x00281053, "DS", cases[i].slope);
        pixels16(ramp, 6);
        fi_file *f = opened();
        if (fi_file_header(f)->says != cases[i].says) fail_msg("case %zu: says %d", i, fi_file_header(f)->says);
        fi_file_close(f);
    }
}

/* ---- files to be refused ---- */

static void test_attributes(void **state)
{
    static const struct {
        uint32_t tag;
        int value; /* -1: the element is renamed, so that it is missing */
        fsam_status status;
        const char *reason;
    } cases[] = {
        {0x00280010, -1, FSAM_ERROR_FORMAT, "(0028,0010) Rows: missing"},
        {0x00280010, 0, FSAM_ERROR_FORMAT, "(0028,0010) Rows: is 0, not 1 to 65535"},
        {0x00280010, 65535, FSAM_ERROR_FORMAT, "(7FE0,0010) Pixel Data: 12 bytes, fewer than the 393210 of"},
        {0x00280011, -1, FSAM_ERROR_FORMAT, "(0028,0011) Columns: missing"},
        {0x00280011, 0, FSAM_ERROR_FORMAT, "(0028,0011) Columns: is 0"},
        {0x00280002, -1, FSAM_ERROR_FORMAT, "(0028,0002) Samples per Pixel: missing"},
        {0x00280002, 0, FSAM_ERROR_FORMAT, "(0028,0002) Samples per Pixel: is 0"},
        {0x00280002, 3, FSAM_ERROR_FORMAT, "(0028,0002) Samples per Pixel: is 3, which MONOCHROME2 does not have"},
        {0x00280004, -1, FSAM_ERROR_FORMAT, "(0028,0004) Photometric Interpretation: missing"},
        {0x00280100, -1, FSAM_ERROR_FORMAT, "(0028,0100) Bits Allocated: missing"},
        {0x00280100, 33, FSAM_ERROR_FORMAT, "(0028,0100) Bits Allocated: is 33, not 1 to 32"},
        {0x00280101, -1, FSAM_ERROR_FORMAT, "(0028,0101) Bits Stored: missing"},
        {0x00280101, 17, FSAM_ERROR_FORMAT, "(0028,0101) Bits Stored: is 17, not 1 to 16"},
        {0x00280102, 16, FSAM_ERROR_FORMAT, "(0028,0102) High Bit: is 16, not 15 to 15"},
        {0x00280103, -1, FSAM_ERROR_FORMAT, "(0028,0103) Pixel Representation: missing"},
        {0x00280103, 2, FSAM_ERROR_FORMAT, "(0028,0103) Pixel Representation: is 2"},
        {0x7fe00010, -1, FSAM_ERROR_UNSUPPORTED, "(7FE0,0010) Pixel Data: missing, this DICOM file holds no image"},
    };
    static const uint16_t ramp[6] = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint32_t tag = cases[i].tag;
        const unsigned char key[4] = {(unsigned char)(tag >> 16), (unsigned char)(tag >> 24), (unsigned char)tag,
                                      (unsigned char)(tag >> 8)};
        start(&(image_module){0});
        pixels16(ramp, 6);
        unsigned char *at = memmem(file.data, file.size, key, 4);
        if (cases[i].value < 0) {
            at[0] = 0x29, at[1] = 0; /* a group of its own */
        } else {
            at[8] = (unsigned char)cases[i].value;
            at[9] = (unsigned char)(cases[i].value >> 8);
        }
        expect_refusal(cases[i].status, cases[i].reason);
    }
}

static void test_frames(void **state)
{
    static const uint16_t ramp[12] = {0};
    (void)state;
    start(&(image_module){.frames = 2});
    pixels16(ramp, 12);
    STORED(1, 0, 0, 0, 0, 0, 0);
    start(&(image_module){.frames = 3});
    pixels16(ramp, 12);
    expect_refusal(FSAM_ERROR_FORMAT, "(7FE0,0010) Pixel Data: 24 bytes, fewer than the 36 of 3 frames");
    start(&(image_module){.frames = 2147483646, .rows = 65535, .columns = 65535});
    pixels16(ramp, 12);
    expect_refusal(FSAM_ERROR_FORMAT, "(7FE0,0010) Pixel Data: 24 bytes, fewer than");
    start(&(image_module){.frames = -1});
    pixels16(ramp, 12);
    expect_refusal(FSAM_ERROR_FORMAT, "(0028,0008) Number of Frames: is -1");
    write_start(&file, "1.2.840.10008.1.2.5");
    write_image(&file, &(image_module){.frames = 3});
    write_fragments_open(&file);
    for (int i = 0; i < 2; i++) write_fragment(&file, ramp, 24);
    write_fragments_close(&file);
    expect_refusal(FSAM_ERROR_FORMAT, "(7FE0,0010) Pixel Data: 2 fragments, fewer than the 3 frames");
}

static void test_unsupported(void **state)
{
    static const uint16_t ramp[6] = {0};
    (void)state;
    write_start(&file, "1.2.840.10008.1.2.4.102");
    write_image(&file, &(image_module){0});
    write_fragments_open(&file);
    expect_refusal(FSAM_ERROR_UNSUPPORTED,
                   "(0002,0010) Transfer Syntax UID: 1.2.840.10008.1.2.4.102 (MPEG-4 AVC/H.264");
    write_start(&file, "1.2.3");
    expect_refusal(FSAM_ERROR_UNSUPPORTED, "(0002,0010) Transfer Syntax UID: 1.2.3 is not supported");
    start(&(image_module){.photometric = "HSV", .samples = 3});
    pixels16(ramp, 6);
    expect_refusal(FSAM_ERROR_UNSUPPORTED, "(0028,0004) Photometric Interpretation: HSV is not supported");
    start(&(image_module){0});
    write_fragments_open(&file);
    write_fragment(&file, ramp, 12);
    write_fragments_close(&file);
    expect_refusal(FSAM_ERROR_FORMAT, "(7FE0,0010) Pixel Data: in fragments, which");
    write_start(&file, "1.2.840.10008.1.2.5");
    write_image(&file, &(image_module){0});
    pixels16(ramp, 6);
    expect_refusal(FSAM_ERROR_FORMAT, "(7FE0,0010) Pixel Data: not in fragments, which RLE needs");
}

static void jpeg_frame(const unsigned char *data, size_t size)
{
    write_start(&file, "1.2.840.10008.1.2.4.50");
    write_image(&file, &(image_module){.allocated = 8});
    write_fragments_open(&file);
    write_fragment(&file, data, size);
    write_fragments_close(&file);
}

static void test_jpeg_headers(void **state)
{
    static const unsigned char other_size[] = {0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 9, 0, 7, 1, 1, 0x11, 0, 0};
    /* DCMTK would look at this segment for ever. */
    static unsigned char endless[70000] = {0xff, 0xd8, 0xff, 0xe0, 0xff, 0xfe};
    (void)state;
    jpeg_frame(other_size, sizeof other_size);
    expect_refusal(FSAM_ERROR_FORMAT,
                   "(7FE0,0010) Pixel Data: JPEG: 7 x 9 pixels of 1 samples, where 3 x 2 of 1 are stated");
    jpeg_frame(endless, sizeof endless);
    expect_refusal(FSAM_ERROR_FORMAT, "(7FE0,0010) Pixel Data: JPEG: no frame header, or a damaged one");
    jpeg_frame(other_size + 2, sizeof other_size - 2);
    expect_refusal(FSAM_ERROR_FORMAT, "(7FE0,0010) Pixel Data: JPEG: no frame header, or a damaged one");
}

static void test_nesting(void **state)
{
    (void)state;
    for (int deep = 0; deep < 2; deep++) {
        const int levels = deep ? 10000 : 32;
        static const uint16_t ramp[6] = {0};
        start(&(image_module){0});
        for (int i = 0; i < levels; i++) write_open(&file, 0x00081140);
        for (int i = 0; i < levels; i++) write_close(&file);
        pixels16(ramp, 6);
        if (deep)
            expect_refusal(FSAM_ERROR_FORMAT, "(0008,1140): sequences nested deeper than 32");
        else
            STORED(0, 0, 0, 0, 0, 0, 0);
    }
}

/* Every shorter file is refused in one line, whatever it is cut in. */
static void expect_cuts(void)
{
    fi_picture picture;
    for (size_t size = 1; size < file.size; size++) {
        unsigned char *copy = malloc(size); /* of its own, so that a sanitizer sees a read beyond the end */
        memcpy(copy, file.data, size);
        const fsam_status status = fi_picture_load_memory(copy, size, "cut", NULL, &picture);
        if (status == FSAM_OK) fail_msg("a file cut at %zu of %zu is read", size, file.size);
        expect_message("cut: ", ": ");
        free(copy);
    }
}

static void test_cut(void **state)
{
    static const uint16_t ramp[6] = {0};
    static const uint16_t descriptor[3] = {4, 3, 16}, values[4] = {1000, 3000, 2000, 5000};
    unsigned char out[128];
    (void)state;
    start(&(image_module){0});
    write_table(0x00283000, descriptor, "US", values, 4);
    pixels16(ramp, 6);
    expect_cuts();
    file.size -= 2;
    expect_refusal(FSAM_ERROR_FORMAT,
                   "(7FE0,0010) Pixel Data: 10 bytes, fewer than the 12 of 1 frames of 3 x 2 (the file is");
    write_start(&file, "1.2.840.10008.1.2.5");
    write_image(&file, &(image_module){0});
    write_fragments_open(&file);
    write_fragment(&file, out, rle((const unsigned char *)ramp, 2, 6, out));
    expect_cuts();
}

/* Any one byte changed: read or refused, never a fault. */
static void test_damaged(void **state)
{
    static const uint16_t ramp[6] = {0};
    fi_picture picture;
    unsigned char out[128];
    (void)state;
    write_start(&file, "1.2.840.10008.1.2.5");
    write_image(&file, &(image_module){0});
    write_fragments_open(&file);
    write_fragment(&file, out, rle((const unsigned char *)ramp, 2, 6, out));
    write_fragments_close(&file);
    for (size_t i = 128; i < file.size; i++) {
        file.data[i] ^= 0x55;
        const fsam_status status = fi_picture_load_memory(file.data, file.size, "damaged", NULL, &picture);
        assert_true((status == FSAM_OK) == (picture.gray != NULL));
        fi_picture_free(&picture);
        file.data[i] ^= 0x55;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_monochrome),
        cmocka_unit_test(test_bits),
        cmocka_unit_test(test_one_bit),
        cmocka_unit_test(test_packed),
        cmocka_unit_test(test_floats),
        cmocka_unit_test(test_colours),
        cmocka_unit_test(test_rescale_and_window),
        cmocka_unit_test(test_voi_functions),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_functional_groups),
        cmocka_unit_test(test_palette),
        cmocka_unit_test(test_rle),
        cmocka_unit_test(test_deflate),
        cmocka_unit_test(test_syntaxes),
        cmocka_unit_test(test_spacing),
        cmocka_unit_test(test_spacing_of_groups),
        cmocka_unit_test(test_says),
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_unsupported),
        cmocka_unit_test(test_jpeg_headers),
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
