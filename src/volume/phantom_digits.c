/* phantom_digits.c - the bones of hands and feet: carpus and tarsus, and the rays that end in fingers and toes. */
#include "volume/phantom_parts.h"

#include <string.h>

enum { RAYS = 5, JOINTS = 5 }; /* of a ray: base, ends of its metacarpal and of up to three phalanges */

/* A bone of a ray is waisted: wide at its base, narrow along the shaft, wide at its head. */
static fsam_status add_bone(fv_phantom *phantom, const char *name, const double from[3], const double to[3],
                            double radius, double gap)
{
    fv_row row = {.name = name};
    const double place[4] = {gap, 0.3, 0.7, 1 - gap}, width[4] = {1.35, 0.85, 0.85, 1.25};
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 3; j++) row.point[i][j] = from[j] + place[i] * (to[j] - from[j]);
        row.point[i][3] = radius * width[i];
    }
    return fv_phantom_add(phantom, &row, 1);
}

/* The longest bones first, so that all of a structure follow each other. A joint of 0, 0, 0 is not there. */
static fsam_status add_rays(fv_phantom *phantom, const double ray[RAYS][JOINTS][3], const double radius[RAYS],
                            const char *metacarpal, const char *phalanges)
{
    for (int i = 0; i < RAYS; i++) FB_TRY(add_bone(phantom, metacarpal, ray[i][0], ray[i][1], radius[i], 0.1));
    for (int i = 0; i < RAYS; i++)
        for (int j = 1; j + 1 < JOINTS && ray[i][j + 1][2] != 0; j++)
            FB_TRY(add_bone(phantom, phalanges, ray[i][j], ray[i][j + 1], radius[i] * (1 - 0.14 * j), 0.2));
    return FSAM_OK;
}

/* The left hand hangs from the wrist at (350, 6, 858), its palm forward and its thumb to the left. */
fsam_status fv_phantom_add_hands(fv_phantom *phantom)
{
    static const fv_row carpals[] = {
        FV_BALL("carpal+", 362, 4, 848, 8, 8, 9),    FV_BALL("carpal+", 350, 6, 848, 7, 8, 8),
        FV_BALL("carpal+", 339, 6, 851, 6.5, 7, 7),  FV_BALL("carpal+", 336, -2, 846, 5, 5, 5),
        FV_BALL("carpal+", 372, -1, 836, 7.5, 8, 7), FV_BALL("carpal+", 363, 3, 833, 6, 7, 7),
        FV_BALL("carpal+", 352, 4, 832, 7.5, 8, 9),  FV_BALL("carpal+", 341, 4, 836, 7, 8, 8),
    };
    static const double ray[RAYS][JOINTS][3] = {
        {{374, -2, 830}, {393, -8, 790}, {405, -10, 760}, {412, -11, 735}},
        {{366, 2, 826}, {383, 0, 763}, {392, -2, 724}, {397, -4, 701}, {400, -5, 684}},
        {{355, 4, 823}, {370, 1, 760}, {379, -2, 717}, {385, -4, 690}, {389, -6, 672}},
        {{346, 4, 824}, {356, 1, 766}, {364, -2, 727}, {369, -4, 702}, {373, -6, 684}},
        {{338, 4, 827}, {343, 1, 774}, {348, -2, 743}, {351, -4, 724}, {353, -5, 708}},
    };
    static const double radius[RAYS] = {4.6, 4.4, 4.4, 4.0, 3.7};
    FB_TRY(fv_phantom_add(phantom, carpals, sizeof carpals / sizeof *carpals));
    return add_rays(phantom, ray, radius, "metacarpal+", "phalanges_hand+");
}

/* The left foot stands on the floor and points forward, its great toe to the right. */
fsam_status fv_phantom_add_feet(fv_phantom *phantom)
{
    static const fv_row tarsals[] = {
        FV_BALL("tarsal+", 80, 20, 70, 17, 21, 17), /* talus */
        {.name = "tarsal+", .point = {{78, 6, 62, 12}, {72, -16, 56, 12}}},
        {.name = "tarsal+", .point = {{86, 66, 32, 17}, {86, 40, 40, 16}, {92, 2, 36, 12}, {95, -10, 34, 12}}},
        {.name = "tarsal+", true, {{72, -33, 52}, {16, 0, -6}, {0, 7, 0}, {12}}}, /* navicular */
        {.name = "tarsal+", .point = {{97, -26, 33, 12}, {99, -42, 31, 11}}},     /* cuboid */
        {.name = "tarsal+", .point = {{60, -46, 44, 9}, {61, -55, 42, 9}}},       /* cuneiforms */
        {.name = "tarsal+", .point = {{73, -46, 50, 7}, {74, -56, 48, 7}}},
        {.name = "tarsal+", .point = {{86, -45, 45, 7}, {87, -55, 44, 7}}},
    };
    static const double ray[RAYS][JOINTS][3] = {
        {{61, -64, 40}, {66, -124, 18}, {68, -156, 13}, {70, -182, 10}},
        {{74, -64, 46}, {80, -133, 17}, {83, -160, 13}, {84, -174, 10}, {85, -185, 8}},
        {{87, -62, 42}, {93, -127, 16}, {96, -152, 12}, {97, -165, 10}, {98, -176, 8}},
        {{97, -55, 34}, {104, -118, 15}, {107, -141, 12}, {108, -153, 10}, {109, -163, 8}},
        {{104, -44, 28}, {115, -107, 13}, {118, -127, 11}, {119, -138, 9}, {120, -147, 8}},
    };
    static const double radius[RAYS] = {7.5, 4.8, 4.5, 4.4, 4.4};
    FB_TRY(fv_phantom_add(phantom, tarsals, sizeof tarsals / sizeof *tarsals));
    return add_rays(phantom, ray, radius, "metatarsal+", "phalanges_feet+");
}
