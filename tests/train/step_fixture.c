/*
 * step_fixture.c - a real training step against ../shared/fixtures/micro_gradients.safetensors: the loss, the gradient
 * of every parameter in it and the updated running statistics. Skipped with 77 where the fixtures are absent.
 */
#include "support.h"

#include "base/safetensors.h"
#include "model/torch_file.h"
#include "tensor/ops/shape.h"
#include "train/bound.h"
#include "train/step.h"

#include <math.h>

static const char weights_path[] = "../shared/fixtures/micro_official.pth";
static const char truth_path[] = "../shared/fixtures/micro_gradients.safetensors";
enum { BATCH = 2, CLICKS = 3 };

static fb_safetensors *truth;
static fr_parameters *parameters;

static const fb_tensor *truth_of(const char *format, int sample)
{
    char name[64];
    snprintf(name, sizeof name, format, sample);
    const fb_tensor *tensor = fb_safetensors_find(truth, name);
    if (tensor == NULL) fail_msg("no tensor %s", name);
    return tensor;
}

/* The published weights in the blocks. */
static void read_parameters(void)
{
    fm_config config;
    fm_model *model;
    fm_torch_file *weights;
    assert_int_equal(fm_config_named("micro", &config), FSAM_OK);
    assert_int_equal(fm_model_generate(&config, 0, NULL, &model), FSAM_OK);
    assert_int_equal(fr_parameters_new(model, NULL, 0, 0, &parameters), FSAM_OK);
    fm_model_free(model);
    assert_int_equal(fm_torch_open(weights_path, &weights), FSAM_OK);
    for (size_t i = 0; i < parameters->count; i++) {
        char name[160];
        const fr_parameter *each = &parameters->list[i];
        snprintf(name, sizeof name, "sam.%s", each->what.name);
        const fm_torch_tensor *tensor = fm_torch_find(weights, name);
        if (tensor == NULL || tensor->count != each->count) fail_msg("%s", name);
        assert_int_equal(fm_torch_read(weights, tensor, parameters->value + each->first), FSAM_OK);
    }
    fm_torch_close(weights);
}

/* ---- what stands for texts and clicks ---- */

/* The tower's vector of the text with that number. */
static fsam_status text_vector(void *context, const char *text, const float **vector)
{
    static float result[4096];
    const fm_config *config = &parameters->config;
    const int32_t *ids = truth_of("sample%d.text_ids", text[0] - '0')->data;
    int32_t end = 0;
    fr_bound bound;
    fm_builder build;
    (void)context;
    for (int32_t i = 1; i < config->text.context; i++)
        if (ids[i] > ids[end]) end = i;
    assert_int_equal(fr_bound_begin(&bound, config, &build), FSAM_OK);
    ft_id words = ft_input(build.graph, "ids", FT_INDEX, ft_shape1(end + 1), false);
    ft_id last = ft_input(build.graph, "end", FT_INDEX, ft_shape1(1), false);
    ft_output(build.graph, fm_text_tower(&build, words, last, end + 1), "text");
    assert_int_equal(fr_bound_finish(&bound, parameters, ft_cpu(FT_F32)), FSAM_OK);
    memcpy(fr_bound_data(&bound, "ids"), ids, (size_t)(end + 1) * sizeof *ids);
    *(int32_t *)fr_bound_data(&bound, "end") = end;
    assert_int_equal(ft_session_run(bound.session), FSAM_OK);
    memcpy(result, fr_bound_data(&bound, "text"), (size_t)config->text.out * sizeof *result);
    fr_bound_free(&bound);
    *vector = result;
    return FSAM_OK;
}

static fr_click given_click(void *context, uint64_t sample, int target, int click, const uint8_t *prediction,
                            const uint8_t *mask, int width, int height)
{
    const float *point = truth_of("sample%d.points", (int)sample)->data;
    const fb_tensor *labels = truth_of("sample%d.point_labels", (int)sample);
    float label[CLICKS], side = (float)parameters->config.img_size;
    (void)context, (void)target, (void)prediction, (void)mask, (void)width, (void)height;
    fb_tensor_to_f32(labels, label);
    point += 2 * (click - 1);
    return (fr_click){(point[0] + 0.5f) / side, (point[1] + 0.5f) / side, label[click - 1] > 0};
}

static void make_samples(fr_sample sample[BATCH])
{
    const fb_tensor *image = truth_of("batch", 0), *target = truth_of("target", 0);
    int side = parameters->config.img_size;
    size_t pixels = (size_t)side * (size_t)side;
    for (int b = 0; b < BATCH; b++) {
        assert_int_equal(fr_sample_make(side, 1, &sample[b]), FSAM_OK);
        for (size_t i = 0; i < pixels; i++)
            for (size_t c = 0; c < 3; c++)
                sample[b].image[3 * i + c] = ((const float *)image->data)[((size_t)b * 3 + c) * pixels + i];
        size_t mask_pixels = (size_t)sample[b].mask_side * (size_t)sample[b].mask_side;
        for (size_t i = 0; i < mask_pixels; i++)
            sample[b].target[0].mask[i] = ((const float *)target->data)[(size_t)b * mask_pixels + i] > 0.5f;
        sample[b].target[0].text = strdup(b == 0 ? "0" : "1");
        assert_non_null(sample[b].target[0].text);
    }
}

/* ---- the comparison ---- */

static float *values_of(const fb_tensor *tensor, double *largest)
{
    float *values = malloc((tensor->count + 1) * sizeof *values);
    assert_non_null(values);
    fb_tensor_to_f32(tensor, values);
    *largest = 0;
    for (size_t i = 0; i < tensor->count; i++) *largest = fmax(*largest, fabs((double)values[i]));
    return values;
}

/* Every tensor whose name begins so, against that part of a block: within 1e-3 of its largest value, and `slack`. */
static int compare_all(const char *prefix, const float *block, double slack)
{
    int count = 0;
    for (size_t i = 0; i < fb_safetensors_count(truth); i++) {
        const fb_tensor *tensor = fb_safetensors_at(truth, i);
        double largest, worst = 0;
        if (strncmp(tensor->name, prefix, strlen(prefix)) != 0) continue;
        const fr_parameter *mine = fr_parameters_find(parameters, tensor->name + strlen(prefix));
        if (mine == NULL || mine->count != tensor->count) fail_msg("%s", tensor->name);
        float *theirs = values_of(tensor, &largest);
        for (size_t k = 0; k < tensor->count; k++)
            worst = fmax(worst, fabs((double)theirs[k] - block[mine->first + k]));
        if (!(worst <= 1e-3 * largest + slack)) fail_msg("%s: off by %g of %g", tensor->name, worst, largest);
        free(theirs);
        count++;
    }
    return count;
}

static double largest_gradient(void)
{
    double result = 0, largest;
    for (size_t i = 0; i < fb_safetensors_count(truth); i++) {
        const fb_tensor *tensor = fb_safetensors_at(truth, i);
        if (strncmp(tensor->name, "grad.", 5) != 0) continue;
        free(values_of(tensor, &largest));
        result = fmax(result, largest);
    }
    return result;
}

/* The fixture asks with a text and three clicks at once: the last prompt of a dialogue of three clicks. Its loss is the
 * sum over two targets. */
static void a_step_is_the_published_one(void **state)
{
    fr_step_settings settings = fr_step_published;
    fr_sample sample[BATCH];
    fr_step_report report;
    fr_step *step;
    (void)state;
    settings.batch = BATCH;
    settings.clicks = CLICKS;
    settings.learn_text = settings.learn_first = false;
    settings.learn_others = 0;
    settings.previous = settings.drop_path = 0;
    settings.single = 0; /* it has none */
    settings.scale = BATCH;
    settings.clicker.next = given_click;
    read_parameters();
    make_samples(sample);
    fr_texts texts = {NULL, text_vector};
    assert_int_equal(fr_step_new(parameters, texts, &settings, ft_cpu(FT_F32), &step), FSAM_OK);
    assert_int_equal(fr_step_run(step, sample, 0, &report), FSAM_OK);
    float loss = *(const float *)truth_of("loss", 0)->data;
    if (!(fabs(BATCH * report.loss - loss) <= 2e-4)) fail_msg("loss %g, not %g", BATCH * report.loss, (double)loss);
    assert_true(compare_all("grad.", parameters->gradient, 1e-6 * largest_gradient()) > 100);
    assert_true(compare_all("after.", parameters->value, 0) > 10);
    for (int b = 0; b < BATCH; b++) fr_sample_free(&sample[b]);
    fr_step_free(step);
    fr_parameters_free(parameters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_step_is_the_published_one)};
    if (access(truth_path, R_OK) != 0 || access(weights_path, R_OK) != 0) {
        printf("skipped: no %s\n", truth_path);
        return 77;
    }
    if (fb_safetensors_open(truth_path, &truth) != FSAM_OK) return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fb_safetensors_close(truth);
    return failed;
}
