/* What data sets say of themselves: licences, each once, and the names that their pictures show. */
#include "train/provenance.h"

#include "base/file.h"
#include "scene/case_write.h"
#include "support.h"

#include <sys/stat.h>

#include "scenes.h"

/* Two pictures, of which each shows one structure, and the second a group too. */
static void write_case(const char *set, const char *name, const char *licence, const char *shown)
{
    const fs_case about = {.name = (char *)(uintptr_t)name,
                           .patient = (char *)(uintptr_t) "boxes",
                           .licence = (char *)(uintptr_t)licence,
                           .settings = (char *)(uintptr_t) "none"};
    static const uint16_t gray[SCENE_SIDE * SCENE_SIDE];
    fs_case_writer *writer;
    const box boxes[] = {{shown, FS_KIND_ORGAN, 5, 5, 9, 9}, {"ribs", FS_KIND_GROUP, 30, 10, 12, 8}};
    expect_ok(fs_case_begin(in_folder(set), &about, 2, &writer));
    for (int i = 0; i < 2; i++) {
        fs_record record = scene_record(boxes, i + 1, "sternum");
        record.camera = (fs_camera_facts){.sdd_mm = 1000, .pixel_mm = 1, .view = strdup("chest_ap")};
        record.physics = (fs_physics_facts){.kv = 70};
        expect_ok(fs_case_put(writer, (size_t)i, gray, &record));
        fs_record_free(&record);
    }
    expect_ok(fs_case_end(writer));
    fs_case_writer_free(writer);
}

static void expect_json(const json_t *value, const char *expected)
{
    char *text = json_dumps(value, JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
}

static void reads_what_is_listed(void **state)
{
    (void)state;
    char first[256], second[256];
    fr_provenance p;
    write_case("one", "a", "CC BY 4.0, A", "heart");
    write_case("one", "b", "", "femur_left");
    write_case("one", "c", "never trained on", "sacrum");
    write_case("two", "d", "CC BY 4.0, A", "heart");
    write_case("two", "e", "CC BY 4.0", "aorta");
    expect_ok(fb_file_write(in_folder("one/train.txt"), true, "a\nb\n", 4));
    expect_ok(fb_file_write(in_folder("one/val.txt"), true, "c\n", 2));
    expect_ok(fb_file_write(in_folder("two/train.txt"), true, "d\ne\n", 4));
    snprintf(first, sizeof first, "%s/", in_folder("one"));
    strcpy(second, in_folder("two"));
    const char *const folders[] = {first, second};
    expect_ok(fr_provenance_of(folders, 2, NULL, &p));
    assert_string_equal(p.credit, "CC BY 4.0, A; CC BY 4.0");
    assert_int_equal(p.unlicensed, 1);
    expect_json(p.names, "[\"aorta\",\"femur_left\",\"heart\",\"ribs\"]");
    assert_int_equal(json_array_size(p.cases), 4);
    expect_json(json_array_get(p.cases, 0), "{\"set\":\"one\",\"case\":\"a\",\"patient\":\"boxes\","
                                            "\"licence\":\"CC BY 4.0, A\",\"pictures\":2}");
    fr_provenance_free(&p);

    assert_int_equal(unlink(in_folder("two/e/000001.json")), 0);
    assert_int_equal(fr_provenance_of(folders, 2, NULL, &p), FSAM_ERROR_IO);
    assert_non_null(strstr(fb_message(), "e/000001.json"));
    assert_null(p.cases);
}

static void own_sets_say_only_their_name(void **state)
{
    (void)state;
    char own[256], simulated[256];
    fr_provenance p;
    write_case("one", "a", "CC BY 4.0", "heart");
    expect_ok(fb_file_write(in_folder("one/train.txt"), true, "a\n", 2));
    expect_ok(fb_file_write(in_folder("mine.json"), true, "{}", 2));
    strcpy(own, in_folder("mine.json"));
    strcpy(simulated, in_folder("one"));
    const char *const folders[] = {own, simulated};
    expect_ok(fr_provenance_of(folders, 2, NULL, &p));
    assert_string_equal(p.credit, "CC BY 4.0");
    assert_int_equal(p.unlicensed, 1);
    assert_null(p.names);
    assert_int_equal(json_array_size(p.cases), 2);
    expect_json(json_array_get(p.cases, 0), "{\"set\":\"mine.json\"}");
    fr_provenance_free(&p);

    assert_int_equal(unlink(own), 0);
    assert_int_equal(fr_provenance_of(folders, 2, NULL, &p), FSAM_ERROR_IO);
    assert_non_null(strstr(fb_message(), "mine.json: No such file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_what_is_listed, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(own_sets_say_only_their_name, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
