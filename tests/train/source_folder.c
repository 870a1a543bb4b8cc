/* Samples from data sets on disk: every picture as often as it should be, the same for every thread and cache, and
 * without augmentation what inference makes of the file. */
#include "train/source_folder.h"

#include "base/file.h"
#include "image/coverage.h"
#include "image/png.h"
#include "scene/case_write.h"
#include "scene/record_read.h"
#include <omp.h>

#include <sys/stat.h>

#include "../folder.h"
#include "scenes.h"

enum { SIDE = 56, CELLS = 64, IMAGES = 4, CASES = 3 };

static fr_lexicon *lexicon;

/* Half of a chest, with what is there but too small; each picture has its heart elsewhere. */
static fs_record record_of(int number)
{
    const box boxes[] = {{"rib_left_4", FS_KIND_ORGAN, 40, 10, 12, 8},
                         {"rib_left_5", FS_KIND_ORGAN, 40, 20, 12, 8},
                         {"heart", FS_KIND_ORGAN, 5 + number, 20, 16, 16},
                         {"ribs", FS_KIND_GROUP, 40, 10, 12, 18},
                         {"k_wire", FS_KIND_TOOL, 0, 50, 60, 4}};
    fs_record record = scene_record(boxes, 5, "sternum");
    record.camera = (fs_camera_facts){.sdd_mm = 1000, .pixel_mm = 1, .view = strdup("chest_ap")};
    record.physics = (fs_physics_facts){.kv = 70};
    return record;
}

static fsam_status write_case(const char *name)
{
    const fs_case about = {.name = (char *)(uintptr_t)name,
                           .patient = (char *)(uintptr_t) "boxes",
                           .licence = (char *)(uintptr_t) "",
                           .settings = (char *)(uintptr_t) "none"};
    fs_case_writer *writer;
    uint16_t gray[SCENE_SIDE * SCENE_SIDE];
    fb_random random = fb_random_start(1, (uint32_t)name[0], 0, 0);
    FB_TRY(fs_case_begin(in_folder("set"), &about, IMAGES, &writer));
    fsam_status status = FSAM_OK;
    for (int i = 0; i < IMAGES && status == FSAM_OK; i++) {
        fs_record record = record_of(i);
        for (int k = 0; k < SCENE_SIDE * SCENE_SIDE; k++) gray[k] = (uint16_t)fb_random_word(&random);
        status = fs_case_put(writer, (size_t)i, gray, &record);
        fs_record_free(&record);
    }
    if (status == FSAM_OK) status = fs_case_end(writer);
    fs_case_writer_free(writer);
    return status;
}

/* Three cases, the last for validation. */
static int make_set(void **state)
{
    if (make_folder(state) != 0 || fr_lexicon_make(&lexicon) != FSAM_OK) return -1;
    for (int i = 0; i < CASES; i++)
        if (write_case((const char *[]){"a", "b", "c"}[i]) != FSAM_OK) return -1;
    if (fb_file_write(in_folder("set/train.txt"), true, "a\nb\n", 4) != FSAM_OK) return -1;
    return fb_file_write(in_folder("set/val.txt"), true, "c\n", 2) == FSAM_OK ? 0 : -1;
}

static int remove_set(void **state)
{
    fr_lexicon_free(lexicon);
    return remove_folder(state);
}

static fr_folder_options options_of(fr_folder *from, int folders)
{
    fr_folder_options options = {.folder = from, .folders = folders, .seed = 6};
    options.recipe.frame = (fr_frame){SIDE, FI_BONE_DARK};
    options.recipe.augmentation = fr_augmentation_none();
    options.recipe.asking = fr_asking_usual();
    for (int i = 0; i < folders; i++) from[i] = (fr_folder){strdup(in_folder("set")), 1};
    return options;
}

static void free_paths(fr_folder *from, int folders)
{
    for (int i = 0; i < folders; i++) free((char *)(uintptr_t)from[i].path);
}

static uint64_t hash_of(const fr_sample *sample)
{
    uint64_t hash = 14695981039346656037u;
    const unsigned char *bytes = (const unsigned char *)sample->image;
    for (size_t i = 0; i < 3 * SIDE * SIDE * sizeof(float); i++) hash = (hash ^ bytes[i]) * 1099511628211u;
    for (int t = 0; t < sample->count; t++) {
        for (size_t i = 0; i < CELLS * CELLS; i++) hash = (hash ^ sample->target[t].mask[i]) * 1099511628211u;
        for (const char *c = sample->target[t].text; *c != '\0'; c++)
            hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    }
    return hash;
}

static uint64_t image_hash(fr_source source, uint64_t index)
{
    fr_sample sample;
    expect_ok(source.get(source.context, index, &sample));
    assert_true(sample.count > 0);
    const int count = sample.count;
    sample.count = 0;
    const uint64_t hash = hash_of(&sample);
    sample.count = count;
    fr_sample_free(&sample);
    return hash;
}

/* Over two epochs of two folders (the same twice), one of them with weight 2. */
static void test_every_picture(void **state)
{
    enum { EPOCH = 3 * 2 * IMAGES };
    fr_folder folders[2];
    fr_folder_options options = options_of(folders, 2);
    fr_folder_source *opened;
    uint64_t met[EPOCH];
    int differ = 0;
    (void)state;
    folders[1].weight = 2;
    expect_ok(fr_folder_source_open(&options, lexicon, &opened));
    assert_int_equal(fr_folder_source_pictures(opened), 4 * IMAGES);
    assert_int_equal(fr_folder_source_epoch(opened), EPOCH);
    const fr_source source = fr_folder_source_samples(opened);
    for (int epoch = 0; epoch < 2; epoch++)
        for (int i = 0; i < EPOCH; i++) {
            const uint64_t hash = image_hash(source, (uint64_t)(epoch * EPOCH + i));
            int times = 1;
            differ += epoch == 1 && met[i] != hash;
            met[i] = hash;
            for (int k = 0; k < i; k++) times += met[k] == hash;
            assert_true(times <= 3); /* and so exactly, there being eight pictures in 24 places */
        }
    assert_true(differ > EPOCH / 2); /* another order */
    fr_folder_source_free(opened);
    free_paths(folders, 2);
}

static void test_same_with_threads_and_caches(void **state)
{
    enum { SAMPLES = 24 };
    uint64_t hashes[3][SAMPLES];
    (void)state;
    for (int run = 0; run < 3; run++) {
        fr_folder from[1];
        fr_folder_options options = options_of(from, 1);
        fr_folder_source *opened;
        options.recipe.augmentation = fr_augmentation_usual();
        options.cache_bytes = run == 0 ? 0 : run == 1 ? 30000 : 1 << 24;
        expect_ok(fr_folder_source_open(&options, lexicon, &opened));
        const fr_source source = fr_folder_source_samples(opened);
        fsam_status status[SAMPLES];
#pragma omp parallel for num_threads(run + 1) schedule(dynamic)
        for (int i = 0; i < SAMPLES; i++) {
            fr_sample sample;
            status[i] = source.get(source.context, (uint64_t)i, &sample);
            hashes[run][i] = status[i] == FSAM_OK ? hash_of(&sample) : 0;
            fr_sample_free(&sample);
        }
        for (int i = 0; i < SAMPLES; i++) assert_int_equal(status[i], FSAM_OK);
        const size_t kept = fr_folder_source_kept(opened);
        assert_true(run == 0   ? kept == 0
                    : run == 1 ? kept > 2 * SCENE_SIDE * SCENE_SIDE && kept <= 30000
                               : kept > 30000);
        fr_folder_source_free(opened);
        free_paths(from, 1);
    }
    assert_memory_equal(hashes[0], hashes[1], sizeof hashes[0]);
    assert_memory_equal(hashes[0], hashes[2], sizeof hashes[0]);
}

/* Validation: in order, inference's input of the file bit for bit, and masks by the rule of coverage. */
static void test_validation(void **state)
{
    fr_folder from[1];
    fr_folder_options options = options_of(from, 1);
    fr_folder_source *opened;
    (void)state;
    options.validation = true;
    options.recipe.asking.absent = 0;
    expect_ok(fr_folder_source_open(&options, lexicon, &opened));
    assert_int_equal(fr_folder_source_epoch(opened), IMAGES);
    const fr_source source = fr_folder_source_samples(opened);
    float *input = malloc(3 * SIDE * SIDE * sizeof *input), covered[CELLS * CELLS];
    uint8_t mask[SCENE_SIDE * SCENE_SIDE];
    for (uint64_t i = 0; i < IMAGES; i++) {
        const fi_prepare_options preparation = {.side = SIDE, .square = true};
        char name[64];
        fi_picture picture;
        fs_record record;
        fi_geometry geometry;
        fr_sample sample;
        snprintf(name, sizeof name, "set/c/%06d.png", (int)i);
        expect_ok(fi_picture_load(in_folder(name), &(fi_load_options){.intensity = FI_INTENSITY_KEPT}, &picture));
        snprintf(name, sizeof name, "set/c/%06d.json", (int)i);
        expect_ok(fs_record_read(in_folder(name), &record));
        expect_ok(fi_prepare(&picture, &preparation, input, &geometry));
        expect_ok(source.get(source.context, i, &sample));
        for (int k = 0; k < 3 * SIDE * SIDE; k++) assert_true(sample.image[k] == input[k % 3 * SIDE * SIDE + k / 3]);
        for (int t = 0; t < sample.count; t++) {
            int a = 0;
            while (strcmp(record.annotation[a].category, sample.target[t].category) != 0) a++;
            fi_rle_decode(&record.annotation[a].mask, mask);
            expect_ok(fi_mask_coverage(mask, &geometry, CELLS, covered));
            for (int k = 0; k < CELLS * CELLS; k++)
                if (fabsf(covered[k] - 0.5f) > 1e-5f) assert_int_equal(sample.target[t].mask[k], covered[k] > 0.5f);
        }
        fr_sample_free(&sample);
        fi_picture_free(&picture);
        fs_record_free(&record);
    }
    free(input);
    fr_folder_source_free(opened);
    free_paths(from, 1);
}

/* FluoroSeg's own: a list of masks beside a .tiff (here of PNG's content, by which files are told). Groups are joined,
 * and nothing is asked for that only a complete record could rule out. */
static void test_fluoroseg(void **state)
{
    static const char list[] = "[{\"category_id\": 75, \"segmentation\": [[4, 4, 24, 4, 24, 60, 4, 60]]},"
                               " {\"category_id\": 76, \"segmentation\": [[40, 4, 60, 4, 60, 60, 40, 60]]}]";
    fr_folder from[1];
    fr_folder_options options = options_of(from, 1);
    fr_folder_source *opened;
    uint16_t gray[SCENE_SIDE * SCENE_SIDE];
    int there = 0, joined = 0;
    (void)state;
    free_paths(from, 1);
    from[0] = (fr_folder){strdup(in_folder("published")), 1};
    for (int k = 0; k < SCENE_SIDE * SCENE_SIDE; k++) gray[k] = (uint16_t)(17 * k);
    assert_int_equal(mkdir(in_folder("published"), 0700), 0);
    assert_int_equal(mkdir(in_folder("published/x"), 0700), 0);
    expect_ok(fi_png_write_gray16(in_folder("published/x/0000000000.tiff"), true, gray, SCENE_SIDE, SCENE_SIDE));
    expect_ok(fb_file_write(in_folder("published/x/0000000000.json"), true, list, sizeof list - 1));
    expect_ok(fb_file_write(in_folder("published/x.json"), true, "{\"images\": [{}]}", 16));
    expect_ok(fb_file_write(in_folder("published/train.txt"), true, "x\n", 2));
    expect_ok(fr_folder_source_open(&options, lexicon, &opened));
    const fr_source source = fr_folder_source_samples(opened);
    for (uint64_t i = 0; i < 20; i++) {
        fr_sample sample;
        expect_ok(source.get(source.context, i, &sample));
        for (int t = 0; t < sample.count; t++) {
            const fr_target *target = &sample.target[t];
            if (!target->absent) {
                size_t area = 0;
                for (int k = 0; k < CELLS * CELLS; k++) area += target->mask[k];
                const bool both = strncmp(target->category, "femur_", 6) != 0;
                expect_near((double)area, both ? 2 * 20 * 56 : 20 * 56, both ? 160 : 80, "a thigh bone's pixels");
                there++;
                joined += both;
            } else {
                assert_string_not_equal(target->category, "hip_left"); /* it may be there and unnamed */
                assert_null(strstr(target->category, "screw"));
            }
        }
        fr_sample_free(&sample);
    }
    assert_true(there > 20 && joined > 0);
    fr_folder_source_free(opened);
    free_paths(from, 1);
}

static void test_failures(void **state)
{
    fr_folder from[1];
    fr_folder_options options = options_of(from, 1);
    fr_folder_source *opened;
    fr_sample sample;
    (void)state;
    options.recipe.frame.side = 55;
    assert_int_equal(fr_folder_source_open(&options, lexicon, &opened), FSAM_ERROR_ARGUMENT);
    options.recipe.frame.side = SIDE;
    expect_ok(fb_file_write(in_folder("set/val.txt"), true, "", 0));
    options.validation = true;
    assert_int_equal(fr_folder_source_open(&options, lexicon, &opened), FSAM_ERROR_MISMATCH);
    assert_null(opened);
    options.validation = false;
    expect_ok(fb_file_write(in_folder("set/train.txt"), true, "a\n", 2));
    expect_ok(fr_folder_source_open(&options, lexicon, &opened));
    const fr_source source = fr_folder_source_samples(opened);
    for (int i = 0; i < IMAGES; i++) {
        char name[64];
        snprintf(name, sizeof name, "set/a/%06d.png", i);
        expect_ok(fb_file_write(in_folder(name), true, "no picture", 10));
    }
    assert_true(source.get(source.context, 0, &sample) != FSAM_OK);
    assert_non_null(strstr(fb_message(), "set/a/0000"));
    assert_null(sample.image);
    fr_folder_source_free(opened);
    free_paths(from, 1);
    from[0] = (fr_folder){in_folder("nowhere"), 1};
    assert_int_equal(fr_folder_source_open(&options, lexicon, &opened), FSAM_ERROR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_picture), cmocka_unit_test(test_same_with_threads_and_caches),
        cmocka_unit_test(test_validation), cmocka_unit_test(test_fluoroseg), cmocka_unit_test(test_failures)};
    return cmocka_run_group_tests(tests, make_set, remove_set);
}
