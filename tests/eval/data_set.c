/* Data sets of every kind: that they are recognised, what they hold, and what is refused. */
#include "made_sets.h"

#include "base/random.h"
#include "scene/case_write.h"
#include "scene/record.h"
#include <jansson.h>

static fe_case read_made(const fe_set *set, size_t index)
{
    fe_case c;
    assert_ok(fe_set_read(set, index, true, &c));
    assert_int_equal(c.width, MADE_WIDTH);
    assert_int_equal(c.height, MADE_HEIGHT);
    return c;
}

/* The mask is exactly the box, in counts and bounds. */
static void assert_box(const fe_target *target, int x, int y, int width, int height)
{
    const fi_rle_box box = fi_rle_bounds(&target->mask);
    assert_int_equal(fi_rle_area(&target->mask), width * height);
    assert_int_equal(box.x, x);
    assert_int_equal(box.y, y);
    assert_int_equal(box.width, width);
    assert_int_equal(box.height, height);
}

static void reads_chests(void **state)
{
    (void)state;
    make_chest();
    fe_set *set = open_made("chest", &(fe_set_options){0});
    assert_string_equal(fe_set_name(set), "chest");
    assert_string_equal(fe_set_kind(set), "chest X-rays");
    assert_int_equal(fe_set_count(set), 2);
    assert_true(fe_set_has_masks(set));
    fe_case c = read_made(set, 1);
    assert_string_equal(c.name, "b");
    assert_int_equal(c.count, 1);
    assert_string_equal(c.target[0].category, "lungs");
    assert_string_equal(c.target[0].text, "lungs");
    assert_box(&c.target[0], 3, 1, 6, 5);
    assert_int_equal(c.picture.says, FI_SAYS_BONE_BRIGHT);
    assert_true(c.absents >= 5);
    fe_case_free(&c);
    write_box("chest/masks/b.png", 1, 3, 1, 9, 6); /* the heart alone: no lung is there */
    c = read_made(set, 1);
    assert_int_equal(fi_rle_area(&c.target[0].mask), 0);
    fe_case_free(&c);
    fe_set_free(set);
}

static void reads_hips(void **state)
{
    (void)state;
    make_hip();
    fe_set *set = open_made("hip/", &(fe_set_options){0});
    assert_string_equal(fe_set_name(set), "hip");
    assert_int_equal(fe_set_count(set), 2);
    fe_case c = read_made(set, 0);
    assert_int_equal(c.count, 2);
    assert_string_equal(c.target[0].category, "hip_left");
    assert_string_equal(c.target[0].text, "left hip bone");
    assert_box(&c.target[0], 0, 0, 6, 4);
    assert_string_equal(c.target[1].text, "right femur");
    assert_box(&c.target[1], 8, 5, 4, 3);
    assert_int_equal(c.picture.says, FI_SAYS_BONE_DARK);
    fe_case_free(&c);
    c = read_made(set, 1);
    assert_string_equal(c.name, "f2.png");
    assert_int_equal(c.count, 1);
    fe_case_free(&c);
    fe_set_free(set);
}

static void reads_images_and_masks(void **state)
{
    (void)state;
    const char *text[] = {"left kidney"};
    const fe_set_options options = {.text = text, .texts = 1, .polarity = FI_SAYS_BONE_DARK};
    fe_set *set;
    make_pairs();
    assert_int_equal(fe_set_open(in_folder("pairs"), &(fe_set_options){0}, &set), FSAM_ERROR_ARGUMENT);
    assert_non_null(strstr(fb_message(), "one --text"));
    write_file("pairs/val.txt", "images/one.png\n"); /* of pictures, which says nothing here */
    set = open_made("pairs", &options);
    assert_int_equal(fe_set_count(set), 2);
    fe_case c = read_made(set, 0);
    assert_string_equal(c.name, "one.png");
    assert_int_equal(fi_rle_area(&c.target[0].mask), 0);
    assert_int_equal(c.picture.says, FI_SAYS_BONE_DARK);
    fe_case_free(&c);
    c = read_made(set, 1);
    assert_string_equal(c.target[0].text, "left kidney");
    assert_box(&c.target[0], 1, 1, 2, 2);
    fe_case_free(&c);
    fe_set_free(set);
    write_box("pairs/images/three.png", 1, 0, 0, 1, 1);
    assert_int_equal(fe_set_open(in_folder("pairs"), &options, &set), FSAM_ERROR_FORMAT);
    assert_non_null(strstr(fb_message(), "images/three.png has no mask"));
    write_box("pairs/masks/three.png", 1, 0, 0, 1, 1);
    write_box("pairs/masks/three.gif", 1, 0, 0, 1, 1);
    assert_int_equal(fe_set_open(in_folder("pairs"), &options, &set), FSAM_ERROR_FORMAT);
    assert_non_null(strstr(fb_message(), "both three.gif and three.png"));
}

static void reads_coco(void **state)
{
    (void)state;
    const fe_set_options options = {.absent = 5};
    make_coco("p.png");
    fe_set *set = open_made("coco", &options);
    assert_string_equal(fe_set_kind(set), "COCO");
    assert_int_equal(fe_set_count(set), 2);
    fe_case c = read_made(set, 0); /* polygon and runs of one category are one mask */
    assert_int_equal(c.count, 2);
    assert_string_equal(c.target[0].text, "heart");
    assert_int_equal(fi_rle_area(&c.target[0].mask), 9);
    assert_string_equal(c.target[1].category, "left lung");
    assert_box(&c.target[1], 1, 0, 1, 2);
    assert_int_equal(c.absents, 1);
    assert_string_equal(c.absent[0], "liver");
    fe_case_free(&c);
    c = read_made(set, 1);
    assert_int_equal(c.count, 1);
    assert_box(&c.target[0], 0, 0, 1, 8);
    assert_int_equal(c.absents, 2);
    fe_case_free(&c);
    fe_set_free(set);
    set = open_made("coco/instances.json", &options);
    assert_string_equal(fe_set_name(set), "instances");
    fe_set_free(set);
}

/* Masks of one category are joined: against the union, pixel by pixel. */
static void joins_masks_of_coco(void **state)
{
    (void)state;
    for (uint32_t trial = 0; trial < 20; trial++) {
        uint8_t mask[2][MADE_PIXELS], expected[MADE_PIXELS], joined[MADE_PIXELS];
        char *runs[2];
        fb_random random = fb_random_start(4, trial, 0, 0);
        for (int m = 0; m < 2; m++) {
            fi_rle rle;
            const uint32_t rarity = 1 + fb_random_below(&random, 6);
            for (int i = 0; i < MADE_PIXELS; i++) mask[m][i] = fb_random_below(&random, rarity) == 0;
            assert_ok(fi_rle_encode(mask[m], MADE_HEIGHT, MADE_WIDTH, &rle));
            runs[m] = fi_rle_text(&rle);
            fi_rle_free(&rle);
        }
        for (int i = 0; i < MADE_PIXELS; i++) expected[i] = mask[0][i] || mask[1][i] ? 255 : 0;
        json_t *json = json_pack("{s:[{s:i, s:s, s:i, s:i}], s:[{s:i, s:i, s:{s:[i, i], s:s}}, {s:i, s:i, s:{s:[i, i], "
                                 "s:s}}], s:[{s:i, s:s}]}",
                                 "images", "id", 1, "file_name", "p.png", "width", MADE_WIDTH, "height", MADE_HEIGHT,
                                 "annotations", "image_id", 1, "category_id", 1, "segmentation", "size", MADE_HEIGHT,
                                 MADE_WIDTH, "counts", runs[0], "image_id", 1, "category_id", 1, "segmentation", "size",
                                 MADE_HEIGHT, MADE_WIDTH, "counts", runs[1], "categories", "id", 1, "name", "heart");
        assert_int_equal(json_dump_file(json, in_folder("joined.json"), 0), 0);
        json_decref(json);
        fe_set *set = open_made("joined.json", &(fe_set_options){0});
        fe_case c;
        assert_ok(fe_set_read(set, 0, false, &c));
        assert_int_equal(c.count, 1);
        fi_rle_decode(&c.target[0].mask, joined);
        assert_memory_equal(joined, expected, MADE_PIXELS);
        fe_case_free(&c);
        fe_set_free(set);
        free(runs[0]);
        free(runs[1]);
    }
}

static void refuses_hostile_coco(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"[]", "is no object"},
        {"{\"images\": [{\"id\": 1}], \"annotations\": []}", "\"categories\" is missing"},
        {"{\"images\": [{\"id\": 1}, {\"id\": 1}], \"annotations\": [], \"categories\": [{\"id\": 1, \"name\": "
         "\"a\"}]}",
         "images[1]: \"id\" is that of another"},
        {"{\"images\": [{\"id\": 1}], \"annotations\": [{\"image_id\": 2, \"category_id\": 1}], \"categories\": "
         "[{\"id\": "
         "1, \"name\": \"a\"}]}",
         "annotations[0]: \"image_id\" is no image's"},
        {"{\"images\": [{\"id\": 1}], \"annotations\": [{\"image_id\": 1, \"category_id\": 4}], \"categories\": "
         "[{\"id\": "
         "1, \"name\": \"a\"}]}",
         "annotations[0]: \"category_id\" is no category's"},
        {"{\"images\": [{\"id\": 1}], \"annotations\": [], \"categories\": [{\"id\": 1, \"name\": 5}]}",
         "categories[0]: \"name\""},
        {"{\"images\": [", "wrong.json:1: "},
    };
    fe_set *set;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        write_file("wrong.json", wrong[i].text);
        assert_int_equal(fe_set_open(in_folder("wrong.json"), &(fe_set_options){0}, &set), FSAM_ERROR_FORMAT);
        if (strstr(fb_message(), wrong[i].message) == NULL) fail_msg("%s, not %s", fb_message(), wrong[i].message);
    }
    static const char *const ways_out[] = {"../p.png", "/etc/passwd", "images/../../p.png", ".."};
    for (size_t i = 0; i < sizeof ways_out / sizeof *ways_out; i++) {
        fe_case c;
        make_coco(ways_out[i]);
        set = open_made("coco", &(fe_set_options){0});
        assert_int_equal(fe_set_read(set, 0, false, &c), FSAM_ERROR_FORMAT);
        assert_non_null(strstr(fb_message(), "is not below the file's folder"));
        fe_set_free(set);
    }
}

static void reads_pictures_alone(void **state)
{
    (void)state;
    const char *text[] = {"heart", "ribs"};
    fe_set *set;
    assert_true(mkdir(in_folder("alone"), 0755) == 0);
    write_box("alone/thorax_1.png", 50, 0, 0, 2, 2);
    write_file("alone/readme.txt", "no picture");
    set = open_made("alone", &(fe_set_options){0});
    assert_int_equal(fe_set_count(set), 1);
    assert_false(fe_set_has_masks(set));
    fe_case c = read_made(set, 0);
    assert_int_equal(c.count, 10);
    assert_int_equal(c.target[3].mask.height, 0);
    fe_case_free(&c);
    fe_set_free(set);
    write_box("alone/x.png", 50, 0, 0, 2, 2);
    assert_int_equal(fe_set_open(in_folder("alone"), &(fe_set_options){0}, &set), FSAM_ERROR_ARGUMENT);
    assert_non_null(strstr(fb_message(), "what to look for in x.png"));
    set = open_made("alone", &(fe_set_options){.text = text, .texts = 2});
    c = read_made(set, 1);
    assert_int_equal(c.count, 2);
    assert_string_equal(c.target[1].text, "ribs");
    fe_case_free(&c);
    fe_set_free(set);
}

static void refuses_hostile_manifests(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"id,lung_frac\n../../etc/passwd,1\n", "row 1: \"id\": \"../../etc/passwd\" is no file's name"},
        {"id,lung_frac\na,1,2\n", "manifest.csv:2: 3 fields, not 2"},
        {"id,view\na,1\n", "has neither the columns id and lung_frac nor image, mask and structure"},
        {"id,lung_frac\n", "has 0 pictures"},
        {"image,mask,structure\na.png,/x,vertebrae\n", "row 1: \"/x\" is no file's name"},
        {"image,mask,structure\na.png,b.png,tail\n", "row 1: \"structure\": \"tail\" is not known"},
        {"", "is empty"},
    };
    assert_true(mkdir(in_folder("hostile"), 0755) == 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fe_set *set = NULL;
        write_file("hostile/manifest.csv", wrong[i].text);
        assert_int_equal(fe_set_open(in_folder("hostile"), &(fe_set_options){0}, &set), FSAM_ERROR_FORMAT);
        if (strstr(fb_message(), wrong[i].message) == NULL) fail_msg("%s, not %s", fb_message(), wrong[i].message);
        assert_null(set);
    }
}

static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    const uint8_t small[4] = {4, 4, 4, 4};
    fe_set *set;
    fe_case c;
    make_chest();
    set = open_made("chest", &(fe_set_options){0});
    assert_ok(fi_png_write_gray8(in_folder("chest/masks/a.png"), true, small, 2, 2));
    assert_int_equal(fe_set_read(set, 0, true, &c), FSAM_ERROR_MISMATCH);
    assert_non_null(strstr(fb_message(), "the mask of \"lungs\" has 2 x 2 pixels, not 12 x 8"));
    assert_null(c.target);
    unlink(in_folder("chest/masks/a.png"));
    assert_int_equal(fe_set_read(set, 0, true, &c), FSAM_ERROR_IO);
    fe_set_free(set);
    assert_int_equal(fe_set_open(in_folder("nowhere"), &(fe_set_options){0}, &set), FSAM_ERROR_IO);
    assert_true(mkdir(in_folder("nothing"), 0755) == 0);
    assert_int_equal(fe_set_open(in_folder("nothing"), &(fe_set_options){0}, &set), FSAM_ERROR_UNSUPPORTED);
}

/* ---- simulated ---- */

static fs_annotation annotation_of(const char *category, fs_kind kind, int x)
{
    uint8_t mask[MADE_PIXELS] = {0};
    fs_annotation a = {.category = strdup(category), .kind = kind, .visible_fraction = 1, .path_mm_max = 3, .texts = 1};
    mask[x] = 1;
    a.text = calloc(1, sizeof *a.text);
    a.text[0] = strdup("what the record says");
    assert_ok(fi_rle_encode(mask, MADE_HEIGHT, MADE_WIDTH, &a.mask));
    return a;
}

/* All structures and tools but the heart are there without a mask. */
static void leave_the_heart_out(fs_record *record)
{
    fw_texts *texts;
    const fw_name *name;
    assert_ok(fw_texts_open(NULL, &texts));
    record->unmasked_known = true;
    record->unmasked_name = calloc(1024, sizeof *record->unmasked_name);
    for (size_t i = 0; (name = fw_name_at(texts, i)) != NULL; i++)
        if (name->kind != FW_GROUP && strcmp(name->name, "heart") != 0)
            record->unmasked_name[record->unmasked++] = strdup(name->name);
    assert_true(record->unmasked < 1024);
    fw_texts_free(texts);
}

static void make_simulated(bool full)
{
    fs_record record = {.width = MADE_WIDTH,
                        .height = MADE_HEIGHT,
                        .simulated = true,
                        .count = 2,
                        .camera = {.sdd_mm = 1000, .sod_mm = 700, .pixel_mm = 0.5, .view = strdup("hip_ap")},
                        .physics = {80, 2.5, 1.5, 0.625, 3, true}};
    fs_case about = {.name = (char *)"p", .patient = (char *)"x", .licence = (char *)"", .settings = (char *)"s"};
    fs_case_writer *writer;
    uint16_t gray[MADE_PIXELS];
    for (int i = 0; i < MADE_PIXELS; i++) gray[i] = (uint16_t)(i < MADE_WIDTH ? 60000 : 600);
    record.annotation = calloc(2, sizeof *record.annotation);
    record.annotation[0] = annotation_of("femur_left", FS_KIND_ORGAN, 5);
    record.annotation[1] = annotation_of("cortical_screw", FS_KIND_TOOL, 7);
    if (full) leave_the_heart_out(&record);
    assert_ok(fs_case_begin(in_folder("set"), &about, 1, &writer));
    assert_ok(fs_case_put(writer, 0, gray, &record));
    assert_ok(fs_case_end(writer));
    fs_case_writer_free(writer);
    fs_record_free(&record);
    write_file("set/val.txt", "");
    write_file("set/train.txt", "p\n");
}

static void reads_simulated_cases(void **state)
{
    (void)state;
    fe_set *set;
    make_simulated(false);
    assert_int_equal(fe_set_open(in_folder("set"), &(fe_set_options){0}, &set), FSAM_ERROR_ARGUMENT);
    assert_non_null(strstr(fb_message(), "val.txt: lists no case"));
    set = open_made("set", &(fe_set_options){.split = "train", .absent = 20});
    assert_int_equal(fe_set_count(set), 1);
    fe_case c = read_made(set, 0), again = read_made(set, 0);
    assert_string_equal(c.name, "p/000000");
    assert_int_equal(c.count, 2);
    assert_string_equal(c.target[0].text, "what the record says");
    assert_int_equal(c.target[1].kind, FS_KIND_TOOL);
    assert_int_equal(fi_rle_area(&c.target[0].mask), 1);
    /* shown as a device does: what lets little through is bright */
    assert_int_equal(c.picture.says, FI_SAYS_BONE_BRIGHT);
    assert_float_equal(c.picture.gray[0], 0, 0);
    assert_float_equal(c.picture.gray[MADE_PIXELS - 1], 1, 0);
    assert_int_equal(c.absents, 20);
    for (size_t i = 0; i < 20; i++) {
        assert_string_equal(c.absent[i], again.absent[i]);
        assert_string_not_equal(c.absent[i], "Left femur");
        for (size_t k = 0; k < i; k++) assert_string_not_equal(c.absent[i], c.absent[k]);
    }
    fe_case_free(&c);
    fe_case_free(&again);
    fe_set_free(set);
}

/* What is in the picture without a mask that counts is not asked for as absent, nor is a group of it. */
static void unmasked_structures_are_not_absent(void **state)
{
    (void)state;
    make_simulated(true);
    fe_set *set = open_made("set", &(fe_set_options){.split = "train", .absent = 20});
    fe_case c = read_made(set, 0);
    assert_int_equal(c.absents, 1);
    assert_string_equal(c.absent[0], "Heart");
    fe_case_free(&c);
    fe_set_free(set);
}

/* Structures that have a name are asked for in other words, always the same; "vertebrae" has none. */
static void asks_in_other_words(void **state)
{
    (void)state;
    fw_texts *texts;
    fw_variations list;
    make_hip();
    write_file("hip/manifest.csv", "image,mask,structure\nf1.png,f1__l.png,left_hemipelvis\n"
                                   "f1.png,f1__f.png,vertebrae\nf2.png,f2__l.png,left_hemipelvis\n");
    fe_set *set = open_made("hip", &(fe_set_options){.reworded = true, .wording = FW_QUESTION});
    fe_case c = read_made(set, 0), again = read_made(set, 0);
    assert_string_equal(c.target[0].text, again.target[0].text);
    assert_string_equal(c.target[1].text, "vertebrae");
    assert_ok(fw_texts_open(NULL, &texts));
    assert_ok(fw_variations_of(texts, "hip_left", &list));
    bool found = false;
    for (size_t i = 0; i < list.count; i++)
        found = found || (list.item[i].kind == FW_QUESTION && strcmp(list.item[i].text, c.target[0].text) == 0);
    assert_true(found);
    fw_variations_free(&list);
    fw_texts_free(texts);
    fe_case_free(&c);
    fe_case_free(&again);
    fe_set_free(set);
}

static void reads_fluoroseg(void **state)
{
    (void)state;
    fe_set *set;
    assert_true(mkdir(in_folder("fluoroseg"), 0755) == 0);
    assert_true(mkdir(in_folder("fluoroseg/case1"), 0755) == 0);
    write_file("fluoroseg/val.txt", "case1\n");
    write_file("fluoroseg/case1.json", "{\"images\": [{\"camera\": {\"focal_length\": 1, \"pixel_size\": 1}}]}");
    write_file("fluoroseg/case1/0000000000.json",
               "[{\"category_id\": 1, \"segmentation\": [[0, 0, 4, 0, 4, 2, 0, 2]]},"
               " {\"category_id\": 1000, \"segmentation\": {\"size\": [8, 12], \"counts\": [8, 2, 86]}}]");
    write_box("fluoroseg/case1/0000000000.tiff", 100, 0, 0, 4, 2);
    set = open_made("fluoroseg", &(fe_set_options){.absent = 4});
    fe_case c = read_made(set, 0);
    assert_string_equal(c.target[0].text, "Spleen");
    assert_box(&c.target[0], 0, 0, 4, 2);
    assert_string_equal(c.target[1].category, "tool");
    assert_string_equal(c.target[1].text, "Surgical tools");
    assert_int_equal(c.absents, 4);
    fe_case_free(&c);
    /* where parts have no published name nobody knows what is missing */
    write_file("fluoroseg/case1/0000000000.json",
               "[{\"category_id\": 10003, \"segmentation\": {\"size\": [8, 12], \"counts\": [8, 2, 86]}}]");
    c = read_made(set, 0);
    assert_int_equal(c.count, 0);
    assert_int_equal(c.absents, 0);
    fe_case_free(&c);
    fe_set_free(set);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(reads_chests),
        IN_FOLDER(reads_hips),
        IN_FOLDER(reads_images_and_masks),
        IN_FOLDER(reads_coco),
        IN_FOLDER(joins_masks_of_coco),
        IN_FOLDER(refuses_hostile_coco),
        IN_FOLDER(reads_pictures_alone),
        IN_FOLDER(refuses_hostile_manifests),
        IN_FOLDER(refuses_what_does_not_fit),
        IN_FOLDER(reads_simulated_cases),
        IN_FOLDER(unmasked_structures_are_not_absent),
        IN_FOLDER(asks_in_other_words),
        IN_FOLDER(reads_fluoroseg),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
