/* phantom_trunk_bones.c - sternum, shoulder girdle and pelvis. */
#include "volume/phantom_parts.h"

const fv_row fv_rows_trunk_bones[] = {
    {.name = "sternum", .point = {{-16, -62, 1412, 15}, {16, -62, 1412, 15}}, .flat = 0.45},
    {.name = "sternum", .point = {{0, -64, 1408, 22}, {0, -72, 1378, 14}, {0, -88, 1280, 18}}, .flat = 0.35},
    {.name = "sternum", .point = {{0, -89, 1268, 9}, {0, -88, 1244, 4}}, .flat = 0.6},
    {.name = "clavicula_*",
     .point = {{20, -62, 1424, 10}, {56, -60, 1434, 6}, {104, -34, 1446, 5.5}, {140, -4, 1452, 6}, {168, 4, 1456, 7}},
     .flat = 0.9},
    /* scapula: blade, borders, spine with acromion, neck, coracoid */
    {.name = "scapula_*", true, {{112, 86, 1372}, {44, -38, 20}, {-12, 8, -72}, {2.5}}},
    {.name = "scapula_*", .point = {{74, 94, 1432, 3.5}, {86, 104, 1370, 3.5}, {100, 104, 1296, 6}}},
    {.name = "scapula_*", .point = {{100, 104, 1296, 6}, {126, 74, 1350, 5}, {152, 42, 1402, 9}}},
    {.name = "scapula_*",
     .point = {{76, 98, 1410, 4}, {120, 84, 1432, 6}, {160, 48, 1458, 7}, {184, 18, 1458, 8}},
     .flat = 0.8},
    {.name = "scapula_*", .point = {{140, 56, 1410, 10}, {156, 36, 1416, 14}}},
    {.name = "scapula_*", .point = {{148, 34, 1430, 7}, {140, 2, 1442, 6}, {150, -18, 1432, 6}}},
    /* hip bone: wing with crest, acetabulum, ischium, pubis */
    {.name = "hip_*", true, {{104, 34, 988}, {42, -64, 4}, {26, 16, 60}, {4.5}}},
    {.name = "hip_*",
     .point = {{122, -40, 996, 8},
               {138, -12, 1030, 7},
               {136, 22, 1047, 7},
               {112, 60, 1046, 8},
               {72, 88, 1024, 9},
               {48, 96, 990, 9}}},
    {.name = "hip_*", .point = {{48, 90, 985, 11}, {66, 58, 960, 15}, {84, 24, 944, 16}}},
    {.name = "hip_*", .point = {{122, -40, 996, 7}, {112, -28, 965, 8}, {96, -10, 938, 14}}},
    {.name = "hip_*", true, {{86, 10, 914}, {33, 0, 0}, {0, 33, 0}, {33}}},
    {.name = "hip_*", .point = {{80, 28, 900, 17}, {70, 46, 858, 16}, {62, 40, 842, 15}}},
    {.name = "hip_*", .point = {{62, 36, 838, 11}, {34, 2, 850, 7}, {15, -28, 872, 8}}},
    {.name = "hip_*", .point = {{78, -10, 916, 12}, {46, -34, 908, 8}, {15, -38, 896, 10}, {14, -34, 876, 8}}},
    /* the joint, open to the side and down */
    {.name = "(soft)+", .point = {{90, 10, 912, 27}, {140, 14, 890, 30}}},
};
const size_t fv_rows_trunk_bones_count = sizeof fv_rows_trunk_bones / sizeof *fv_rows_trunk_bones;
