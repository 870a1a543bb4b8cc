/* The reduced classes: every category has one, every class a category, and what is merged is what is said to be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* cmocka needs the above first. */
#include "base/categories.h"
#include "train/classes.h"
#include <cmocka.h>

static fw_texts *texts;

static void every_category_has_a_class(void **state)
{
    (void)state;
    int members[FR_CLASSES] = {0};
    for (size_t i = 0; i < FB_CATEGORIES; i++) {
        const char *name = fb_category_at(i)->name;
        int class = fr_class_of(texts, name);
        if (class < 0 || class == FR_CLASS_TOOL) fail_msg("%s: class %d", name, class);
        members[class]++;
    }
    for (int i = 0; i < FR_CLASS_TOOL; i++)
        if (members[i] == 0) fail_msg("%s: no category", fr_class_name(i));
}

static void is(const char *category, const char *class)
{
    int found = fr_class_of(texts, category);
    const char *name = found < 0 ? "none" : fr_class_name(found);
    if (strcmp(name, class) != 0) fail_msg("%s: %s, expected %s", category, name, class);
}

static void merging_is_what_it_says(void **state)
{
    (void)state;
    is("femur_left", "femur");
    is("femur_right", "femur");
    is("lung_middle_lobe_right", "lung");
    is("rib_left_12", "rib");
    is("costal_cartilages", "rib");
    is("gluteus_minimus_right", "gluteus");
    is("vertebrae_L5", "vertebrae_L");
    is("vertebrae_T12", "vertebrae_T");
    is("vertebrae_C1", "vertebrae_C");
    is("vertebrae_S1", "sacrum");
    is("kidney_cyst_left", "kidney");
    is("tarsal", "tarsal");
    is("metatarsal", "metatarsal");
    is("colon", "colon");
    is("hip_left", "hip");
    is("pedicle_screw", "tool");
    is("my_new_needle", "tool");
    is("lungs", "none");
    is("ribs", "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_category_has_a_class),
                                       cmocka_unit_test(merging_is_what_it_says)};
    if (fw_texts_open(NULL, &texts) != FSAM_OK) return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    fw_texts_free(texts);
    return failed;
}
