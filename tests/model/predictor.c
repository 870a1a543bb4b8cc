/* The predictor: rooms that do not show in the numbers, texts remembered, and the published implementation's numbers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/safetensors.h"
#include "model/import.h"
#include "model/predictor.h"
#include "model/words.h"

#include <math.h>

static const char merges[] = "l e\nle f\nlef t</w>\n";

static fm_config small_config(void)
{
    fm_config config;
    assert_int_equal(fm_config_named("micro", &config), FSAM_OK);
    config.img_size = 56;
    config.text.vocab = 512 + 3 + 2;
    config.text.start = 515;
    config.text.end = 516;
    return config;
}

static float worst(const float *a, const float *b, size_t count)
{
    float result = 0;
    for (size_t i = 0; i < count; i++) {
        float off = fabsf(a[i] - b[i]);
        if (!(off <= result)) result = off;
    }
    return result;
}

static fm_prediction decode(fm_predictor *predictor, const fm_encoding *encoding, fm_prompt prompt)
{
    fm_prediction result;
    if (fm_predictor_decode(predictor, encoding, &prompt, &result) != FSAM_OK) fail_msg("%s", fb_message());
    return result;
}

/* A prompt of seven tokens in rooms for 8, 16, 32 and 64: empty slots do not count. */
static void test_rooms(void **state)
{
    const fm_config config = small_config();
    static float input[3 * 56 * 56];
    const fm_point point[6] = {{3, 4, true},  {50, 9, false},  {20, 20, true},
                               {7, 33, true}, {55, 55, false}, {1, 2, true}};
    fm_model *model;
    fm_predictor *predictor;
    fm_encoding encoding;
    (void)state;
    for (int i = 0; i < 3 * 56 * 56; i++) input[i] = (float)(i * 7919 % 1000) / 500 - 1;
    assert_int_equal(fm_model_generate(&config, 1, merges, &model), FSAM_OK);
    assert_int_equal(fm_predictor_new(model, ft_cpu(FT_F32), &predictor), FSAM_OK);
    assert_int_equal(fm_predictor_encode(predictor, input, &encoding), FSAM_OK);
    for (int text = 0; text < 2; text++) {
        fm_prompt prompt = {.text = text ? "left" : NULL, .point = point, .points = 5};
        fm_prediction first = decode(predictor, &encoding, prompt);
        for (size_t room = 16; room <= 64; room *= 2) {
            prompt.least_slots = room;
            fm_prediction other = decode(predictor, &encoding, prompt);
            assert_int_equal(other.token_count, 6 + text);
            assert_true(worst(first.logits, other.logits, FM_MASKS * 64 * 64) < 1e-5);
            assert_true(worst(first.iou, other.iou, FM_MASKS) < 1e-5);
            assert_memory_equal(first.tokens, other.tokens, first.token_count * 64 * sizeof(float));
            fm_prediction_free(&other);
        }
        fm_prediction_free(&first);
    }
    fm_encoding_free(&encoding);
    fm_predictor_free(predictor);
    fm_model_free(model);
    fm_predictor_free(NULL);
}

/* Words on a model of generated weights. */
typedef struct speech {
    fm_config config;
    fm_model *model;
    ft_weights *weights;
    fm_words *words;
} speech;

static void open_speech(speech *s)
{
    s->config = small_config();
    assert_int_equal(fm_model_generate(&s->config, 1, merges, &s->model), FSAM_OK);
    assert_int_equal(ft_weights_new(ft_cpu(FT_F32), fm_model_source(s->model), &s->weights), FSAM_OK);
    assert_int_equal(fm_words_new((fm_base){&s->config, s->weights}, fm_model_tokenizer(s->model), &s->words), FSAM_OK);
}

static void close_speech(speech *s)
{
    fm_words_free(s->words);
    ft_weights_free(s->weights);
    fm_model_free(s->model);
}

/* Whether the tower ran for this text; its token goes to `token` [64]. */
static bool runs_for(speech *s, const char *text, float *token)
{
    const size_t before = fm_words_runs(s->words);
    const float *found;
    assert_int_equal(fm_words_token(s->words, text, &found), FSAM_OK);
    memcpy(token, found, 64 * sizeof *token);
    return fm_words_runs(s->words) > before;
}

/* The tower runs once a text, however it is spelled; the text not asked for the longest is forgotten first. */
static void test_texts(void **state)
{
    speech s;
    float first[64], other[64];
    char text[16];
    (void)state;
    open_speech(&s);
    assert_true(runs_for(&s, "left lung", first));
    assert_false(runs_for(&s, "  LEFT\tlung ", other));
    assert_memory_equal(first, other, sizeof first);
    for (int i = 1; i < FM_WORDS_REMEMBERED; i++) {
        snprintf(text, sizeof text, "rib %d", i);
        assert_true(runs_for(&s, text, other));
    }
    assert_false(runs_for(&s, "left lung", other)); /* the newest now, and rib 1 the oldest */
    assert_true(runs_for(&s, "one more", other));
    assert_false(runs_for(&s, "rib 2", other));
    assert_true(runs_for(&s, "rib 1", other));
    assert_false(runs_for(&s, "left lung", other));
    assert_memory_equal(first, other, sizeof first);
    close_speech(&s);
    fm_words_free(NULL);
}

/* Texts of every length, also beyond the context, where they are cut to the same tokens. */
static void test_lengths(void **state)
{
    speech s;
    float token[64];
    const float *found;
    (void)state;
    open_speech(&s);
    for (int length = 1; length < 100; length += 6) {
        char text[101] = ""; /* a token each sign */
        for (int i = 0; i < length; i++) text[i] = '.';
        assert_int_equal(runs_for(&s, text, token), length < 85); /* 79 is the first to be cut */
        for (int i = 0; i < 64; i++) assert_true(isfinite(token[i]));
    }
    assert_int_equal(fm_words_token(s.words, " ", &found), FSAM_ERROR_ARGUMENT);
    assert_true(fm_words_bytes(s.words) > 0);
    close_speech(&s);
}

/* ---- the published numbers ---- */

typedef struct published {
    fb_safetensors *truth;
    fm_model *model;
    fm_predictor *predictor;
    fm_encoding encoding;
} published;

static const fb_tensor *truth_of(const published *p, const char *kind, const char *what)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s", kind, what);
    const fb_tensor *tensor = fb_safetensors_find(p->truth, name);
    if (tensor == NULL) fail_msg("no tensor %s", name);
    assert_int_equal(tensor->dtype, name[0] == 'p' && strcmp(name, "point_labels") == 0 ? FB_I32 : FB_F32);
    return tensor;
}

/* max |a - b| <= 2e-4 and <= 1e-3 of the deviation of the tensor's values, of which there are several. */
static void compare(const published *p, const char *kind, const char *what, const float *mine)
{
    const fb_tensor *tensor = truth_of(p, kind, what);
    const float *theirs = tensor->data;
    double mean = 0, variance = 0, allowed = 2e-4;
    for (size_t i = 0; i < tensor->count; i++) mean += theirs[i] / (double)tensor->count;
    for (size_t i = 0; i < tensor->count; i++)
        variance += (theirs[i] - mean) * (theirs[i] - mean) / (double)tensor->count;
    if (tensor->count > 1) allowed = fmin(allowed, 1e-3 * sqrt(variance));
    const double off = worst(mine, theirs, tensor->count);
    printf("%s%s: worst %.2e, allowed %.2e\n", kind, what, off, allowed);
    if (!(off <= allowed)) fail_msg("%s%s is off by %g", kind, what, off);
}

static void compare_embedding(const published *p)
{
    enum { CELLS = 256, WIDTH = 64 };
    static float turned[WIDTH * CELLS];
    for (int i = 0; i < CELLS; i++)
        for (int c = 0; c < WIDTH; c++) turned[c * CELLS + i] = p->encoding.embedding[i * WIDTH + c];
    compare(p, "image_embedding", "", turned);
}

static void compare_prompt(const published *p, const char *kind, fm_prompt prompt)
{
    fm_prediction made = decode(p->predictor, &p->encoding, prompt);
    assert_int_equal(made.token_count, truth_of(p, kind, ".sparse")->dim[1]);
    compare(p, kind, ".sparse", made.tokens);
    compare(p, kind, ".multi.logits", made.logits + 128 * 128);
    compare(p, kind, ".multi.iou", made.iou + 1);
    compare(p, kind, ".single.logits", made.logits);
    compare(p, kind, ".single.iou", made.iou);
    fm_prediction_free(&made);
}

static void compare_all(published *p, const ft_device *device)
{
    printf("device %s\n", device->name);
    assert_int_equal(fm_predictor_new(p->model, device, &p->predictor), FSAM_OK);
    const float *input = truth_of(p, "preprocessed", "")->data, *at = truth_of(p, "points", "")->data;
    const int32_t *label = truth_of(p, "point_labels", "")->data;
    const float *box = truth_of(p, "box", "")->data, *mask = truth_of(p, "mask_input", "")->data;
    fm_point point[3];
    for (int i = 0; i < 3; i++) point[i] = (fm_point){at[2 * i], at[2 * i + 1], label[i] == 1};
    assert_int_equal(fm_predictor_encode(p->predictor, input, &p->encoding), FSAM_OK);
    compare_embedding(p);
    compare_prompt(p, "text", (fm_prompt){.text = "left lung"});
    compare_prompt(p, "text_points", (fm_prompt){.text = "femur", .point = point, .points = 3});
    compare_prompt(p, "points", (fm_prompt){.point = point, .points = 3});
    compare_prompt(p, "box", (fm_prompt){.box = box});
    compare_prompt(p, "points_box", (fm_prompt){.point = point, .points = 3, .box = box});
    compare_prompt(p, "text_mask", (fm_prompt){.text = "What's the bone next to the hip?", .mask = mask});
    fm_encoding_free(&p->encoding);
    fm_predictor_free(p->predictor);
}

/* As `fsam import` does it. */
static void import(const char *path)
{
    char *vocabulary;
    size_t size;
    fm_import_report report;
    assert_int_equal(fw_vocabulary_read("../shared/clip/bpe_simple_vocab_16e6.txt.gz", &vocabulary, &size), FSAM_OK);
    const fm_import_options options = {.source = "../shared/fixtures/micro_official.pth",
                                       .output = path,
                                       .config = "{\"img_size\": 112, \"text\": {\"heads\": 2}}",
                                       .tokenizer = vocabulary};
    if (fm_import(&options, &report) != FSAM_OK) fail_msg("%s", fb_message());
    fm_import_report_free(&report);
    free(vocabulary);
}

static void test_published(void **state)
{
    char folder[] = "/tmp/fsam-predictor-XXXXXX", path[64];
    published p = {0};
    (void)state;
    if (access("../shared/fixtures/micro_official.pth", R_OK) != 0) {
        printf("skipped: no ../shared\n");
        skip();
    }
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/model", folder);
    import(path);
    assert_int_equal(fb_safetensors_open("../shared/fixtures/micro_forward.safetensors", &p.truth), FSAM_OK);
    assert_int_equal(fm_model_open(path, &p.model), FSAM_OK);
    compare_all(&p, &ft_plain_f32);
    compare_all(&p, ft_cpu(FT_F32));
    fm_model_free(p.model);
    fb_safetensors_close(p.truth);
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rooms),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
