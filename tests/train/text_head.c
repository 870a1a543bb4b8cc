/* The study of the codebook: on vectors that tell their names plainly, every text finds its code; on vectors that say
 * nothing, it is chance. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* cmocka needs the above first. */
#include "base/random.h"
#include "train/text_head.h"
#include <cmocka.h>

enum { NAMES = 4, EACH = 30, TEXTS = NAMES * EACH, OUT = 16 };

static fr_text item[TEXTS];
static fr_text_name name[NAMES];
static const fr_text_corpus corpus = {.name = name, .names = NAMES, .item = item, .count = TEXTS};
static float vectors[TEXTS * OUT];
static fr_text_encoder *encoder;

static int make(void **state)
{
    static const char *const words[NAMES] = {"a", "b", "c", "d"};
    const fr_text_shape shape = {.width = 8, .layers = 1, .heads = 1, .out = OUT};
    (void)state;
    for (int i = 0; i < TEXTS; i++)
        item[i] = (fr_text){.name = i / EACH, .use = i % 5 == 0 ? FR_TEXT_VARIATION : FR_TEXT_LEARNED};
    return fr_text_encoder_new(&shape, "", words, NAMES, 1, &encoder) == FSAM_OK ? 0 : -1;
}

static int clear(void **state)
{
    (void)state;
    fr_text_encoder_free(encoder);
    return 0;
}

/* share: how much of a vector says its name; the rest is noise. */
static void fill(double share)
{
    for (int i = 0; i < TEXTS; i++) {
        fb_random random = fb_random_start(1, (uint32_t)i, 0, 0);
        for (int k = 0; k < OUT; k++) {
            const double told = k % NAMES == item[i].name ? 1 : -1;
            vectors[i * OUT + k] = (float)(share * told + (1 - share) * fb_random_normal(&random)) / 4;
        }
    }
}

static fr_text_head_result study(int codebook, int revive, uint64_t steps)
{
    fr_text_head_settings settings = fr_text_head_settings_default;
    fr_text_head_result result;
    settings.steps = steps;
    settings.texts = 32;
    settings.dim = 16;
    settings.codebook = codebook;
    settings.revive = revive;
    if (fr_text_head_study(encoder, &corpus, vectors, &settings, &result) != FSAM_OK) fail_msg("%s", fb_message());
    assert_int_equal(result.asked[FR_TEXT_VARIATION], TEXTS / 5);
    assert_int_equal(result.asked[FR_TEXT_LEARNED], TEXTS - TEXTS / 5);
    return result;
}

static void plain_vectors_find_their_code(void **state)
{
    (void)state;
    fill(0.9);
    const fr_text_head_result with = study(32, 0, 150), without = study(0, 0, 150);
    assert_int_equal(with.by_code[FR_TEXT_VARIATION], TEXTS / 5);
    assert_int_equal(with.by_token[FR_TEXT_VARIATION], TEXTS / 5);
    assert_in_range(with.codes, NAMES, 32);
    assert_int_equal(without.by_token[FR_TEXT_VARIATION], TEXTS / 5);
    assert_int_equal(without.codes, 0);
    assert_int_equal(without.by_code[FR_TEXT_VARIATION], 0);
}

static void noise_finds_none(void **state)
{
    (void)state;
    fill(0);
    assert_in_range(study(32, 0, 20).by_code[FR_TEXT_VARIATION], 0, TEXTS / 5 * 2 / 3);
}

/* Of a codebook that starts anywhere few rows are ever nearest to a vector. */
static void revived_rows_are_used(void **state)
{
    (void)state;
    fill(0.9);
    assert_true(study(256, 5, 40).codes > 2 * study(256, 0, 40).codes);
}

static void refuses_settings(void **state)
{
    (void)state;
    fr_text_head_settings settings = fr_text_head_settings_default;
    fr_text_head_result result;
    settings.dim = 0;
    assert_int_equal(fr_text_head_study(encoder, &corpus, vectors, &settings, &result), FSAM_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(plain_vectors_find_their_code),
                                       cmocka_unit_test(noise_finds_none), cmocka_unit_test(revived_rows_are_used),
                                       cmocka_unit_test(refuses_settings)};
    return cmocka_run_group_tests(tests, make, clear);
}
