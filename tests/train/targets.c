/* What a sample asks for: kinds by their shares, nothing twice, absent only what is surely not there. */
#include "scenes.h"

#include "train/targets.h"

enum { SIDE = 56, CELLS = 64 };

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

/* A chest of a patient with both femurs, none of which is in the picture. */
static const box chest[] = {
    {"rib_left_4", FS_KIND_ORGAN, 40, 10, 12, 8},    {"rib_left_5", FS_KIND_ORGAN, 40, 20, 12, 8},
    {"rib_right_4", FS_KIND_ORGAN, 10, 10, 12, 8},   {"rib_right_5", FS_KIND_ORGAN, 10, 20, 12, 8},
    {"heart", FS_KIND_ORGAN, 25, 20, 16, 16},        {"lung_middle_lobe_right", FS_KIND_ORGAN, 5, 30, 10, 10},
    {"clavicula_left", FS_KIND_ORGAN, 40, 2, 20, 4}, {"ribs", FS_KIND_GROUP, 10, 10, 40, 20},
    {"k_wire", FS_KIND_TOOL, 0, 50, 60, 4}};

enum { CHEST = sizeof chest / sizeof *chest };

static fr_view view_of(fr_placing placing)
{
    fr_view view = {.placing = placing};
    const fi_prepare_options options = {.side = SIDE, .square = true};
    expect_ok(fi_geometry_make(placing.height, placing.width, &options, &view.geometry));
    return view;
}

static fr_sample choose(const fr_shown *shown, const fr_labelled *labelled, const fr_view *view,
                        const fr_asking *asking, uint32_t draw)
{
    fr_sample sample;
    fb_random random = fb_random_start(1, 0, draw, 0);
    expect_ok(fr_sample_make(SIDE, asking->count, &sample));
    expect_ok(fr_targets_choose(lexicon, shown, labelled, view, asking, &random, &sample));
    return sample;
}

static const fr_structure *find_shown(const fr_shown *shown, const char *name)
{
    for (int i = 0; i < shown->count; i++)
        if (strcmp(shown->structure[i].name, name) == 0) return &shown->structure[i];
    return NULL;
}

static void test_shares_and_masks(void **state)
{
    (void)state;
    fr_shown shown = scene_shown(chest, CHEST, "sternum", lexicon);
    const fr_view view = view_of(fr_placing_whole(SCENE_SIDE, SCENE_SIDE));
    fr_asking asking = fr_asking_usual();
    int count[4] = {0}, plain = 0, ribs = 0, hearts = 0, wires = 0;
    asking.count = 1;
    for (uint32_t draw = 0; draw < 600; draw++) {
        fr_sample sample = choose(&shown, NULL, &view, &asking, draw);
        assert_int_equal(sample.count, 1);
        const fr_target *target = &sample.target[0];
        size_t area = 0;
        for (int i = 0; i < CELLS * CELLS; i++) area += target->mask[i];
        const fr_structure *structure = find_shown(&shown, target->category);
        assert_true(target->absent == (structure == NULL));
        count[structure != NULL ? structure->kind : 3]++;
        if (structure != NULL) {
            assert_int_equal(area, fi_rle_area(&structure->mask)); /* cells are pixels here */
            const bool shown_plainly = strncmp(target->text, "show ", 5) != 0;
            if (!shown_plainly) assert_non_null(strstr(target->text, target->category));
            plain += shown_plainly;
            ribs += strncmp(target->category, "rib_", 4) == 0;
            hearts += strcmp(target->category, "heart") == 0;
            wires += strcmp(target->category, "k_wire") == 0;
        } else {
            assert_int_equal(area, 0);
        }
        fr_sample_free(&sample);
    }
    /* within four deviations */
    expect_near(count[FS_KIND_GROUP], 120, 40, "groups");
    expect_near(count[FS_KIND_TOOL], 90, 35, "tools");
    expect_near(count[3], 90, 35, "absent");
    expect_near(plain, 0.3 * 510, 45, "plain");
    expect_near(ribs, 300 * 4 * 0.5 / (4 * 0.5 + 3), 45, "ribs, which share a family of four");
    expect_near(hearts, 300 / 5.0, 30, "hearts");
    assert_int_equal(wires, count[FS_KIND_TOOL]);
    fr_shown_free(&shown);
}

static void test_nothing_twice(void **state)
{
    (void)state;
    fr_shown shown = scene_shown(chest, CHEST, NULL, lexicon);
    const fr_view view = view_of(fr_placing_whole(SCENE_SIDE, SCENE_SIDE));
    fr_asking asking = fr_asking_usual();
    asking.count = FR_MOST_TARGETS;
    fr_sample sample = choose(&shown, NULL, &view, &asking, 1);
    int there = 0;
    for (int i = 0; i < sample.count; i++) {
        there += !sample.target[i].absent;
        for (int k = 0; k < i; k++) assert_string_not_equal(sample.target[i].category, sample.target[k].category);
    }
    assert_int_equal(there, CHEST);
    fr_sample_free(&sample);
    fr_shown_free(&shown);
}

static void test_mirrored(void **state)
{
    (void)state;
    fr_shown shown = scene_shown(chest, CHEST, NULL, lexicon);
    const double middle = (SCENE_SIDE - 1) / 2.0;
    const fr_view view = view_of(fr_placing_at(SCENE_SIDE, SCENE_SIDE, middle, middle, 1, 0, true));
    fr_asking asking = fr_asking_usual();
    bool clavicle = false;
    asking.count = FR_MOST_TARGETS;
    fr_sample sample = choose(&shown, NULL, &view, &asking, 1);
    for (int i = 0; i < sample.count; i++) {
        const fr_target *target = &sample.target[i];
        assert_null(strstr(target->category, "lung_middle_lobe"));
        assert_string_not_equal(target->category, "clavicula_left");
        if (strcmp(target->category, "clavicula_right") != 0) continue;
        clavicle = true;
        assert_false(target->absent);
        assert_null(strstr(target->text, "left"));
        assert_int_equal(target->mask[3 * CELLS + SCENE_SIDE - 1 - 40], 1);
        assert_int_equal(target->mask[3 * CELLS + 40], 0);
    }
    assert_true(clavicle);
    fr_sample_free(&sample);
    fr_shown_free(&shown);
}

/* ---- what is not there ---- */

static double weight_of(const double *weight, const char *name)
{
    const int index = fr_lexicon_find(lexicon, name);
    if (index < 0) fail_msg("no %s", name);
    return weight[index];
}

static double *weights(const fr_shown *shown, const bool *in_view, const fr_labelled *labelled)
{
    double *weight = calloc((size_t)fr_lexicon_count(lexicon), sizeof *weight);
    fr_absent_weights(lexicon, shown, in_view, labelled, weight);
    return weight;
}

static void test_absent(void **state)
{
    static const char *const never[] = {"heart",  "ribs",    "k_wire",     "sternum",        "lungs",
                                        "spleen", "stomach", "rib_left_6", "clavicula_right"};
    static const char *const may[] = {"patella", "tibia", "tarsal", "foot", "pedicle_screw"};
    bool all[CHEST], but_clavicle[CHEST];
    (void)state;
    fr_shown shown = scene_shown(chest, CHEST, "sternum", lexicon);
    for (int i = 0; i < CHEST; i++) all[i] = but_clavicle[i] = true;
    double *weight = weights(&shown, all, NULL);
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (weight_of(weight, never[i]) != 0) fail_msg("%s may be in the picture", never[i]);
    for (size_t i = 0; i < sizeof may / sizeof *may; i++)
        if (!(weight_of(weight, may[i]) > 0)) fail_msg("%s is not in the picture", may[i]);
    free(weight);
    /* What is out of the sample's view can be asked for, its record being complete. */
    but_clavicle[6] = false;
    weight = weights(&shown, but_clavicle, NULL);
    assert_true(weight_of(weight, "clavicula_left") > 0);
    free(weight);
    shown.complete = false;
    weight = weights(&shown, but_clavicle, NULL);
    assert_true(weight_of(weight, "clavicula_left") == 0 && weight_of(weight, "pedicle_screw") == 0);
    assert_true(weight_of(weight, "patella") > 0);
    free(weight);
    fr_shown_free(&shown);
}

/* With the patient's labels known, neighbours can be asked for, and the hardest most. */
static void test_labelled(void **state)
{
    bool all[CHEST];
    (void)state;
    fr_shown shown = scene_shown(chest, CHEST, "sternum", lexicon);
    uint8_t *has = calloc((size_t)fr_lexicon_count(lexicon), 1);
    const char *const labels[] = {"clavicula_right", "rib_left_6", "rib_left_12", "spleen", "sternum"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) has[fr_lexicon_find(lexicon, labels[i])] = 1;
    for (int i = 0; i < CHEST; i++) all[i] = true;
    double *weight = weights(&shown, all, &(fr_labelled){has});
    assert_true(weight_of(weight, "sternum") == 0);
    expect_near(weight_of(weight, "clavicula_right"), 8, 1e-9, "the other side");
    expect_near(weight_of(weight, "rib_left_6"), 6 / sqrt(2), 1e-9, "the next rib, of a family of two");
    expect_near(weight_of(weight, "rib_left_12"), 4 / sqrt(2), 1e-9, "a member of a group that is seen");
    expect_near(weight_of(weight, "spleen"), 1, 1e-9, "another");
    free(weight);
    free(has);
    fr_shown_free(&shown);
}

/* A picture that shows nothing gives what is far only when something says where it is. */
static void test_empty(void **state)
{
    (void)state;
    fr_shown shown = scene_shown(chest, 0, NULL, lexicon);
    const fr_view view = view_of(fr_placing_whole(SCENE_SIDE, SCENE_SIDE));
    fr_asking asking = fr_asking_usual();
    shown.complete = false;
    fr_sample sample = choose(&shown, NULL, &view, &asking, 1);
    assert_int_equal(sample.count, 0);
    fr_sample_free(&sample);
    fr_shown_free(&shown);
}

static void test_check(void **state)
{
    (void)state;
    fr_asking asking = fr_asking_usual();
    expect_ok(fr_asking_check(&asking));
    asking.groups = 0.9;
    assert_int_equal(fr_asking_check(&asking), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "targets: groups, tools and absent: 1.2 together is more than 1");
    asking = fr_asking_usual();
    asking.count = 0;
    assert_int_equal(fr_asking_check(&asking), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "targets: count: 0 is not within 1..128");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shares_and_masks),
                                       cmocka_unit_test(test_nothing_twice),
                                       cmocka_unit_test(test_mirrored),
                                       cmocka_unit_test(test_absent),
                                       cmocka_unit_test(test_labelled),
                                       cmocka_unit_test(test_empty),
                                       cmocka_unit_test(test_check)};
    return cmocka_run_group_tests(tests, make_lexicon, free_lexicon);
}
