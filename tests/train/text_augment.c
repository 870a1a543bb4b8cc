/* A text said otherwise means the same: its side, its numbers and its words are still there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the above first. */
#include "text/sides.h"
#include "train/text_augment.h"
#include <cmocka.h>
#include <ctype.h>

enum { TIMES = 400 };
static const fr_text_augmentation always = {1, 1, 1, 1, 1, 1};

static void digits_of(const char *text, char *out)
{
    for (; *text != '\0'; text++)
        if (isdigit((unsigned char)*text)) *out++ = *text;
    *out = '\0';
}

static fb_side side_said(const char *text)
{
    if (strstr(text, "sinister") != NULL || strstr(text, "lefthand") != NULL) return FB_SIDE_LEFT;
    if (strstr(text, "dexter") != NULL || strstr(text, "righthand") != NULL) return FB_SIDE_RIGHT;
    return fw_side_of(text);
}

static void keeps_side_and_numbers(void **state)
{
    (void)state;
    static const char *const texts[] = {"left femur",  "Right 4th rib",      "patient's left kidney",
                                        "vertebra L4", "femur on the right", "aorta",
                                        "LUL",         "rib 7, left"};
    /* "what is", "this is" and the like never bring in a side; misspelling never makes one. */
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (uint32_t i = 0; i < TIMES; i++) {
            char out[FR_TEXT_BYTES], before[FR_TEXT_BYTES], after[FR_TEXT_BYTES];
            fb_random random = fb_random_start(1, i, (uint32_t)t, 0);
            fr_text_augment(texts[t], false, i % 2 == 0 ? &always : &fr_text_augmentation_default, &random, out);
            digits_of(texts[t], before);
            digits_of(out, after);
            assert_string_equal(before, after);
            if (side_said(out) != fw_side_of(texts[t])) fail_msg("%s: %s", texts[t], out);
        }
}

static void says_it_in_many_ways(void **state)
{
    (void)state;
    static char seen[TIMES][FR_TEXT_BYTES];
    size_t count = 0;
    for (uint32_t i = 0; i < TIMES; i++) {
        char out[FR_TEXT_BYTES];
        fb_random random = fb_random_start(2, i, 0, 0);
        fr_text_augment("left femur", false, &fr_text_augmentation_default, &random, out);
        size_t k = 0;
        while (k < count && strcmp(seen[k], out) != 0) k++;
        if (k == count) strcpy(seen[count++], out);
    }
    assert_in_range(count, TIMES / 4, TIMES - TIMES / 20); /* often also as it is */
}

static void one_thing_at_a_time(void **state)
{
    (void)state;
    const fr_text_augmentation none = {0}, filler = {.filler = 1}, typo = {.typo = 1};
    char out[FR_TEXT_BYTES];
    fb_random random = fb_random_start(3, 0, 0, 0);
    fr_text_augment("where is the left femur?", true, &none, &random, out);
    assert_string_equal(out, "where is the left femur?");
    for (int i = 0; i < TIMES; i++) {
        fr_text_augment("where is the left femur?", true, &filler, &random, out);
        assert_string_equal(out + strlen(out) - strlen("left femur?"), "left femur?");
        fr_text_augment("left upper lobe four", true, &typo, &random, out);
        assert_true(strncmp(out, "left upper l", 12) == 0 && strcmp(out + strlen(out) - 5, " four") == 0);
    }
}

static void has_room_for_the_longest(void **state)
{
    (void)state;
    char text[256], out[FR_TEXT_BYTES];
    for (size_t i = 0; i < sizeof text; i++) text[i] = i % 4 == 3 ? ' ' : (char)('b' + i % 4);
    text[sizeof text - 1] = '\0';
    memcpy(text, "left", 4);
    for (uint32_t i = 0; i < TIMES; i++) {
        fb_random random = fb_random_start(4, i, 0, 0);
        fr_text_augment(text, false, &always, &random, out);
        assert_in_range(strlen(out), 200, FR_TEXT_BYTES - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keeps_side_and_numbers), cmocka_unit_test(says_it_in_many_ways),
                                       cmocka_unit_test(one_thing_at_a_time),
                                       cmocka_unit_test(has_room_for_the_longest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
