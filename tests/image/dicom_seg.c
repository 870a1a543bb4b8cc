/* DICOM SEG: what is refused, and that no cut file does harm. dicom_seg.sh holds what is written against other
 * programs.
 *
 * With arguments SOURCE.dcm OUT.dcm FOLDER [FRAME [ROW_MM COLUMN_MM]] it writes a segmentation of four structures with
 * known masks, and an absent one, and the masks as FOLDER/N.pgm; its exit status is that of what fails.
 */
#include "image/dicom_seg.h"

#include "support.h"

#include "base/file.h"
#include "image/dicom_uid.h"

/* Three patterns that no flip, shift or wrong width of a row leaves as they are. */
static void draw(uint8_t *mask, int width, int height, int number)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const int64_t dx = x - width * number / 5, dy = y - height / 3;
            const bool disc = dx * dx + 2 * dy * dy < (int64_t)height * width / (6 + number);
            mask[(size_t)y * (size_t)width + (size_t)x] = disc != (y == 0 && x < 3 * number) ? 255 : 0;
        }
}

static fsam_status write_pgm(const char *where, int number, const uint8_t *mask, int width, int height)
{
    char path[512], head[64];
    fb_writer *writer;
    snprintf(path, sizeof path, "%s/%d.pgm", where, number);
    const int length = snprintf(head, sizeof head, "P5\n%d %d\n255\n", width, height);
    FB_TRY(fb_writer_open(path, true, &writer));
    FB_TRY(fb_writer_write(writer, head, (size_t)length));
    FB_TRY(fb_writer_write(writer, mask, (size_t)width * (size_t)height));
    return fb_writer_commit(writer);
}

static fsam_status add_all(fi_seg *seg, const char *where)
{
    static const char *const labels[] = {"left lung", "spleen", "the \xc5\x93il \\ of nothing", "left kidney cyst"};
    int width, height;
    fi_seg_size(seg, &width, &height);
    uint8_t *mask = calloc((size_t)width, (size_t)height);
    if (mask == NULL) return FSAM_ERROR_MEMORY;
    fsam_status status = fi_seg_add(seg, "absent", mask, width, height);
    for (int i = 0; i < 4 && status == FSAM_OK; i++) {
        draw(mask, width, height, i + 1);
        status = write_pgm(where, i + 1, mask, width, height);
        if (status == FSAM_OK) status = fi_seg_add(seg, labels[i], mask, width, height);
    }
    free(mask);
    if (status == FSAM_OK && fi_seg_count(seg) != 4) return FSAM_ERROR_INTERNAL;
    return status;
}

static fsam_status run(int argc, char **argv, const fb_map *map)
{
    const fi_seg_source source = {.data = map->data,
                                  .size = map->size,
                                  .where = argv[1],
                                  .frame = argc > 4 ? atoi(argv[4]) : 0,
                                  .row_mm = argc > 6 ? atof(argv[5]) : 0,
                                  .column_mm = argc > 6 ? atof(argv[6]) : 0,
                                  .model = "swin-t.safetensors"};
    fi_seg *seg;
    FB_TRY(fi_seg_open(&source, &seg));
    fsam_status status = add_all(seg, argv[3]);
    if (status == FSAM_OK) status = fi_seg_write(seg, argv[2], true);
    fi_seg_free(seg);
    return status;
}

/* A data set of explicit VR, little endian, without a meta header. */
typedef struct builder {
    unsigned char bytes[512];
    size_t size;
} builder;

/* Group, element, VR, 16 bits of length, value: an even number of bytes. */
static void put(builder *b, unsigned group, unsigned element, const char *vr, const void *value, size_t size)
{
    const unsigned char head[8] = {(unsigned char)group,          (unsigned char)(group >> 8), (unsigned char)element,
                                   (unsigned char)(element >> 8), (unsigned char)vr[0],        (unsigned char)vr[1],
                                   (unsigned char)size,           (unsigned char)(size >> 8)};
    memcpy(b->bytes + b->size, head, sizeof head);
    memcpy(b->bytes + b->size + sizeof head, value, size);
    b->size += sizeof head + size;
}

static void put_text(builder *b, unsigned group, unsigned element, const char *vr, const char *text)
{
    put(b, group, element, vr, text, (strlen(text) + 1) / 2 * 2);
}

/* 3 columns, 2 rows. */
static void build(builder *b)
{
    b->size = 0;
    put_text(b, 0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.1");
    put_text(b, 0x0008, 0x0018, "UI", "1.2.3.4");
    put_text(b, 0x0010, 0x0010, "PN", "A^B");
    put_text(b, 0x0020, 0x000d, "UI", "1.2.3.1");
    put(b, 0x0028, 0x0010, "US", (const unsigned char[]){2, 0}, 2);
    put(b, 0x0028, 0x0011, "US", (const unsigned char[]){3, 0}, 2);
}

static fsam_status open_bytes(const void *data, size_t size, fi_seg **seg)
{
    const fi_seg_source source = {.data = data, .size = size, .where = "a.dcm"};
    return fi_seg_open(&source, seg);
}

static void test_refused(void **state)
{
    static const uint8_t mask[6] = {0, 1, 0, 1, 0, 0}, empty[6];
    const char *path = in_folder("a.dcm");
    builder b;
    fi_seg *seg;
    int width, height;
    (void)state;
    build(&b);
    assert_int_equal(open_bytes(b.bytes, b.size, &seg), FSAM_OK);
    fi_seg_size(seg, &width, &height);
    assert_int_equal(width, 3);
    assert_int_equal(height, 2);
    assert_int_equal(fi_seg_add(seg, "heart", mask, 2, 3), FSAM_ERROR_MISMATCH);
    expect_message("a.dcm: DICOM SEG: ", "a mask of 2 x 3 pixels, but the image has 3 x 2");
    assert_int_equal(fi_seg_add(seg, "heart", empty, 3, 2), FSAM_OK);
    assert_int_equal(fi_seg_count(seg), 0);
    assert_int_equal(fi_seg_write(seg, path, false), FSAM_ERROR_ARGUMENT);
    expect_message(path, "DICOM SEG: no structure was found, so there is no segment");
    assert_int_equal(fi_seg_add(seg, "heart", mask, 3, 2), FSAM_OK);
    assert_int_equal(fi_seg_count(seg), 1);
    assert_int_equal(fi_seg_write(seg, path, false), FSAM_OK);
    assert_int_equal(fi_seg_write(seg, path, false), FSAM_ERROR_ARGUMENT);
    expect_message(path, "exists already");
    fi_seg_free(seg);
    fi_seg_free(NULL);
    unlink(path);
}

/* The last elements say the picture's size: without them there is none. */
static void test_cut(void **state)
{
    builder b;
    (void)state;
    build(&b);
    for (size_t size = 0; size <= b.size; size++) {
        unsigned char *exact = malloc(size + (size == 0)); /* so that a sanitizer sees reading beyond it */
        fi_seg *seg;
        memcpy(exact, b.bytes, size);
        const fsam_status status = open_bytes(exact, size, &seg);
        if (size == b.size) assert_int_equal(status, FSAM_OK);
        if (size < b.size - 2) {
            assert_int_equal(status, FSAM_ERROR_FORMAT);
            assert_null(seg);
            expect_message("a.dcm: ", "");
        }
        fi_seg_free(seg);
        free(exact);
    }
}

/* 2.25 and a version 4 UUID in decimal digits. */
static void test_uid(void **state)
{
    char uid[2][FI_DICOM_UID];
    (void)state;
    for (int i = 0; i < 100; i++) {
        assert_true(fi_dicom_uid(uid[i % 2]));
        if (i > 0) assert_string_not_equal(uid[0], uid[1]);
        assert_memory_equal(uid[i % 2], "2.25.", 5);
        const char *digits = uid[i % 2] + 5;
        assert_true(digits[0] != '0' && strlen(digits) <= 39);
        unsigned __int128 number = 0;
        for (; *digits != '\0'; digits++) number = number * 10 + (unsigned)(*digits - '0');
        assert_int_equal((unsigned)(number >> 76) & 15, 4);
        assert_int_equal((unsigned)(number >> 62) & 3, 2);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_refused), cmocka_unit_test(test_cut),
                                       cmocka_unit_test(test_uid)};
    fb_map map;
    if (argc < 4) return cmocka_run_group_tests(tests, make_folder, remove_folder);
    fsam_status status = fb_map_open(argv[1], &map);
    if (status == FSAM_OK) {
        status = run(argc, argv, &map);
        fb_map_close(&map);
    }
    if (status != FSAM_OK) fprintf(stderr, "%s\n", fb_message());
    return (int)status;
}
