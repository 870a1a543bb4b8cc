/* The model to start from: its tower and vocabulary are the encoder's, and other files' tensors take their places. */
#include "support.h"

#include "base/safetensors.h"
#include "train/start.h"

static const char model_json[] = "{\"img_size\": 56, \"embed_dims\": 8, \"depths\": [1, 1, 2, 1], "
                                 "\"num_heads\": [1, 2, 4, 8], \"neck_width\": 16, \"neck_depth\": 1, "
                                 "\"prompt_dim\": 32, \"decoder_mlp\": 32, \"codebook_size\": 16}";
static const char tower_json[] = "{\"kind\": \"clip\", \"width\": 16, \"layers\": 1, \"heads\": 2, \"context\": 16, "
                                 "\"vocab\": 517, \"start\": 515, \"end\": 516, \"out\": 16}";
static const char projection[] = "prompt_encoder.text_model.text_projection";

/* A file with some metadata and one tensor of 16 x `columns`, all of `value`. */
static const char *make_file(const char *name, bool words, const char *tensor, int64_t columns, float value)
{
    fb_safetensors_builder *builder = fb_safetensors_builder_new();
    float values[16 * 17];
    const int64_t dim[2] = {16, columns};
    for (int i = 0; i < 16 * 17; i++) values[i] = value;
    if (words) {
        assert_int_equal(fb_safetensors_builder_metadata(builder, "fsam.text", tower_json), FSAM_OK);
        assert_int_equal(fb_safetensors_builder_metadata(builder, "fsam.tokenizer", tiny_merges), FSAM_OK);
    }
    assert_int_equal(fb_safetensors_builder_add(builder, tensor, FB_F32, 2, dim, values), FSAM_OK);
    assert_int_equal(fb_safetensors_builder_save(builder, in_folder(name), true), FSAM_OK);
    fb_safetensors_builder_free(builder);
    return in_folder(name);
}

static float first_of(fm_model *model, const char *name, int64_t count)
{
    ft_source source = fm_model_source(model);
    const float *values;
    assert_int_equal(source.get(source.context, name, count, &values), FSAM_OK);
    float first = values[0];
    source.done(source.context, name, values);
    return first;
}

static void files_take_their_places(void **state)
{
    (void)state;
    char words[256], first[256], second[256];
    static const char drawn[] = "mask_decoder.transformer.layers.0.self_attn.q_proj.weight";
    fm_model *model;
    strcpy(words, make_file("words", true, projection, 16, 2));
    strcpy(first, make_file("first", false, "image_encoder.neck.input_ops.3.op_list.0.conv.weight", 8, 3));
    strcpy(second, make_file("second", false, "image_encoder.neck.input_ops.3.op_list.0.conv.weight", 8, 4));
    const char *const from[] = {first, second};
    assert_int_equal(fr_start_write(model_json, words, from, 2, 1, in_folder("start")), FSAM_OK);
    assert_int_equal(fm_model_open(in_folder("start"), &model), FSAM_OK);
    assert_int_equal(fm_model_config(model)->text.vocab, 517);
    assert_non_null(fm_model_tokenizer(model));
    assert_float_equal(first_of(model, projection, 256), 2, 0);
    assert_float_equal(first_of(model, "image_encoder.neck.input_ops.3.op_list.0.conv.weight", 128), 4, 0);
    assert_true(first_of(model, drawn, 1024) != 0);
    fm_model_free(model);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    char words[256], other[256];
    strcpy(words, make_file("words", true, projection, 16, 2));
    strcpy(other, make_file("other", false, "of.another.model", 16, 2));
    const char *const from[] = {other};
    assert_int_equal(fr_start_write(model_json, words, from, 1, 1, in_folder("start")), FSAM_ERROR_MISMATCH);
    assert_non_null(strstr(fb_message(), "other: has no tensor of the model's"));
    assert_int_equal(fr_start_write(model_json, other, NULL, 0, 1, in_folder("start")), FSAM_ERROR_UNSUPPORTED);
    strcpy(words, make_file("words", true, projection, 17, 2));
    assert_int_equal(fr_start_write(model_json, words, NULL, 0, 1, in_folder("start")), FSAM_ERROR_MISMATCH);
    assert_non_null(strstr(fb_message(), "272 values, the model has 256"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(files_take_their_places),
                                       cmocka_unit_test(what_does_not_fit_is_refused)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
