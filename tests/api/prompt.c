/* Prompts: what is refused, and where what is not lands in the model's frame. */
#include "support.h"

#include "base/memory.h"

#include <math.h>

static void refuse(const fixture *f, fsam_prompt prompt, const char *start, const char *reason)
{
    fsam_answer *answer = (fsam_answer *)f->model;
    assert_int_equal(fsam_segment(f->encoding, &prompt, &answer), FSAM_ERROR_ARGUMENT);
    assert_null(answer);
    expect_message(start, reason);
}

static void test_nothing(void **state)
{
    const fixture *f = *state;
    fsam_answer *answer;
    refuse(f, (fsam_prompt){0}, "prompt: ", "neither");
    refuse(f, (fsam_prompt){.single = 1}, "prompt: ", "neither");
    refuse(f, (fsam_prompt){.text = ""}, "text: ", "empty");
    refuse(f, (fsam_prompt){.text = " \t\n"}, "text: ", "empty");
    assert_int_equal(fsam_segment(NULL, &(fsam_prompt){.text = "left"}, &answer), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fsam_segment(f->encoding, NULL, &answer), FSAM_ERROR_ARGUMENT);
}

static void test_points(void **state)
{
    const fixture *f = *state;
    static fsam_point many[FSAM_MAX_POINTS + 1];
    const struct {
        fsam_point point;
        const char *start;
    } wrong[] = {{{WIDE - 0.4, 0, 1}, "points[1].x: 89.6"},
                 {{-0.6, 0, 1}, "points[1].x: -0.6"},
                 {{0, HIGH, 1}, "points[1].y: 60"},
                 {{0, -1, 0}, "points[1].y: -1"},
                 {{NAN, 0, 1}, "points[1].x: "},
                 {{0, INFINITY, 1}, "points[1].y: inf"},
                 {{0, 0, 2}, "points[1].foreground: 2"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        fsam_point point[2] = {{1, 1, 1}, wrong[i].point};
        refuse(f, (fsam_prompt){.points = point, .point_count = 2}, wrong[i].start, "");
    }
    refuse(f, (fsam_prompt){.points = NULL, .point_count = 1}, "points: ", "NULL");
    refuse(f, (fsam_prompt){.points = many, .point_count = FSAM_MAX_POINTS + 1}, "points: 1001", "1000");
    const fsam_point edge[2] = {{-0.5, HIGH - 0.5, 1}, {WIDE - 0.5, -0.5, 0}}; /* the picture's own corners */
    fsam_answer_free(answer_to(f->encoding, &(fsam_prompt){.points = edge, .point_count = 2}));
    fsam_answer_free(answer_to(f->encoding, &(fsam_prompt){.points = many, .point_count = FSAM_MAX_POINTS}));
}

static void test_boxes(void **state)
{
    const fixture *f = *state;
    const struct {
        double box[4];
        const char *start;
    } wrong[] = {{{10, 10, 9, 20}, "box x1: 9 is less than box x0: 10"},
                 {{10, 10, 20, 9}, "box y1: 9 is less"},
                 {{-2, 10, 20, 20}, "box x0: -2"},
                 {{0, 0, 20, HIGH}, "box y1: 60"},
                 {{0, NAN, 20, 20}, "box y0: "}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        refuse(f, (fsam_prompt){.box = wrong[i].box}, wrong[i].start, "");
    const double pixel[4] = {5, 5, 5, 5};
    fsam_answer_free(answer_to(f->encoding, &(fsam_prompt){.box = pixel}));
}

static void test_masks_refused(void **state)
{
    const fixture *f = *state;
    static const uint8_t mask[WIDE * HIGH];
    fsam_encoding *other = tiny_encoding(f->model);
    fsam_answer *answer = answer_to(other, &(fsam_prompt){.text = "lung"});
    refuse(f, (fsam_prompt){.previous = answer}, "previous: ", "another encoding");
    refuse(f, (fsam_prompt){.text = "lung", .previous = answer, .mask = mask}, "prompt: ", "both");
    fsam_answer_free(answer);
    fsam_encoding_free(other);
}

static void test_no_tokenizer(void **state)
{
    fsam_model *model = tiny_model(NULL);
    fsam_encoding *encoding = tiny_encoding(model);
    fsam_answer *answer;
    (void)state;
    assert_int_equal(fsam_segment(encoding, &(fsam_prompt){.text = "lung"}, &answer), FSAM_ERROR_UNSUPPORTED);
    expect_message("generated: fsam.tokenizer: ", "no text");
    fsam_encoding_free(encoding);
    fsam_model_free(model);
}

/* The picture is 90 x 60, padded to 90 x 90 and scaled to 56. */
static void test_frame(void **state)
{
    const fixture *f = *state;
    const double scale = (double)INPUT / WIDE, box[4] = {0, 0, WIDE - 1, HIGH - 1};
    const fsam_point point = {44.5, 29.5, 0};
    const fsam_prompt prompt = {.points = &point, .point_count = 1, .box = box};
    fa_framed framed;
    assert_int_equal(fa_prompt_frame(f->encoding, &prompt, &framed), FSAM_OK);
    assert_float_equal(framed.point[0].x, 45 * scale - 0.5, 1e-4);
    assert_float_equal(framed.point[0].y, 30 * scale - 0.5, 1e-4);
    assert_false(framed.point[0].foreground);
    assert_float_equal(framed.box[0], 0.5 * scale - 0.5, 1e-4);
    assert_float_equal(framed.box[2], (WIDE - 0.5) * scale - 0.5, 1e-4);
    assert_float_equal(framed.box[3], (HIGH - 0.5) * scale - 0.5, 1e-4);
    fa_framed_free(&framed);
}

/* A mask prompt's logits: positive over the structure, in proportion between, negative in the padding. */
static void test_mask_logits(void **state)
{
    enum { SIDE = QUARTER };
    const fixture *f = *state;
    static uint8_t mask[WIDE * HIGH];
    float *logits;
    double area = 0, sum_x = 0;
    for (int i = 0; i < WIDE * HIGH; i++) mask[i] = i % WIDE >= 30 && i % WIDE < 60 && i / WIDE >= 40 ? 255 : 0;
    assert_int_equal(fa_mask_logits(f->encoding, mask, &logits), FSAM_OK);
    for (int i = 0; i < SIDE * SIDE; i++) {
        double part = 1 / (1 + exp(-logits[i]));
        assert_true(part > 0.0009 && part < 0.9991);
        part = part < 0.0011 ? 0 : part;
        area += part;
        sum_x += part * (i % SIDE + 0.5);
        if (i / SIDE > HIGH * SIDE / WIDE) assert_true(logits[i] < -6.9);
    }
    const double cell = (double)WIDE / SIDE; /* source pixels a cell */
    assert_float_equal(area * cell * cell, 30 * 20, 2);
    assert_float_equal(sum_x / area * cell, 45, 0.01);
    assert_true(logits[50 * SIDE / WIDE * SIDE + 45 * SIDE / WIDE] > 6.9f);
    fb_free(logits);
}

/* A previous answer is its best candidate's low-resolution logits, resized. */
static void test_previous_logits(void **state)
{
    const fixture *f = *state;
    fsam_answer *first = answer_to(f->encoding, &(fsam_prompt){.text = "left lung"});
    float *low = first->prediction.logits + (size_t)first->output[0] * LOW * LOW, *logits;
    for (int i = 0; i < LOW * LOW; i++) low[i] = (float)(i % LOW) - 2 * (float)(i / LOW);
    assert_int_equal(fa_previous_logits(f->encoding, first, &logits), FSAM_OK);
    for (int i = 0; i < QUARTER * QUARTER; i++)
        assert_float_equal(logits[i], 2 * (i % QUARTER) + 0.5 - 2 * (2 * (i / QUARTER) + 0.5), 1e-3);
    fb_free(logits);
    fsam_answer *second = answer_to(f->encoding, &(fsam_prompt){.text = "left lung", .previous = first});
    assert_string_equal(second->kind, "text_mask");
    assert_memory_not_equal(second->prediction.logits, first->prediction.logits, LOW * LOW * sizeof(float));
    fsam_answer_free(second);
    fsam_answer_free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),       cmocka_unit_test(test_points),          cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_masks_refused), cmocka_unit_test(test_no_tokenizer),    cmocka_unit_test(test_frame),
        cmocka_unit_test(test_mask_logits),   cmocka_unit_test(test_previous_logits),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
