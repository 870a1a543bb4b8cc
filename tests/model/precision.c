/* precision.c - how far bf16 and int8 move the answers of a whole model from those of f32. The weights are generated:
 * their sizes are those of trained ones, layer by layer, so the rounding is too. */
#include "model/footprint.h"
#include "model/predictor.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A size on a small picture, with little to read. */
static fm_config small(const char *size)
{
    fm_config config;
    assert_int_equal(fm_config_named(size, &config), FSAM_OK);
    config.img_size = 224;
    config.text.layers = 2;
    config.text.vocab = 514;
    config.text.start = 512;
    config.text.end = 513;
    return config;
}

/* A picture with edges and slopes of many sizes, [3, S, S]. */
static float *picture(int side)
{
    float *pixels = malloc((size_t)(3 * side * side) * sizeof *pixels);
    assert_non_null(pixels);
    for (int c = 0; c < 3; c++)
        for (int y = 0; y < side; y++)
            for (int x = 0; x < side; x++) {
                double u = (double)x / side, v = (double)y / side;
                double value = sin(9 * u * (c + 1)) * cos(7 * v) + 0.4 * sin(90 * u * v);
                if ((u - 0.4) * (u - 0.4) + (v - 0.5) * (v - 0.5) < 0.05) value -= 0.7;
                pixels[(c * side + y) * side + x] = (float)(0.6 * value);
            }
    return pixels;
}

typedef struct answers {
    float *embedding, *logits; /* logits: of the prompts, one behind the other */
    int64_t cells, count;
} answers;

static void keep(answers *all, const fm_prediction *prediction, int64_t count)
{
    all->logits = realloc(all->logits, (size_t)(all->count + count) * sizeof *all->logits);
    assert_non_null(all->logits);
    memcpy(all->logits + all->count, prediction->logits, (size_t)count * sizeof *all->logits);
    all->count += count;
}

static answers answer(const ft_device *device)
{
    fm_config config = small("swin-t"); /* wide enough that every kind of product is done as in the large model */
    fm_model *model;
    fm_predictor *predictor;
    fm_encoding encoding;
    answers all = {0};
    int64_t side = fm_config_embed_side(&config);
    float *input = picture(config.img_size);
    const fm_point points[] = {{90, 100, true}, {20.5f, 30, false}};
    const float box[] = {60, 70, 150, 160};
    const fm_prompt prompts[] = {
        {.point = points, .points = 1}, {.point = points, .points = 2, .box = box}, {.text = "lung"}};
    assert_int_equal(fm_model_generate(&config, 5, "", &model), FSAM_OK);
    assert_int_equal(fm_predictor_new(model, device, &predictor), FSAM_OK);
    assert_int_equal(fm_predictor_encode(predictor, input, &encoding), FSAM_OK);
    for (size_t i = 0; i < sizeof prompts / sizeof prompts[0]; i++) {
        fm_prediction prediction;
        assert_int_equal(fm_predictor_decode(predictor, &encoding, &prompts[i], &prediction), FSAM_OK);
        keep(&all, &prediction, FM_MASKS * 64 * side * side);
        fm_prediction_free(&prediction);
    }
    all.cells = side * side * config.prompt_dim;
    all.embedding = malloc((size_t)all.cells * sizeof *all.embedding);
    assert_non_null(all.embedding);
    memcpy(all.embedding, encoding.embedding, (size_t)all.cells * sizeof *all.embedding);
    fm_encoding_free(&encoding);
    fm_predictor_free(predictor);
    fm_model_free(model);
    free(input);
    return all;
}

/* Root mean square of the difference over that of the truth. */
static double relative(const float *value, const float *truth, int64_t count)
{
    double off = 0, size = 0;
    for (int64_t i = 0; i < count; i++) {
        off += ((double)value[i] - truth[i]) * ((double)value[i] - truth[i]);
        size += (double)truth[i] * truth[i];
    }
    return sqrt(off / size);
}

static void lower_precision_stays_near(void **state)
{
    (void)state;
    static const double allowed[] = {[FT_F32] = 1e-5, [FT_BF16] = 0.01, [FT_I8] = 0.03};
    answers truth = answer(&ft_plain_f32);
    for (ft_precision precision = FT_F32; precision <= FT_I8; precision++) {
        answers mine = answer(ft_cpu(precision));
        double logits = relative(mine.logits, truth.logits, truth.count);
        print_message("%s: embedding %.2e, logits %.2e (allowed %.0e)\n", ft_cpu(precision)->name,
                      relative(mine.embedding, truth.embedding, truth.cells), logits, allowed[precision]);
        assert_true(logits <= allowed[precision]);
        free(mine.embedding);
        free(mine.logits);
    }
    free(truth.embedding);
    free(truth.logits);
}

/* Bytes of weights after everything was used once. */
static size_t loaded(const fm_config *config, ft_precision precision)
{
    fm_model *model;
    fm_predictor *predictor;
    fm_encoding encoding;
    fm_prediction prediction;
    float *input = picture(config->img_size);
    size_t cells = (size_t)fm_config_embed_side(config) * (size_t)fm_config_embed_side(config);
    float *mask = calloc(16 * cells, sizeof *mask);
    const fm_point point = {9, 10, true};
    const float box[] = {6, 7, 30, 31};
    assert_non_null(mask);
    assert_int_equal(fm_model_generate(config, 5, "", &model), FSAM_OK);
    assert_int_equal(fm_predictor_new(model, ft_cpu(precision), &predictor), FSAM_OK);
    assert_int_equal(fm_predictor_encode(predictor, input, &encoding), FSAM_OK);
    const fm_prompt prompt = {.text = "lung", .point = &point, .points = 1, .box = box, .mask = mask};
    assert_int_equal(fm_predictor_decode(predictor, &encoding, &prompt, &prediction), FSAM_OK);
    size_t bytes = ft_weights_bytes(fm_predictor_base(predictor).weights);
    fm_prediction_free(&prediction);
    fm_encoding_free(&encoding);
    fm_predictor_free(predictor);
    fm_model_free(model);
    free(mask);
    free(input);
    return bytes;
}

/* What `fsam info` says from the shapes is what is held once a model is used. */
static void footprint_is_what_is_held(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        fm_config config = small(i == 0 ? "micro" : "swin-t");
        fm_footprint said;
        config.img_size = 112; /* weights do not depend on it */
        assert_int_equal(fm_footprint_of(&config, &said), FSAM_OK);
        const size_t bytes[] = {[FT_F32] = said.f32, [FT_BF16] = said.bf16, [FT_I8] = said.int8};
        for (ft_precision precision = FT_F32; precision <= FT_I8; precision++) {
            double held = (double)loaded(&config, precision);
            print_message("%s: %zu said, %.0f held\n", ft_cpu(precision)->name, bytes[precision], held);
            assert_true(fabs((double)bytes[precision] - held) <= 0.01 * held);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lower_precision_stays_near),
                                       cmocka_unit_test(footprint_is_what_is_held)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
