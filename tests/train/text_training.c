/* Training of texts: it learns, repeats itself, goes on where it was cut, and its encoder comes back from its file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka needs the above first. */
#include "base/memory.h"
#include "base/safetensors.h"
#include "train/text_file.h"
#include "train/text_retrieval.h"
#include "train/text_training.h"
#include <cmocka.h>
#include <math.h>

static fw_texts *texts;
static fr_text_corpus corpus;
static char path[] = "/tmp/fsam_text_XXXXXX";

static int open_corpus(void **state)
{
    const fr_text_split split = {.seed = 1, .variations = 0.1, .sentences = 4};
    (void)state;
    const int file = mkstemp(path);
    if (file < 0 || close(file) != 0 || fw_texts_open(NULL, &texts) != FSAM_OK) return -1;
    return fr_text_corpus_make(texts, &split, &corpus) == FSAM_OK ? 0 : -1;
}

static int close_corpus(void **state)
{
    (void)state;
    fr_text_corpus_free(&corpus);
    fw_texts_free(texts);
    return unlink(path);
}

static fr_text_settings small_settings(void)
{
    fr_text_settings settings = fr_text_settings_default;
    settings.shape = (fr_text_shape){.width = 16, .layers = 1, .heads = 2, .out = 16};
    settings.merges = 20;
    settings.rows = 160;
    settings.texts = 9;
    settings.steps = 12;
    settings.rate = 0.02;
    return settings;
}

static fr_text_training *begin(const fr_text_settings *settings)
{
    fr_text_training *training;
    if (fr_text_training_new(&corpus, settings, &training) != FSAM_OK) fail_msg("%s", fb_message());
    return training;
}

/* The losses of the steps from the present one to `last`. */
static void steps_to(fr_text_training *training, uint64_t last, double *losses)
{
    while (fr_text_training_steps(training) < last) {
        fr_text_step step;
        if (fr_text_training_step(training, &step) != FSAM_OK) fail_msg("%s", fb_message());
        assert_in_range(step.texts, 2, 9);
        losses[step.step - 1] = step.names + step.pairs;
    }
}

static void learns_and_repeats_itself(void **state)
{
    (void)state;
    const fr_text_settings settings = small_settings();
    double first[12], second[12];
    fr_text_training *a = begin(&settings), *b = begin(&settings);
    steps_to(a, 12, first);
    steps_to(b, 12, second);
    for (int i = 0; i < 12; i++) assert_true(first[i] == second[i]);
    /* log 195 + log 8 when nothing is known; cosines over the temperature start off worse */
    assert_true(first[9] + first[10] + first[11] < first[0] + first[1] + first[2] - 3);
    fr_text_training_free(a);
    fr_text_training_free(b);
}

static void goes_on_where_it_was_cut(void **state)
{
    (void)state;
    fr_text_settings settings = small_settings();
    double whole[12], parts[12];
    fr_text_training *a = begin(&settings), *b = begin(&settings), *c = begin(&settings);
    steps_to(a, 12, whole);
    steps_to(b, 5, parts);
    assert_int_equal(fr_text_training_save(b, path), FSAM_OK);
    assert_int_equal(fr_text_training_load(c, path), FSAM_OK);
    steps_to(c, 12, parts);
    for (int i = 0; i < 12; i++) assert_true(whole[i] == parts[i]);
    const fr_parameters *p = fr_text_training_encoder(a)->parameters, *q = fr_text_training_encoder(c)->parameters;
    assert_memory_equal(p->average, q->average, p->learned * sizeof *p->average);
    fr_text_training_free(b);
    settings.rate = 0.01;
    b = begin(&settings);
    assert_int_equal(fr_text_training_load(b, path), FSAM_ERROR_MISMATCH);
    fr_text_training_free(a);
    fr_text_training_free(b);
    fr_text_training_free(c);
}

/* After one step moment1 is a tenth of the clipped gradient. Moved along it, the loss of the next batch, which is the
 * same one, changes as fast as the gradient's norm says. */
static void the_gradient_points_uphill(void **state)
{
    (void)state;
    fr_text_settings settings = small_settings();
    const double reach = 1e-3;
    double at[3];
    settings.augmentation = (fr_text_augmentation){0};
    for (int side = -1; side <= 1; side++) {
        fr_text_training *first = begin(&settings), *moved = begin(&settings);
        fr_text_step step;
        fr_parameters *p = fr_text_training_encoder(first)->parameters;
        fr_parameters *q = fr_text_training_encoder(moved)->parameters;
        assert_int_equal(fr_text_training_step(first, &step), FSAM_OK);
        const double clipped = step.norm > 1 ? 1 / step.norm : 1;
        double square = 0;
        for (size_t i = 0; i < p->learned; i++) square += (double)p->moment1[i] * p->moment1[i];
        assert_float_equal(sqrt(square), 0.1 * clipped * step.norm, 1e-4);
        for (size_t i = 0; i < p->learned; i++) q->value[i] += (float)(side * reach * p->moment1[i] / sqrt(square));
        const double norm = step.norm;
        assert_int_equal(fr_text_training_step(moved, &step), FSAM_OK);
        at[side + 1] = step.names + settings.contrast * step.pairs;
        if (side == 1) assert_float_equal((at[2] - at[0]) / (2 * reach), norm, 0.02 * norm);
        fr_text_training_free(first);
        fr_text_training_free(moved);
    }
}

static void comes_back_from_its_file(void **state)
{
    (void)state;
    const fr_text_settings settings = small_settings();
    const char *const asked[] = {"left femur", "L4", "where is the heart?"};
    double losses[12];
    float before[3 * 16], after[3 * 16];
    fr_text_training *training = begin(&settings);
    fr_text_encoder *encoder;
    char *how;
    steps_to(training, 3, losses);
    assert_int_equal(fr_text_encode(fr_text_training_encoder(training), asked, 3, before), FSAM_OK);
    assert_int_equal(fr_text_file_save(fr_text_training_encoder(training), "{\"seed\":1}", path, true), FSAM_OK);
    assert_int_equal(fr_text_file_open(path, &encoder, &how), FSAM_OK);
    assert_string_equal(how, "{\"seed\":1}");
    assert_int_equal(encoder->names, corpus.names);
    assert_string_equal(encoder->name[0], corpus.name[0].name->name);
    assert_int_equal(fr_text_encode(encoder, asked, 3, after), FSAM_OK);
    assert_memory_equal(before, after, sizeof before);
    fr_text_encoder_free(encoder);
    free(how);
    fr_text_training_free(training);
}

static void gives_its_tower_to_a_model(void **state)
{
    (void)state;
    const fr_text_settings settings = small_settings();
    fr_text_training *training = begin(&settings);
    fr_text_encoder *encoder = fr_text_training_encoder(training);
    fm_config config = encoder->config;
    for (int fits = 1; fits >= 0; fits--) {
        fm_model *model;
        fr_parameters *parameters;
        config.text.width = fits ? 16 : 8;
        assert_int_equal(fm_model_generate(&config, 9, encoder->merges, &model), FSAM_OK);
        assert_int_equal(fr_parameters_new(model, NULL, 0, 0, &parameters), FSAM_OK);
        assert_int_equal(fr_text_encoder_give(encoder, parameters), fits ? FSAM_OK : FSAM_ERROR_MISMATCH);
        const char name[] = "prompt_encoder.text_model.text_projection";
        const fr_parameter *there = fr_parameters_find(parameters, name);
        const fr_parameter *mine = fr_parameters_find(encoder->parameters, name);
        if (fits)
            assert_memory_equal(parameters->value + there->first, encoder->parameters->average + mine->first,
                                mine->count * sizeof(float));
        fr_parameters_free(parameters);
        fm_model_free(model);
    }
    fr_text_training_free(training);
}

/* Metadata "KEY": VALUE instead of what belongs there. */
static void refuses_broken_files(void **state)
{
    (void)state;
    static const struct {
        const char *shape, *names, *merges;
        fsam_status status;
    } cases[] = {{NULL, "[\"a\"]", "", FSAM_ERROR_UNSUPPORTED},
                 {"[]", "[\"a\"]", "", FSAM_ERROR_FORMAT},
                 {"{\"width\":4,\"layers\":1,\"heads\":0,\"out\":2}", "[\"a\"]", "", FSAM_ERROR_FORMAT},
                 {"{\"width\":4,\"layers\":1,\"heads\":1,\"out\":2}", NULL, "", FSAM_ERROR_FORMAT},
                 {"{\"width\":4,\"layers\":1,\"heads\":1,\"out\":2}", "[1]", "", FSAM_ERROR_FORMAT},
                 {"{\"width\":4,\"layers\":1,\"heads\":1,\"out\":2}", "[\"a\"]", "x", FSAM_ERROR_FORMAT},
                 {"{\"width\":4,\"layers\":1,\"heads\":1,\"out\":2}", "[\"a\"]", "", FSAM_ERROR_MISMATCH},
                 {"{\"width\":8000,\"layers\":100,\"heads\":1,\"out\":2}", "[\"a\"]", "", FSAM_ERROR_MISMATCH}};
    const float values[200] = {0};
    const int64_t size = 200;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fr_text_encoder *encoder;
        fb_safetensors_builder *builder = fb_safetensors_builder_new();
        const char *const pairs[3][2] = {
            {"fsam.text", cases[i].shape}, {"fsam.text.names", cases[i].names}, {"fsam.tokenizer", cases[i].merges}};
        for (int k = 0; k < 3; k++)
            if (pairs[k][1] != NULL)
                assert_int_equal(fb_safetensors_builder_metadata(builder, pairs[k][0], pairs[k][1]), FSAM_OK);
        assert_int_equal(fb_safetensors_builder_add(builder, "x", FB_F32, 1, &size, values), FSAM_OK);
        assert_int_equal(fb_safetensors_builder_save(builder, path, true), FSAM_OK);
        fb_safetensors_builder_free(builder);
        if (fr_text_file_open(path, &encoder, NULL) != cases[i].status) fail_msg("%zu: %s", i, fb_message());
        assert_null(encoder);
    }
}

static void refuses_settings(void **state)
{
    (void)state;
    fr_text_settings settings = small_settings();
    fr_text_training *training;
    settings.temperature = 0;
    assert_int_equal(fr_text_training_new(&corpus, &settings, &training), FSAM_ERROR_ARGUMENT);
    settings = small_settings();
    settings.shape.heads = 3;
    assert_int_equal(fr_text_training_new(&corpus, &settings, &training), FSAM_ERROR_FORMAT);
    assert_null(training);
}

static void says_what_was_taken_for_what(void **state)
{
    (void)state;
    static const struct {
        const char *meant, *taken;
        fr_confusion confusion;
    } cases[] = {{"femur_left", "femur_right", FR_OTHER_SIDE},   {"vertebrae_L3", "vertebrae_L4", FR_OTHER_LEVEL},
                 {"rib_left_3", "rib_right_3", FR_OTHER_SIDE},   {"rib_left_3", "rib_left_12", FR_OTHER_LEVEL},
                 {"femur_left", "femurs", FR_PART_OR_GROUP},     {"femurs", "femur_right", FR_PART_OR_GROUP},
                 {"k_wire", "surgical_tools", FR_PART_OR_GROUP}, {"vertebrae_L3", "vertebrae_T3", FR_OTHER_NAME},
                 {"femur_left", "humerus_left", FR_OTHER_NAME}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const int meant = fr_text_corpus_find(&corpus, cases[i].meant);
        const int taken = fr_text_corpus_find(&corpus, cases[i].taken);
        assert_true(meant >= 0 && taken >= 0);
        if (fr_confusion_of(&corpus, meant, taken) != cases[i].confusion)
            fail_msg("%s, %s", cases[i].meant, cases[i].taken);
    }
}

/* Vectors that are the prototypes themselves are found; every second one is given its neighbour's, and is not. */
static void counts_what_is_found(void **state)
{
    (void)state;
    const fr_text_settings settings = small_settings();
    fr_text_training *training = begin(&settings);
    const fr_text_encoder *encoder = fr_text_training_encoder(training);
    float *vectors = calloc(corpus.count * 16, sizeof *vectors);
    fr_retrieval found;
    size_t right = 0, asked = 0, wrong = 0;
    assert_non_null(vectors);
    for (size_t i = 0; i < corpus.count; i++) {
        const bool kept = corpus.item[i].use == FR_TEXT_VARIATION, moved = kept && asked % 2 == 1;
        const size_t name = ((size_t)corpus.item[i].name + moved) % corpus.names;
        memcpy(vectors + 16 * i, fr_text_prototype(encoder, name), 16 * sizeof *vectors);
        fr_text_unit(vectors + 16 * i, 16);
        asked += kept;
        right += kept && !moved;
    }
    assert_int_equal(fr_text_retrieve(encoder, &corpus, vectors, FR_TEXT_VARIATION, &found), FSAM_OK);
    assert_int_equal(found.asked, asked);
    assert_int_equal(found.by_prototype, right);
    assert_int_equal(found.by_text, right);
    for (int c = 0; c < FR_CONFUSIONS; c++) wrong += found.confusion[c];
    assert_int_equal(wrong, asked - right);
    free(vectors);
    fr_text_training_free(training);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns_and_repeats_itself),  cmocka_unit_test(goes_on_where_it_was_cut),
        cmocka_unit_test(the_gradient_points_uphill), cmocka_unit_test(comes_back_from_its_file),
        cmocka_unit_test(gives_its_tower_to_a_model), cmocka_unit_test(refuses_broken_files),
        cmocka_unit_test(refuses_settings),           cmocka_unit_test(says_what_was_taken_for_what),
        cmocka_unit_test(counts_what_is_found)};
    return cmocka_run_group_tests(tests, open_corpus, close_corpus);
}
