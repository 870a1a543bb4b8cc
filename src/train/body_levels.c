#include "train/body_levels.h"

#include <stddef.h>
#include <string.h>

fr_levels fr_levels_of(const char *category)
{
    static const struct {
        const char *start; /* of the name; of two that fit, the longer comes first */
        fr_levels levels;
    } table[] = {
        {"skull", {FR_LEVEL_HEAD, FR_LEVEL_NECK}},
        {"brain", {FR_LEVEL_HEAD, FR_LEVEL_HEAD}},
        {"vertebrae_C", {FR_LEVEL_NECK, FR_LEVEL_CHEST}},
        {"thyroid", {FR_LEVEL_NECK, FR_LEVEL_CHEST}},
        {"common_carotid", {FR_LEVEL_NECK, FR_LEVEL_CHEST}},
        {"trachea", {FR_LEVEL_NECK, FR_LEVEL_CHEST}},
        {"esophagus", {FR_LEVEL_NECK, FR_LEVEL_ABDOMEN}},
        {"spinal_cord", {FR_LEVEL_NECK, FR_LEVEL_ABDOMEN}},
        {"autochthon", {FR_LEVEL_NECK, FR_LEVEL_PELVIS}},
        {"clavicula", {FR_LEVEL_NECK, FR_LEVEL_CHEST}},
        {"scapula", {FR_LEVEL_CHEST, FR_LEVEL_LOWER_CHEST}},
        {"brachiocephalic", {FR_LEVEL_NECK, FR_LEVEL_CHEST}},
        {"subclavian", {FR_LEVEL_NECK, FR_LEVEL_CHEST}},
        {"superior_vena_cava", {FR_LEVEL_CHEST, FR_LEVEL_LOWER_CHEST}},
        {"pulmonary_vein", {FR_LEVEL_CHEST, FR_LEVEL_LOWER_CHEST}},
        {"atrial_appendage", {FR_LEVEL_CHEST, FR_LEVEL_LOWER_CHEST}},
        {"heart", {FR_LEVEL_CHEST, FR_LEVEL_LOWER_CHEST}},
        {"lung", {FR_LEVEL_CHEST, FR_LEVEL_ABDOMEN}},
        {"sternum", {FR_LEVEL_CHEST, FR_LEVEL_LOWER_CHEST}},
        {"rib", {FR_LEVEL_CHEST, FR_LEVEL_ABDOMEN}},
        {"costal_cartilages", {FR_LEVEL_CHEST, FR_LEVEL_ABDOMEN}},
        {"vertebrae_T", {FR_LEVEL_CHEST, FR_LEVEL_ABDOMEN}},
        {"aorta", {FR_LEVEL_CHEST, FR_LEVEL_PELVIS}},
        {"inferior_vena_cava", {FR_LEVEL_LOWER_CHEST, FR_LEVEL_PELVIS}},
        {"spleen", {FR_LEVEL_LOWER_CHEST, FR_LEVEL_ABDOMEN}},
        {"liver", {FR_LEVEL_LOWER_CHEST, FR_LEVEL_ABDOMEN}},
        {"stomach", {FR_LEVEL_LOWER_CHEST, FR_LEVEL_ABDOMEN}},
        {"gallbladder", {FR_LEVEL_ABDOMEN, FR_LEVEL_ABDOMEN}},
        {"pancreas", {FR_LEVEL_ABDOMEN, FR_LEVEL_ABDOMEN}},
        {"adrenal_gland", {FR_LEVEL_LOWER_CHEST, FR_LEVEL_ABDOMEN}},
        {"kidney", {FR_LEVEL_LOWER_CHEST, FR_LEVEL_PELVIS}},
        {"portal_vein", {FR_LEVEL_LOWER_CHEST, FR_LEVEL_ABDOMEN}},
        {"duodenum", {FR_LEVEL_ABDOMEN, FR_LEVEL_PELVIS}},
        {"small_bowel", {FR_LEVEL_ABDOMEN, FR_LEVEL_PELVIS}},
        {"colon", {FR_LEVEL_LOWER_CHEST, FR_LEVEL_PELVIS}},
        {"vertebrae_L", {FR_LEVEL_ABDOMEN, FR_LEVEL_PELVIS}},
        {"vertebrae_S", {FR_LEVEL_PELVIS, FR_LEVEL_PELVIS}},
        {"sacrum", {FR_LEVEL_PELVIS, FR_LEVEL_PELVIS}},
        {"iliac", {FR_LEVEL_ABDOMEN, FR_LEVEL_PELVIS}},
        {"iliopsoas", {FR_LEVEL_ABDOMEN, FR_LEVEL_THIGH}},
        {"hip", {FR_LEVEL_PELVIS, FR_LEVEL_THIGH}},
        {"gluteus", {FR_LEVEL_PELVIS, FR_LEVEL_THIGH}},
        {"urinary_bladder", {FR_LEVEL_PELVIS, FR_LEVEL_PELVIS}},
        {"prostate", {FR_LEVEL_PELVIS, FR_LEVEL_PELVIS}},
        {"femur", {FR_LEVEL_PELVIS, FR_LEVEL_KNEE}},
        {"patella", {FR_LEVEL_KNEE, FR_LEVEL_KNEE}},
        {"tibia", {FR_LEVEL_KNEE, FR_LEVEL_FOOT}},
        {"fibula", {FR_LEVEL_KNEE, FR_LEVEL_FOOT}},
        {"tarsal", {FR_LEVEL_FOOT, FR_LEVEL_FOOT}},
        {"metatarsal", {FR_LEVEL_FOOT, FR_LEVEL_FOOT}},
        {"phalanges_feet", {FR_LEVEL_FOOT, FR_LEVEL_FOOT}},
        {"humerus", {FR_LEVEL_HEAD, FR_LEVEL_ABDOMEN}},
        {"ulna", {FR_LEVEL_HEAD, FR_LEVEL_THIGH}},
        {"radius", {FR_LEVEL_HEAD, FR_LEVEL_THIGH}},
        {"carpal", {FR_LEVEL_HEAD, FR_LEVEL_THIGH}},
        {"metacarpal", {FR_LEVEL_HEAD, FR_LEVEL_THIGH}},
        {"phalanges_hand", {FR_LEVEL_HEAD, FR_LEVEL_THIGH}},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strncmp(category, table[i].start, strlen(table[i].start)) == 0) return table[i].levels;
    return (fr_levels){FR_LEVEL_HEAD, FR_LEVEL_FOOT};
}
