/* TIFF: every kind of sample and layout, pages, floats written and read again, and files that must be refused. */
#include "base/file.h"
#include "image/picture.h"
#include "image/tiff_write.h"
#include "support.h"

#include <math.h>
#include <tiffio.h>

enum { WIDTH = 37, HEIGHT = 21, TILE = 16, MAX_CHANNELS = 4, MAX_FILE = 1 << 17 };

static unsigned char file[MAX_FILE];
static size_t file_size;

typedef struct kind {
    int bits, format, channels, photometric, compression;
    bool tiled, separate;
    int predictor; /* 0: none */
} kind;

/* ---- making files ---- */

/* The stored value at (x, y) of channel c: every bit of it is used. */
static double sample(const kind *k, int x, int y, int c)
{
    const double v = fmod(x * 7919.0 + y * 104729.0 + c * 1299709.0, ldexp(1, k->bits < 16 ? k->bits : 16));
    if (k->format == SAMPLEFORMAT_IEEEFP) return v / 65536 * (k->bits > 16 ? 3 : 1) - (k->bits > 16 ? 1 : 0);
    const double wide = k->bits == 32 ? v * 65536 + v : v;
    return k->format == SAMPLEFORMAT_INT ? wide - ldexp(1, k->bits - 1) : wide;
}

/* IEEE 754 half of v in 0..1 whose lower bits are cut off. */
static uint16_t half_of(double v)
{
    int exponent;
    const double fraction = frexp(v, &exponent); /* 0.5..1 */
    if (v < 0x1p-14) return (uint16_t)ldexp(v, 24);
    return (uint16_t)((exponent + 14) << 10 | ((int)(fraction * 2048) - 1024));
}

/* Puts a sample as libtiff takes it: the machine's byte order, fewer bits packed from the highest on. */
static void put_sample(const kind *k, unsigned char *row, size_t i, double v)
{
    const float single = (float)v;
    const int64_t whole = (int64_t)v;
    const uint16_t half = k->format == SAMPLEFORMAT_IEEEFP ? half_of(v) : (uint16_t)whole;
    const uint32_t word = (uint32_t)whole;
    if (k->bits == 64)
        memcpy(row + 8 * i, &v, 8);
    else if (k->bits == 32)
        memcpy(row + 4 * i, k->format == SAMPLEFORMAT_IEEEFP ? (const void *)&single : (const void *)&word, 4);
    else if (k->bits == 16)
        memcpy(row + 2 * i, &half, 2);
    else
        for (int b = 0; b < k->bits; b++) {
            const size_t bit = i * (size_t)k->bits + (size_t)b;
            if (word >> (k->bits - 1 - b) & 1) row[bit / 8] |= (unsigned char)(0x80 >> bit % 8);
        }
}

/* Columns left.. of row y, of channel `plane` when planes are separate; beyond the picture 0. */
static void put_row(const kind *k, int left, int width, int y, int plane, unsigned char *row)
{
    const int together = k->separate ? 1 : k->channels;
    for (int x = left; x < left + width && x < WIDTH && y < HEIGHT; x++)
        for (int c = 0; c < together; c++)
            put_sample(k, row, (size_t)((x - left) * together + c), sample(k, x, y, k->separate ? plane : c));
}

static void write_strips(TIFF *tiff, const kind *k)
{
    for (int plane = 0; plane < (k->separate ? k->channels : 1); plane++)
        for (int y = 0; y < HEIGHT; y++) {
            unsigned char row[WIDTH * MAX_CHANNELS * 8] = {0};
            put_row(k, 0, WIDTH, y, plane, row);
            assert_int_equal(TIFFWriteScanline(tiff, row, (uint32_t)y, (uint16_t)plane), 1);
        }
}

static void write_tiles(TIFF *tiff, const kind *k)
{
    static unsigned char tile[TILE * TILE * MAX_CHANNELS * 8];
    for (int plane = 0; plane < (k->separate ? k->channels : 1); plane++)
        for (int top = 0; top < HEIGHT; top += TILE)
            for (int left = 0; left < WIDTH; left += TILE) {
                memset(tile, 0, sizeof tile);
                for (int y = 0; y < TILE; y++)
                    put_row(k, left, TILE, top + y, plane, tile + (size_t)y * (size_t)TIFFTileRowSize(tiff));
                assert_true(TIFFWriteTile(tiff, tile, (uint32_t)left, (uint32_t)top, 0, (uint16_t)plane) > 0);
            }
}

static void set_palette(TIFF *tiff, int bits)
{
    static uint16_t red[65536], green[65536], blue[65536];
    for (int i = 0; i < 1 << bits; i++) {
        red[i] = (uint16_t)(i * 257);
        green[i] = (uint16_t)(65535 - i * 257);
        blue[i] = (uint16_t)(i * 771 % 65536);
    }
    TIFFSetField(tiff, TIFFTAG_COLORMAP, red, green, blue);
}

static void add_page(TIFF *tiff, const kind *k)
{
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, WIDTH);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, HEIGHT);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, k->bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, k->format);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, k->channels);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, k->photometric);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, k->compression);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, k->separate ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
    if (k->predictor != 0) TIFFSetField(tiff, TIFFTAG_PREDICTOR, k->predictor);
    if (k->photometric == PHOTOMETRIC_PALETTE) set_palette(tiff, k->bits);
    if (k->photometric == PHOTOMETRIC_YCBCR) TIFFSetField(tiff, TIFFTAG_YCBCRSUBSAMPLING, 1, 1);
    if (k->tiled) {
        TIFFSetField(tiff, TIFFTAG_TILEWIDTH, TILE);
        TIFFSetField(tiff, TIFFTAG_TILELENGTH, TILE);
        write_tiles(tiff, k);
    } else {
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 8);
        write_strips(tiff, k);
    }
}

static void make_tiff(const kind *k, const char *mode)
{
    const char *path = in_folder("a.tif");
    TIFF *tiff = TIFFOpen(path, mode);
    assert_non_null(tiff);
    add_page(tiff, k);
    TIFFClose(tiff);
    file_size = read_whole(path, file, sizeof file);
}

/* ---- what is expected of them ---- */

typedef struct comparison {
    const kind *kind;
    int rows;
} comparison;

static fsam_status compare_row(void *context, int y, const double *row)
{
    comparison *c = context;
    const kind *k = c->kind;
    assert_int_equal(y, c->rows++);
    for (int x = 0; x < WIDTH; x++)
        for (int channel = 0; channel < k->channels; channel++) {
            double expected = sample(k, x, y, channel);
            const double tolerance = k->format == SAMPLEFORMAT_IEEEFP && k->bits == 16 ? 1.0 / 1024 : 0;
            if (k->format == SAMPLEFORMAT_IEEEFP && k->bits == 32) expected = (float)expected;
            if (fabs(row[x * k->channels + channel] - expected) > tolerance)
                fail_msg("%d bits, (%d, %d): %g, not %g", k->bits, x, y, row[x * k->channels + channel], expected);
        }
    return FSAM_OK;
}

static void expect_stored(const kind *k, int frame)
{
    fi_file *opened;
    comparison c = {.kind = k};
    assert_int_equal(fi_file_open_memory(file, file_size, "made", &opened), FSAM_OK);
    const fi_header *header = fi_file_header(opened);
    assert_string_equal(header->kind, "TIFF");
    assert_int_equal(header->width, WIDTH);
    assert_int_equal(header->height, HEIGHT);
    assert_int_equal(header->bits, k->bits);
    assert_int_equal(header->channels, k->channels);
    assert_int_equal(header->is_float, k->format == SAMPLEFORMAT_IEEEFP);
    assert_int_equal(header->spacing.kind, FI_SPACING_NONE);
    assert_int_equal(header->says, FI_SAYS_NOTHING);
    if (fi_file_stored(opened, 0, frame, compare_row, &c) != FSAM_OK) fail_msg("%s", fb_message());
    assert_int_equal(c.rows, HEIGHT);
    fi_file_close(opened);
}

static double luma(double red, double green, double blue)
{
    return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/* Of whole numbers without a sign. */
static double gray_of(const kind *k, int x, int y)
{
    const double largest = ldexp(1, k->bits) - 1, first = sample(k, x, y, 0);
    if (k->photometric == PHOTOMETRIC_MINISWHITE) return 1 - first / largest;
    if (k->photometric == PHOTOMETRIC_PALETTE)
        return luma(first * 257, 65535 - first * 257, fmod(first * 771, 65536)) / 65535;
    if (k->photometric == PHOTOMETRIC_RGB) return luma(first, sample(k, x, y, 1), sample(k, x, y, 2)) / largest;
    return first / largest;
}

static void expect_gray(const kind *k)
{
    fi_picture picture;
    assert_int_equal(fi_picture_load_memory(file, file_size, "made", NULL, &picture), FSAM_OK);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) assert_float_equal(picture.gray[y * WIDTH + x], gray_of(k, x, y), 1e-6);
    fi_picture_free(&picture);
}

#define GRAY    PHOTOMETRIC_MINISBLACK
#define NONE    COMPRESSION_NONE
#define DEFLATE COMPRESSION_ADOBE_DEFLATE
#define UINT    SAMPLEFORMAT_UINT
#define INT     SAMPLEFORMAT_INT
#define FLOAT   SAMPLEFORMAT_IEEEFP
#define PLAIN(bits, format, channels, photometric, compression)                                                        \
    {                                                                                                                  \
        bits, format, channels, photometric, compression, .tiled = false                                               \
    }

static void test_samples(void **state)
{
    static const kind kinds[] = {
        PLAIN(1, UINT, 1, GRAY, NONE),
        PLAIN(1, UINT, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_CCITTFAX4),
        PLAIN(2, UINT, 1, GRAY, NONE),
        PLAIN(4, UINT, 1, GRAY, NONE),
        PLAIN(4, UINT, 1, PHOTOMETRIC_PALETTE, NONE),
        PLAIN(8, UINT, 1, GRAY, NONE),
        PLAIN(8, UINT, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_PACKBITS),
        PLAIN(8, UINT, 1, PHOTOMETRIC_PALETTE, COMPRESSION_LZW),
        PLAIN(8, UINT, 2, GRAY, NONE),
        {8, UINT, 3, PHOTOMETRIC_RGB, COMPRESSION_LZW, .predictor = 2},
        PLAIN(8, UINT, 4, PHOTOMETRIC_RGB, DEFLATE),
        PLAIN(8, UINT, 3, PHOTOMETRIC_YCBCR, NONE),
        PLAIN(12, UINT, 1, GRAY, NONE),
        {16, UINT, 1, GRAY, DEFLATE, .predictor = 2},
        PLAIN(16, UINT, 3, PHOTOMETRIC_RGB, NONE),
        PLAIN(16, UINT, 1, PHOTOMETRIC_MINISWHITE, NONE),
    };
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (int layout = 0; layout < 4; layout++) {
            kind k = kinds[i];
            k.tiled = layout % 2 != 0;
            k.separate = layout / 2 != 0 && k.channels > 1;
            make_tiff(&k, layout % 2 == 0 ? "wl" : "wb8"); /* little-endian; big-endian BigTIFF */
            expect_stored(&k, 0);
            expect_gray(&k);
        }
}

/* Samples whose range a picture does not use whole: the least is black, the greatest white. */
static void test_wide_samples(void **state)
{
    static const kind kinds[] = {
        PLAIN(8, INT, 1, GRAY, NONE),
        PLAIN(16, INT, 1, GRAY, NONE),
        PLAIN(32, INT, 1, GRAY, DEFLATE),
        PLAIN(32, UINT, 1, GRAY, NONE),
        {32, FLOAT, 1, GRAY, DEFLATE, .predictor = 3},
        PLAIN(64, FLOAT, 1, GRAY, DEFLATE),
        PLAIN(32, FLOAT, 3, PHOTOMETRIC_RGB, NONE),
    };
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const kind *k = &kinds[i];
        fi_picture picture;
        make_tiff(k, i % 2 == 0 ? "wl" : "wb");
        expect_stored(k, 0);
        assert_int_equal(fi_picture_load_memory(file, file_size, "made", NULL, &picture), FSAM_OK);
        float least = 1, greatest = 0;
        for (int p = 0; p < WIDTH * HEIGHT; p++) {
            least = fminf(least, picture.gray[p]);
            greatest = fmaxf(greatest, picture.gray[p]);
        }
        assert_float_equal(least, 0, 0);
        assert_float_equal(greatest, 1, 0);
        fi_picture_free(&picture);
    }
}

/* Floats within 0..1 stay as they are. */
static void test_halves(void **state)
{
    static const kind k = PLAIN(16, FLOAT, 1, GRAY, NONE);
    fi_picture picture;
    (void)state;
    make_tiff(&k, "w");
    expect_stored(&k, 0);
    assert_int_equal(fi_picture_load_memory(file, file_size, "made", NULL, &picture), FSAM_OK);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            assert_float_equal(picture.gray[y * WIDTH + x], sample(&k, x, y, 0), 1.0 / 1024);
    fi_picture_free(&picture);
}

/* A ramp as JPEG inside TIFF, gray and as YCbCr with halved colours, within the coding's error. */
static void test_jpeg(void **state)
{
    (void)state;
    for (int channels = 1; channels <= 3; channels += 2) {
        const char *path = in_folder("a.tif");
        TIFF *tiff = TIFFOpen(path, "w");
        fi_picture picture;
        TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 48);
        TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 16);
        TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
        TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, channels);
        TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
        TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_JPEG);
        TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, channels == 3 ? PHOTOMETRIC_YCBCR : PHOTOMETRIC_MINISBLACK);
        if (channels == 3) TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        TIFFSetField(tiff, TIFFTAG_JPEGQUALITY, 100);
        for (int y = 0; y < 16; y++) {
            unsigned char row[48 * 3];
            for (int i = 0; i < 48 * channels; i++) row[i] = (unsigned char)(i / channels * 5);
            assert_int_equal(TIFFWriteScanline(tiff, row, (uint32_t)y, 0), 1);
        }
        TIFFClose(tiff);
        assert_int_equal(fi_picture_load(path, NULL, &picture), FSAM_OK);
        assert_int_equal(picture.channels, channels);
        for (int i = 0; i < 48 * 16; i++) assert_float_equal(picture.gray[i], (i % 48 * 5) / 255.0, 2.5 / 255);
        fi_picture_free(&picture);
    }
}

/* ---- pages ---- */

/* Two pages of `first` and `second`; between them a smaller version, which is no frame. */
static void make_pages(const kind *first, const kind *second)
{
    const char *path = in_folder("a.tif");
    TIFF *tiff = TIFFOpen(path, "w");
    const kind small = PLAIN(8, UINT, 1, GRAY, NONE);
    add_page(tiff, first);
    TIFFWriteDirectory(tiff);
    TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
    add_page(tiff, &small);
    TIFFWriteDirectory(tiff);
    add_page(tiff, second);
    TIFFClose(tiff);
    file_size = read_whole(path, file, sizeof file);
}

static void test_pages(void **state)
{
    const kind first = PLAIN(16, UINT, 1, GRAY, NONE), packed = PLAIN(16, UINT, 1, GRAY, COMPRESSION_LZW);
    const kind other = PLAIN(8, UINT, 1, GRAY, NONE);
    fi_load_options options = {.frame = 1};
    fi_picture picture;
    fi_file *opened;
    (void)state;
    make_pages(&first, &packed);
    expect_stored(&first, 0);
    expect_stored(&packed, 1);
    assert_int_equal(fi_file_open_memory(file, file_size, "a.tif", &opened), FSAM_OK);
    assert_int_equal(fi_file_header(opened)->frames, 2);
    for (options.frame = 1; options.frame >= 0; options.frame--) { /* back again */
        assert_int_equal(fi_file_load(opened, &options, &picture), FSAM_OK);
        assert_int_equal(picture.frame, options.frame);
        fi_picture_free(&picture);
    }
    options.frame = 2;
    assert_int_equal(fi_file_load(opened, &options, &picture), FSAM_ERROR_ARGUMENT);
    expect_message("a.tif: frame: ", "3 is not in 1..2");
    fi_file_close(opened);
    make_pages(&first, &other);
    options.frame = 1;
    assert_int_equal(fi_picture_load_memory(file, file_size, "a.tif", &options, &picture), FSAM_ERROR_UNSUPPORTED);
    expect_message("a.tif: TIFF: page 2: ", "another kind");
}

/* ---- files that must be refused ---- */

static void expect_cut_refused(void)
{
    for (size_t size = 1; size < file_size; size++) {
        /* A copy of its own, so that a sanitizer sees a read beyond the end. */
        fi_picture picture;
        unsigned char *copy = malloc(size);
        memcpy(copy, file, size);
        if (fi_picture_load_memory(copy, size, "cut", NULL, &picture) == FSAM_OK)
            fail_msg("%zu of %zu bytes were taken for a picture", size, file_size);
        expect_message("cut: ", size < 4 ? "neither PNG, JPEG, TIFF nor DICOM" : "TIFF: ");
        assert_null(picture.gray);
        free(copy);
    }
}

static void test_truncated(void **state)
{
    static const kind kinds[] = {PLAIN(16, UINT, 1, GRAY, NONE),
                                 {8, UINT, 1, GRAY, COMPRESSION_LZW, .tiled = true},
                                 PLAIN(1, UINT, 1, PHOTOMETRIC_MINISWHITE, COMPRESSION_CCITTFAX4),
                                 {32, FLOAT, 1, GRAY, DEFLATE, .predictor = 3}};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        make_tiff(&kinds[i], "w");
        expect_cut_refused();
    }
}

/* Any one byte changed: refused, or read whole; never a crash. */
static void test_damaged(void **state)
{
    static const kind kinds[] = {PLAIN(4, UINT, 1, PHOTOMETRIC_PALETTE, COMPRESSION_LZW),
                                 {8, UINT, 3, PHOTOMETRIC_RGB, DEFLATE, .tiled = true}};
    const fi_load_options few = {.max_pixels = 1 << 20};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        make_tiff(&kinds[i], "w");
        for (size_t at = 0; at < file_size; at++) {
            fi_picture picture;
            file[at] ^= 0x55;
            const fsam_status status = fi_picture_load_memory(file, file_size, "damaged", &few, &picture);
            assert_true((status == FSAM_OK) == (picture.gray != NULL));
            fi_picture_free(&picture);
            file[at] ^= 0x55;
        }
    }
}

/* A directory by hand: 2 x 2 pixels of 8 bits; entries 12 bytes each from byte 10 on, their values in the entry. */
enum { ENTRIES = 9, SAMPLES_AT = 8 + 2 + 12 * ENTRIES + 4 };

static void make_by_hand(int tag, uint32_t value)
{
    static const uint16_t tags[ENTRIES] = {256, 257, 258, 259, 262, 273, 277, 278, 279};
    const uint32_t values[ENTRIES] = {2, 2, 8, 1, 1, SAMPLES_AT, 1, 2, 4};
    memset(file, 0, SAMPLES_AT);
    memcpy(file, "II*\0\x08\0\0\0", 8);
    file[8] = ENTRIES;
    for (int i = 0; i < ENTRIES; i++) {
        unsigned char *entry = file + 10 + 12 * i;
        const uint32_t set = tags[i] == tag ? value : values[i];
        entry[0] = (unsigned char)tags[i];
        entry[1] = (unsigned char)(tags[i] >> 8);
        entry[2] = set > 0xffff ? 4 : 3; /* LONG, SHORT */
        entry[4] = 1;
        for (int b = 0; b < 4; b++) entry[8 + b] = (unsigned char)(set >> (8 * b));
    }
    memcpy(file + SAMPLES_AT, "\x00\x33\x66\xff", 4);
    file_size = SAMPLES_AT + 4;
}

static void test_fields(void **state)
{
    static const struct {
        int tag;
        uint32_t value;
        fsam_status status;
        const char *message;
    } bad[] = {
        {256, 0, FSAM_ERROR_FORMAT, ""}, /* libtiff refuses the two itself, in words of its version */
        {257, 0x80000000, FSAM_ERROR_FORMAT, ""},
        {258, 24, FSAM_ERROR_UNSUPPORTED, "BitsPerSample: 24 is not supported"},
        {259, 12345, FSAM_ERROR_UNSUPPORTED, "Compression: 12345 is not supported"},
        {262, 5, FSAM_ERROR_UNSUPPORTED, "PhotometricInterpretation: 5 is not supported"},
        {262, 2, FSAM_ERROR_FORMAT, "SamplesPerPixel: 1 of a colour picture"},
        {273, 1000, FSAM_ERROR_FORMAT, "samples of row 0: "},
        {277, 17, FSAM_ERROR_UNSUPPORTED, "SamplesPerPixel: 17 is not supported"},
    };
    static const float shown[4] = {0, 0.2f, 0.4f, 1};
    fi_picture picture;
    (void)state;
    make_by_hand(0, 0);
    assert_int_equal(fi_picture_load_memory(file, file_size, "a.tif", NULL, &picture), FSAM_OK);
    for (int i = 0; i < 4; i++) assert_float_equal(picture.gray[i], shown[i], 1e-6);
    fi_picture_free(&picture);
    expect_cut_refused();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        make_by_hand(bad[i].tag, bad[i].value);
        const fsam_status status = fi_picture_load_memory(file, file_size, "a.tif", NULL, &picture);
        if (status != bad[i].status) fail_msg("tag %d: status %d: %s", bad[i].tag, (int)status, fb_message());
        expect_message("a.tif: TIFF: ", bad[i].message);
    }
}

static void test_sizes(void **state)
{
    const kind k = {8, UINT, 1, GRAY, NONE, .tiled = true};
    const fi_load_options less = {.max_pixels = WIDTH * HEIGHT - 1};
    fi_picture picture;
    (void)state;
    make_tiff(&k, "w");
    assert_int_equal(fi_picture_load_memory(file, file_size, "a", &less, &picture), FSAM_ERROR_MEMORY);
    expect_message("a: size: ", "37 x 21 is more than 776 pixels");
    for (size_t i = 0; i + 24 <= file_size; i++) { /* TileWidth and TileLength, 16 each: made too large for memory */
        if (memcmp(file + i, "\x42\x01\x03\0\x01\0\0\0\x10\0\0\0\x43\x01\x03", 15) != 0) continue;
        file[i + 9] = file[i + 21] = 0xf0;
        assert_int_equal(fi_picture_load_memory(file, file_size, "a", NULL, &picture), FSAM_ERROR_FORMAT);
        expect_message("a: TIFF: TileWidth, TileLength: ", "61456 x 61456 does not go with 37 x 21 pixels");
        return;
    }
    fail_msg("the tile's size is not where it was expected");
}

/* ---- writing ---- */

static void test_write(void **state)
{
    enum { W = 70, H = 131 };
    static float gray[W * H];
    const char *path = in_folder("a.tif");
    fi_picture picture;
    fi_file *opened;
    (void)state;
    for (int i = 0; i < W * H; i++) gray[i] = (float)fmod(i * 0.6180339887, 1);
    unlink(path);
    assert_int_equal(fi_tiff_write_float(path, false, gray, W, H), FSAM_OK);
    assert_int_equal(fi_tiff_write_float(path, false, gray, W, H), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fi_tiff_write_float(path, true, gray, W, H), FSAM_OK);
    assert_int_equal(fi_file_open(path, &opened), FSAM_OK);
    assert_string_equal(fi_file_header(opened)->compression, "deflate");
    assert_int_equal(fi_file_load(opened, NULL, &picture), FSAM_OK);
    assert_int_equal(picture.width, W);
    assert_int_equal(picture.height, H);
    assert_int_equal(picture.bits, 32);
    assert_memory_equal(picture.gray, gray, sizeof gray);
    fi_picture_free(&picture);
    fi_file_close(opened);
    assert_int_equal(fi_tiff_write_float(path, true, gray, 0, 2), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fi_tiff_write_float("/nowhere/a.tif", true, gray, W, H), FSAM_ERROR_IO);
}

/* What libtiff's own tool says of the file. */
static void test_tiffinfo(void **state)
{
    static const float gray[6] = {0, 0.25f, 0.5f, 0.75f, 1, 0.125f};
    const char *path = in_folder("a.tif");
    char command[200], text[4096];
    (void)state;
    if (system("command -v tiffinfo >/dev/null 2>&1") != 0) {
        print_message("no tiffinfo here\n");
        skip();
    }
    assert_int_equal(fi_tiff_write_float(path, true, gray, 3, 2), FSAM_OK);
    snprintf(command, sizeof command, "tiffinfo -D %s 2>&1", path);
    FILE *said = popen(command, "r");
    assert_non_null(said);
    text[fread(text, 1, sizeof text - 1, said)] = '\0';
    assert_int_equal(pclose(said), 0);
    static const char *const lines[] = {"Image Width: 3 Image Length: 2", "Bits/Sample: 32",
                                        "Sample Format: IEEE floating point", "AdobeDeflate",
                                        "floating point predictor"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (strstr(text, lines[i]) == NULL) fail_msg("'%s' is not in: %s", lines[i], text);
    assert_null(strstr(text, "Warning"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples), cmocka_unit_test(test_wide_samples), cmocka_unit_test(test_halves),
        cmocka_unit_test(test_jpeg),    cmocka_unit_test(test_pages),        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_damaged), cmocka_unit_test(test_fields),       cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_write),   cmocka_unit_test(test_tiffinfo),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
