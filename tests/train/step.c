/* The training step: what a tiny model learns from one batch, what chance depends on, and what is refused. */
#include "support.h"

#include "train/optimise.h"
#include "train/schedule.h"
#include "train/step.h"

#include <math.h>

enum { BATCH = 2, TARGETS = 2 };

/* Texts stand for themselves: every letter turns the vector. */
static fsam_status letters(void *context, const char *text, const float **vector)
{
    float *values = context;
    for (int i = 0; i < 16; i++) values[i] = sinf((float)((i + 1) * text[0]));
    *vector = values;
    return FSAM_OK;
}

/* An image with a bright disc and a dark square, which are the targets "a" and "b". */
static void make_sample(int number, fr_sample *sample)
{
    assert_int_equal(fr_sample_make(56, TARGETS, sample), FSAM_OK);
    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 64; x++) {
            int dx = x - 22 - 4 * number, dy = y - 20;
            bool disc = dx * dx + dy * dy < 144, square = x >= 34 && x < 54 && y >= 36 - number && y < 56;
            int at = ((y * 7 / 8) * 56 + x * 7 / 8) * 3;
            for (int c = 0; c < 3; c++) sample->image[at + c] = disc ? 1.0f : square ? -1.0f : 0.2f * (float)c;
            sample->target[0].mask[y * 64 + x] = disc;
            sample->target[1].mask[y * 64 + x] = square;
        }
    for (int t = 0; t < TARGETS; t++) assert_non_null(sample->target[t].text = strdup(t == 0 ? "a" : "b"));
}

typedef struct bench {
    float vector[16];
    fr_parameters *parameters;
    fr_sample sample[BATCH];
    fr_step *step;
} bench;

static fr_step_settings small_settings(void)
{
    fr_step_settings settings = fr_step_published;
    settings.batch = BATCH;
    settings.clicks = 2;
    settings.learn_others = 0;
    settings.drop_path = 0;
    return settings;
}

static void set_up_with(bench *b, const fm_config *config, const fr_step_settings *settings)
{
    fm_model *model;
    assert_int_equal(fm_model_generate(config, 7, tiny_merges, &model), FSAM_OK);
    assert_int_equal(fr_parameters_new(model, NULL, 0, 0, &b->parameters), FSAM_OK);
    fm_model_free(model);
    for (int i = 0; i < BATCH; i++) make_sample(i, &b->sample[i]);
    fr_texts texts = {b->vector, letters};
    assert_int_equal(fr_step_new(b->parameters, texts, settings, ft_cpu(FT_F32), &b->step), FSAM_OK);
}

static void set_up(bench *b, const fr_step_settings *settings)
{
    fm_config config = tiny_config();
    set_up_with(b, &config, settings);
}

static void tear_down(bench *b)
{
    for (int i = 0; i < BATCH; i++) fr_sample_free(&b->sample[i]);
    fr_step_free(b->step);
    fr_parameters_free(b->parameters);
}

/* Without the codebook, in which two texts may well share a row at first, the text alone says which mask is meant. */
static void fifty_steps_learn_a_batch(void **state)
{
    (void)state;
    bench b;
    const fr_schedule schedule = {.decline = FR_COSINE, .start = 1e-3, .peak = 2e-3, .warm_up = 4, .last = 50};
    fr_step_settings settings = small_settings();
    fm_config config = tiny_config();
    fr_step_report report;
    fr_optimiser *optimiser;
    fr_adamw adamw = fr_adamw_usual;
    config.use_vq = false;
    config.prompt_dim = 128;
    adamw.clip = 0.3;
    adamw.beta2 = 0.95;
    settings.clicks = 0;
    set_up_with(&b, &config, &settings);
    assert_int_equal(fr_optimiser_new(b.parameters, &adamw, &optimiser), FSAM_OK);
    for (uint64_t i = 0; i < 50; i++) {
        assert_int_equal(fr_step_run(b.step, b.sample, 0, &report), FSAM_OK);
        assert_true(isfinite(fr_optimise(optimiser, i + 1, fr_schedule_rate(&schedule, i), 1)));
    }
    assert_int_equal(fr_step_run(b.step, b.sample, 0, &report), FSAM_OK);
    if (!(report.dice < 0.05 && report.text_iou > 0.9)) fail_msg("dice loss %g, IoU %g", report.dice, report.text_iou);
    fr_optimiser_free(optimiser);
    tear_down(&b);
}

/* The gradient of a step. Owned. */
static float *gradient_of(const fr_step_settings *settings, uint64_t first, fr_step_report *report)
{
    bench b;
    set_up(&b, settings);
    assert_int_equal(fr_step_run(b.step, b.sample, first, report), FSAM_OK);
    float *copy = malloc(b.parameters->learned * sizeof *copy);
    assert_non_null(copy);
    memcpy(copy, b.parameters->gradient, b.parameters->learned * sizeof *copy);
    tear_down(&b);
    return copy;
}

static bool same_gradient(const fr_step_settings *one, uint64_t first, const fr_step_settings *other, uint64_t second)
{
    bench any;
    fr_step_report report;
    float *a = gradient_of(one, first, &report), *b = gradient_of(other, second, &report);
    set_up(&any, one);
    bool same = memcmp(a, b, any.parameters->learned * sizeof *a) == 0;
    tear_down(&any);
    free(a);
    free(b);
    return same;
}

static void chance_depends_on_seed_and_number_alone(void **state)
{
    (void)state;
    fr_step_settings settings = small_settings(), seeded = settings;
    settings.drop_path = seeded.drop_path = 0.5;
    seeded.seed = 1;
    assert_true(same_gradient(&settings, 40, &settings, 40));
    assert_false(same_gradient(&settings, 40, &settings, 42));
    assert_false(same_gradient(&settings, 40, &seeded, 40));
}

/* Twice the loss has twice the gradient, and the report is of the loss itself. */
static void scale_multiplies_the_gradient(void **state)
{
    (void)state;
    fr_step_settings settings = small_settings(), twice = settings;
    fr_step_report one, two;
    twice.scale = 2;
    float *a = gradient_of(&settings, 0, &one), *b = gradient_of(&twice, 0, &two);
    assert_true(one.loss == two.loss && one.targets == BATCH * TARGETS);
    double largest = 0, worst = 0;
    for (int i = 0; i < 1000; i++) {
        largest = fmax(largest, fabs(b[i]));
        worst = fmax(worst, fabs(b[i] - 2.0 * a[i]));
    }
    assert_true(largest > 0 && worst <= 1e-5 * largest);
    free(a);
    free(b);
}

/* Bad prompts: predicted IoU is drawn to 0 although the empty answer fits the empty mask. */
static void absent_targets_teach_an_iou_of_zero(void **state)
{
    (void)state;
    bench b;
    fr_step_settings settings = small_settings();
    fr_step_report report;
    fr_optimiser *optimiser;
    settings.clicks = 0;
    set_up(&b, &settings);
    for (int i = 0; i < BATCH; i++)
        for (int t = 0; t < TARGETS; t++) {
            memset(b.sample[i].target[t].mask, 0, 64 * 64);
            b.sample[i].target[t].absent = true;
        }
    assert_int_equal(fr_optimiser_new(b.parameters, &fr_adamw_usual, &optimiser), FSAM_OK);
    for (int i = 0; i < 30; i++) {
        assert_int_equal(fr_step_run(b.step, b.sample, 0, &report), FSAM_OK);
        fr_optimise(optimiser, (uint64_t)i + 1, 2e-3, 1);
    }
    assert_int_equal(report.absent, BATCH * TARGETS);
    if (!(fabs(report.absent_iou) < 0.1 && report.iou_error < 0.01))
        fail_msg("predicted IoU %g, error %g", report.absent_iou, report.iou_error);
    assert_true(report.text_iou == 0 && report.last_iou == 0);
    fr_optimiser_free(optimiser);
    tear_down(&b);
}

/* Prompts: of 8 clicks the text, the first, the last and one between are learned from; the others are answered. */
typedef struct diary {
    int asked, widest, highest;
} diary;

static fr_click write_down(void *context, uint64_t sample, int target, int click, const uint8_t *prediction,
                           const uint8_t *truth, int width, int height)
{
    diary *book = context;
    (void)sample, (void)target, (void)click, (void)prediction, (void)truth;
    book->asked++;
    if (width > book->widest) book->widest = width;
    if (height > book->highest) book->highest = height;
    return (fr_click){0.5f, 0.5f, true};
}

static void clicks_stay_in_the_picture(void **state)
{
    (void)state;
    bench b;
    diary book = {0};
    fr_step_settings settings = small_settings();
    fr_step_report report;
    settings.clicks = 8;
    settings.learn_others = 1;
    settings.clicker = (fr_clicker){&book, write_down};
    set_up(&b, &settings);
    for (int i = 0; i < BATCH; i++) b.sample[i].height = 28; /* the lower half is padding */
    assert_int_equal(fr_step_run(b.step, b.sample, 0, &report), FSAM_OK);
    assert_int_equal(book.asked, 8 * BATCH * TARGETS);
    assert_int_equal(book.widest, 64);
    assert_int_equal(book.highest, 32);
    tear_down(&b);
}

/* What was learned is answered to a user too, from the running statistics; and answering changes nothing. */
static void answers_are_as_good_as_what_was_learned(void **state)
{
    (void)state;
    bench b;
    fr_step_settings settings = small_settings();
    fr_step_report report, answer;
    fr_optimiser *optimiser;
    settings.clicks = 0;
    set_up(&b, &settings);
    assert_int_equal(fr_optimiser_new(b.parameters, &fr_adamw_usual, &optimiser), FSAM_OK);
    for (uint64_t i = 0; i < 12; i++) {
        assert_int_equal(fr_step_run(b.step, b.sample, 0, &report), FSAM_OK);
        fr_optimise(optimiser, i + 1, 1e-3, 1);
    }
    for (int i = 0; i < 60; i++) assert_int_equal(fr_step_run(b.step, b.sample, 0, &report), FSAM_OK);
    memset(b.parameters->gradient, 0, b.parameters->learned * sizeof(float));
    double text = 0, last = 0;
    for (int i = 0; i < BATCH; i++) {
        assert_int_equal(fr_step_answer(b.step, &b.sample[i], (uint64_t)i, &answer), FSAM_OK);
        assert_true(answer.targets == TARGETS && answer.loss == 0);
        text += answer.text_iou / BATCH;
        last += answer.last_iou / BATCH;
    }
    if (!(fabs(text - report.text_iou) < 0.02 && fabs(last - report.last_iou) < 0.02))
        fail_msg("%g %g, learned %g %g", text, last, report.text_iou, report.last_iou);
    for (size_t i = 0; i < b.parameters->learned; i++) assert_true(b.parameters->gradient[i] == 0);
    fr_optimiser_free(optimiser);
    tear_down(&b);
}

/* A neck that is held keeps its running statistics, others move. */
static void held_statistics_stay(void **state)
{
    (void)state;
    fm_config config = tiny_config();
    fr_step_settings settings = small_settings();
    fr_step_report report;
    bench b = {0};
    set_up(&b, &settings);
    fr_step_free(b.step);
    assert_true(fr_parameters_hold(b.parameters, "*.neck.middle.*") > 0);
    fr_texts texts = {b.vector, letters};
    assert_int_equal(fr_step_new(b.parameters, texts, &settings, ft_cpu(FT_F32), &b.step), FSAM_OK);
    size_t buffers = b.parameters->moving - b.parameters->learned, held = 0, moved = 0;
    float *before = malloc(buffers * sizeof *before);
    assert_non_null(before);
    memcpy(before, b.parameters->value + b.parameters->learned, buffers * sizeof *before);
    assert_int_equal(fr_step_run(b.step, b.sample, 0, &report), FSAM_OK);
    for (size_t i = 0; i < b.parameters->count; i++) {
        const fr_parameter *each = &b.parameters->list[i];
        if (strstr(each->what.name, ".running_") == NULL) continue;
        bool same = memcmp(b.parameters->value + each->first, before + each->first - b.parameters->learned,
                           each->count * sizeof *before) == 0;
        assert_int_equal(same, each->held);
        held += each->held;
        moved += !each->held;
    }
    assert_true(held == 4 * (size_t)config.neck_depth && moved > 0);
    free(before);
    tear_down(&b);
}

/* The weights that make the single mask alone: nothing but its loss depends on them, and their gradient is that of the
 * loss, by a difference along it. */
static void the_single_mask_is_learned_from(void **state)
{
    (void)state;
    bench b;
    fr_step_settings settings = small_settings();
    fr_step_report report, ahead, behind;
    double square = 0, length = 1e-2;
    size_t own = 0;
    settings.previous = 0;
    settings.clicker = (fr_clicker){&(diary){0}, write_down};
    for (int learned = 0; learned < 2; learned++) {
        settings.single = learned;
        set_up(&b, &settings);
        assert_int_equal(fr_step_run(b.step, b.sample, 0, &report), FSAM_OK);
        for (size_t i = 0; i < b.parameters->count; i++) {
            const fr_parameter *each = &b.parameters->list[i];
            if (strstr(each->what.name, "output_hypernetworks_mlps.0.") == NULL) continue;
            own += each->count;
            for (size_t k = 0; k < each->count; k++) square += pow(b.parameters->gradient[each->first + k], 2);
        }
        if (learned == 0) assert_true(own > 0 && square == 0);
        if (learned == 0) tear_down(&b);
    }
    assert_true(square > 0);
    float *slope = malloc(b.parameters->learned * sizeof *slope);
    assert_non_null(slope);
    memcpy(slope, b.parameters->gradient, b.parameters->learned * sizeof *slope);
    for (int side = 1; side >= -1; side -= 2) {
        for (size_t i = 0; i < b.parameters->count; i++) {
            const fr_parameter *each = &b.parameters->list[i];
            if (strstr(each->what.name, "output_hypernetworks_mlps.0.") == NULL) continue;
            for (size_t k = each->first; k < each->first + each->count; k++)
                b.parameters->value[k] += (float)((side > 0 ? 1 : -2) * length * slope[k] / sqrt(square));
        }
        assert_int_equal(fr_step_run(b.step, b.sample, 0, side > 0 ? &ahead : &behind), FSAM_OK);
    }
    assert_true(ahead.mask == behind.mask && ahead.iou_error == behind.iou_error);
    double difference = (ahead.loss - behind.loss) / (2 * length);
    if (!(fabs(difference - sqrt(square)) < 0.02 * sqrt(square))) fail_msg("%g, not %g", sqrt(square), difference);
    free(slope);
    tear_down(&b);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    bench b;
    fr_step_settings settings = small_settings(), bad = settings;
    fr_step_report report;
    fr_step *step;
    fr_sample larger[BATCH] = {0};
    set_up(&b, &settings);
    fr_texts texts = {b.vector, letters};
    bad.clicks = FR_MOST_CLICKS + 1;
    assert_int_equal(fr_step_new(b.parameters, texts, &bad, ft_cpu(FT_F32), &step), FSAM_ERROR_ARGUMENT);
    bad = settings;
    bad.clicks = 0;
    bad.learn_text = false;
    assert_int_equal(fr_step_new(b.parameters, texts, &bad, ft_cpu(FT_F32), &step), FSAM_ERROR_ARGUMENT);
    for (int i = 0; i < BATCH; i++) assert_int_equal(fr_sample_make(112, 1, &larger[i]), FSAM_OK);
    assert_int_equal(fr_step_run(b.step, larger, 0, &report), FSAM_ERROR_MISMATCH);
    for (int i = 0; i < BATCH; i++) fr_sample_free(&larger[i]);
    for (int i = 0; i < BATCH; i++) fr_sample_free(&b.sample[i]);
    for (int i = 0; i < BATCH; i++) assert_int_equal(fr_sample_make(56, 0, &b.sample[i]), FSAM_OK);
    assert_int_equal(fr_step_run(b.step, b.sample, 0, &report), FSAM_ERROR_ARGUMENT);
    tear_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fifty_steps_learn_a_batch),       cmocka_unit_test(chance_depends_on_seed_and_number_alone),
        cmocka_unit_test(scale_multiplies_the_gradient),   cmocka_unit_test(absent_targets_teach_an_iou_of_zero),
        cmocka_unit_test(clicks_stay_in_the_picture),      cmocka_unit_test(answers_are_as_good_as_what_was_learned),
        cmocka_unit_test(the_single_mask_is_learned_from), cmocka_unit_test(held_statistics_stay),
        cmocka_unit_test(what_makes_no_sense_is_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
