/* Reading and writing safetensors; every malformed case with its message. */
#include "base/safetensors.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROOM = 4096 };

/* A file in memory: `header` (its true length unless `length` is not -1), then `bytes` of data counting from 0. */
static size_t compose(unsigned char *file, const char *header, uint64_t length, size_t bytes)
{
    size_t true_length = strlen(header);
    assert_true(8 + true_length + bytes <= ROOM);
    if (length == UINT64_MAX) length = true_length;
    memcpy(file, &length, 8);
    memcpy(file + 8, header, true_length);
    for (size_t i = 0; i < bytes; i++) file[8 + true_length + i] = (unsigned char)i;
    return 8 + true_length + bytes;
}

#define ENTRY(name, dtype, shape, offsets)                                                                             \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static const struct malformed {
    const char *header;
    size_t bytes;
    fsam_status status;
    const char *message;
} malformed[] = {
    {"", 0, FSAM_ERROR_FORMAT, "t: header does not begin with '{'"},
    {"[]", 0, FSAM_ERROR_FORMAT, "t: header does not begin with '{'"},
    {" {}", 0, FSAM_ERROR_FORMAT, "t: header does not begin with '{'"},
    {"{\"a\":", 0, FSAM_ERROR_FORMAT, "t: header is not valid JSON at byte 13: "},
    {"{} x", 0, FSAM_ERROR_FORMAT, "t: header is not valid JSON at byte "},
    {"{\"a\":{},\"a\":{}}", 0, FSAM_ERROR_FORMAT, "duplicate object key"},
    {"{\"\xff\":{}}", 0, FSAM_ERROR_FORMAT, "t: header is not valid JSON"},
    {"{\"__metadata__\":3}", 0, FSAM_ERROR_FORMAT, "t: __metadata__ is not an object"},
    {"{\"__metadata__\":{\"k\":3}}", 0, FSAM_ERROR_FORMAT, "t: __metadata__ 'k' is not a string"},
    {"{" ENTRY("", "U8", "[]", "[0,1]") "}", 1, FSAM_ERROR_FORMAT, "t: tensor '': name is empty"},
    {"{\"a\":3}", 0, FSAM_ERROR_FORMAT, "t: tensor 'a': entry is not an object"},
    {"{\"a\":{}}", 0, FSAM_ERROR_FORMAT, "t: tensor 'a': dtype is missing or not a string"},
    {"{" ENTRY("a", "F31", "[]", "[0,1]") "}", 1, FSAM_ERROR_FORMAT, "t: tensor 'a': dtype 'F31' is unknown"},
    {"{" ENTRY("a", "U16", "[]", "[0,2]") "}", 2, FSAM_ERROR_UNSUPPORTED,
     "t: tensor 'a': dtype 'U16' is not supported"},
    {"{\"a\":{\"dtype\":\"U8\"}}", 0, FSAM_ERROR_FORMAT, "t: tensor 'a': shape is missing or not an array"},
    {"{" ENTRY("a", "U8", "[-1]", "[0,1]") "}", 1, FSAM_ERROR_FORMAT, "'a': shape is not of non-negative integers"},
    {"{" ENTRY("a", "U8", "[1.0]", "[0,1]") "}", 1, FSAM_ERROR_FORMAT, "'a': shape is not of non-negative integers"},
    {"{" ENTRY("a", "U8", "[1,1,1,1,1,1,1,1,1]", "[0,1]") "}", 1, FSAM_ERROR_UNSUPPORTED,
     "t: tensor 'a': shape has more than 8 dimensions"},
    {"{" ENTRY("a", "U8", "[4294967296,4294967296]", "[0,0]") "}", 0, FSAM_ERROR_FORMAT, "'a': shape overflows"},
    {"{" ENTRY("a", "F64", "[4611686018427387904]", "[0,0]") "}", 0, FSAM_ERROR_FORMAT, "'a': shape overflows"},
    {"{" ENTRY("a", "U8", "[99999999999999999999]", "[0,0]") "}", 0, FSAM_ERROR_FORMAT, "not valid JSON"},
    {"{\"a\":{\"dtype\":\"U8\",\"shape\":[]}}", 1, FSAM_ERROR_FORMAT, "'a': data_offsets is not a pair of integers"},
    {"{" ENTRY("a", "U8", "[]", "[0]") "}", 1, FSAM_ERROR_FORMAT, "'a': data_offsets is not a pair of integers"},
    {"{" ENTRY("a", "U8", "[]", "[0,\"1\"]") "}", 1, FSAM_ERROR_FORMAT, "'a': data_offsets is not a pair of integers"},
    {"{" ENTRY("a", "U8", "[]", "[-1,0]") "}", 1, FSAM_ERROR_FORMAT, "'a': data_offsets are negative or out of order"},
    {"{" ENTRY("a", "U8", "[1]", "[1,0]") "}", 1, FSAM_ERROR_FORMAT, "'a': data_offsets are negative or out of order"},
    {"{" ENTRY("a", "F32", "[2]", "[0,8]") "}", 7, FSAM_ERROR_FORMAT,
     "t: tensor 'a': data_offsets reach past the end of the file"},
    {"{" ENTRY("a", "F32", "[2]", "[0,4]") "}", 8, FSAM_ERROR_FORMAT,
     "t: tensor 'a': data_offsets do not span what dtype and shape need"},
    {"{" ENTRY("a", "U8", "[4]", "[0,4]") "," ENTRY("b", "U8", "[4]", "[3,7]") "}", 8, FSAM_ERROR_FORMAT,
     "t: tensor 'b': data_offsets overlap tensor 'a'"},
};

static void expect_refused(const unsigned char *data, size_t size, fsam_status status, const char *message)
{
    fb_safetensors *file;
    /* A copy of exactly its size, so that a sanitizer sees any read past the end. */
    unsigned char *copy = malloc(size + 1);
    assert_non_null(copy);
    memcpy(copy + 1, data, size);
    fb_message_clear();
    assert_int_equal(fb_safetensors_open_memory(copy + 1, size, "t", &file), status);
    assert_null(file);
    if (strstr(fb_message(), message) == NULL) fail_msg("'%s' does not say '%s'", fb_message(), message);
    free(copy);
}

static void test_malformed(void **state)
{
    unsigned char data[ROOM];
    (void)state;
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        size_t size = compose(data, malformed[i].header, UINT64_MAX, malformed[i].bytes);
        expect_refused(data, size, malformed[i].status, malformed[i].message);
    }
}

static void test_header_length(void **state)
{
    unsigned char data[ROOM];
    const uint64_t lengths[] = {3, 100 * 1000 * 1000, UINT64_MAX - 1, UINT64_MAX - 7, (uint64_t)1 << 63};
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t size = compose(data, "{}", lengths[i], 0);
        expect_refused(data, size, FSAM_ERROR_FORMAT, "t: header length reaches past the end of the file");
    }
    for (size_t size = 0; size < 8; size++)
        expect_refused(data, size, FSAM_ERROR_FORMAT, "t: too short for a safetensors file");
}

static void test_costly_header(void **state)
{
    const size_t length = 1 << 20;
    unsigned char *data = calloc(1, 8 + length);
    uint64_t stored = length;
    (void)state;
    assert_non_null(data);
    memcpy(data, &stored, 8);
    memcpy(data + 8, "{\"a\":[", 6);
    for (size_t i = 14; i + 2 < 8 + length; i += 3) memcpy(data + i, "[],", 3);
    expect_refused(data, 8 + length, FSAM_ERROR_MEMORY, "t: header has too many values for the size of the file");
    memset(data + 8, '[', length); /* nested too deep, or refused before */
    data[8] = '{';
    expect_refused(data, 8 + length, FSAM_ERROR_MEMORY, "t: header has too many values");
    stored = 5000;
    memcpy(data, &stored, 8);
    memcpy(data + 8, "{\"a\":", 5);
    expect_refused(data, 8 + 5000, FSAM_ERROR_FORMAT, "maximum parsing depth reached");
    free(data);
}

/* Walking over the metadata takes a time that grows with its size, not with its square: that would be 10 s here. */
static void test_much_metadata(void **state)
{
    enum { KEYS = 60000, ENTRY_BYTES = 14 };
    const size_t length = 18 + (size_t)KEYS * ENTRY_BYTES + 1;
    unsigned char *data = malloc(8 + length + 1);
    const char *key, *value;
    uint64_t stored = length;
    fb_safetensors *file;
    (void)state;
    assert_non_null(data);
    memcpy(data, &stored, 8);
    memcpy(data + 8, "{\"__metadata__\": {", 18);
    for (size_t i = 0; i < KEYS; i++)
        snprintf((char *)data + 26 + i * ENTRY_BYTES, ENTRY_BYTES + 1, "\"k%06zu\":\"v\"%c", i,
                 i + 1 < KEYS ? ',' : '}');
    data[8 + length - 1] = '}';
    assert_int_equal(fb_safetensors_open_memory(data, 8 + length, "t", &file), FSAM_OK);
    assert_int_equal(fb_safetensors_metadata_count(file), KEYS);
    clock_t start = clock();
    for (size_t i = 0; i < KEYS; i++) {
        fb_safetensors_metadata_at(file, i, &key, &value);
        assert_true(strtoul(key + 1, NULL, 10) == i && value[0] == 'v');
    }
    assert_true(clock() - start < CLOCKS_PER_SEC);
    fb_safetensors_metadata_at(file, KEYS, &key, &value);
    assert_true(key == NULL && value == NULL);
    fb_safetensors_close(file);
    free(data);
}

static void test_well_formed(void **state)
{
    unsigned char data[ROOM];
    fb_safetensors *file;
    (void)state;
    /* Out of order, an empty tensor where another starts, a scalar, unaligned, an unknown field. */
    size_t size = compose(data,
                          "{" ENTRY("c", "F32", "[]", "[3,7]") "," ENTRY("b", "U8", "[3]", "[0,3]") "," ENTRY(
                              "z", "F32", "[2,0]", "[0,0]") ",\"d\":{\"x\":1,\"dtype\":\"I8\",\"shape\":[1],"
                                                            "\"data_offsets\":[7,8]}}  ",
                          UINT64_MAX, 8);
    assert_int_equal(fb_safetensors_open_memory(data, size, "t", &file), FSAM_OK);
    assert_int_equal(fb_safetensors_count(file), 4);
    assert_string_equal(fb_safetensors_at(file, 0)->name, "z");
    assert_string_equal(fb_safetensors_at(file, 1)->name, "b");
    assert_null(fb_safetensors_at(file, 4));
    assert_int_equal(fb_safetensors_find(file, "c")->count, 1);
    assert_int_equal(fb_safetensors_find(file, "z")->bytes, 0);
    assert_null(fb_safetensors_find(file, "e"));
    assert_null(fb_safetensors_metadata(file, "k"));
    assert_int_equal(fb_safetensors_metadata_count(file), 0);
    float out[3], want;
    fb_tensor_to_f32(fb_safetensors_find(file, "b"), out);
    assert_true(out[0] == 0.0f && out[1] == 1.0f && out[2] == 2.0f);
    fb_tensor_to_f32(fb_safetensors_find(file, "c"), out);
    memcpy(&want, "\3\4\5\6", 4);
    assert_true(out[0] == want);
    fb_safetensors_close(file);
    size = compose(data, "{}", UINT64_MAX, 0);
    assert_int_equal(fb_safetensors_open_memory(data, size, "t", &file), FSAM_OK);
    assert_int_equal(fb_safetensors_count(file), 0);
    assert_null(fb_safetensors_find(file, "a"));
    fb_safetensors_close(file);
    fb_safetensors_close(NULL);
}

/* The same values in every type, none at its natural place. */
static const double f64_values[3] = {-3, 0, 7.5};
static const float f32_values[3] = {-3, 0, 7.5f};
static const uint16_t f16_values[3] = {0xc200, 0, 0x4780}, bf16_values[3] = {0xc040, 0, 0x40f0};
static const int64_t i64_values[3] = {-3, 0, 7};
static const int32_t i32_values[3] = {-3, 0, 7};
static const int16_t i16_values[3] = {-3, 0, 7};
static const int8_t i8_values[3] = {-3, 0, 7};
static const uint8_t u8_values[3] = {253, 0, 7}, bool_values[3] = {1, 0, 1};
static const struct sample {
    const void *data;
    float want[3];
} sample[FB_DTYPE_COUNT] = {
    [FB_F32] = {f32_values, {-3, 0, 7.5f}}, [FB_F64] = {f64_values, {-3, 0, 7.5f}},
    [FB_F16] = {f16_values, {-3, 0, 7.5f}}, [FB_BF16] = {bf16_values, {-3, 0, 7.5f}},
    [FB_I64] = {i64_values, {-3, 0, 7}},    [FB_I32] = {i32_values, {-3, 0, 7}},
    [FB_I16] = {i16_values, {-3, 0, 7}},    [FB_I8] = {i8_values, {-3, 0, 7}},
    [FB_U8] = {u8_values, {253, 0, 7}},     [FB_BOOL] = {bool_values, {1, 0, 1}},
};

static void check_round_trip(const char *path)
{
    fb_safetensors *file;
    assert_int_equal(fb_safetensors_open(path, &file), FSAM_OK);
    assert_int_equal(fb_safetensors_count(file), FB_DTYPE_COUNT);
    const unsigned char *end = fb_safetensors_at(file, 0)->data;
    assert_int_equal((uintptr_t)end % 64, 0); /* the map starts on a page, so this is the place in the file */
    for (size_t i = 0; i < FB_DTYPE_COUNT; i++) {
        const fb_tensor *tensor = fb_safetensors_at(file, i);
        assert_ptr_equal(tensor->data, end); /* no holes */
        assert_int_equal((uintptr_t)tensor->data % fb_dtype_size(tensor->dtype), 0);
        assert_string_equal(tensor->name, fb_dtype_name(tensor->dtype));
        assert_int_equal(tensor->ndim, 2);
        assert_true(tensor->dim[0] == 3 && tensor->dim[1] == 1);
        float out[3];
        fb_safetensors_drop(file, tensor);
        fb_tensor_to_f32(tensor, out);
        assert_memory_equal(tensor->data, sample[tensor->dtype].data, tensor->bytes);
        for (int k = 0; k < 3; k++) assert_true(out[k] == sample[tensor->dtype].want[k]);
        end += tensor->bytes;
    }
    const char *key, *value;
    assert_int_equal(fb_safetensors_metadata_count(file), 2);
    assert_string_equal(fb_safetensors_metadata(file, "licence"), "a \"b\"\n\xc3\xa9");
    fb_safetensors_metadata_at(file, 1, &key, &value);
    assert_string_equal(key, "format");
    assert_string_equal(value, "fsam");
    fb_safetensors_close(file);
}

static void test_round_trip(void **state)
{
    char path[] = "/tmp/fsam-safetensors-XXXXXX";
    const int64_t dim[2] = {3, 1};
    (void)state;
    int made = mkstemp(path);
    assert_true(made >= 0);
    close(made);
    fb_safetensors_builder *builder = fb_safetensors_builder_new();
    assert_non_null(builder);
    assert_int_equal(fb_safetensors_builder_metadata(builder, "licence", "a \"b\"\n\xc3\xa9"), FSAM_OK);
    assert_int_equal(fb_safetensors_builder_metadata(builder, "format", "fsam"), FSAM_OK);
    for (int i = FB_DTYPE_COUNT - 1; i >= 0; i--)
        assert_int_equal(
            fb_safetensors_builder_add(builder, fb_dtype_name((fb_dtype)i), (fb_dtype)i, 2, dim, sample[i].data),
            FSAM_OK);
    assert_int_equal(fb_safetensors_builder_save(builder, path, false), FSAM_ERROR_ARGUMENT);
    assert_non_null(strstr(fb_message(), "exists already"));
    assert_int_equal(fb_safetensors_builder_save(builder, path, true), FSAM_OK);
    fb_safetensors_builder_free(builder);
    check_round_trip(path);
    unlink(path);
}

static fsam_status make_halves(void *context, void *out)
{
    const float *values = context;
    if (!fb_tensor_from_f32(FB_F16, values, 3, out)) return fb_fail(FSAM_ERROR_ARGUMENT, "made: too large");
    return FSAM_OK;
}

static void test_made(void **state)
{
    char path[] = "/tmp/fsam-safetensors-XXXXXX";
    const int64_t dim = 3;
    float values[3] = {-3, 0, 7.5f}, out[3];
    (void)state;
    int made = mkstemp(path);
    assert_true(made >= 0);
    close(made);
    fb_safetensors_builder *builder = fb_safetensors_builder_new();
    assert_int_equal(fb_safetensors_builder_add_made(builder, "a", FB_F16, 1, &dim, make_halves, values), FSAM_OK);
    assert_int_equal(fb_safetensors_builder_add(builder, "b", FB_F32, 1, &dim, f32_values), FSAM_OK);
    assert_int_equal(fb_safetensors_builder_save(builder, path, true), FSAM_OK);
    fb_safetensors *file;
    assert_int_equal(fb_safetensors_open(path, &file), FSAM_OK);
    fb_tensor_to_f32(fb_safetensors_find(file, "a"), out);
    assert_memory_equal(out, values, sizeof values);
    fb_safetensors_close(file);
    values[1] = 1e5f; /* the maker fails: the file stays as it was */
    assert_int_equal(fb_safetensors_builder_save(builder, path, true), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "made: too large");
    assert_int_equal(fb_safetensors_open(path, &file), FSAM_OK);
    fb_safetensors_close(file);
    fb_safetensors_builder_free(builder);
    unlink(path);
}

static void test_builder_refuses(void **state)
{
    const int64_t negative = -1, huge = INT64_MAX, one = 1;
    const float data = 0;
    (void)state;
    fb_safetensors_builder *b = fb_safetensors_builder_new();
    assert_int_equal(fb_safetensors_builder_add(b, "a", FB_F32, 1, &one, &data), FSAM_OK);
    assert_int_equal(fb_safetensors_builder_add(b, "a", FB_F32, 1, &one, &data), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "tensor 'a': name is given twice");
    assert_int_equal(fb_safetensors_builder_add(b, "", FB_F32, 1, &one, &data), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "tensor '': name is empty");
    assert_int_equal(fb_safetensors_builder_add(b, "\xff", FB_F32, 1, &one, &data), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fb_safetensors_builder_add(b, "__metadata__", FB_F32, 1, &one, &data), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fb_safetensors_builder_add(b, "b", FB_F32, 9, &one, &data), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fb_safetensors_builder_add(b, "b", FB_F32, 1, &negative, &data), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "tensor 'b': shape is negative");
    assert_int_equal(fb_safetensors_builder_add(b, "b", FB_F32, 1, &huge, &data), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "tensor 'b': shape overflows");
    assert_int_equal(fb_safetensors_builder_metadata(b, "k", "v"), FSAM_OK);
    assert_int_equal(fb_safetensors_builder_metadata(b, "k", "w"), FSAM_ERROR_ARGUMENT);
    assert_string_equal(fb_message(), "metadata 'k': given twice");
    assert_int_equal(fb_safetensors_builder_metadata(b, "l", "\xff"), FSAM_ERROR_ARGUMENT);
    assert_int_equal(fb_safetensors_builder_save(b, "/tmp/fsam-no-such-folder/a", true), FSAM_ERROR_IO);
    fb_safetensors_builder_free(b);
    fb_safetensors_builder_free(NULL);
    fb_safetensors *file;
    assert_int_equal(fb_safetensors_open("/tmp/fsam-no-such-folder/a", &file), FSAM_ERROR_IO);
    assert_null(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_malformed),     cmocka_unit_test(test_header_length),
        cmocka_unit_test(test_costly_header), cmocka_unit_test(test_much_metadata),
        cmocka_unit_test(test_well_formed),   cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_made),          cmocka_unit_test(test_builder_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
