/* CLIP's tokenizer: on a small vocabulary of its own, and on CLIP's with the vectors in ../shared. */
#include "text/tokenizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

static const char small[] = "#version\nl o\nlo w</w>\nlo w\ne r</w>\na a\n";
enum { START = 517, END = 518 };

static fw_tokenizer *open_small(void)
{
    fw_tokenizer *tokenizer = NULL;
    assert_int_equal(fw_tokenizer_open(small, sizeof small - 1, 0, "small", &tokenizer), FSAM_OK);
    return tokenizer;
}

static void expect(const fw_tokenizer *tokenizer, const char *text, int context, const int32_t *wanted,
                   int wanted_count)
{
    int32_t ids[80];
    int count = 0;
    assert_int_equal(fw_tokenizer_encode(tokenizer, text, context, ids, &count), FSAM_OK);
    assert_int_equal(count, wanted_count);
    assert_memory_equal(ids, wanted, (size_t)count * sizeof *ids);
    for (int i = count; i < context; i++) assert_int_equal(ids[i], 0);
}
#define EXPECT(text, context, ...)                                                                                     \
    expect(tokenizer, text, context, (const int32_t[]){__VA_ARGS__},                                                   \
           (int)(sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t)))

static void merges_in_order(void **state)
{
    (void)state;
    fw_tokenizer *tokenizer = open_small();
    assert_int_equal(fw_tokenizer_vocabulary(tokenizer), 519);
    EXPECT("", 8, START, END);
    EXPECT(" LOW\t\n&#108;ow ", 8, START, 513, 513, END);
    EXPECT("lower", 8, START, 514, 515, END);
    EXPECT("aaaab", 8, START, 516, 516, 'b' - 33 + 256, END);
    EXPECT("<|STARTOFTEXT|><|endoftext|>", 8, START, START, END, END);
    EXPECT("low low low", 4, START, 513, 513, END);
    EXPECT("low", 2, START, END);
    EXPECT("\xff", 8, START, 171, 123, 121 + 256, END);
    fw_tokenizer_free(tokenizer);
}

static void refuses(void **state)
{
    (void)state;
    fw_tokenizer *tokenizer = NULL;
    assert_int_equal(fw_tokenizer_open("a b\nab\n", 7, 0, "bad", &tokenizer), FSAM_ERROR_FORMAT);
    assert_int_equal(fw_tokenizer_open("a b\na b c\n", 10, 0, "bad", &tokenizer), FSAM_ERROR_FORMAT);
    tokenizer = open_small();
    int32_t ids[2];
    int count;
    assert_int_equal(fw_tokenizer_encode(tokenizer, "a", 1, ids, &count), FSAM_ERROR_ARGUMENT);
    fw_tokenizer_free(tokenizer);
}

static void long_word(void **state)
{
    (void)state;
    fw_tokenizer *tokenizer = open_small();
    size_t size = 1 << 20;
    char *text = malloc(size + 1);
    assert_non_null(text);
    memset(text, 'a', size);
    text[size] = '\0';
    EXPECT(text, 5, START, 516, 516, 516, END);
    free(text);
    fw_tokenizer_free(tokenizer);
}

static void clip_vectors(void **state)
{
    (void)state;
    if (access("../shared/clip/token_vectors.json", R_OK) != 0) {
        puts("skipped: no ../shared");
        skip();
    }
    char *merges;
    size_t size;
    fw_tokenizer *tokenizer = NULL;
    assert_int_equal(fw_vocabulary_read("../shared/clip/bpe_simple_vocab_16e6.txt.gz", &merges, &size), FSAM_OK);
    assert_int_equal(fw_tokenizer_open(merges, size, 0, "CLIP", &tokenizer), FSAM_OK);
    free(merges);
    assert_int_equal(fw_tokenizer_vocabulary(tokenizer), 49408);
    json_t *vectors = json_load_file("../shared/clip/token_vectors.json", 0, NULL);
    assert_true(json_array_size(vectors) > 0);
    for (size_t i = 0; i < json_array_size(vectors); i++) {
        const json_t *vector = json_array_get(vectors, i);
        const json_t *list = json_object_get(vector, "ids");
        int32_t ids[77];
        int count = (int)json_array_size(list);
        assert_in_range(count, 2, 77);
        for (int k = 0; k < count; k++) ids[k] = (int32_t)json_integer_value(json_array_get(list, (size_t)k));
        expect(tokenizer, json_string_value(json_object_get(vector, "text")), 77, ids, count);
    }
    json_decref(vectors);
    fw_tokenizer_free(tokenizer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(merges_in_order), cmocka_unit_test(refuses),
                                       cmocka_unit_test(long_word), cmocka_unit_test(clip_vectors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
