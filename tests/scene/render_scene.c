/* Pictures of boxes: masks against their geometry, what goes with them, mirrored pictures, and the exposure. */
#include "scene/render.h"

#include "on_disk.h"
#include <math.h>

enum { PIXELS = 128, VOXELS = 64 }; /* of 2 mm, about the origin */

static fs_phrases *phrases;

static void fill(fv_ct *ct, fv_labels *labels, uint16_t label, int16_t hu, const int low[3], const int high[3])
{
    for (int z = low[2]; z < high[2]; z++)
        for (int y = low[1]; y < high[1]; y++)
            for (int x = low[0]; x < high[0]; x++) {
                ct->hu[(z * VOXELS + y) * VOXELS + x] = hu;
                labels->label[(z * VOXELS + y) * VOXELS + x] = label;
            }
}

/* Water, and in it a heart of 20 x 30 x 10 mm right of the middle (the patient's left), a femur that goes on below,
 * lungs in two parts, and a speck. */
static fs_subject *boxes(void)
{
    static const char *const names[] = {"heart", "femur_left", "lung_upper_lobe_left", "lung_lower_lobe_left",
                                        "spleen"};
    const int size[3] = {VOXELS, VOXELS, VOXELS};
    const fv_grid grid = fv_grid_upright(size, (double[]){2, 2, 2}, (double[]){-63, -63, -63});
    fv_ct ct;
    fv_labels labels;
    fs_subject *subject;
    assert_ok(fv_ct_make(&grid, "boxes", &ct));
    assert_ok(fv_labels_make(&grid, "boxes", &labels));
    for (int i = 0; i < 5; i++) assert_ok(fv_labels_add(&labels, names[i]));
    fill(&ct, &labels, 0, 0, (int[]){0, 0, 0}, (int[]){VOXELS, VOXELS, VOXELS});
    fill(&ct, &labels, 1, 40, (int[]){37, 25, 40}, (int[]){47, 40, 45});
    fill(&ct, &labels, 2, 800, (int[]){10, 28, 0}, (int[]){16, 34, 24});
    fill(&ct, &labels, 3, -700, (int[]){20, 20, 40}, (int[]){26, 30, 50});
    fill(&ct, &labels, 4, -700, (int[]){20, 20, 30}, (int[]){26, 30, 40});
    fill(&ct, &labels, 5, 50, (int[]){32, 32, 32}, (int[]){33, 33, 33});
    assert_ok(fs_subject_make(&ct, &labels, "boxes", &subject));
    assert_null(ct.hu);
    return subject;
}

/* From the back to the front, 160 mm of the patient at its middle; shown as a PA picture is, or not mirrored. */
static fs_shot shot_of(bool mirrored)
{
    fs_shot shot = {.seed = 5, .name = "test", .kv = 80, .aluminium_mm = 3, .dose = 2};
    shot.carm = (fs_carm){.sdd_mm = 1000, .fraction = 0.8, .detector_mm = 200, .pixels = PIXELS, .mirrored = mirrored};
    assert_ok(fs_carm_camera(&shot.carm, &shot.camera));
    return shot;
}

static const fs_annotation *find(const fs_record *record, const char *category)
{
    for (int i = 0; i < record->count; i++)
        if (strcmp(record->annotation[i].category, category) == 0) return &record->annotation[i];
    return NULL;
}

/* The mask of a box is the hull of its corners' shadows: its bounds, to a pixel. */
static void expect_bounds(const fs_shot *shot, const fs_annotation *annotation, const double low[3],
                          const double high[3])
{
    double from[2] = {1e9, 1e9}, to[2] = {-1e9, -1e9};
    for (int c = 0; c < 8; c++) {
        double pixel[2];
        const double corner[3] = {c & 1 ? high[0] : low[0], c & 2 ? high[1] : low[1], c & 4 ? high[2] : low[2]};
        fs_carm_see(&shot->carm, &shot->camera, corner, pixel);
        for (int k = 0; k < 2; k++) {
            from[k] = fmin(from[k], pixel[k]);
            to[k] = fmax(to[k], pixel[k]);
        }
    }
    const fi_rle_box box = fi_rle_bounds(&annotation->mask);
    assert_true(fabs(box.x - from[0]) <= 1.5 && fabs(box.y - from[1]) <= 1.5);
    assert_true(fabs(box.x + box.width - 1 - to[0]) <= 1.5 && fabs(box.y + box.height - 1 - to[1]) <= 1.5);
}

static void take(const fs_subject *subject, const fs_tray *tray, const fs_shot *shot, fs_record *record,
                 uint16_t gray[PIXELS * PIXELS])
{
    fs_studio studio;
    assert_ok(fs_studio_make(subject, tray, phrases, PIXELS, &studio));
    assert_ok(fs_render(&studio, shot, record));
    memcpy(gray, studio.gray, PIXELS * PIXELS * sizeof *gray);
    fs_studio_free(&studio);
}

static void test_masks(void **state)
{
    static uint16_t gray[PIXELS * PIXELS];
    fs_subject *subject = boxes();
    const fs_tray none = {0};
    fs_record record;
    (void)state;
    for (int mirrored = 0; mirrored < 2; mirrored++) {
        const fs_shot shot = shot_of(mirrored);
        take(subject, &none, &shot, &record, gray);
        const fs_annotation *heart = find(&record, "heart"), *femur = find(&record, "femur_left");
        assert_non_null(heart);
        assert_non_null(femur);
        expect_bounds(&shot, heart, (double[]){10, -14, 16}, (double[]){30, 16, 26});
        expect_bounds(&shot, femur, (double[]){-44, -8, -64}, (double[]){-32, 4, -16});
        assert_true(heart->visible_fraction == 1);
        assert_true(fabs(heart->path_mm_max - 30) < 2.1);
        assert_false(heart->cut_inferior || heart->cut_superior);
        assert_true(femur->cut_inferior && !femur->cut_superior);
        assert_int_equal(heart->texts, FS_MOST_TEXTS);
        assert_string_equal(heart->text[0], "Heart");
        assert_null(find(&record, "spleen")); /* a pixel or two: less than 0.1 % */
        /* bone is dark */
        const fi_rle_box box = fi_rle_bounds(&femur->mask);
        const int row = (box.y + box.height / 2) * PIXELS, middle = box.x + box.width / 2;
        assert_true(gray[row + middle] < 0.8 * gray[row + middle + (mirrored ? -box.width : box.width)]);
        assert_string_equal(record.camera.view, "test");
        assert_true(record.camera.sod_mm == 800);
        fs_record_free(&record);
    }
    fs_subject_free(subject);
}

static void test_groups(void **state)
{
    static uint16_t gray[PIXELS * PIXELS];
    fs_subject *subject = boxes();
    const fs_tray none = {0};
    const fs_shot shot = shot_of(true);
    fs_record record;
    (void)state;
    take(subject, &none, &shot, &record, gray);
    const fs_annotation *left = find(&record, "lung_left"), *both = find(&record, "lungs");
    assert_non_null(left);
    assert_non_null(both);
    assert_int_equal(left->kind, FS_KIND_GROUP);
    /* the lobes lie one above the other: a ray that is nearly level crosses one or both, 20 mm */
    assert_true(fabs(left->path_mm_max - 20) < 2.2);
    assert_true(left->path_mm_max == both->path_mm_max);
    assert_true(left->path_mm_max >= find(&record, "lung_upper_lobe_left")->path_mm_max);
    assert_null(find(&record, "lung_right"));
    assert_int_equal(fi_rle_area(&left->mask), fi_rle_area(&both->mask));
    const int64_t upper = fi_rle_area(&find(&record, "lung_upper_lobe_left")->mask);
    const int64_t lower = fi_rle_area(&find(&record, "lung_lower_lobe_left")->mask);
    assert_true(fi_rle_area(&left->mask) <= upper + lower && fi_rle_area(&left->mask) > upper);
    fs_record_free(&record);
    fs_subject_free(subject);
}

/* A picture mirrored is the same one with its columns in reverse order, and so are its masks. */
static void test_mirrored(void **state)
{
    static uint16_t plain[PIXELS * PIXELS], mirrored[PIXELS * PIXELS];
    fs_subject *subject = boxes();
    const fs_tray none = {0};
    const fs_shot a = shot_of(false), b = shot_of(true);
    fs_record of_a, of_b;
    (void)state;
    take(subject, &none, &a, &of_a, plain);
    take(subject, &none, &b, &of_b, mirrored);
    for (int i = 0; i < PIXELS * PIXELS; i++)
        assert_int_equal(plain[i], mirrored[i / PIXELS * PIXELS + PIXELS - 1 - i % PIXELS]);
    assert_int_equal(of_a.count, of_b.count);
    for (int i = 0; i < of_a.count; i++) {
        const fi_rle_box x = fi_rle_bounds(&of_a.annotation[i].mask), y = fi_rle_bounds(&of_b.annotation[i].mask);
        assert_int_equal(x.x, PIXELS - y.x - y.width);
    }
    assert_true(of_a.camera.intrinsic[0][0] == -of_b.camera.intrinsic[0][0]);
    fs_record_free(&of_a);
    fs_record_free(&of_b);
    fs_subject_free(subject);
}

/* Shutters hide the right half of the heart. */
static void test_shutters(void **state)
{
    static uint16_t gray[PIXELS * PIXELS], open[PIXELS * PIXELS];
    fs_subject *subject = boxes();
    const fs_tray none = {0};
    fs_record record, whole;
    (void)state;
    for (int mirrored = 0; mirrored < 2; mirrored++) {
        fs_shot shot = shot_of(mirrored);
        take(subject, &none, &shot, &whole, open);
        const fi_rle_box all = fi_rle_bounds(&find(&whole, "heart")->mask);
        const int edge = all.x + all.width / 2; /* the first column behind the blade */
        const double half = 60;
        shot.shutters = (fs_shutters){FS_SHUTTERS_RECTANGLE, {edge - 0.5 - half, 63.5}, {half, 300}, 0};
        take(subject, &none, &shot, &record, gray);
        const fs_annotation *heart = find(&record, "heart");
        assert_non_null(heart);
        const fi_rle_box box = fi_rle_bounds(&heart->mask);
        assert_true(box.x == all.x && box.width == all.width / 2 && box.height == all.height);
        assert_true(fabs(heart->visible_fraction - 0.5) < 0.06);
        assert_true(heart->path_mm_max == find(&whole, "heart")->path_mm_max);
        assert_int_equal(record.physics.shutters.shape, FS_SHUTTERS_RECTANGLE);
        const int row = (box.y + box.height / 2) * PIXELS;
        assert_true(gray[row + edge + 3] < 100 && open[row + edge + 3] > 3000);
        assert_true(gray[row + edge - 5] > 3000);
        fs_record_free(&record);
        /* and when all of it is hidden, there is none */
        shot.shutters.centre[0] = all.x - 2 - half;
        take(subject, &none, &shot, &record, gray);
        assert_null(find(&record, "heart"));
        fs_record_free(&record);
        fs_record_free(&whole);
    }
    fs_subject_free(subject);
}

static void test_tools(void **state)
{
    static uint16_t with[PIXELS * PIXELS], without[PIXELS * PIXELS];
    fs_subject *subject = boxes();
    const fs_tray none = {0};
    fs_tray tray;
    fs_record record, bare;
    fs_shot shot = shot_of(true);
    (void)state;
    assert_ok(fs_tray_draw(3, 0, 1, 1, NULL, &tray));
    assert_int_equal(tray.count, 1);
    double low[3], high[3];
    fs_tool_bounds(&tray.item[0].tool, low, high);
    shot.world_from_tool[0] = fv_affine_identity();
    for (int i = 0; i < 3; i++) shot.world_from_tool[0].m[i][3] = -0.5 * (low[i] + high[i]);
    take(subject, &tray, &shot, &record, with);
    take(subject, &none, &shot, &bare, without);
    const fs_annotation *tool = find(&record, tray.item[0].tool.family->key);
    assert_non_null(tool);
    assert_int_equal(tool->kind, FS_KIND_TOOL);
    assert_true(record.count > bare.count);
    /* where it is, it is darker in proportion to the rest than before */
    static uint8_t mask[PIXELS * PIXELS];
    double inside[2] = {0}, outside[2] = {0};
    fi_rle_decode(&tool->mask, mask);
    for (int i = 0; i < PIXELS * PIXELS; i++) {
        double *sum = mask[i] ? inside : outside;
        sum[0] += with[i];
        sum[1] += without[i];
    }
    assert_true(inside[0] / outside[0] < 0.9 * inside[1] / outside[1]);
    fs_record_free(&record);
    fs_record_free(&bare);
    fs_tray_free(&tray);
    fs_subject_free(subject);
}

static int open_phrases(void **state)
{
    (void)state;
    return fs_phrases_make(&phrases) == FSAM_OK ? 0 : -1;
}

static int close_phrases(void **state)
{
    (void)state;
    fs_phrases_free(phrases);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_masks), cmocka_unit_test(test_groups),
                                       cmocka_unit_test(test_mirrored), cmocka_unit_test(test_shutters),
                                       cmocka_unit_test(test_tools)};
    return cmocka_run_group_tests(tests, open_phrases, close_phrases);
}
