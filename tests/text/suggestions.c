/* Which texts of a language model's answer are taken. */
#include "text/suggestions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *name, *answer, *fault; /* fault NULL: the one text is taken */
    fw_text_kind kind;
} cases[] = {
    {"femur_left", "[\"the left leg's main bone\"]", NULL, FW_LAY},
    {"femur_left", "[{\"kind\": \"clinical\", \"text\": \"left femoral shaft and head\"}]", NULL, FW_CLINICAL},
    {"femur_left", "[{\"kind\": \"poem\", \"text\": \"left or not left?\"}]", NULL, FW_QUESTION},
    {"femur_left", "[{\"kind\": \"plain\", \"text\": \"left main leg bone\"}]", NULL, FW_LAY},
    {"femur_left", "- left main leg bone", NULL, FW_LAY},
    {"femur_left", "[\"main bone of the leg\"]", "not this side", 0},
    {"femur_left", "[\"right main leg bone\"]", "not this side", 0},
    {"femur_left", "[\"left and R main leg bone\"]", "not this side", 0},
    {"heart", "[\"left heart\"]", "not this side", 0},
    {"femur_left", "[\"Left Thigh Bone\"]", "known already", 0},
    {"kidneys", "[\"adrenals\"]", "known already", 0},
    {"femur_left", "[\"Humerus -- left\"]", "names another structure", 0},
    {"femur_left", "[\"x\"]", "too short or too long", 0},
    {"femur_left", "[12]", "too short or too long", 0},
    {"femur_left", "[\"left \\u001b[31m bone\"]", "not a line of UTF-8", 0},
    {"femur_left", "left \xff bone", "not a line of UTF-8", 0},
    {"femur_left", "[\"left {x} bone\"]", "has braces", 0},
    {"femur_left", "I'm sorry, the left one I do not know", "a refusal", 0},
    {"femur_left", "[\"left bone below L4\"]", "another number", 0},
    {"vertebrae_C6", "[\"C6 in the neck\"]", NULL, FW_LAY},
    {"vertebrae_C6", "[\"sixth one in the row\"]", "another number", 0},
    {"vertebrae_C6", "[\"T6 in the neck\"]", "another number", 0},
    {"vertebrae_S1", "[\"first piece of sacrum\"]", NULL, FW_LAY},
    {"rib_right_10", "[\"10th rib down, right\"]", NULL, FW_LAY},
    {"rib_right_10", "[\"11th rib down, right\"]", "another number", 0},
    {"rib_right_10", "[\"100th rib down, right\"]", "another number", 0},
    {"vertebrae_lumbar", "[\"L1 down to L5\"]", NULL, FW_LAY},
};

static void texts_are_taken_or_refused(void **state)
{
    (void)state;
    fw_texts *texts;
    assert_int_equal(fw_texts_open(NULL, &texts), FSAM_OK);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fw_variations list;
        fw_suggestion_tally tally;
        assert_int_equal(fw_suggestions_read(texts, cases[i].name, cases[i].answer, &list, &tally), FSAM_OK);
        assert_int_equal(tally.taken + tally.refused, 1);
        if (cases[i].fault == NULL && tally.taken != 1) fail_msg("%s: %s", cases[i].answer, tally.fault);
        if (cases[i].fault != NULL && (tally.fault == NULL || strcmp(tally.fault, cases[i].fault) != 0))
            fail_msg("%s: %s, not %s", cases[i].answer, tally.fault, cases[i].fault);
        assert_int_equal(list.count, tally.taken);
        if (list.count == 1) assert_int_equal(list.item[0].kind, cases[i].kind);
        fw_variations_free(&list);
    }
    fw_texts_free(texts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts_are_taken_or_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
