/* descriptions.c - the built-in texts: every name has enough of them, none says what it must not; groups have exactly
 * the members listed here; and what is said of a user's file that is wrong. */
#include "text/descriptions.h"
#include "text/sides.h"
#include "text/tokenizer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <utf8proc.h>

#include <cmocka.h>

enum { LEAST_VARIATIONS = 30, LEAST_FAMILIES = 20, TOKENS = 77 };

static fw_texts *texts;

static int open_texts(void **state)
{
    (void)state;
    return fw_texts_open(NULL, &texts) == FSAM_OK ? 0 : -1;
}

static int close_texts(void **state)
{
    (void)state;
    fw_texts_free(texts);
    return 0;
}

static fw_variations variations_of(const char *name)
{
    fw_variations list;
    assert_int_equal(fw_variations_of(texts, name, &list), FSAM_OK);
    return list;
}

/* ---- names ---- */

static void names_are_all_there(void **state)
{
    (void)state;
    size_t count[3] = {0};
    for (size_t i = 0; fw_name_at(texts, i) != NULL; i++) {
        const fw_name *name = fw_name_at(texts, i);
        count[name->kind]++;
        assert_ptr_equal(fw_name_find(texts, name->name), name);
        assert_true(name->description[0] >= 'A' && name->description[0] <= 'Z');
    }
    assert_int_equal(count[FW_CATEGORY], FB_CATEGORIES);
    assert_int_equal(count[FW_GROUP], FW_GROUPS);
    assert_true(count[FW_TOOL] >= LEAST_FAMILIES);
    for (size_t i = 0; i < FB_CATEGORIES; i++) {
        const fb_structure *category = fb_category_at(i);
        const fw_name *name = fw_name_find(texts, category->name);
        assert_non_null(name);
        assert_int_equal(name->kind, FW_CATEGORY);
        assert_int_equal(name->side, category->side);
        assert_int_equal(name->member_count, 1);
        assert_ptr_equal(name->members[0], category);
        assert_string_equal(fw_description(texts, name->name), category->display);
    }
    assert_null(fw_name_find(texts, "no_such_thing"));
    assert_null(fw_description(texts, "no_such_thing"));
    assert_null(fw_group_find(texts, "femur_left"));
    assert_null(fw_group_at(texts, FW_GROUPS));
}

/* ---- groups ---- */

#define RIBS(side, a, b, c, d, e, f)                                                                                   \
    "rib_" side "_" #a, "rib_" side "_" #b, "rib_" side "_" #c, "rib_" side "_" #d, "rib_" side "_" #e,                \
        "rib_" side "_" #f
#define LEFT_RIBS  RIBS("left", 1, 2, 3, 4, 5, 6), RIBS("left", 7, 8, 9, 10, 11, 12)
#define RIGHT_RIBS RIBS("right", 1, 2, 3, 4, 5, 6), RIBS("right", 7, 8, 9, 10, 11, 12)
#define CERVICAL                                                                                                       \
    "vertebrae_C1", "vertebrae_C2", "vertebrae_C3", "vertebrae_C4", "vertebrae_C5", "vertebrae_C6", "vertebrae_C7"
#define THORACIC                                                                                                       \
    "vertebrae_T1", "vertebrae_T2", "vertebrae_T3", "vertebrae_T4", "vertebrae_T5", "vertebrae_T6", "vertebrae_T7",    \
        "vertebrae_T8", "vertebrae_T9", "vertebrae_T10", "vertebrae_T11", "vertebrae_T12"
#define LUMBAR      "vertebrae_L1", "vertebrae_L2", "vertebrae_L3", "vertebrae_L4", "vertebrae_L5"
#define LUNG_LEFT   "lung_upper_lobe_left", "lung_lower_lobe_left"
#define LUNG_RIGHT  "lung_upper_lobe_right", "lung_middle_lobe_right", "lung_lower_lobe_right"
#define GLUTEUS(s)  "gluteus_maximus_" s, "gluteus_medius_" s, "gluteus_minimus_" s
#define SHOULDER(s) "humerus_" s, "scapula_" s, "clavicula_" s
#define BOTH(name)  name "_left", name "_right"

static const struct {
    const char *name, *member[32];
} groups[FW_GROUPS] = {
    {"lungs", {LUNG_LEFT, LUNG_RIGHT}},
    {"lung_left", {LUNG_LEFT}},
    {"lung_right", {LUNG_RIGHT}},
    {"ribs", {LEFT_RIBS, RIGHT_RIBS}},
    {"ribs_left", {LEFT_RIBS}},
    {"ribs_right", {RIGHT_RIBS}},
    {"ribs_upper", {RIBS("left", 1, 2, 3, 4, 5, 6), RIBS("right", 1, 2, 3, 4, 5, 6)}},
    {"ribs_lower", {RIBS("left", 7, 8, 9, 10, 11, 12), RIBS("right", 7, 8, 9, 10, 11, 12)}},
    {"rib_cage", {LEFT_RIBS, RIGHT_RIBS, "sternum", "costal_cartilages"}},
    {"pelvis", {"hip_left", "hip_right", "sacrum", "vertebrae_S1"}},
    {"vertebrae_cervical", {CERVICAL}},
    {"vertebrae_thoracic", {THORACIC}},
    {"vertebrae_lumbar", {LUMBAR}},
    {"spine", {CERVICAL, THORACIC, LUMBAR, "vertebrae_S1", "sacrum"}},
    {"gluteus_left", {GLUTEUS("left")}},
    {"gluteus_right", {GLUTEUS("right")}},
    {"kidneys", {BOTH("kidney")}},
    {"adrenal_glands", {BOTH("adrenal_gland")}},
    {"clavicles", {BOTH("clavicula")}},
    {"scapulae", {BOTH("scapula")}},
    {"shoulders", {SHOULDER("left"), SHOULDER("right")}},
    {"shoulder_left", {SHOULDER("left")}},
    {"shoulder_right", {SHOULDER("right")}},
    {"humeri", {BOTH("humerus")}},
    {"femurs", {BOTH("femur")}},
    {"hips", {BOTH("hip")}},
    {"iliac_arteries", {BOTH("iliac_artery")}},
    {"iliac_veins", {BOTH("iliac_vena")}},
    {"carotid_arteries", {BOTH("common_carotid_artery")}},
    {"subclavian_arteries", {BOTH("subclavian_artery")}},
    {"brachiocephalic_veins", {BOTH("brachiocephalic_vein")}},
    {"heart_and_great_vessels",
     {"heart", "atrial_appendage_left", "aorta", "pulmonary_vein", "superior_vena_cava", "inferior_vena_cava"}},
    {"bowel", {"small_bowel", "duodenum", "colon"}},
    {"hand", {"carpal", "metacarpal", "phalanges_hand"}},
    {"foot", {"tarsal", "metatarsal", "phalanges_feet"}},
    {"forearm", {"ulna", "radius"}},
    {"lower_leg", {"tibia", "fibula"}},
    {"surgical_tools", {NULL}},
};

static bool has_member(const fw_name *group, const char *name)
{
    for (size_t i = 0; i < group->member_count; i++)
        if (strcmp(group->members[i]->name, name) == 0) return true;
    return false;
}

static void groups_have_exactly_their_members(void **state)
{
    (void)state;
    for (size_t i = 0; i < FW_GROUPS; i++) {
        const fw_name *group = fw_group_find(texts, groups[i].name);
        if (group == NULL) fail_msg("no group %s", groups[i].name);
        size_t count = 0;
        for (; count < 32 && groups[i].member[count] != NULL; count++)
            if (!has_member(group, groups[i].member[count]))
                fail_msg("%s lacks %s", group->name, groups[i].member[count]);
        assert_int_equal(group->member_count, count);
        assert_int_equal(group->all_tools, strcmp(group->name, "surgical_tools") == 0);
        for (size_t k = 0; k < count && group->side != FB_SIDE_NONE; k++)
            assert_int_equal(group->members[k]->side, group->side);
    }
}

/* ---- variations ---- */

static void check_text(const fw_name *name, const fw_variation *variation)
{
    const char *text = variation->text;
    const fw_sides sides = fw_sides_in(text);
    if (utf8proc_decompose((const utf8proc_uint8_t *)text, 0, NULL, 0, UTF8PROC_NULLTERM) <= 0 ||
        strpbrk(text, "{}|*\t\n") != NULL || strstr(text, "  ") != NULL || strstr(text, "the the ") != NULL ||
        strstr(text, "(plural") != NULL || strstr(text, "(name") != NULL)
        fail_msg("%s: \"%s\"", name->name, text);
    if ((sides.left == 1) != (name->side == FB_SIDE_LEFT) || (sides.right == 1) != (name->side == FB_SIDE_RIGHT) ||
        sides.left + sides.right > 1)
        fail_msg("%s says another side, or one too many: \"%s\"", name->name, text);
    /* What the reader of names understands must be this; sentences are none of its names, and what is said of the left
     * is what is said of the right, mirrored. */
    if (variation->kind == FW_QUESTION || variation->kind == FW_COMMAND || name->side == FB_SIDE_LEFT) return;
    const fb_named named = fb_structure_named(text);
    if (named.structure != NULL && named.structure->id > 0 && strcmp(named.structure->name, name->name) != 0)
        fail_msg("%s: \"%s\" names %s", name->name, text, named.structure->name);
}

static void variations_are_many_and_sound(void **state)
{
    (void)state;
    for (size_t i = 0; fw_name_at(texts, i) != NULL; i++) {
        const fw_name *name = fw_name_at(texts, i);
        fw_variations list = variations_of(name->name);
        size_t count[FW_TEXT_KINDS] = {0};
        if (list.count < LEAST_VARIATIONS) fail_msg("%s: only %zu variations", name->name, list.count);
        assert_string_equal(list.item[0].text, name->description);
        for (size_t k = 0; k < list.count; k++) {
            check_text(name, &list.item[k]);
            count[list.item[k].kind]++;
        }
        for (int kind = 0; kind < FW_TEXT_KINDS; kind++)
            if (count[kind] == 0 && kind != FW_ABBREVIATION)
                fail_msg("%s: no %s text", name->name, fw_text_kind_name((fw_text_kind)kind));
        fw_variations_free(&list);
    }
}

typedef struct owned {
    char *text;
    const char *name;
} owned;

static int compare_owned(const void *a, const void *b)
{
    return strcasecmp(((const owned *)a)->text, ((const owned *)b)->text);
}

static void no_text_is_said_twice(void **state)
{
    (void)state;
    enum { MOST = 1 << 16 };
    owned *all = calloc(MOST, sizeof *all);
    size_t count = 0;
    assert_non_null(all);
    for (size_t i = 0; fw_name_at(texts, i) != NULL; i++) {
        fw_variations list = variations_of(fw_name_at(texts, i)->name);
        for (size_t k = 0; k < list.count; k++) {
            assert_true(count < MOST);
            all[count++] = (owned){strdup(list.item[k].text), fw_name_at(texts, i)->name};
        }
        fw_variations_free(&list);
    }
    qsort(all, count, sizeof *all, compare_owned);
    for (size_t i = 1; i < count; i++)
        if (compare_owned(&all[i - 1], &all[i]) == 0)
            fail_msg("\"%s\" is of %s and of %s", all[i].text, all[i - 1].name, all[i].name);
    for (size_t i = 0; i < count; i++) free(all[i].text);
    free(all);
}

static void sides_mirror_each_other(void **state)
{
    (void)state;
    size_t pairs = 0;
    for (size_t i = 0; fw_name_at(texts, i) != NULL; i++) {
        char *other = fw_mirrored(fw_name_at(texts, i)->name);
        if (fw_name_at(texts, i)->side == FB_SIDE_LEFT && fw_name_find(texts, other) != NULL) {
            fw_variations left = variations_of(fw_name_at(texts, i)->name), right = variations_of(other);
            assert_int_equal(left.count, right.count);
            for (size_t k = 0; k < left.count; k++) {
                char *mirrored = fw_mirrored(left.item[k].text);
                assert_string_equal(mirrored, right.item[k].text);
                assert_int_equal(left.item[k].kind, right.item[k].kind);
                assert_int_equal(left.item[k].sentence, right.item[k].sentence);
                free(mirrored);
            }
            fw_variations_free(&left);
            fw_variations_free(&right);
            pairs++;
        }
        free(other);
    }
    assert_int_equal(pairs, 20 + 12 + 4); /* organs, vessels, bones and muscles; ribs; groups */
}

/* Every text fits the text tower: with no merges at all a token is a byte, so that this bounds any vocabulary. */
static void every_text_fits_the_tokenizer(void **state)
{
    (void)state;
    fw_tokenizer *tokenizer;
    int32_t ids[TOKENS + 1];
    int count;
    size_t longest = 0;
    assert_int_equal(fw_tokenizer_open("l u\n", 4, 0, "test", &tokenizer), FSAM_OK);
    for (size_t i = 0; fw_name_at(texts, i) != NULL; i++) {
        fw_variations list = variations_of(fw_name_at(texts, i)->name);
        for (size_t k = 0; k < list.count; k++) {
            if (strlen(list.item[k].text) <= TOKENS / 2) continue; /* fits in any case */
            assert_int_equal(fw_tokenizer_encode(tokenizer, list.item[k].text, TOKENS + 1, ids, &count), FSAM_OK);
            if (count > TOKENS) fail_msg("%d tokens: \"%s\"", count, list.item[k].text);
            longest = (size_t)count > longest ? (size_t)count : longest;
        }
        fw_variations_free(&list);
    }
    assert_true(longest > 20);
    fw_tokenizer_free(tokenizer);
}

static bool has_text(const fw_variations *list, const char *text, fw_text_kind kind)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->item[i].text, text) == 0) return list->item[i].kind == kind;
    return false;
}

static void some_texts_by_hand(void **state)
{
    (void)state;
    fw_variations femur = variations_of("femur_left"), c6 = variations_of("vertebrae_C6"),
                  lungs = variations_of("lungs");
    assert_true(has_text(&femur, "Left femur", FW_PLAIN));
    assert_true(has_text(&femur, "femur (L)", FW_ABBREVIATION));
    assert_true(has_text(&femur, "Lt femur", FW_ABBREVIATION));
    assert_true(has_text(&femur, "patient's left thigh bone", FW_LAY));
    assert_true(has_text(&femur, "left femer", FW_TYPO));
    assert_true(has_text(&c6, "C6", FW_ABBREVIATION));
    assert_true(has_text(&c6, "6th cervical vertebra", FW_CLINICAL));
    assert_true(has_text(&c6, "sixth bone of the neck", FW_LAY));
    assert_true(has_text(&lungs, "lung fields", FW_CLINICAL));
    bool plural = false;
    for (size_t i = 0; i < lungs.count; i++) plural |= strncmp(lungs.item[i].text, "are the ", 8) == 0;
    assert_true(plural);
    fw_variations_free(&femur);
    fw_variations_free(&c6);
    fw_variations_free(&lungs);
    assert_int_equal(fw_variations_of(texts, "nothing", &femur), FSAM_ERROR_ARGUMENT);
}

/* ---- a user's file ---- */

static const struct {
    const char *content, *message; /* NULL: it is sound */
} files[] = {
    {"[femur_left]\ntext lay: my left drumstick\n", NULL},
    {"# mine\r\n[femur_*]\r\nlay: drumstick | shank (plural)\r\n", NULL},
    {"", NULL},
    {"lay: x\n", ":1: before the first [HEAD]"},
    {"[femur_left\n", ":1: [ without ]"},
    {"[]\n", ":1: [] is empty"},
    {"[femur_left]\nnonsense\n", ":2: neither [HEAD] nor \"key: value\""},
    {"[femur_left]\nlay:\n", ":2: the key or the value is empty"},
    {"[femur_left]\nmembers2: x\n", ":2: members2: no such kind of line"},
    {"[femur_left]\ntext nothing: x\n", ":2: text nothing: no such kind of line"},
    {"[femur_left]\n\nplain: x\n", ":3: plain: given twice"},
    {"[femur_middle]\nlay: x\n", ":1: [femur_middle]: femur_middle is no name that is known"},
    {"[femur_*_*]\nlay: x\n", ":1: [femur_*_*]: no name or pattern of names"},
    {"[rib_*_1..13]\nlay: x\n", ":1: [rib_*_1..13]: no name or pattern of names"},
    {"[rib_*_0..2]\nlay: x\n", "no name or pattern of names"},
    {"[femur_left]\nlay: {side} x\n", ":2: lay: \"{side} x\": an unknown {field}, or too long"},
    {"[femur_*]\ntext lay: {side x\n", ":2: text lay: \"{side x\": an unknown {field}, or too long"},
    {"[femur_*]\ntext lay: side} x\n", "an unknown {field}, or too long"},
    {"[femur_left]\nlay: \xff\n", ":2: byte 6 is no UTF-8"},
    {"[femur_left]\nlay: a\033[m\n", ":2: byte 7 is a control character"},
};

static void a_users_file(void **state)
{
    (void)state;
    char path[] = "/tmp/fsam_texts_XXXXXX";
    const int file = mkstemp(path);
    assert_true(file >= 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        fw_texts *own;
        assert_int_equal(ftruncate(file, 0), 0);
        assert_int_equal(pwrite(file, files[i].content, strlen(files[i].content), 0), strlen(files[i].content));
        const fsam_status status = fw_texts_open(path, &own);
        if (files[i].message == NULL) {
            assert_int_equal(status, FSAM_OK);
        } else {
            assert_int_equal(status, FSAM_ERROR_FORMAT);
            assert_null(own);
            assert_non_null(strstr(fb_message(), path));
            if (strstr(fb_message(), files[i].message) == NULL) fail_msg("%s: says %s", files[i].content, fb_message());
        }
        if (i == 0) {
            fw_variations list;
            assert_int_equal(fw_variations_of(own, "femur_left", &list), FSAM_OK);
            assert_true(has_text(&list, "my left drumstick", FW_LAY));
            fw_variations_free(&list);
        }
        fw_texts_free(own);
    }
    close(file);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_all_there),
        cmocka_unit_test(groups_have_exactly_their_members),
        cmocka_unit_test(variations_are_many_and_sound),
        cmocka_unit_test(no_text_is_said_twice),
        cmocka_unit_test(sides_mirror_each_other),
        cmocka_unit_test(every_text_fits_the_tokenizer),
        cmocka_unit_test(some_texts_by_hand),
        cmocka_unit_test(a_users_file),
    };
    return cmocka_run_group_tests(tests, open_texts, close_texts);
}
