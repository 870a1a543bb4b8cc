/* Categories: the table's ids, names and codes, and what texts name. */
#include "base/categories.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_ids(void **state)
{
    (void)state;
    for (size_t i = 0; i < FB_CATEGORIES; i++) {
        const fb_structure *category = fb_category_at(i);
        assert_int_equal(category->id, i < 117 ? i + 1 : i - 117 + 301);
        assert_ptr_equal(fb_category_find(category->name), category);
        assert_ptr_equal(fb_category_find_id(category->id), category);
    }
    assert_null(fb_category_at(FB_CATEGORIES));
    assert_null(fb_category_find("femur"));
    assert_null(fb_category_find_id(118));
    assert_null(fb_category_find_id(0));
}

/* From the ends and the middle of spec/data.md's list. */
static void test_order(void **state)
{
    static const struct {
        int id;
        const char *name;
    } known[] = {{1, "spleen"},
                 {2, "kidney_right"},
                 {3, "kidney_left"},
                 {14, "lung_lower_lobe_right"},
                 {25, "sacrum"},
                 {26, "vertebrae_S1"},
                 {27, "vertebrae_L5"},
                 {31, "vertebrae_L1"},
                 {32, "vertebrae_T12"},
                 {43, "vertebrae_T1"},
                 {44, "vertebrae_C7"},
                 {50, "vertebrae_C1"},
                 {51, "heart"},
                 {65, "iliac_artery_left"},
                 {78, "hip_right"},
                 {89, "iliopsoas_right"},
                 {92, "rib_left_1"},
                 {103, "rib_left_12"},
                 {104, "rib_right_1"},
                 {115, "rib_right_12"},
                 {117, "costal_cartilages"},
                 {301, "patella"},
                 {306, "phalanges_feet"},
                 {311, "phalanges_hand"}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_string_equal(fb_category_find_id(known[i].id)->name, known[i].name);
}

/* SNOMED CT's identifiers end in a check digit (Verhoeff), so that a mistyped one is found. */
static int verhoeff(const char *digits)
{
    static const unsigned char step[8][10] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
                                              {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
                                              {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
                                              {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
    int sum = 0;
    const size_t length = strlen(digits);
    for (size_t i = 0; i < length; i++) {
        const int d = step[i % 8][digits[length - 1 - i] - '0'];
        /* The group of symmetries of the pentagon: 0 to 4 are turns, 5 to 9 are turns after a flip. */
        const int turn = sum < 5 ? sum % 5 + d % 5 : sum % 5 + 5 - d % 5;
        sum = turn % 5 + ((sum < 5) == (d < 5) ? 0 : 5);
    }
    return sum;
}

static void check_code(const char *name, fb_code code)
{
    assert_string_equal(code.scheme, "SCT");
    assert_true(strlen(code.meaning) > 0 && strlen(code.meaning) <= 64 && strlen(code.value) <= 16);
    if (verhoeff(code.value) != 0) fail_msg("%s: %s is no SNOMED CT identifier", name, code.value);
}

static void test_codes(void **state)
{
    (void)state;
    const fb_structure *structure;
    for (size_t i = 0; (structure = fb_structure_at(i)) != NULL; i++) {
        check_code(structure->name, structure->category);
        check_code(structure->name, structure->type);
        if (structure->region.value != NULL) check_code(structure->name, structure->region);
        assert_true(structure->side == FB_SIDE_NONE || !structure->paired);
        assert_int_equal(strstr(structure->name, "_left") != NULL, structure->side == FB_SIDE_LEFT);
        assert_int_equal(strstr(structure->name, "_right") != NULL, structure->side == FB_SIDE_RIGHT);
        /* Every name and every display name names its structure. */
        assert_ptr_equal(fb_structure_named(structure->name).structure, structure);
        assert_ptr_equal(fb_structure_named(structure->display).structure, structure);
    }
    assert_string_equal(fb_side_code(FB_SIDE_LEFT).value, "7771000");
    assert_string_equal(fb_side_code(FB_SIDE_RIGHT).value, "24028007");
    assert_null(fb_side_code(FB_SIDE_NONE).value);
    assert_string_equal(fb_anatomical_structure_code().value, "91723000");
    assert_string_equal(fb_category_find("femur_left")->type.value, "71341001");
    assert_string_equal(fb_category_find("kidney_cyst_left")->region.meaning, "Kidney");
}

static void test_named(void **state)
{
    static const struct {
        const char *text, *name;
        fb_side side;
    } cases[] = {{"left femur", "femur_left", FB_SIDE_LEFT},
                 {"Femur, left", "femur_left", FB_SIDE_LEFT},
                 {"femur_left", "femur_left", FB_SIDE_LEFT},
                 {"  the LEFT femur? ", "femur_left", FB_SIDE_LEFT},
                 {"left femur bone", "femur_left", FB_SIDE_LEFT},
                 {"L4", "vertebrae_L4", FB_SIDE_NONE},
                 {"vertebra L4", "vertebrae_L4", FB_SIDE_NONE},
                 {"Vertebrae C6", "vertebrae_C6", FB_SIDE_NONE},
                 {"4th lumbar vertebra", "vertebrae_L4", FB_SIDE_NONE},
                 {"twelfth thoracic vertebra", "vertebrae_T12", FB_SIDE_NONE},
                 {"left lung lower lobe", "lung_lower_lobe_left", FB_SIDE_LEFT},
                 {"lower lobe of the left lung", "lung_lower_lobe_left", FB_SIDE_LEFT},
                 {"third left rib", "rib_left_3", FB_SIDE_LEFT},
                 {"right collarbone", "clavicula_right", FB_SIDE_RIGHT},
                 {"left iliac vein", "iliac_vena_left", FB_SIDE_LEFT},
                 {"left gluteus maximus", "gluteus_maximus_left", FB_SIDE_LEFT},
                 {"kidneys", "kidney", FB_SIDE_NONE},
                 {"lungs", "lung", FB_SIDE_NONE},
                 {"right lung", "lung", FB_SIDE_RIGHT},
                 {"left tibia", "tibia", FB_SIDE_LEFT},
                 {"ribs", "rib", FB_SIDE_NONE},
                 {"pelvis", "pelvis", FB_SIDE_NONE},
                 {"spine", "spine", FB_SIDE_NONE},
                 {"lumbar spine", "lumbar_spine", FB_SIDE_NONE},
                 {"lumbar vertebrae", "lumbar_vertebrae", FB_SIDE_NONE},
                 {"4th rib", "rib_4", FB_SIDE_NONE}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const fb_named named = fb_structure_named(cases[i].text);
        if (named.structure == NULL || strcmp(named.structure->name, cases[i].name) != 0)
            fail_msg("\"%s\" is %s", cases[i].text, named.structure == NULL ? "not known" : named.structure->name);
        assert_int_equal(named.side, cases[i].side);
    }
}

static void test_not_named(void **state)
{
    static const char *const texts[] = {"",
                                        "?",
                                        "the",
                                        "left",
                                        "bone",
                                        "femur head",
                                        "lef femur",
                                        "left skull",
                                        "left spine",
                                        "L6",
                                        "vertebra L9",
                                        "T13",
                                        "liver bone",
                                        "left right femur",
                                        "spleen or liver",
                                        "left lung lower lobe nodule",
                                        "f\xc3\xa9mur",
                                        "\xff\xfe",
                                        "brachiocephalicallylongword",
                                        "a1 b2 c3 d4 e5 f6 g7 h8 i9 j10 k11 l12",
                                        "lumbar vertebra 123456789012",
                                        "13th rib",
                                        "lumbar vertebra 6"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (fb_structure_named(texts[i]).structure != NULL)
            fail_msg("\"%s\" is taken for %s", texts[i], fb_structure_named(texts[i]).structure->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ids), cmocka_unit_test(test_order),
                                       cmocka_unit_test(test_codes), cmocka_unit_test(test_named),
                                       cmocka_unit_test(test_not_named)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
