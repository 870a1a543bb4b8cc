/* Models and images: made, described, refused, freed. */
#include "support.h"

static void test_null(void **state)
{
    fsam_model_info info;
    (void)state;
    fsam_model_free(NULL);
    fsam_image_free(NULL);
    fsam_encoding_free(NULL);
    fsam_answer_free(NULL);
    assert_int_equal(fsam_image_width(NULL), 0);
    assert_int_equal(fsam_image_height(NULL), 0);
    assert_int_equal(fsam_answer_count(NULL), 0);
    assert_int_equal(fsam_answer_present(NULL), 0);
    assert_true(fsam_answer_score(NULL, 0) != fsam_answer_score(NULL, 0));
    fsam_model_describe(NULL, &info);
    assert_int_equal(info.parameters, 0);
    assert_string_equal(info.config, "");
    fsam_image_set_polarity(NULL, FSAM_POLARITY_BONE_DARK);
}

static void test_version(void **state)
{
    (void)state;
    assert_string_equal(fsam_version(), FSAM_VERSION);
}

static void test_describe(void **state)
{
    fsam_model *model = tiny_model(tiny_merges);
    fsam_model_info before, after;
    (void)state;
    fsam_model_describe(model, &before);
    assert_int_equal(before.input_side, INPUT);
    assert_int_equal(before.precision, FSAM_PRECISION_F32);
    assert_int_equal(before.has_tokenizer, 1);
    assert_true(before.present_threshold == 0.2);
    assert_int_equal(before.parameters, before.encoder_parameters + before.text_parameters + before.prompt_parameters +
                                            before.decoder_parameters);
    assert_true(before.encoder_parameters > 0 && before.text_parameters > 0 && before.prompt_parameters > 0 &&
                before.decoder_parameters > 0);
    assert_non_null(strstr(before.config, "\"img_size\":56"));
    assert_string_equal(before.license, "");
    fsam_encoding_free(tiny_encoding(model));
    fsam_model_describe(model, &after);
    assert_true(after.memory > before.memory + (size_t)before.encoder_parameters);
    fsam_model_free(model);
}

static void test_options(void **state)
{
    const fm_config config = tiny_config();
    const fsam_model_options wrong[] = {{.precision = (fsam_precision)9}, {.threads = -1}, {.threads = 1 << 20}};
    fm_model *model;
    fsam_model *opened;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(fsam_model_open("nowhere", &wrong[i], &opened), FSAM_ERROR_ARGUMENT);
        assert_null(opened);
        assert_int_equal(fm_model_generate(&config, 1, NULL, &model), FSAM_OK);
        assert_int_equal(fa_model_wrap(model, &wrong[i], &opened), FSAM_ERROR_ARGUMENT);
        assert_null(opened);
    }
    assert_int_equal(fsam_model_open(NULL, NULL, &opened), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fsam_model_open("/nowhere/model", NULL, &opened), FSAM_ERROR_IO);
    expect_message("/nowhere/model: ", "cannot open");
}

/* Whatever precision is chosen, it is named, and works. */
static void test_precisions(void **state)
{
    const fm_config config = tiny_config();
    (void)state;
    for (int precision = FSAM_PRECISION_AUTO; precision <= FSAM_PRECISION_INT8; precision++) {
        const fsam_model_options options = {.precision = (fsam_precision)precision, .threads = 1};
        fm_model *generated;
        fsam_model *model;
        fsam_model_info info;
        assert_int_equal(fm_model_generate(&config, 1, NULL, &generated), FSAM_OK);
        assert_int_equal(fa_model_wrap(generated, &options, &model), FSAM_OK);
        fsam_model_describe(model, &info);
        assert_int_not_equal(info.precision, FSAM_PRECISION_AUTO);
        if (precision != FSAM_PRECISION_AUTO) assert_int_equal(info.precision, precision);
        assert_int_equal(info.has_tokenizer, 0);
        fsam_encoding_free(tiny_encoding(model));
        fsam_model_free(model);
    }
}

static void test_images(void **state)
{
    static const float gray[6] = {0, 0.2f, 0.4f, 0.6f, 0.8f, 1};
    static const char text[] = "this is no picture at all";
    fsam_image *image = (fsam_image *)gray;
    (void)state;
    assert_int_equal(fsam_image_from_gray(NULL, 3, 2, &image), FSAM_ERROR_ARGUMENT);
    assert_null(image);
    assert_int_equal(fsam_image_from_gray(gray, 0, 2, &image), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fsam_image_from_gray(gray, 3, -1, &image), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fsam_image_from_gray(gray, 1 << 20, 1 << 20, &image), FSAM_ERROR_MEMORY);
    assert_int_equal(fsam_image_load(NULL, NULL, &image), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fsam_image_load("/nowhere/a.png", NULL, &image), FSAM_ERROR_IO);
    expect_message("/nowhere/a.png: ", "cannot open");
    assert_int_equal(fsam_image_load_memory(NULL, 5, "upload", NULL, &image), FSAM_ERROR_ARGUMENT);
    assert_int_not_equal(fsam_image_load_memory(text, sizeof text, "upload", NULL, &image), FSAM_OK);
    expect_message("upload: ", "");
    assert_null(image);
    assert_int_equal(fsam_image_from_gray(gray, 3, 2, &image), FSAM_OK);
    assert_int_equal(fsam_image_width(image), 3);
    assert_int_equal(fsam_image_height(image), 2);
    fsam_image_free(image);
}

/* A picture and its negative with the other polarity are the same input; AUTO is bone bright. */
static void test_polarity(void **state)
{
    static float gray[WIDE * HIGH];
    fsam_model *model = tiny_model(NULL);
    fsam_encoding *encoding[3];
    (void)state;
    for (int i = 0; i < 3; i++) {
        fsam_image *image = tiny_image();
        for (int k = 0; k < WIDE * HIGH; k++) gray[k] = i == 0 ? 1 - image->picture.gray[k] : image->picture.gray[k];
        fsam_image_free(image);
        assert_int_equal(fsam_image_from_gray(gray, WIDE, HIGH, &image), FSAM_OK);
        if (i < 2) fsam_image_set_polarity(image, i == 0 ? FSAM_POLARITY_BONE_DARK : FSAM_POLARITY_BONE_BRIGHT);
        assert_int_equal(fsam_encode(model, image, &encoding[i]), FSAM_OK);
        fsam_image_free(image);
    }
    for (int i = 1; i < 3; i++)
        assert_memory_equal(encoding[0]->input, encoding[i]->input, 3 * INPUT * INPUT * sizeof(float));
    for (int i = 0; i < 3; i++) fsam_encoding_free(encoding[i]);
    assert_int_equal(fsam_encode(NULL, NULL, &encoding[0]), FSAM_ERROR_ARGUMENT);
    fsam_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null),     cmocka_unit_test(test_version),    cmocka_unit_test(test_describe),
        cmocka_unit_test(test_options),  cmocka_unit_test(test_precisions), cmocka_unit_test(test_images),
        cmocka_unit_test(test_polarity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
