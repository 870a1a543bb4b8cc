/* Whole runs of a coarse phantom: the same bytes on any number of threads and after a stop, others for another seed. */
#include "scene/simulate.h"

#include "base/file.h"
#include "scene/case_read.h"
#include "scene/preview.h"
#include "scene/record_read.h"
#include <sys/stat.h>

#include "on_disk.h"

enum { IMAGES = 5, VIEWS = 3 };

static fs_tally run(const char *name, uint64_t seed, int threads, bool vary)
{
    const fs_source phantom = {.name = "phantom", .spacing_mm = 14};
    fs_simulation simulation = {.folder = in_folder(name),
                                .sampling = fs_sampling_usual(),
                                .seed = seed,
                                .images = IMAGES,
                                .views = VIEWS,
                                .threads = threads,
                                .vary = vary};
    fs_tally tally;
    simulation.sampling.pixels = 48;
    assert_ok(fs_simulate(&simulation, &phantom, &tally));
    assert_int_equal(tally.total, IMAGES);
    assert_int_equal(tally.failed, 0);
    return tally;
}

static bool same_file(const char *a, const char *b, const char *file)
{
    char path[2][200];
    fb_map map[2];
    snprintf(path[0], sizeof path[0], "%s/%s/%s", folder, a, file);
    snprintf(path[1], sizeof path[1], "%s/%s/%s", folder, b, file);
    for (int i = 0; i < 2; i++) assert_ok(fb_map_open(path[i], &map[i]));
    const bool same = map[0].size == map[1].size && memcmp(map[0].data, map[1].data, map[0].size) == 0;
    for (int i = 0; i < 2; i++) fb_map_close(&map[i]);
    return same;
}

/* How many files of the case are the same in both; each image has two, and there is the case's own. */
static int same_files(const char *a, const char *b)
{
    char file[64];
    int same = same_file(a, b, "phantom.json");
    for (int i = 0; i < IMAGES; i++)
        for (int k = 0; k < 2; k++) {
            snprintf(file, sizeof file, "phantom/%06d.%s", i, k == 0 ? "png" : "json");
            same += same_file(a, b, file);
        }
    return same;
}

static void test_same_bytes(void **state)
{
    (void)state;
    const fs_tally tally = run("one", 7, 1, false);
    assert_int_equal(tally.made, IMAGES);
    assert_true(tally.masks > IMAGES);
    run("two", 7, 2, false);
    assert_int_equal(same_files("one", "two"), 2 * IMAGES + 1);
    run("other", 8, 2, false);
    assert_int_equal(same_files("one", "other"), 0);
}

static void test_stopped(void **state)
{
    (void)state;
    unlink(in_folder("two/phantom/000001.json"));
    unlink(in_folder("two/phantom/000003.png"));
    const fs_tally tally = run("two", 7, 1, false);
    assert_int_equal(tally.kept, IMAGES - 2);
    assert_int_equal(tally.made, 2);
    assert_int_equal(same_files("one", "two"), 2 * IMAGES + 1);
    assert_int_equal(run("two", 7, 1, false).kept, IMAGES);
}

static void test_varied(void **state)
{
    (void)state;
    run("varied", 7, 1, true);
    run("varied too", 7, 2, true);
    assert_int_equal(same_files("varied", "varied too"), 2 * IMAGES + 1);
    assert_false(same_file("one", "varied", "phantom/000000.png"));
}

static void test_records(void **state)
{
    fs_case c;
    int unmasked = 0;
    (void)state;
    assert_ok(fs_case_read(in_folder("one"), "phantom", &c));
    assert_int_equal(c.images, IMAGES);
    for (size_t i = 0; i < c.images; i++) {
        char path[200];
        fs_record record;
        snprintf(path, sizeof path, "%s/one/phantom/%s.json", folder, c.image[i]);
        assert_ok(fs_record_read(path, &record));
        assert_int_equal(record.scene, i / VIEWS);
        assert_int_equal(record.view, i % VIEWS);
        for (int k = 0; k < record.count; k++) {
            const int64_t area = fi_rle_area(&record.annotation[k].mask);
            assert_true(area >= 0.001 * 48 * 48 && area <= 0.9 * 48 * 48);
        }
        assert_true(record.unmasked_known);
        for (int k = 0; k < record.unmasked; k++)
            for (int m = 0; m < record.count; m++)
                assert_true(record.annotation[m].kind == FS_KIND_TOOL ||
                            strcmp(record.unmasked_name[k], record.annotation[m].category) != 0);
        unmasked += record.unmasked;
        fs_record_free(&record);
    }
    assert_true(unmasked > 0); /* of 128 structures some are small in five pictures */
    fs_case_free(&c);
    assert_ok(fs_preview_write(in_folder("one"), "phantom", in_folder("sheet.png")));
}

static void test_failures(void **state)
{
    fs_simulation simulation = {
        .folder = in_folder("bad"), .sampling = fs_sampling_usual(), .images = 1, .views = 1, .threads = 1};
    const fs_source missing = {.name = "a", .ct = "/nowhere/ct.nii.gz", .labels = "/nowhere/labels.nii.gz"};
    fs_tally tally;
    (void)state;
    assert_int_equal(fs_simulate(&simulation, &missing, &tally), FSAM_ERROR_IO);
    simulation.views = 0;
    assert_int_equal(fs_simulate(&simulation, &missing, &tally), FSAM_ERROR_ARGUMENT);
    write_file("file", "");
    simulation.views = 1;
    simulation.folder = in_folder("file");
    assert_int_equal(fs_simulate(&simulation, &missing, &tally), FSAM_ERROR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_stopped),
                                       cmocka_unit_test(test_varied), cmocka_unit_test(test_records),
                                       cmocka_unit_test(test_failures)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
