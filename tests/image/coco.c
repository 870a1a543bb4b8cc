/* The COCO writer. With a folder as argument: writes masks.json there and its masks as IMAGE.CATEGORY.pgm, for coco.sh.
 */
#include "image/coco.h"

#include "support.h"

#include "base/file.h"
#include "base/json.h"
#include <math.h>

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *json = json_load_file(path, 0, &error);
    if (json == NULL) fail_msg("%s: %s", path, error.text);
    return json;
}

static const json_t *at(const json_t *object, const char *list, size_t index)
{
    return json_array_get(json_object_get(object, list), index);
}

static json_int_t number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void test_file(void **state)
{
    static const uint8_t first[9] = {0, 0, 0, 0, 9, 9, 0, 9, 0}, full[6] = {1, 1, 1, 1, 1, 1}, empty[6];
    const char *path = in_folder("a.json");
    fi_coco *coco;
    (void)state;
    assert_int_equal(fi_coco_open(path, false, "swin-t.safetensors", &coco), FSAM_OK);
    assert_int_equal(fi_coco_image(coco, "one.png", 3, 3), FSAM_OK);
    assert_int_equal(fi_coco_answer(coco, "left lung", first, 0.75), FSAM_OK);
    assert_int_equal(fi_coco_answer(coco, "spleen", NULL, 0.125), FSAM_OK);
    assert_int_equal(fi_coco_image(coco, "tw\xff.png", 3, 2), FSAM_OK);
    assert_int_equal(fi_coco_answer(coco, "c\xc5\x93ur", full, NAN), FSAM_OK);
    assert_int_equal(fi_coco_answer(coco, "left lung", empty, 0.5), FSAM_OK);
    assert_int_equal(access(path, F_OK), -1); /* nothing under its name before it is whole */
    assert_int_equal(fi_coco_commit(coco), FSAM_OK);

    json_t *json = load(path);
    assert_string_equal(text(json_object_get(json, "info"), "model"), "swin-t.safetensors");
    assert_int_equal(json_array_size(json_object_get(json, "images")), 2);
    assert_int_equal(number(at(json, "images", 0), "id"), 1);
    assert_string_equal(text(at(json, "images", 0), "file_name"), "one.png");
    assert_string_equal(text(at(json, "images", 1), "file_name"), "tw?.png");
    assert_int_equal(number(at(json, "images", 1), "width"), 3);
    assert_int_equal(number(at(json, "images", 1), "height"), 2);
    assert_int_equal(json_array_size(json_object_get(json, "categories")), 3);
    assert_string_equal(text(at(json, "categories", 2), "name"), "c\xc5\x93ur");

    assert_int_equal(json_array_size(json_object_get(json, "annotations")), 2);
    const json_t *one = at(json, "annotations", 0), *two = at(json, "annotations", 1);
    json_t *expected = json_pack("{s:i,s:i,s:i,s:{s:[ii],s:s},s:i,s:[iiii],s:i,s:f}", "id", 1, "image_id", 1,
                                 "category_id", 1, "segmentation", "size", 3, 3, "counts", "421O0", "area", 3, "bbox",
                                 1, 1, 2, 2, "iscrowd", 0, "score", 0.75);
    assert_true(json_equal(one, expected));
    json_decref(expected);
    expected = json_pack("{s:i,s:i,s:i,s:{s:[ii],s:s},s:i,s:[iiii],s:i}", "id", 2, "image_id", 2, "category_id", 3,
                         "segmentation", "size", 2, 3, "counts", "06", "area", 6, "bbox", 0, 0, 3, 2, "iscrowd", 0);
    assert_true(json_equal(two, expected));
    json_decref(expected);
    expected = json_pack("[{s:i,s:i,s:f},{s:i,s:i,s:f}]", "image_id", 1, "category_id", 2, "score", 0.125, "image_id",
                         2, "category_id", 1, "score", 0.5);
    assert_true(json_equal(json_object_get(json, "absent"), expected));
    json_decref(expected);
    json_decref(json);
    unlink(path);
}

static void test_empty(void **state)
{
    const char *path = in_folder("a.json");
    fi_coco *coco;
    (void)state;
    assert_int_equal(fi_coco_open(path, false, NULL, &coco), FSAM_OK);
    assert_int_equal(fi_coco_commit(coco), FSAM_OK);
    json_t *json = load(path);
    assert_int_equal(json_array_size(json_object_get(json, "annotations")), 0);
    assert_null(json_object_get(json_object_get(json, "info"), "model"));
    json_decref(json);

    /* There already: left as it is. */
    assert_int_equal(fi_coco_open(path, false, NULL, &coco), FSAM_ERROR_ARGUMENT);
    assert_null(coco);
    expect_message(path, "exists already");
    unlink(path);
}

static void test_abandoned(void **state)
{
    const char *path = in_folder("a.json");
    fi_coco *coco;
    (void)state;
    assert_int_equal(fi_coco_open(path, false, NULL, &coco), FSAM_OK);
    assert_int_equal(fi_coco_image(coco, "one.png", 3, 3), FSAM_OK);
    fi_coco_abort(coco);
    assert_int_equal(fi_coco_open(path, false, NULL, &coco), FSAM_OK);
    assert_int_equal(fi_coco_answer(coco, "heart", NULL, 0), FSAM_ERROR_ARGUMENT);
    expect_message(path, "images: an answer comes before the first");
    assert_int_equal(fi_coco_commit(coco), FSAM_ERROR_INTERNAL);
    expect_message(path, "annotations: one could not be written");
    fi_coco_abort(NULL);
    /* The folder is removed after the tests, which fails if a temporary was left. */
}

enum { SIDE = 61 };

/* Rings, whose columns have several runs. */
static void draw(uint8_t *mask, int width, int height, int number)
{
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            const int dx = x - 7 * number, dy = y - width / 3;
            mask[y * width + x] = (dx * dx + dy * dy) / (40 + 30 * number) % 2 ? 255 : 0;
        }
}

static void write_for_script(void)
{
    static uint8_t mask[SIDE * SIDE];
    fi_coco *coco;
    assert_int_equal(fi_coco_open(in_folder("masks.json"), true, NULL, &coco), FSAM_OK);
    for (int image = 1; image <= 3; image++) {
        const int width = SIDE - 9 * image, height = 11 * image;
        assert_int_equal(fi_coco_image(coco, "x.png", width, height), FSAM_OK);
        for (int category = 1; category <= 4; category++) {
            char name[32], head[32];
            snprintf(name, sizeof name, "%d.%d.pgm", image, category);
            const int length = snprintf(head, sizeof head, "P5 %d %d 255\n", width, height);
            draw(mask, width, height, category);
            if (category == 4) memset(mask, image == 1 ? 0 : 255, sizeof mask);
            fb_writer *writer;
            assert_int_equal(fb_writer_open(in_folder(name), true, &writer), FSAM_OK);
            assert_int_equal(fb_writer_write(writer, head, (size_t)length), FSAM_OK);
            assert_int_equal(fb_writer_write(writer, mask, (size_t)width * (size_t)height), FSAM_OK);
            assert_int_equal(fb_writer_commit(writer), FSAM_OK);
            snprintf(name, sizeof name, "c%d", category);
            assert_int_equal(fi_coco_answer(coco, name, mask, 0.5), FSAM_OK);
        }
    }
    assert_int_equal(fi_coco_commit(coco), FSAM_OK);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_file), cmocka_unit_test(test_empty),
                                       cmocka_unit_test(test_abandoned)};
    if (argc == 2) {
        snprintf(folder, sizeof folder, "%s", argv[1]);
        write_for_script();
        return 0;
    }
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
