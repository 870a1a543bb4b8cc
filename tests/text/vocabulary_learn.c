/* A vocabulary learned from texts: against a learner that works on strings, and read back by the tokenizer. */
#include "text/vocabulary_learn.h"

#include "text/descriptions.h"
#include "text/tokenizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_WORDS = 64, MOST_PARTS = 16, PART_BYTES = 32 };

/* ---- the same by brute force: words as rows of strings, every pair counted by looking at every other ---- */

typedef struct spelling {
    char part[MOST_PARTS][PART_BYTES];
    int parts;
} spelling;

typedef struct slow {
    spelling word[MOST_WORDS];
    int words;
} slow;

/* Words of lower-case letters between spaces; a word that comes twice stands here twice. */
static void spell(slow *s, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (at == text || at[-1] == ' ') s->word[s->words++].parts = 0;
        spelling *word = &s->word[s->words - 1];
        if (*at == ' ') continue;
        const bool last = at[1] == ' ' || at[1] == '\0';
        snprintf(word->part[word->parts++], PART_BYTES, "%c%s", *at, last ? "</w>" : "");
    }
}

static int times_of(const slow *s, const char *left, const char *right)
{
    int times = 0;
    for (int w = 0; w < s->words; w++)
        for (int i = 0; i + 1 < s->word[w].parts; i++)
            times += strcmp(s->word[w].part[i], left) == 0 && strcmp(s->word[w].part[i + 1], right) == 0;
    return times;
}

/* The most frequent pair, of equal ones the first as text; how often it occurs. */
static int best_of(const slow *s, char left[PART_BYTES], char right[PART_BYTES])
{
    int most = 0;
    for (int w = 0; w < s->words; w++)
        for (int i = 0; i + 1 < s->word[w].parts; i++) {
            const char *a = s->word[w].part[i], *b = s->word[w].part[i + 1];
            const int times = times_of(s, a, b);
            int order = most > 0 ? strcmp(a, left) : -1;
            if (order == 0) order = strcmp(b, right);
            if (times < most || (times == most && order >= 0)) continue;
            most = times;
            snprintf(left, PART_BYTES, "%s", a);
            snprintf(right, PART_BYTES, "%s", b);
        }
    return most;
}

static void join(slow *s, const char *left, const char *right)
{
    for (int w = 0; w < s->words; w++) {
        spelling *word = &s->word[w];
        spelling joined = {.parts = 0};
        for (int i = 0; i < word->parts; i++) {
            const bool both =
                i + 1 < word->parts && strcmp(word->part[i], left) == 0 && strcmp(word->part[i + 1], right) == 0;
            snprintf(joined.part[joined.parts++], PART_BYTES, "%.15s%.15s", word->part[i],
                     both ? word->part[i + 1] : "");
            i += both;
        }
        *word = joined;
    }
}

static void equals_brute_force(void **state)
{
    (void)state;
    const char *const texts[] = {"the left femur and the right femur", "the femoral head of the left femur",
                                 "rib of the left side and ribs of the right side", "aaaaa aaaa aaa banana"};
    enum { COUNT = sizeof texts / sizeof *texts };
    char left[PART_BYTES], right[PART_BYTES], *merges;
    slow s = {.words = 0};
    size_t learned, expected = 0;
    for (int i = 0; i < COUNT; i++) spell(&s, texts[i]);
    assert_int_equal(fw_vocabulary_learn(texts, COUNT, 1000, &merges, &learned), FSAM_OK);
    const char *line = merges;
    for (; best_of(&s, left, right) >= 2; expected++) {
        char wanted[2 * PART_BYTES + 2];
        const int size = snprintf(wanted, sizeof wanted, "%s %s\n", left, right);
        assert_true(strncmp(line, wanted, (size_t)size) == 0);
        line += size;
        join(&s, left, right);
    }
    assert_string_equal(line, "");
    assert_int_equal(learned, expected);
    assert_true(expected > 20);
    free(merges);
}

static void order_and_case_do_not_matter(void **state)
{
    (void)state;
    const char *const one[] = {"Left FEMUR", "right femur", "femur, L"}, *const two[] = {one[2], one[1], "left femur"};
    char *first, *second;
    size_t learned[2];
    assert_int_equal(fw_vocabulary_learn(one, 3, 100, &first, &learned[0]), FSAM_OK);
    assert_int_equal(fw_vocabulary_learn(two, 3, 100, &second, &learned[1]), FSAM_OK);
    assert_string_equal(first, second);
    free(first);
    free(second);
}

/* All bytes that no letter of ASCII has come back as one token too. */
static void reads_back(void **state)
{
    (void)state;
    const char *const texts[] = {"m\xc3\xa4nner m\xc3\xa4nner", "femur femur? femur?", "\xff\xff \xff\xff"};
    char *merges;
    size_t learned;
    fw_tokenizer *tokenizer;
    int32_t ids[16];
    int count;
    assert_int_equal(fw_vocabulary_learn(texts, 3, 1000, &merges, &learned), FSAM_OK);
    assert_int_equal(fw_tokenizer_open(merges, strlen(merges), 0, "learned", &tokenizer), FSAM_OK);
    assert_int_equal(fw_tokenizer_vocabulary(tokenizer), (int)learned + 514);
    assert_int_equal(fw_tokenizer_encode(tokenizer, "femur M\xc3\x84NNER \xff\xff", 16, ids, &count), FSAM_OK);
    assert_int_equal(count, 5);
    fw_tokenizer_free(tokenizer);
    free(merges);
}

/* Every word of the descriptions that occurs often is one token, and no text grows past CLIP's context. */
static void shortens_descriptions(void **state)
{
    (void)state;
    fw_texts *texts;
    fw_variations list;
    char *merges;
    size_t learned;
    fw_tokenizer *tokenizer;
    int32_t ids[77];
    int count;
    assert_int_equal(fw_texts_open(NULL, &texts), FSAM_OK);
    assert_int_equal(fw_variations_of(texts, "femur_left", &list), FSAM_OK);
    const char **text = calloc(list.count, sizeof *text);
    assert_non_null(text);
    for (size_t i = 0; i < list.count; i++) text[i] = list.item[i].text;
    assert_int_equal(fw_vocabulary_learn(text, list.count, 40, &merges, &learned), FSAM_OK);
    assert_int_equal(learned, 40);
    assert_int_equal(fw_tokenizer_open(merges, strlen(merges), 0, "learned", &tokenizer), FSAM_OK);
    assert_int_equal(fw_tokenizer_encode(tokenizer, "the left femur", 77, ids, &count), FSAM_OK);
    assert_in_range(count, 5, 7);
    fw_tokenizer_free(tokenizer);
    free(merges);
    free(text);
    fw_variations_free(&list);
    fw_texts_free(texts);
}

static void takes_and_refuses(void **state)
{
    (void)state;
    const char *const texts[] = {"a a", ""};
    char *merges;
    size_t learned = 7;
    assert_int_equal(fw_vocabulary_learn(texts, 2, 10, &merges, &learned), FSAM_OK);
    assert_string_equal(merges, "");
    assert_int_equal(learned, 0);
    free(merges);
    assert_int_equal(fw_vocabulary_learn(texts, 0, 10, &merges, &learned), FSAM_OK);
    free(merges);
    assert_int_equal(fw_vocabulary_learn(texts, 2, FW_MOST_LEARNED + 1, &merges, &learned), FSAM_ERROR_ARGUMENT);
    assert_null(merges);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equals_brute_force),
                                       cmocka_unit_test(order_and_case_do_not_matter), cmocka_unit_test(reads_back),
                                       cmocka_unit_test(shortens_descriptions), cmocka_unit_test(takes_and_refuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
