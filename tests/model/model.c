/* Model files: what is read, what is refused and how; generated weights; values handed out in place and converted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/safetensors.h"
#include "model/model.h"

#include <math.h>

static const char merges[] = "l e\nle f\nlef t</w>\n";
static const char a_weight[] = "mask_decoder.mask_tokens.weight";
static char folder[64], good[96], bad[96];
static fm_config config;

static int set_up(void **state)
{
    fm_model *model;
    (void)state;
    strcpy(folder, "/tmp/fsam-model-XXXXXX");
    if (mkdtemp(folder) == NULL) return -1;
    snprintf(good, sizeof good, "%s/good", folder);
    snprintf(bad, sizeof bad, "%s/bad", folder);
    assert_int_equal(fm_config_named("micro", &config), FSAM_OK);
    config.img_size = 56;
    config.text.vocab = 512 + 3 + 2;
    config.text.start = 515;
    config.text.end = 516;
    assert_int_equal(fm_model_generate(&config, 5, merges, &model), FSAM_OK);
    assert_int_equal(fm_model_save(model, good, false), FSAM_OK);
    fm_model_free(model);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(good);
    unlink(bad);
    return rmdir(folder);
}

static void expect_refusal(fsam_status status, const char *reason)
{
    fm_model *model = (fm_model *)bad;
    fsam_status got = fm_model_open(bad, &model);
    const char *message = fb_message();
    assert_null(model);
    if (got != status || strncmp(message, bad, strlen(bad)) != 0 || strstr(message, reason) == NULL)
        fail_msg("status %d (expected %d), message '%s' (expected '%s')", got, status, message, reason);
}

/* ---- a good file, changed in one place ---- */

typedef struct change {
    const char *key, *value; /* a metadata value; NULL: the key is left out */
    const char *without;     /* a tensor that is left out */
    const char *reshaped;    /* a tensor whose two sides are swapped */
    const char *halved;      /* a tensor stored as F16 */
} change;

static void copy_metadata(const fb_safetensors *from, fb_safetensors_builder *to, const change *c)
{
    for (size_t i = 0; i < fb_safetensors_metadata_count(from); i++) {
        const char *key, *value;
        fb_safetensors_metadata_at(from, i, &key, &value);
        if (c->key != NULL && strcmp(key, c->key) == 0) continue;
        assert_int_equal(fb_safetensors_builder_metadata(to, key, value), FSAM_OK);
    }
    if (c->key != NULL && c->value != NULL)
        assert_int_equal(fb_safetensors_builder_metadata(to, c->key, c->value), FSAM_OK);
}

static bool is(const char *name, const fb_tensor *tensor)
{
    return name != NULL && strcmp(name, tensor->name) == 0;
}

static void write_bad(change c)
{
    static uint16_t half[1 << 16];
    fb_safetensors *from;
    fb_safetensors_builder *to = fb_safetensors_builder_new();
    assert_int_equal(fb_safetensors_open(good, &from), FSAM_OK);
    copy_metadata(from, to, &c);
    for (size_t i = 0; i < fb_safetensors_count(from); i++) {
        fb_tensor tensor = *fb_safetensors_at(from, i);
        if (is(c.without, &tensor)) continue;
        if (is(c.reshaped, &tensor)) {
            int64_t first = tensor.dim[0];
            tensor.dim[0] = tensor.dim[1];
            tensor.dim[1] = first;
        }
        if (is(c.halved, &tensor)) {
            assert_true(tensor.count <= sizeof half / sizeof *half);
            assert_true(fb_tensor_from_f32(FB_F16, tensor.data, tensor.count, half));
            tensor.dtype = FB_F16;
            tensor.data = half;
        }
        assert_int_equal(
            fb_safetensors_builder_add(to, tensor.name, tensor.dtype, tensor.ndim, tensor.dim, tensor.data), FSAM_OK);
    }
    assert_int_equal(fb_safetensors_builder_save(to, bad, true), FSAM_OK);
    fb_safetensors_builder_free(to);
    fb_safetensors_close(from);
}

/* ---- tests ---- */

static const float *values_of(fm_model *model, const char *name, int64_t count)
{
    const ft_source source = fm_model_source(model);
    const float *values;
    assert_int_equal(source.get(source.context, name, count, &values), FSAM_OK);
    return values;
}

static void give_back(fm_model *model, const char *name, const float *values)
{
    const ft_source source = fm_model_source(model);
    source.done(source.context, name, values);
}

/* The saved file holds what the generated model makes, and what it says of itself. */
static void test_saved(void **state)
{
    fm_model *made, *read;
    size_t count;
    (void)state;
    assert_int_equal(fm_model_generate(&config, 5, merges, &made), FSAM_OK);
    assert_int_equal(fm_model_open(good, &read), FSAM_OK);
    assert_memory_equal(fm_model_config(read), &config, sizeof config);
    assert_string_equal(fm_model_metadata(read, "fsam.config"), fm_model_metadata(made, "fsam.config"));
    assert_string_equal(fm_model_metadata(read, "no.such.key"), "");
    assert_string_equal(fm_model_name(read), good);
    assert_non_null(fm_model_tokenizer(read));
    assert_true(fm_model_present_threshold(read) == 0.2);
    assert_false(fm_model_bone_bright(read));
    const fm_parameter *list = fm_model_parameters(read, &count);
    for (size_t i = 0; i < count; i++) {
        int64_t size = 1;
        for (int axis = 0; axis < list[i].ndim; axis++) size *= list[i].dim[axis];
        const float *a = values_of(made, list[i].name, size), *b = values_of(read, list[i].name, size);
        assert_memory_equal(a, b, (size_t)size * sizeof *a);
        assert_ptr_equal(b, values_of(read, list[i].name, size)); /* in place */
        give_back(made, list[i].name, a);
        give_back(read, list[i].name, b);
        give_back(read, list[i].name, b);
    }
    assert_int_equal(fm_model_save(made, good, false), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fm_model_save(read, bad, true), FSAM_ERROR_ARGUMENT);
    fm_model_free(read);
    fm_model_free(made);
    fm_model_free(NULL);
}

static void test_source_refuses(void **state)
{
    fm_model *model;
    const float *values;
    (void)state;
    assert_int_equal(fm_model_open(good, &model), FSAM_OK);
    const ft_source source = fm_model_source(model);
    assert_int_equal(source.get(source.context, "no.such.weight", 3, &values), FSAM_ERROR_INTERNAL);
    assert_int_equal(source.get(source.context, a_weight, 3, &values), FSAM_ERROR_INTERNAL);
    fm_model_free(model);
}

/* Another seed gives other values; weights have the variance that keeps activations in size. */
static void test_generated(void **state)
{
    fm_model *one, *two;
    (void)state;
    assert_int_equal(fm_model_generate(&config, 5, NULL, &one), FSAM_OK);
    assert_int_equal(fm_model_generate(&config, 6, NULL, &two), FSAM_OK);
    assert_null(fm_model_tokenizer(one));
    const char *name = "image_encoder.backbone.swin.stages.3.blocks.0.ffn.layers.1.weight"; /* 256 x 1024 */
    const int64_t count = (int64_t)256 * 1024;
    const float *a = values_of(one, name, count), *b = values_of(two, name, count);
    double sum = 0, square = 0;
    size_t same = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += a[i];
        square += (double)a[i] * a[i];
        same += a[i] == b[i];
    }
    assert_float_equal(sum / (double)count, 0, 1e-3);
    assert_float_equal(square / (double)count * 1024, 1, 0.01);
    assert_true(same < 10);
    give_back(one, name, a);
    give_back(two, name, b);
    fm_model_free(one);
    fm_model_free(two);
}

static void test_converted(void **state)
{
    fm_model *model, *exact;
    (void)state;
    write_bad((change){.halved = a_weight});
    assert_int_equal(fm_model_open(bad, &model), FSAM_OK);
    assert_int_equal(fm_model_open(good, &exact), FSAM_OK);
    const float *half = values_of(model, a_weight, 4 * 64), *full = values_of(exact, a_weight, 4 * 64);
    for (int i = 0; i < 4 * 64; i++) assert_true(half[i] == fb_f32_from_f16(fb_f16_from_f32(full[i])));
    give_back(model, a_weight, half);
    give_back(exact, a_weight, full);
    fm_model_free(model);
    fm_model_free(exact);
}

static void test_parameters_refused(void **state)
{
    (void)state;
    write_bad((change){.without = a_weight});
    expect_refusal(FSAM_ERROR_MISMATCH, ": \"mask_decoder.mask_tokens.weight\": missing");
    write_bad((change){.reshaped = a_weight});
    expect_refusal(FSAM_ERROR_MISMATCH, ": \"mask_decoder.mask_tokens.weight\": shape [64, 4], expected [4, 64]");
}

static void test_metadata_refused(void **state)
{
    static const struct {
        const char *key, *value;
        fsam_status status;
        const char *reason;
    } cases[] = {
        {"fsam.config", NULL, FSAM_ERROR_UNSUPPORTED, ": fsam.config: missing"},
        {"fsam.config", "{\"img_size\": 56,", FSAM_ERROR_FORMAT, ": fsam.config: string or"},
        {"fsam.config", "[]", FSAM_ERROR_FORMAT, ": fsam.config: not an object"},
        {"fsam.config", "{\"img_size\": 1000000}", FSAM_ERROR_FORMAT, ": fsam.config: img_size: 1000000 is not in"},
        {"fsam.config", "{\"img_size\": 99999999999999}", FSAM_ERROR_FORMAT, ": fsam.config: img_size: 99999999999999"},
        {"fsam.config", "{\"depths\": [2, 2, 2000000000, 2]}", FSAM_ERROR_FORMAT, ": fsam.config: depths[2]"},
        {"fsam.config", "{\"embed_dims\": \"wide\"}", FSAM_ERROR_FORMAT, ": fsam.config: embed_dims: not an integer"},
        {"fsam.config", "{\"text\": {\"kind\": \"bert\"}}", FSAM_ERROR_UNSUPPORTED, ": fsam.config: text.kind"},
        {"fsam.config", "{}", FSAM_ERROR_MISMATCH, "expected"}, /* the published sizes */
        {"fsam.preparation", "[]", FSAM_ERROR_FORMAT, ": fsam.preparation: not an object"},
        {"fsam.preparation", "{\"channels\": \"rgb\"}", FSAM_ERROR_UNSUPPORTED, ": fsam.preparation: channels"},
        {"fsam.preparation", "{\"polarity\": \"odd\"}", FSAM_ERROR_FORMAT, ": fsam.preparation: polarity"},
        {"fsam.preparation", "{\"std\": 0.25}", FSAM_ERROR_UNSUPPORTED, ": fsam.preparation: std"},
        {"fsam.thresholds", "{\"present\": \"high\"}", FSAM_ERROR_FORMAT, ": fsam.thresholds: present"},
        {"fsam.thresholds", "{\"present\": 1.5}", FSAM_ERROR_FORMAT, ": fsam.thresholds: present"},
        {"fsam.tokenizer", "l e\n", FSAM_ERROR_MISMATCH, ": fsam.tokenizer: its vocabulary is 515"},
        {"fsam.tokenizer", "nonsense\n", FSAM_ERROR_FORMAT, ": fsam.tokenizer"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_bad((change){.key = cases[i].key, .value = cases[i].value});
        expect_refusal(cases[i].status, cases[i].reason);
    }
}

/* A text that would take fifty times its size is refused before it is parsed. */
static void test_large_metadata_refused(void **state)
{
    static const char *const keys[] = {"fsam.config", "fsam.preparation", "fsam.thresholds"};
    enum { SIZE = 300000 };
    char *text = malloc(SIZE + 1);
    (void)state;
    assert_non_null(text);
    for (int i = 0; i < SIZE; i += 3) memcpy(text + i, "[],", 3);
    text[0] = '[';
    text[1] = '0';
    memcpy(text + SIZE - 1, "]", 2);
    for (int i = 0; i < 3; i++) {
        char reason[64];
        snprintf(reason, sizeof reason, ": %s: larger than 65536 bytes", keys[i]);
        write_bad((change){.key = keys[i], .value = text});
        expect_refusal(FSAM_ERROR_MEMORY, reason);
    }
    free(text);
}

static void test_metadata_taken(void **state)
{
    fm_model *model;
    (void)state;
    write_bad((change){.key = "fsam.thresholds", .value = "{\"present\": 0.37}"});
    assert_int_equal(fm_model_open(bad, &model), FSAM_OK);
    assert_true(fm_model_present_threshold(model) == 0.37);
    fm_model_free(model);
    write_bad((change){.key = "fsam.preparation", .value = "{\"polarity\": \"bone_bright\"}"});
    assert_int_equal(fm_model_open(bad, &model), FSAM_OK);
    assert_true(fm_model_bone_bright(model));
    fm_model_free(model);
    write_bad((change){.key = "fsam.tokenizer"});
    assert_int_equal(fm_model_open(bad, &model), FSAM_OK);
    assert_null(fm_model_tokenizer(model));
    fm_model_free(model);
    write_bad((change){.key = "credit", .value = "ours"});
    assert_int_equal(fm_model_open(bad, &model), FSAM_OK);
    assert_string_equal(fm_model_metadata(model, "credit"), "ours");
    fm_model_free(model);
}

/* Cut short anywhere, and grown: the header, the data. */
static void test_truncated(void **state)
{
    fb_map map;
    (void)state;
    assert_int_equal(fb_map_open(good, &map), FSAM_OK);
    const size_t cuts[] = {0, 4, 8, 100, map.size / 4, map.size / 2, map.size - 4, map.size - 1};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        assert_int_equal(fb_file_write(bad, true, map.data, cuts[i]), FSAM_OK);
        expect_refusal(FSAM_ERROR_FORMAT, "");
    }
    fb_map_close(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_saved),
        cmocka_unit_test(test_source_refuses),
        cmocka_unit_test(test_generated),
        cmocka_unit_test(test_converted),
        cmocka_unit_test(test_parameters_refused),
        cmocka_unit_test(test_metadata_refused),
        cmocka_unit_test(test_large_metadata_refused),
        cmocka_unit_test(test_metadata_taken),
        cmocka_unit_test(test_truncated),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
