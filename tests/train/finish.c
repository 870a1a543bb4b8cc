/* What a finished model says of itself, and that its encoder of texts is the one that it is said to be. */
#include "support.h"

#include "base/safetensors.h"
#include "train/finish.h"
#include "train/parameters.h"

static const char configuration[] = "{\"step\": {\"batch\": 4}, \"data\": {\"folders\": [\"/home/me/sets/chest/,2\", "
                                    "\"man\"], \"patients\": [%s], \"validate\": [\"../held\"], \"pool\": 3}}";

/* A model file with this "fsam.training". */
static fm_model *make_model(const char *patients)
{
    char training[512];
    fr_parameters *parameters;
    fm_model *drawn = tiny_model(3), *model;
    snprintf(training, sizeof training, configuration, patients);
    const fr_model_file how = {.training = training, .overwrite = true};
    expect_ok(fr_parameters_new(drawn, NULL, 0, 0, &parameters));
    expect_ok(fr_parameters_save(parameters, in_folder("m"), &how));
    fr_parameters_free(parameters);
    fm_model_free(drawn);
    expect_ok(fm_model_open(in_folder("m"), &model));
    return model;
}

static const char *said(const fr_label *label, const char *key)
{
    for (size_t i = 0; i < label->count; i++)
        if (strcmp(label->text[2 * i], key) == 0) return label->text[2 * i + 1];
    return NULL;
}

static json_t *said_json(const fr_label *label, const char *key)
{
    json_t *object = json_loads(said(label, key), 0, NULL);
    assert_non_null(object);
    return object;
}

static fr_provenance made_provenance(void)
{
    return (fr_provenance){.cases = json_pack("[{s:s}]", "case", "lidc"),
                           .names = json_pack("[s, s]", "heart", "lungs"),
                           .credit = strdup("CC BY 3.0, LIDC; CC BY 4.0")};
}

static void says_what_it_is(void **state)
{
    (void)state;
    fr_label label;
    fm_model *model = make_model("");
    fr_provenance provenance = made_provenance();
    json_t *sets = json_pack("[s]", "held"), *from = json_pack("{s:s, s:i}", "file", "best", "iteration", 7);
    const fr_presence presence = {
        .threshold = 0.25, .kept = 0.9, .rejected = 0.75, .auc = 0.8, .present = 10, .absent = 4, .images = 3};
    const char *const credit[] = {"me", "CC BY 4.0", "CC BY"};
    const fr_release release = {.name = "small",
                                .version = "2",
                                .date = "2026-11-24",
                                .license = "CC BY 4.0",
                                .credit = credit,
                                .credits = 3,
                                .provenance = &provenance,
                                .from = from,
                                .words = "{\"what\": \"words\"}",
                                .presence = &presence,
                                .keep = 0.9,
                                .validated = sets};
    expect_ok(fr_label_make(model, &release, &label));
    assert_string_equal(said(&label, "fsam.model"), "{\"name\":\"small\",\"version\":\"2\",\"date\":\"2026-11-24\"}");
    assert_string_equal(said(&label, "fsam.names"), "[\"heart\",\"lungs\"]");
    assert_string_equal(said(&label, "license"), "CC BY 4.0");
    assert_string_equal(said(&label, "fsam.words"), release.words);
    /* what is credited already is not said twice, unless it only begins like it */
    assert_string_equal(said(&label, "credit"),
                        "CC BY 3.0, LIDC; CC BY 4.0; me; CC BY; encoder of texts and vocabulary trained on fsam's own "
                        "descriptions, not CLIP's");
    json_t *thresholds = said_json(&label, "fsam.thresholds");
    assert_float_equal(json_real_value(json_object_get(thresholds, "present")), 0.25, 0);
    assert_float_equal(json_real_value(json_object_get(thresholds, "rejected")), 0.75, 0);
    assert_true(json_equal(json_object_get(thresholds, "sets"), sets));
    json_t *training = said_json(&label, "fsam.training"), *data = json_object_get(training, "data");
    assert_string_equal(json_string_value(json_array_get(json_object_get(data, "folders"), 0)), "chest,2");
    assert_string_equal(json_string_value(json_array_get(json_object_get(data, "folders"), 1)), "man");
    assert_string_equal(json_string_value(json_array_get(json_object_get(data, "validate"), 0)), "held");
    assert_int_equal(json_integer_value(json_object_get(data, "pool")), 3);
    assert_true(json_equal(json_object_get(training, "sources"), provenance.cases));
    assert_true(json_equal(json_object_get(training, "from"), from));
    json_decref(training);
    json_decref(thresholds);
    json_decref(sets);
    json_decref(from);
    fr_label_free(&label);
    fr_provenance_free(&provenance);
    fm_model_free(model);
}

/* Nobody has listed what was simulated in memory; and nothing is said without being told. */
static void says_no_more_than_it_knows(void **state)
{
    (void)state;
    fr_label label;
    fm_model *model = make_model("\"a/ct.nii.gz,b/labels.nii.gz\"");
    fr_provenance provenance = made_provenance();
    expect_ok(fr_label_make(model, &(fr_release){.provenance = &provenance}, &label));
    assert_null(said(&label, "fsam.names"));
    assert_non_null(strstr(said(&label, "fsam.training"), "\"ct.nii.gz,labels.nii.gz\""));
    fr_label_free(&label);
    expect_ok(fr_label_make(model, &(fr_release){.name = "x"}, &label));
    assert_int_equal(label.count, 2);
    assert_string_equal(said(&label, "fsam.model"), "{\"name\":\"x\"}");
    assert_null(strstr(said(&label, "fsam.training"), "sources"));
    fr_label_free(&label);
    fr_provenance_free(&provenance);
    fm_model_free(model);
}

/* A file of the model's tower; of its tensor number `wrong`, one value is another; `left_out` is not there. */
static void write_words(fm_model *model, const char *merges, int wrong, int left_out)
{
    size_t count;
    const fm_parameter *list = fm_model_parameters(model, &count);
    const ft_source source = fm_model_source(model);
    fb_safetensors_builder *builder = fb_safetensors_builder_new();
    float *kept[64] = {0};
    int found = 0;
    expect_ok(fb_safetensors_builder_metadata(builder, "fsam.text", "{}"));
    expect_ok(fb_safetensors_builder_metadata(builder, "fsam.training", "{\"what\":\"words\"}"));
    expect_ok(fb_safetensors_builder_metadata(builder, "fsam.tokenizer", merges));
    for (size_t i = 0; i < count; i++) {
        const float *values;
        if (strncmp(list[i].name, "prompt_encoder.text_model.", 26) != 0 || found++ == left_out) continue;
        const size_t elements = fm_parameter_elements(&list[i]);
        expect_ok(source.get(source.context, list[i].name, (int64_t)elements, &values));
        kept[found] = malloc(elements * sizeof(float));
        memcpy(kept[found], values, elements * sizeof(float));
        source.done(source.context, list[i].name, values);
        if (found == wrong) kept[found][elements - 1] += 1;
        expect_ok(fb_safetensors_builder_add(builder, list[i].name, FB_F32, list[i].ndim, list[i].dim, kept[found]));
    }
    expect_ok(fb_safetensors_builder_save(builder, in_folder("words"), true));
    fb_safetensors_builder_free(builder);
    for (int i = 0; i < 64; i++) free(kept[i]);
}

static void knows_its_words(void **state)
{
    (void)state;
    char *training;
    fm_model *model = tiny_model(5);
    write_words(model, tiny_merges, -1, -1);
    expect_ok(fr_finish_words(in_folder("words"), model, &training));
    assert_string_equal(training, "{\"what\":\"words\"}");
    free(training);
    write_words(model, tiny_merges, 3, -1);
    assert_int_equal(fr_finish_words(in_folder("words"), model, &training), FSAM_ERROR_MISMATCH);
    assert_non_null(strstr(fb_message(), "is not what the model has"));
    write_words(model, tiny_merges, -1, 2);
    assert_int_equal(fr_finish_words(in_folder("words"), model, &training), FSAM_ERROR_MISMATCH);
    assert_non_null(strstr(fb_message(), "is missing"));
    write_words(model, "l e\n", -1, -1);
    assert_int_equal(fr_finish_words(in_folder("words"), model, &training), FSAM_ERROR_MISMATCH);
    assert_non_null(strstr(fb_message(), "fsam.tokenizer"));
    expect_ok(fm_model_save(model, in_folder("no"), true));
    assert_int_equal(fr_finish_words(in_folder("no"), model, &training), FSAM_ERROR_UNSUPPORTED);
    assert_null(training);
    fm_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(says_what_it_is, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(says_no_more_than_it_knows, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(knows_its_words, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
