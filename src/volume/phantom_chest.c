/* phantom_chest.c - lungs, heart, great vessels and what else is between the neck and the diaphragm. */
#include "volume/phantom_parts.h"

/* One hull a lung; the lobes are what its fissures leave of it. The oblique fissure runs down and forwards from about
 * the fourth thoracic vertebra; the middle lobe is below the horizontal one and before the oblique. */
#define LUNG(side)                                                                                                     \
    {                                                                                                                  \
        {(side)*44, 26, 1432, 24}, {(side)*62, 14, 1370, 46}, {(side)*70, 6, 1290, 54},                                \
        {                                                                                                              \
            (side) * 74, 6, 1215, 56                                                                                   \
        }                                                                                                              \
    }
#define BEHIND_OBLIQUE                                                                                                 \
    {                                                                                                                  \
        {0, 0.72, -0.69}, -900, FV_FAR                                                                                 \
    }

const fv_row fv_rows_chest[] = {
    {.name = "lung_upper_lobe_*", .point = LUNG(1), .flat = 1.42},
    {.name = "lung_lower_lobe_*", .point = LUNG(1), .flat = 1.42, .cut = BEHIND_OBLIQUE},
    {.name = "lung_middle_lobe_right", .point = LUNG(-1), .flat = 1.42, .cut = {{0, 0, 1}, -FV_FAR, 1305}},
    {.name = "lung_lower_lobe_right", .point = LUNG(-1), .flat = 1.42, .cut = BEHIND_OBLIQUE},
    /* the mediastinum, and the abdomen's vault under the diaphragm */
    {.name = "(soft)",
     .point = {{0, 8, 1440, 26}, {0, 4, 1380, 30}, {4, -10, 1290, 30}, {4, 0, 1220, 30}},
     .flat = 2.0},
    FV_BALL("(cavity)", -66, 0, 1150, 70, 92, 90),
    FV_BALL("(cavity)", 68, 0, 1140, 68, 92, 88),
    FV_BALL("(cavity)", 0, -10, 1140, 60, 80, 72),
    {.name = "inferior_vena_cava",
     .point = {{-18, 4, 1042, 10}, {-22, 4, 1140, 11}, {-24, -6, 1210, 12}, {-24, -16, 1250, 12}}},
    {.name = "heart", true, {{24, -34, 1274}, {42, -24, -46}, {-34, -10, -26}, {44}}},
    {.name = "heart", true, {{-16, -22, 1284}, {30, 0, 0}, {0, 34, 0}, {44}}},
    {.name = "heart", .point = {{22, -30, 1318, 17}, {16, -26, 1348, 13}}}, /* pulmonary trunk */
    {.name = "atrial_appendage_left", true, {{52, -16, 1314}, {14, -8, 6}, {0, 8, 8}, {9}}},
    {.name = "pulmonary_vein+", .point = {{16, 8, 1300, 9}, {42, 12, 1314, 7}, {66, 14, 1330, 5}}},
    {.name = "pulmonary_vein+", .point = {{16, 10, 1290, 9}, {42, 16, 1280, 7}, {64, 22, 1262, 5}}},
    {.name = "aorta",
     .point = {{-4, -26, 1300, 15},
               {-10, -24, 1345, 15},
               {0, -10, 1376, 14},
               {18, 12, 1380, 13},
               {28, 30, 1358, 13},
               {26, 34, 1290, 12},
               {14, 24, 1200, 11},
               {4, 10, 1150, 10}}},
    {.name = "aorta", .point = {{4, 10, 1150, 10}, {4, 0, 1100, 9}, {2, -6, 1052, 8}}},
    {.name = "superior_vena_cava", .point = {{-30, -16, 1392, 9}, {-30, -14, 1310, 10}}},
    {.name = "brachiocephalic_vein_left", .point = {{52, -12, 1432, 6}, {8, -30, 1404, 7}, {-24, -20, 1394, 7}}},
    {.name = "brachiocephalic_vein_right", .point = {{-50, -12, 1434, 6}, {-34, -16, 1400, 7}}},
    {.name = "brachiocephalic_trunk", .point = {{-4, -12, 1386, 7}, {-22, -4, 1424, 6}}},
    {.name = "common_carotid_artery_right", .point = {{-23, -3, 1426, 4}, {-27, 4, 1500, 4}, {-30, 6, 1552, 4}}},
    {.name = "common_carotid_artery_left",
     .point = {{8, 2, 1390, 4.5}, {23, -1, 1430, 4}, {27, 4, 1500, 4}, {30, 6, 1552, 4}}},
    {.name = "subclavian_artery_right",
     .point = {{-26, -2, 1428, 5}, {-58, 4, 1444, 4.5}, {-96, -8, 1436, 4.5}, {-140, 2, 1424, 4}}},
    {.name = "subclavian_artery_left",
     .point = {{22, 12, 1390, 5}, {32, 8, 1432, 4.5}, {58, 4, 1444, 4.5}, {96, -8, 1436, 4.5}, {140, 2, 1424, 4}}},
    {.name = "esophagus",
     .point = {{0, 24, 1500, 6}, {2, 26, 1420, 7}, {4, 34, 1360, 7}, {10, 32, 1280, 7}, {26, 8, 1212, 8}}},
    {.name = "trachea", .point = {{0, 6, 1505, 9}, {0, 10, 1440, 9}, {2, 18, 1362, 9}}},
    {.name = "trachea", .point = {{2, 18, 1362, 9}, {-32, 20, 1334, 7}}},
    {.name = "trachea", .point = {{2, 18, 1362, 9}, {38, 22, 1332, 6}}},
    {.name = "(air)", .point = {{0, 4, 1508, 7}, {0, -2, 1560, 9}, {0, -18, 1600, 10}}}, /* larynx and throat */
    {.name = "thyroid_gland+", true, {{17, -1, 1482}, {3, 0, 21}, {0, 10, 0}, {9}}},
    {.name = "thyroid_gland", .point = {{-12, -8, 1474, 5}, {12, -8, 1474, 5}}},
};
const size_t fv_rows_chest_count = sizeof fv_rows_chest / sizeof *fv_rows_chest;
