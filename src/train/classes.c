#include "train/classes.h"

#include <string.h>

static const char *const names[FR_CLASSES] = {
    "spleen",
    "kidney",
    "gallbladder",
    "liver",
    "stomach",
    "pancreas",
    "adrenal_gland",
    "lung",
    "esophagus",
    "trachea",
    "thyroid_gland",
    "small_bowel",
    "duodenum",
    "colon",
    "urinary_bladder",
    "prostate",
    "sacrum",
    "vertebrae_L",
    "vertebrae_T",
    "vertebrae_C",
    "heart",
    "aorta",
    "pulmonary_vein",
    "brachiocephalic_trunk",
    "subclavian_artery",
    "common_carotid_artery",
    "brachiocephalic_vein",
    "superior_vena_cava",
    "inferior_vena_cava",
    "portal_vein_and_splenic_vein",
    "iliac_artery",
    "iliac_vena",
    "humerus",
    "scapula",
    "clavicula",
    "femur",
    "hip",
    "spinal_cord",
    "gluteus",
    "autochthon",
    "iliopsoas",
    "brain",
    "skull",
    "rib",
    "sternum",
    "patella",
    "tibia",
    "fibula",
    "tarsal",
    "metatarsal",
    "phalanges_feet",
    "ulna",
    "radius",
    "carpal",
    "metacarpal",
    "phalanges_hand",
    "tool",
};

/* Categories that go with a class by more than the beginning of their name. */
static const struct {
    const char *category, *class;
} merged[] = {{"kidney_cyst_left", "kidney"},
              {"kidney_cyst_right", "kidney"},
              {"atrial_appendage_left", "heart"},
              {"costal_cartilages", "rib"},
              {"vertebrae_S1", "sacrum"}};

const char *fr_class_name(int class)
{
    return names[class];
}

static int find(const char *name)
{
    for (int i = 0; i < FR_CLASSES; i++)
        if (strcmp(names[i], name) == 0) return i;
    return -1;
}

/* Whether a category's name is the class's, alone or with a side, a part or a number behind it. */
static bool begins(const char *category, const char *class)
{
    size_t length = strlen(class);
    if (strncmp(category, class, length) != 0) return false;
    char next = category[length];
    return next == '\0' || next == '_' || (next >= '0' && next <= '9');
}

int fr_class_of(const fw_texts *texts, const char *category)
{
    const fw_name *known = fw_name_find(texts, category);
    if (known == NULL || known->kind == FW_TOOL) return FR_CLASS_TOOL;
    if (known->kind == FW_GROUP) return known->all_tools ? FR_CLASS_TOOL : -1;
    for (size_t i = 0; i < sizeof merged / sizeof merged[0]; i++)
        if (strcmp(merged[i].category, category) == 0) return find(merged[i].class);
    for (int i = 0; i < FR_CLASS_TOOL; i++)
        if (begins(category, names[i])) return i;
    return -1;
}
