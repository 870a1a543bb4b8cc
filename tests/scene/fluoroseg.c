/* FluoroSeg's files: its ids, each form of a segmentation, what is refused; and a case of it in a folder. */
#include "scene/fluoroseg.h"

#include "base/categories.h"
#include "image/tiff_write.h"
#include "scene/case_read.h"
#include "scene/record_read.h"
#include <math.h>
#include <sys/stat.h>

#include "on_disk.h"

static void test_ids(void **state)
{
    static const struct {
        int id;
        const char *name;
    } known[] = {{1, "spleen"},
                 {91, "skull"},
                 {92, "rib_right_4"},
                 {93, "rib_right_3"},
                 {94, "rib_left_1"},
                 {105, "rib_left_12"},
                 {106, "rib_right_1"},
                 {107, "rib_right_2"},
                 {108, "rib_right_5"},
                 {115, "rib_right_12"},
                 {116, "sternum"},
                 {301, "patella"},
                 {311, "phalanges_hand"},
                 {1000, "tool"},
                 {0, NULL},
                 {118, NULL},
                 {312, NULL},
                 {10001, NULL},
                 {999, NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const char *name = fs_fluoroseg_category(known[i].id);
        if (known[i].name == NULL)
            assert_null(name);
        else
            assert_string_equal(name, known[i].name);
    }
    assert_null(fs_fluoroseg_category(((int64_t)1 << 32) + 1));
}

/* Every category has one id. */
static void test_ids_are_complete(void **state)
{
    int seen[FB_CATEGORIES] = {0};
    (void)state;
    for (int id = 1; id < 400; id++)
        for (size_t k = 0; k < FB_CATEGORIES; k++)
            seen[k] +=
                fs_fluoroseg_category(id) != NULL && strcmp(fs_fluoroseg_category(id), fb_category_at(k)->name) == 0;
    for (size_t k = 0; k < FB_CATEGORIES; k++) assert_int_equal(seen[k], 1);
}

#define RLE "{\"size\": [4, 6], \"counts\": \"g01\"}" /* pixel (5, 3) */

static void test_list(void **state)
{
    static const char text[] =
        "[{\"category_id\": 75, \"bbox\": [0, 0, 1, 1], \"segmentation\": " RLE ", \"area\": 3.5},"
        " {\"category_id\": 1000, \"segmentation\": {\"size\": [4, 6], \"counts\": [\"g01\"]}},"
        " {\"category_id\": 10151, \"segmentation\": " RLE "},"
        " {\"category_id\": 92, \"segmentation\": {\"size\": [4, 6], \"counts\": [0, 2, 22]}},"
        " {\"category_id\": 301, \"segmentation\": [[1, 1, 3, 1, 3, 3, 1, 3], [4, 0, 6, 0, 6, 1, 4, 1]]}]";
    static const char *const names[] = {"femur_left", "tool", "rib_right_4", "patella"};
    static const int areas[] = {1, 1, 2, 6};
    fs_record record;
    (void)state;
    assert_ok(fs_record_parse(text, &(fs_picture_facts){"a.tiff", 0, 0}, "a", &record));
    assert_false(record.simulated);
    assert_string_equal(record.image, "a.tiff");
    assert_int_equal(record.height, 4);
    assert_int_equal(record.width, 6);
    assert_int_equal(record.unnamed, 1);
    assert_int_equal(record.count, 4);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(record.annotation[i].category, names[i]);
        assert_int_equal(fi_rle_area(&record.annotation[i].mask), areas[i]);
        assert_true(isnan(record.annotation[i].visible_fraction));
    }
    assert_int_equal(record.annotation[1].kind, FS_KIND_TOOL);
    fs_record_free(&record);
}

static void test_bad_lists(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"[5]", "a: [0]: is no object"},
        {"[{\"segmentation\": []}]", "a: [0]: \"category_id\" is missing"},
        {"[{\"category_id\": 312, \"segmentation\": []}]",
         "a: [0]: \"category_id\" is 312, which is no category of FluoroSeg's"},
        {"[{\"category_id\": 1}]", "a: [0]: \"segmentation\" is missing"},
        {"[{\"category_id\": 1, \"segmentation\": 5}]", "a: [0]: \"segmentation\" is no object"},
        {"[{\"category_id\": 1, \"segmentation\": [[0, 0, 1, 1, 2, 2]]}]",
         "a: [0]: \"segmentation\": polygons, and nothing says how large the picture is"},
        {"[{\"category_id\": 2, \"segmentation\": " RLE "}, {\"category_id\": 1, \"segmentation\": [[0, 0, 1, 1]]}]",
         "a: [1]: \"segmentation\": a polygon is no list of three or more pairs"},
        {"[{\"category_id\": 2, \"segmentation\": " RLE
         "}, {\"category_id\": 1, \"segmentation\": [[0, 0, 1, 1, 1e9, 2]]}]",
         "a: [1]: \"segmentation\": a corner of a polygon is no number within 1e6"},
        {"[{\"category_id\": 2, \"segmentation\": " RLE "}, {\"category_id\": 1, \"segmentation\": {\"size\": [24, 1], "
         "\"counts\": \"h0\"}}]",
         "a: [1]: \"segmentation\" is 24 x 1, others or the picture 4 x 6"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fs_record record;
        assert_int_equal(fs_record_parse(cases[i].text, &(fs_picture_facts){"a.tiff", 0, 0}, "a", &record),
                         FSAM_ERROR_FORMAT);
        assert_string_equal(fb_message(), cases[i].message);
        assert_null(record.annotation);
    }
}

/* What would keep a reader busy for minutes. */
static void test_too_much_to_fill(void **state)
{
    static const char text[] = "[{\"category_id\": 1, \"segmentation\": [[0, 0, 1, 0, 1, 1], [0, 0, 1, 0, 1, 1],"
                               " [0, 0, 1, 0, 1, 1], [0, 0, 1, 0, 1, 1]]}, {\"category_id\": 1, \"segmentation\": ["
                               "[0, 0, 1, 0, 1, 1], [0, 0, 1, 0, 1, 1], [0, 0, 1, 0, 1, 1], [0, 0, 1, 0, 1, 1]]}]";
    fs_record record;
    (void)state;
    assert_int_equal(fs_record_parse(text, &(fs_picture_facts){"a.tiff", 8192, 8192}, "a", &record), FSAM_ERROR_MEMORY);
    assert_string_equal(fb_message(), "a: too many polygons (8) for so large a picture");
}

static void test_case(void **state)
{
    static const float gray[24] = {0};
    fs_case c;
    fs_record record;
    (void)state;
    assert_int_equal(mkdir(in_folder("case-1"), 0777), 0);
    write_file("case-1.json",
               "{\"images\": [{\"file_name\": \"0000000000.tiff\", \"camera\": {\"focal_length\": 5000}}]}");
    write_file("case-1/0000000001.json", "[]");
    write_file("case-1/0000000000.json", "[{\"category_id\": 301, \"segmentation\": [[1, 1, 3, 1, 3, 3, 1, 3]]}]");
    assert_ok(fi_tiff_write_float(in_folder("case-1/0000000000.tiff"), false, gray, 6, 4));
    assert_ok(fs_case_read(folder, "case-1", &c));
    assert_int_equal(c.images, 2);
    assert_string_equal(c.image[0], "0000000000");
    assert_string_equal(c.image[1], "0000000001");
    fs_case_free(&c);
    /* the picture tells the size that polygons leave open */
    assert_ok(fs_record_read(in_folder("case-1/0000000000.json"), &record));
    assert_string_equal(record.image, "0000000000.tiff");
    assert_int_equal(record.height, 4);
    assert_int_equal(fi_rle_area(&record.annotation[0].mask), 4);
    fs_record_free(&record);
    assert_ok(fs_record_read(in_folder("case-1/0000000001.json"), &record));
    assert_int_equal(record.count, 0);
    fs_record_free(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),       cmocka_unit_test(test_ids_are_complete), cmocka_unit_test(test_list),
        cmocka_unit_test(test_bad_lists), cmocka_unit_test(test_too_much_to_fill), cmocka_unit_test(test_case)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
