/* Answers: candidates in order, masks at the source's size and in its place, and the same whatever was asked before. */
#include "support.h"

#include <math.h>

static void test_order(void **state)
{
    const fixture *f = *state;
    fsam_answer *answer = answer_to(f->encoding, &(fsam_prompt){.text = "lung"});
    assert_int_equal(fsam_answer_count(answer), 3);
    for (int i = 0; i < 3; i++) {
        int output = answer->output[i];
        assert_in_range(output, 1, 3);
        assert_ptr_equal(fa_answer_low(answer, i), answer->prediction.logits + output * LOW * LOW);
        if (i > 0) assert_true(fsam_answer_score(answer, i) <= fsam_answer_score(answer, i - 1));
    }
    assert_true(isnan(fsam_answer_score(answer, 3)));
    assert_true(isnan(fsam_answer_score(answer, -1)));
    fsam_answer *single = answer_to(f->encoding, &(fsam_prompt){.text = "lung", .single = 1});
    assert_int_equal(fsam_answer_count(single), 1);
    assert_int_equal(single->output[0], 0);
    fsam_answer_free(single);
    fsam_answer_free(answer);
}

/* Scores are cut to 0..1, and a structure is present from the threshold on. */
static void test_present(void **state)
{
    const fixture *f = *state;
    fsam_answer *answer = answer_to(f->encoding, &(fsam_prompt){.text = "lung"});
    const struct {
        float iou;
        double score;
        int present;
    } cases[] = {{0.25f, 0.25, 1}, {0.19f, 0.19f, 0}, {1.5f, 1, 1}, {-3, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        answer->prediction.iou[answer->output[0]] = cases[i].iou;
        assert_true(fsam_answer_score(answer, 0) == cases[i].score);
        assert_int_equal(fsam_answer_present(answer), cases[i].present);
    }
    answer->prediction.iou[answer->output[0]] = NAN;
    assert_int_equal(fsam_answer_present(answer), 0);
    fsam_answer_free(answer);
}

/* Low-resolution logits that are positive in a disc of the source make that disc of the source's mask. */
static void test_geometry(void **state)
{
    enum { L = LOW };
    const fixture *f = *state;
    const double cx = 60, cy = 25, radius = 18, scale = (double)INPUT / WIDE;
    fsam_answer *answer = answer_to(f->encoding, &(fsam_prompt){.text = "lung"});
    float *low = answer->prediction.logits + answer->output[1] * L * L;
    for (int i = 0; i < L * L; i++) {
        double x = (i % L + 0.5) * INPUT / L / scale - 0.5, y = (i / L + 0.5) * INPUT / L / scale - 0.5;
        low[i] = (float)(radius - hypot(x - cx, y - cy));
    }
    static float logits[WIDE * HIGH];
    static uint8_t mask[WIDE * HIGH];
    fsam_region region;
    assert_int_equal(fsam_answer_logits(answer, 1, logits), FSAM_OK);
    assert_int_equal(fsam_answer_mask(answer, 1, mask, &region), FSAM_OK);
    int64_t area = 0;
    for (int i = 0; i < WIDE * HIGH; i++) {
        assert_int_equal(mask[i], logits[i] > 0 ? 255 : 0);
        area += mask[i] != 0;
        double inside = radius - hypot(i % WIDE - cx, i / WIDE - cy);
        if (fabs(inside) > 0.3) assert_int_equal(mask[i] != 0, inside > 0);
    }
    assert_int_equal(region.area, area);
    assert_float_equal((double)area, 3.14159265 * radius * radius, 15);
    assert_float_equal(region.centroid_x, cx, 0.05);
    assert_float_equal(region.centroid_y, cy, 0.05);
    assert_in_range(region.x, 42, 43);
    assert_in_range(region.y, 7, 8);
    assert_in_range(region.width, 35, 37);
    assert_in_range(region.height, 35, 37);
    assert_int_equal(fsam_answer_mask(answer, 1, NULL, NULL), FSAM_OK);
    for (int i = 0; i < L * L; i++) low[i] = -1;
    assert_int_equal(fsam_answer_mask(answer, 1, mask, &region), FSAM_OK);
    assert_memory_equal(&region, &(fsam_region){0}, sizeof region);
    fsam_answer_free(answer);
}

static void test_arguments(void **state)
{
    const fixture *f = *state;
    static float logits[WIDE * HIGH];
    fsam_answer *answer = answer_to(f->encoding, &(fsam_prompt){.text = "lung"});
    assert_int_equal(fsam_answer_mask(NULL, 0, NULL, NULL), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fsam_answer_mask(answer, 3, NULL, NULL), FSAM_ERROR_ARGUMENT);
    expect_message("candidate: 3", "0..2");
    assert_int_equal(fsam_answer_logits(answer, -1, logits), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fsam_answer_logits(answer, 0, NULL), FSAM_ERROR_ARGUMENT);
    fsam_answer_free(answer);
}

enum { PROMPTS = 8 };

/* Prompts of every kind; the last refines the answer to the first. */
static fsam_answer *ask(fsam_encoding *encoding, int number)
{
    static const fsam_point point[9] = {{10, 10, 1}, {20, 20, 0}, {30, 30, 1}, {40, 40, 0}, {50, 50, 1},
                                        {60, 10, 1}, {70, 20, 0}, {80, 30, 1}, {89, 59, 0}};
    static const double box[4] = {10, 10, 50, 40};
    static uint8_t mask[WIDE * HIGH];
    memset(mask + 20 * WIDE, 1, 10 * WIDE);
    const fsam_prompt prompt[PROMPTS] = {{.text = "left lung"},
                                         {.points = point, .point_count = 1},
                                         {.points = point, .point_count = 9, .single = 1},
                                         {.box = box},
                                         {.text = "lung", .points = point, .point_count = 3, .box = box},
                                         {.mask = mask},
                                         {.text = "left", .mask = mask},
                                         {.text = "left lung"}};
    if (number < PROMPTS - 1) return answer_to(encoding, &prompt[number]);
    fsam_answer *first = answer_to(encoding, &prompt[0]);
    fsam_answer *result = answer_to(encoding, &(fsam_prompt){.text = "left lung", .previous = first});
    fsam_answer_free(first);
    return result;
}

static void expect_same(const fsam_answer *a, const fsam_answer *b)
{
    assert_memory_equal(a->prediction.logits, b->prediction.logits, FM_MASKS * LOW * LOW * sizeof(float));
    assert_memory_equal(a->prediction.iou, b->prediction.iou, sizeof a->prediction.iou);
}

/* Asking twice, in any order, on one encoding or a new one, with a model that has seen much or nothing, gives the same
 * to the last bit. */
static void test_repeatable(void **state)
{
    const fixture *f = *state;
    fsam_answer *first[PROMPTS];
    for (int i = 0; i < PROMPTS; i++) first[i] = ask(f->encoding, i);
    for (int i = PROMPTS - 1; i >= 0; i--) {
        fsam_answer *again = ask(f->encoding, i);
        expect_same(first[i], again);
        fsam_answer_free(again);
    }
    for (int i = 0; i < PROMPTS; i++) {
        fsam_model *model = tiny_model(tiny_merges);
        fsam_encoding *encoding = tiny_encoding(model);
        fsam_answer *fresh = ask(encoding, i);
        fsam_encoding_free(encoding);
        fsam_model_free(model); /* an answer needs neither */
        expect_same(first[i], fresh);
        assert_true(fsam_answer_score(fresh, 0) == fsam_answer_score(first[i], 0));
        fsam_answer_free(fresh);
    }
    for (int i = 1; i < PROMPTS; i++)
        assert_memory_not_equal(first[0]->prediction.logits, first[i]->prediction.logits, LOW * LOW * sizeof(float));
    for (int i = 0; i < PROMPTS; i++) fsam_answer_free(first[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),     cmocka_unit_test(test_present),    cmocka_unit_test(test_geometry),
        cmocka_unit_test(test_arguments), cmocka_unit_test(test_repeatable),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
