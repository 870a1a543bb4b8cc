/* The dump: its tensors, their names and shapes. */
#include "support.h"

#include "base/safetensors.h"

static void expect_tensor(const fb_safetensors *file, const char *name, int ndim, const int64_t *dim,
                          const float *values)
{
    const fb_tensor *tensor = fb_safetensors_find(file, name);
    if (tensor == NULL) fail_msg("no tensor %s", name);
    assert_int_equal(tensor->dtype, FB_F32);
    assert_int_equal(tensor->ndim, ndim);
    for (int i = 0; i < ndim; i++) assert_int_equal(tensor->dim[i], dim[i]);
    if (values != NULL) assert_memory_equal(tensor->data, values, tensor->bytes);
}

static void test_dump(void **state)
{
    fsam_model *model = tiny_model(tiny_merges);
    fsam_encoding *encoding = tiny_encoding(model);
    const fsam_point point[2] = {{5, 5, 1}, {50, 50, 0}};
    const fsam_prompt prompt[3] = {{.text = "left lung", .points = point, .point_count = 2},
                                   {.text = "lung", .points = point, .point_count = 1},
                                   {.mask = (const uint8_t[WIDE * HIGH]){0}}};
    const fsam_answer *answers[3];
    const char *path = in_folder("dump");
    fb_safetensors *file;
    (void)state;
    for (int i = 0; i < 3; i++) answers[i] = answer_to(encoding, &prompt[i]);
    assert_int_equal(fsam_dump(encoding, answers, 3, path, 0), FSAM_OK);
    assert_int_equal(fsam_dump(encoding, answers, 3, path, 0), FSAM_ERROR_ARGUMENT);
    expect_message(path, "exists");
    assert_int_equal(fsam_dump(encoding, answers, 3, path, 1), FSAM_OK);
    assert_int_equal(fb_safetensors_open(path, &file), FSAM_OK);
    assert_int_equal(fb_safetensors_count(file), 2 + 3 * 5);
    expect_tensor(file, "preprocessed", 4, (int64_t[]){1, 3, INPUT, INPUT}, encoding->input);
    expect_tensor(file, "image_embedding", 4, (int64_t[]){1, DIM, EMBEDDING, EMBEDDING}, NULL);
    const float *embedding = fb_safetensors_find(file, "image_embedding")->data;
    assert_true(embedding[3 * 64 + 17] == encoding->image.embedding[17 * DIM + 3]);
    const fm_prediction *made = &answers[0]->prediction;
    expect_tensor(file, "text_points.sparse", 3, (int64_t[]){1, 4, DIM}, made->tokens);
    expect_tensor(file, "text_points.multi.logits", 4, (int64_t[]){1, 3, LOW, LOW}, made->logits + LOW * LOW);
    expect_tensor(file, "text_points.multi.iou", 2, (int64_t[]){1, 3}, made->iou + 1);
    expect_tensor(file, "text_points.single.logits", 4, (int64_t[]){1, 1, LOW, LOW}, made->logits);
    expect_tensor(file, "text_points.single.iou", 2, (int64_t[]){1, 1}, made->iou);
    expect_tensor(file, "text_points.2.sparse", 3, (int64_t[]){1, 3, DIM}, answers[1]->prediction.tokens);
    expect_tensor(file, "mask.sparse", 3, (int64_t[]){1, 0, DIM}, NULL);
    fb_safetensors_close(file);
    for (int i = 0; i < 3; i++) fsam_answer_free((fsam_answer *)answers[i]);
    fsam_encoding_free(encoding);
    fsam_model_free(model);
}

static void test_refused(void **state)
{
    fsam_model *model = tiny_model(tiny_merges);
    fsam_encoding *encoding = tiny_encoding(model), *other = tiny_encoding(model);
    fsam_answer *answer = answer_to(other, &(fsam_prompt){.text = "lung"});
    const fsam_answer *foreign = answer, *none = NULL;
    const char *path = in_folder("other");
    (void)state;
    assert_int_equal(fsam_dump(encoding, &foreign, 1, path, 0), FSAM_ERROR_ARGUMENT);
    expect_message("dump: answers[0]", "");
    assert_int_equal(fsam_dump(encoding, &none, 1, path, 0), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fsam_dump(encoding, NULL, 1, path, 0), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fsam_dump(NULL, NULL, 0, path, 0), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fsam_dump(encoding, NULL, 0, NULL, 0), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fsam_dump(encoding, NULL, 0, "/nowhere/dump", 0), FSAM_ERROR_IO);
    assert_int_not_equal(access(path, F_OK), 0);
    fsam_answer_free(answer);
    fsam_encoding_free(other);
    fsam_encoding_free(encoding);
    fsam_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_dump), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
