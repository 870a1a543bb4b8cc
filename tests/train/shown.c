/* What is kept of a record: the lexicon's relations, texts as lines, joined masks, and groups that a record lacks. */
#include "scenes.h"

#include "train/body_levels.h"

static fr_lexicon *lexicon;

static int make_lexicon(void **state)
{
    (void)state;
    return fr_lexicon_make(&lexicon) == FSAM_OK ? 0 : -1;
}

static int free_lexicon(void **state)
{
    (void)state;
    fr_lexicon_free(lexicon);
    return 0;
}

static int find(const char *name)
{
    const int index = fr_lexicon_find(lexicon, name);
    if (index < 0) fail_msg("no %s", name);
    return index;
}

static void test_relations(void **state)
{
    (void)state;
    assert_int_equal(fr_lexicon_find(lexicon, "left_foot_of_a_chair"), -1);
    assert_int_equal(fr_lexicon_mirror(lexicon, find("femur_left")), find("femur_right"));
    assert_int_equal(fr_lexicon_mirror(lexicon, find("liver")), find("liver"));
    assert_int_equal(fr_lexicon_mirror(lexicon, find("lung_middle_lobe_right")), -1);
    assert_int_equal(fr_lexicon_family(lexicon, find("rib_left_4")), fr_lexicon_family(lexicon, find("rib_right_11")));
    assert_int_not_equal(fr_lexicon_family(lexicon, find("vertebrae_L4")),
                         fr_lexicon_family(lexicon, find("vertebrae_T4")));
    assert_int_equal(fr_lexicon_number(lexicon, find("rib_left_11")), 11);
    assert_int_equal(fr_lexicon_number(lexicon, find("liver")), 0);
    int members;
    const int *member = fr_lexicon_members(lexicon, find("lungs"), &members);
    assert_int_equal(members, 5);
    for (int i = 0; i < members; i++)
        assert_int_equal(strncmp(fr_lexicon_name(lexicon, member[i])->name, "lung", 4), 0);
}

static void test_texts(void **state)
{
    (void)state;
    const char *texts = fr_lexicon_texts(lexicon, find("femur_left"));
    assert_in_range(fr_texts_count(texts), 10, FS_MOST_TEXTS);
    char *plain = fr_texts_line(texts, 0), *last = fr_texts_line(texts, fr_texts_count(texts) - 1);
    assert_string_equal(plain, "Left femur");
    assert_string_not_equal(last, plain);
    assert_null(strchr(last, '\n'));
    free(plain);
    free(last);
    char copy[] = "abc";
    assert_ptr_equal(fr_lexicon_keep(lexicon, "abc"), fr_lexicon_keep(lexicon, copy));
    assert_ptr_not_equal(fr_lexicon_keep(lexicon, "abc"), fr_lexicon_keep(lexicon, "abd"));
}

/* Noise masks joined by hand. */
static void test_union(void **state)
{
    enum { SIDE = 19, MASKS = 4 };
    fb_random random = fb_random_start(8, 0, 0, 0);
    (void)state;
    for (int round = 0; round < 50; round++) {
        uint8_t all[SIDE * SIDE] = {0}, one[SIDE * SIDE], joined[SIDE * SIDE];
        fi_rle rle[MASKS], out;
        const fi_rle *masks[MASKS];
        for (int m = 0; m < MASKS; m++) {
            for (int i = 0; i < SIDE * SIDE; i++)
                all[i] |= one[i] = fb_random_below(&random, (uint32_t)(round + 2)) == 0 && round > 0;
            expect_ok(fi_rle_encode(one, SIDE, SIDE, &rle[m]));
            masks[m] = &rle[m];
        }
        expect_ok(fr_mask_union(masks, MASKS, &out));
        fi_rle_decode(&out, joined);
        uint64_t pixels = 0;
        for (size_t i = 0; i < out.count; i++) pixels += out.counts[i];
        assert_int_equal(pixels, SIDE * SIDE);
        for (int i = 0; i < SIDE * SIDE; i++) assert_int_equal(joined[i] != 0, all[i]);
        for (int m = 0; m < MASKS; m++) fi_rle_free(&rle[m]);
        fi_rle_free(&out);
    }
}

static const box both[] = {{"femur_left", FS_KIND_ORGAN, 40, 10, 10, 30},
                           {"femur_right", FS_KIND_ORGAN, 10, 10, 10, 30}};

static void test_take(void **state)
{
    (void)state;
    fr_shown shown = scene_shown(both, 2, "patella", lexicon);
    assert_true(shown.complete);
    assert_int_equal(shown.unmasked, 1);
    assert_int_equal(shown.unmasked_index[0], find("patella"));
    assert_int_equal(shown.structure[0].index, find("femur_left"));
    assert_string_equal(shown.structure[0].texts, "femur left\nshow femur_left please");
    const fr_structure *group = NULL;
    for (int i = 2; i < shown.count; i++) {
        assert_int_equal(shown.structure[i].kind, FS_KIND_GROUP);
        if (strcmp(shown.structure[i].name, "femurs") == 0) group = &shown.structure[i];
    }
    assert_non_null(group);
    assert_int_equal(fi_rle_area(&group->mask), 600);
    assert_true(fr_shown_bytes(&shown) > sizeof shown);
    fr_shown_free(&shown);
    const box grouped[] = {
        both[0], both[1], {"femurs", FS_KIND_GROUP, 0, 0, 5, 5}, {"nobody knows", FS_KIND_TOOL, 1, 1, 2, 2}};
    shown = scene_shown(grouped, 4, NULL, lexicon);
    assert_int_equal(shown.count, 4); /* a record with groups of its own gets no others */
    assert_int_equal(shown.structure[3].index, -1);
    fr_shown_free(&shown);
}

/* Each of the 128 categories has a level of its own; some that are certain. */
static void test_levels(void **state)
{
    (void)state;
    for (size_t i = 0; i < FB_CATEGORIES; i++) {
        const fr_levels levels = fr_levels_of(fb_category_at(i)->name);
        assert_true(levels.highest <= levels.lowest);
        if (levels.highest == FR_LEVEL_HEAD && levels.lowest == FR_LEVEL_FOOT) fail_msg("%s", fb_category_at(i)->name);
    }
    assert_int_equal(fr_levels_of("patella").highest, FR_LEVEL_KNEE);
    assert_int_equal(fr_levels_of("tibia").lowest, FR_LEVEL_FOOT);
    assert_int_equal(fr_levels_of("tarsal").highest, FR_LEVEL_FOOT);
    assert_int_equal(fr_levels_of("no such thing").lowest, FR_LEVEL_FOOT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_relations), cmocka_unit_test(test_texts),
                                       cmocka_unit_test(test_union), cmocka_unit_test(test_take),
                                       cmocka_unit_test(test_levels)};
    return cmocka_run_group_tests(tests, make_lexicon, free_lexicon);
}
