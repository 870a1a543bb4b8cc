/* FluoroSeg's files: its ids, each form of a segmentation, what is refused; and a case of it in a folder. */
#include "scene/fluoroseg.h"

#include "base/categories.h"
#include "base/json.h"
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
    assert_ok(fs_record_parse(text, &(fs_picture_facts){.name = "a.tiff"}, "a", &record));
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

/* The case of the record that follows. Owned: json_decref. */
static json_t *parse_set(const char *text)
{
    json_t *set;
    assert_ok(fb_json_parse(text, 10000, 0, "case", &set));
    return set;
}

static const fs_annotation *find(const fs_record *record, const char *category)
{
    for (int i = 0; i < record->count; i++)
        if (strcmp(record->annotation[i].category, category) == 0) return &record->annotation[i];
    fail_msg("no %s", category);
    return NULL;
}

/* Names of ids come from the case; parts cut off are the structures themselves, once each. */
static void test_cut_off(void **state)
{
    static const char text[] = "[{\"category_id\": 10151, \"segmentation\": " RLE "},"
                               " {\"category_id\": 10300, \"segmentation\": " RLE "},"
                               " {\"category_id\": 10301, \"segmentation\": " RLE "},"
                               " {\"category_id\": 51, \"segmentation\": {\"size\": [4, 6], \"counts\": [0, 2, 22]}},"
                               " {\"category_id\": 10103, \"segmentation\": " RLE "},"
                               " {\"category_id\": 7, \"segmentation\": " RLE "},"
                               " {\"category_id\": 10999, \"segmentation\": " RLE "}]";
    json_t *set = parse_set("{\"categories\": [{\"id\": 10151, \"name\": \"femur_left_cutoff_I\"},"
                            " {\"id\": 10300, \"name\": \"aorta_cutoff_S\"}, {\"id\": 10301, \"name\": "
                            "\"aorta_cutoff_I\"}, {\"id\": 10103, \"name\": \"heart_cutoff_I\"},"
                            " {\"id\": 7, \"name\": \"spleen\"}]}");
    fs_record record;
    (void)state;
    assert_ok(fs_record_parse(text, &(fs_picture_facts){"a.tiff", 0, 0, set}, "a", &record));
    json_decref(set);
    assert_int_equal(record.count, 4);
    assert_int_equal(record.unnamed, 1); /* 10999 */
    const fs_annotation *femur = find(&record, "femur_left"), *aorta = find(&record, "aorta"),
                        *heart = find(&record, "heart"), *spleen = find(&record, "spleen");
    assert_true(femur->cut_inferior && !femur->cut_superior);
    assert_true(aorta->cut_inferior && aorta->cut_superior);
    assert_true(heart->cut_inferior && !heart->cut_superior);
    assert_int_equal(fi_rle_area(&heart->mask), 2); /* the whole heart's mask */
    assert_false(spleen->cut_inferior || spleen->cut_superior);
    assert_int_equal(femur->kind, FS_KIND_ORGAN);
    fs_record_free(&record);
}

static void test_camera(void **state)
{
    static const char text[] = "[{\"category_id\": 1, \"segmentation\": " RLE "}]";
    static const struct {
        const char *camera;
        double fx, fy, sdd_mm; /* 0: none is found */
    } cases[] = {
        {"{\"focal_length\": 5000, \"pixel_size\": 0.2}", 5000, 5000, 1000},
        {"{\"focal_length\": [5000, 2500], \"pixel_size\": [0.2, 0.4], \"other\": null}", 5000, 2500, 1000},
    };
    char json[400];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fs_record record;
        snprintf(json, sizeof json,
                 "{\"images\": [{\"file_name\": \"b.tiff\", \"camera\": 7}, {\"file_name\": \"case/a.tiff\", "
                 "\"camera\": %s}]}",
                 cases[i].camera);
        json_t *set = parse_set(json);
        assert_ok(fs_record_parse(text, &(fs_picture_facts){"a.tiff", 0, 0, set}, "a", &record));
        assert_true(record.has_intrinsic);
        assert_true(record.camera.intrinsic[0][0] == cases[i].fx && record.camera.intrinsic[1][1] == cases[i].fy);
        assert_true(record.camera.intrinsic[0][2] == 2.5 && record.camera.intrinsic[1][2] == 1.5);
        assert_true(record.camera.intrinsic[2][2] == 1 && record.camera.intrinsic[0][1] == 0);
        assert_true(fabs(record.camera.sdd_mm - cases[i].sdd_mm) < 1e-9);
        assert_true(record.camera.pixel_mm == 0.2);
        fs_record_free(&record);
        assert_ok(fs_record_parse(text, &(fs_picture_facts){"c.tiff", 0, 0, set}, "a", &record));
        assert_false(record.has_intrinsic);
        fs_record_free(&record);
        json_decref(set);
    }
}

static void test_bad_cameras(void **state)
{
    static const char text[] = "[{\"category_id\": 1, \"segmentation\": " RLE "}]";
    static const struct {
        const char *camera, *message;
    } cases[] = {
        {"7", "a: the case's images[0]: camera: is no object"},
        {"{\"pixel_size\": 1}", "a: the case's images[0]: camera: \"focal_length\" is missing"},
        {"{\"focal_length\": 5000}", "a: the case's images[0]: camera: \"pixel_size\" is missing"},
        {"{\"focal_length\": -1, \"pixel_size\": 1}", NULL},
        {"{\"focal_length\": [1, 2, 3], \"pixel_size\": 1}",
         "a: the case's images[0]: camera: \"focal_length\" is neither a number from 0.001 to 1e+09 nor two"},
    };
    char json[400];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fs_record record;
        snprintf(json, sizeof json, "{\"images\": [{\"file_name\": \"a.tiff\", \"camera\": %s}]}", cases[i].camera);
        json_t *set = parse_set(json);
        assert_int_equal(fs_record_parse(text, &(fs_picture_facts){"a.tiff", 0, 0, set}, "a", &record),
                         FSAM_ERROR_FORMAT);
        if (cases[i].message != NULL) assert_string_equal(fb_message(), cases[i].message);
        assert_null(record.annotation);
        json_decref(set);
    }
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
        assert_int_equal(fs_record_parse(cases[i].text, &(fs_picture_facts){.name = "a.tiff"}, "a", &record),
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
    assert_int_equal(fs_record_parse(text, &(fs_picture_facts){"a.tiff", 8192, 8192, NULL}, "a", &record),
                     FSAM_ERROR_MEMORY);
    assert_string_equal(fb_message(), "a: too many polygons (8) for so large a picture");
}

static void test_case(void **state)
{
    static const float gray[24] = {0};
    fs_case c;
    fs_record record;
    (void)state;
    assert_int_equal(mkdir(in_folder("case-1"), 0777), 0);
    write_file("case-1.json", "{\"images\": [{\"file_name\": \"0000000000.tiff\", \"camera\": {\"focal_length\": 5000, "
                              "\"pixel_size\": 0.2}}]}");
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
    /* and the case the camera */
    assert_true(record.has_intrinsic);
    assert_true(record.camera.intrinsic[0][0] == 5000);
    fs_record_free(&record);
    json_t *set;
    assert_ok(fs_set_read(in_folder("case-1/0000000000.json"), &set));
    assert_ok(fs_record_read_of(in_folder("case-1/0000000000.json"), set, &record));
    assert_true(fabs(record.camera.sdd_mm - 1000) < 1e-9);
    fs_record_free(&record);
    json_decref(set);
    assert_ok(fs_record_read_of(in_folder("case-1/0000000000.json"), NULL, &record));
    assert_false(record.has_intrinsic);
    fs_record_free(&record);
    assert_ok(fs_record_read(in_folder("case-1/0000000001.json"), &record));
    assert_int_equal(record.count, 0);
    assert_false(record.has_intrinsic);
    fs_record_free(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),       cmocka_unit_test(test_ids_are_complete), cmocka_unit_test(test_list),
        cmocka_unit_test(test_cut_off),   cmocka_unit_test(test_camera),           cmocka_unit_test(test_bad_cameras),
        cmocka_unit_test(test_bad_lists), cmocka_unit_test(test_too_much_to_fill), cmocka_unit_test(test_case)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
