/* The first stage: its gradient against finite differences, what it learns from one batch, and how classes are joined.
 */
#include "support.h"

#include "train/backbone.h"
#include "train/optimise.h"

#include <math.h>

enum { BATCH = 2, TARGETS = 3 };

typedef struct bench {
    fr_parameters *parameters;
    fr_backbone *backbone;
    fr_sample sample[BATCH];
} bench;

/* A left and a right square, which are one class, and a bar of another. */
static void make_sample(int number, fr_sample *sample)
{
    static const char *const category[TARGETS] = {"femur_left", "femur_right", "k_wire"};
    assert_int_equal(fr_sample_make(56, TARGETS, sample), FSAM_OK);
    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 64; x++) {
            bool left = x < 24 && y >= 16 + 8 * number, right = x >= 40 && y >= 16, bar = y < 8;
            float *pixel = sample->image + ((y * 7 / 8) * 56 + x * 7 / 8) * 3;
            for (int c = 0; c < 3; c++) pixel[c] = left || right ? 0.8f : bar ? -0.9f : 0.1f * (float)c;
            sample->target[0].mask[y * 64 + x] = left;
            sample->target[1].mask[y * 64 + x] = right;
            sample->target[2].mask[y * 64 + x] = bar;
        }
    for (int t = 0; t < TARGETS; t++) assert_non_null(sample->target[t].category = strdup(category[t]));
}

static void set_up(bench *b)
{
    fm_model *model = tiny_model(9);
    fr_step_settings settings = fr_step_published;
    fm_parameter head;
    settings.batch = BATCH;
    settings.drop_path = 0;
    assert_int_equal(fr_parameters_new(model, fr_backbone_head(fm_model_config(model), &head), 1, 3, &b->parameters),
                     FSAM_OK);
    fm_model_free(model);
    for (int i = 0; i < BATCH; i++) make_sample(i, &b->sample[i]);
    assert_int_equal(fr_backbone_new(b->parameters, &settings, ft_cpu(FT_F32), &b->backbone), FSAM_OK);
}

static void tear_down(bench *b)
{
    for (int i = 0; i < BATCH; i++) fr_sample_free(&b->sample[i]);
    fr_backbone_free(b->backbone);
    fr_parameters_free(b->parameters);
}

static double loss_of(bench *b)
{
    fr_step_report report;
    assert_int_equal(fr_backbone_run(b->backbone, b->sample, 0, &report), FSAM_OK);
    return report.loss;
}

/* Along the gradient of one parameter the loss changes as its length says. */
static void slope_is_right(bench *b, const char *name)
{
    const fr_parameter *p = fr_parameters_find(b->parameters, name);
    fr_parameters *all = b->parameters;
    double square = 0, change[2];
    float *direction = malloc(p->count * sizeof *direction), *old = malloc(p->count * sizeof *old);
    assert_true(direction != NULL && old != NULL);
    memset(all->gradient, 0, all->learned * sizeof(float));
    (void)loss_of(b);
    memcpy(direction, all->gradient + p->first, p->count * sizeof *direction);
    memcpy(old, all->value + p->first, p->count * sizeof *old);
    for (size_t i = 0; i < p->count; i++) square += (double)direction[i] * direction[i];
    double step = 3e-4 / sqrt(square);
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < p->count; i++)
            all->value[p->first + i] = old[i] + (float)(side == 0 ? -step : step) * direction[i];
        change[side] = loss_of(b);
    }
    memcpy(all->value + p->first, old, p->count * sizeof *old);
    double slope = (change[1] - change[0]) / (2 * step);
    if (!(fabs(slope - square) < 0.02 * square)) fail_msg("%s: slope %g, not %g", name, slope, square);
    free(direction);
    free(old);
}

static void gradients_are_slopes(void **state)
{
    (void)state;
    bench b;
    set_up(&b);
    slope_is_right(&b, "backbone.head.weight");
    slope_is_right(&b, "image_encoder.norm.weight");
    slope_is_right(&b, "image_encoder.backbone.swin.stages.0.blocks.0.ffn.layers.1.weight");
    tear_down(&b);
}

static void a_batch_is_learned(void **state)
{
    (void)state;
    bench b;
    fr_step_report report;
    fr_optimiser *optimiser;
    set_up(&b);
    const fr_parameter *token = fr_parameters_find(b.parameters, "mask_decoder.mask_tokens.weight");
    float before = b.parameters->value[token->first];
    assert_int_equal(fr_optimiser_new(b.parameters, &fr_adamw_usual, &optimiser), FSAM_OK);
    for (uint64_t i = 1; i <= 60; i++) {
        assert_int_equal(fr_backbone_run(b.backbone, b.sample, 0, &report), FSAM_OK);
        fr_optimise(optimiser, i, 4e-3, 1);
    }
    assert_int_equal(report.targets, 2); /* the femur and the tool */
    if (!(report.text_iou > 0.9 && report.dice < 0.2)) fail_msg("IoU %g, dice %g", report.text_iou, report.dice);
    assert_true(b.parameters->value[token->first] == before); /* the decoder waits */
    fr_optimiser_free(optimiser);
    tear_down(&b);
}

/* Two masks of one class are their union; groups and bad prompts do not count. */
static void classes_are_joined(void **state)
{
    (void)state;
    bench b;
    set_up(&b);
    double loss = loss_of(&b);
    for (int i = 0; i < BATCH; i++) {
        fr_target *target = b.sample[i].target;
        for (int k = 0; k < 64 * 64; k++) {
            target[0].mask[k] |= target[1].mask[k];
            target[1].mask[k] = 1;
        }
        target[1].absent = i == 0;
        free(target[1].category);
        target[1].category = strdup(i == 0 ? "spleen" : "lungs");
    }
    assert_true(loss_of(&b) == loss);
    tear_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(gradients_are_slopes), cmocka_unit_test(a_batch_is_learned),
                                       cmocka_unit_test(classes_are_joined)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
