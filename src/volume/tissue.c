#include "volume/synthesize.h"

#include <string.h>

/* Usual values of CT without contrast medium at about 120 kV, rounded: meant to look right, not to measure by. */
typedef struct row {
    const char *start; /* of the structure's name: the first row that fits */
    fv_tissue tissue;
} row;

static const row rows[] = {
    {"lung_", {-830, 35, -830}},
    {"trachea", {-990, 5, -990}},
    {"liver", {58, 6, 58}},
    {"spleen", {48, 5, 48}},
    {"kidney_cyst", {8, 3, 8}},
    {"kidney_", {32, 5, 32}},
    {"gallbladder", {10, 4, 10}},
    {"pancreas", {35, 12, 35}},
    {"adrenal_", {30, 8, 30}},
    {"urinary_bladder", {6, 3, 6}},
    {"stomach", {20, 30, 20}},
    {"small_bowel", {20, 30, 20}},
    {"duodenum", {30, 15, 30}},
    {"colon", {-80, 150, -80}}, /* gas and stool in patches */
    {"esophagus", {30, 15, 30}},
    {"thyroid_gland", {95, 10, 95}},
    {"brain", {34, 4, 34}},
    {"spinal_cord", {35, 4, 35}},
    {"costal_cartilages", {110, 25, 110}},
    {"skull", {650, 120, 1100}},
    {"rib_", {180, 60, 700}},
    {"vertebrae_", {200, 50, 600}},
    {"femur_", {250, 70, 1200}},
    {"tibia", {250, 70, 1200}},
    {"fibula", {250, 70, 1100}},
    {"humerus_", {230, 70, 1150}},
};

fv_tissue fv_tissue_of(const fv_structure *structure)
{
    static const fv_tissue of_kind[] = {
        [FB_KIND_ORGAN] = {42, 8, 42},   [FB_KIND_VESSEL] = {42, 4, 42}, [FB_KIND_BONE] = {230, 60, 850},
        [FB_KIND_MUSCLE] = {55, 10, 55}, [FB_KIND_LESION] = {20, 6, 20}, [FB_KIND_REGION] = {42, 8, 42},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strncmp(structure->name, rows[i].start, strlen(rows[i].start)) == 0) return rows[i].tissue;
    return of_kind[structure->category != NULL ? structure->category->kind : FB_KIND_ORGAN];
}
