#include "volume/synthesize.h"

#include <string.h>

/* Usual values of CT without contrast medium at about 120 kV, rounded: meant to look right, not to measure by. */
typedef struct row {
    const char *start; /* of the structure's name: the first row that fits */
    fv_tissue tissue;
} row;

static const row rows[] = {
    {"lung_", {-830, 35, -830, 0}},
    {"trachea", {-990, 5, -990, 0}},
    {"liver", {58, 6, 58, 0}},
    {"spleen", {48, 5, 48, 0}},
    {"kidney_cyst", {8, 3, 8, 0}},
    {"kidney_", {32, 5, 32, 0}},
    {"gallbladder", {10, 4, 10, 0}},
    {"pancreas", {35, 12, 35, 0}},
    {"adrenal_", {30, 8, 30, 0}},
    {"urinary_bladder", {6, 3, 6, 0}},
    {"stomach", {25, 15, 25, 0.3}},
    {"small_bowel", {25, 15, 25, 0.1}},
    {"duodenum", {30, 15, 30, 0.1}},
    {"colon", {20, 45, 20, 0.4}}, /* stool is mottled */
    {"esophagus", {30, 15, 30, 0}},
    {"thyroid_gland", {95, 10, 95, 0}},
    {"brain", {34, 4, 34, 0}},
    {"spinal_cord", {35, 4, 35, 0}},
    {"costal_cartilages", {110, 25, 110, 0}},
    {"skull", {650, 120, 1100, 0}},
    {"rib_", {180, 60, 700, 0}},
    {"vertebrae_", {200, 50, 600, 0}},
    {"femur_", {250, 70, 1200, 0}},
    {"tibia", {250, 70, 1200, 0}},
    {"fibula", {250, 70, 1100, 0}},
    {"humerus_", {230, 70, 1150, 0}},
};

fv_tissue fv_tissue_of(const fv_structure *structure)
{
    static const fv_tissue of_kind[] = {
        [FB_KIND_ORGAN] = {42, 8, 42, 0},   [FB_KIND_VESSEL] = {42, 4, 42, 0}, [FB_KIND_BONE] = {230, 60, 850, 0},
        [FB_KIND_MUSCLE] = {55, 10, 55, 0}, [FB_KIND_LESION] = {20, 6, 20, 0}, [FB_KIND_REGION] = {42, 8, 42, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strncmp(structure->name, rows[i].start, strlen(rows[i].start)) == 0) return rows[i].tissue;
    return of_kind[structure->category != NULL ? structure->category->kind : FB_KIND_ORGAN];
}
