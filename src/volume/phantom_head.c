/* phantom_head.c - skull and brain. The vault is hollowed, filled, and the base and face are laid over it. */
#include "volume/phantom_parts.h"

const fv_row fv_rows_head[] = {
    FV_BALL("skull", 0, 2, 1672, 75, 93, 77),
    FV_BALL("(soft)", 0, 2, 1671, 68, 86, 70),
    FV_BALL("brain", 0, 2, 1674, 66, 84, 67, .cut = {{0, -0.2, 1}, 1626, FV_FAR}),
    FV_BALL("brain", 0, 40, 1634, 42, 28, 17),
    {.name = "brain", .point = {{0, 22, 1640, 13}, {0, 22, 1600, 9}}},
    /* base: floor of the three fossae, petrous ridges, condyles, mastoids */
    {.name = "skull", true, {{0, -52, 1640}, {54, 0, 0}, {0, 32, 6}, {3}}},
    {.name = "skull", true, {{0, -12, 1622}, {60, 0, 0}, {0, 28, -6}, {3}}},
    {.name = "skull+", .point = {{14, -2, 1618, 6}, {38, 16, 1618, 8}, {60, 30, 1616, 10}}},
    {.name = "skull+", .point = {{62, 26, 1610, 10}, {60, 20, 1592, 6}}},
    {.name = "skull+", .point = {{16, 22, 1594, 7}, {26, 48, 1600, 5}, {0, 80, 1612, 5}}},
    {.name = "skull", .point = {{0, -2, 1618, 9}, {0, 8, 1598, 5}}},
    {.name = "(air)", true, {{0, -16, 1622}, {10, 0, 0}, {0, 8, 0}, {8}}},
    /* face: orbits, cheekbones, upper jaw, nose */
    {.name = "skull+", true, {{32, -62, 1630}, {24, 0, 0}, {0, 22, 0}, {22}}},
    {.name = "skull+", .point = {{44, -68, 1606, 8}, {62, -44, 1604, 5}, {68, -16, 1608, 4}, {66, 8, 1612, 5}}},
    {.name = "skull+", .point = {{14, -82, 1640, 5}, {16, -84, 1610, 5}, {24, -72, 1578, 9}}},
    {.name = "skull", .point = {{0, -88, 1650, 5}, {0, -96, 1630, 3}}},
    {.name = "skull",
     .point = {{34, -46, 1574, 7}, {24, -72, 1570, 7}, {0, -84, 1570, 7}, {-24, -72, 1570, 7}, {-34, -46, 1574, 7}}},
    {.name = "skull", true, {{0, -54, 1578}, {30, 0, 0}, {0, 28, 0}, {3}}},
    {.name = "skull+", .point = {{34, -38, 1574, 4}, {30, -28, 1606, 5}}},
    {.name = "skull", .point = {{0, -30, 1582, 2}, {0, -76, 1586, 2}, {0, -80, 1616, 2}}},
    {.name = "(soft)+", true, {{32, -70, 1630}, {19, 0, 0}, {0, 27, 0}, {17}}}, /* eyes */
    {.name = "(air)+", true, {{32, -56, 1596}, {13, 0, 0}, {0, 16, 0}, {15}}},  /* maxillary sinuses */
    {.name = "(air)+", true, {{8, -56, 1600}, {5, 0, 0}, {0, 24, 0}, {18}}},    /* nose */
    {.name = "(air)+", true, {{9, -86, 1652}, {8, 0, 0}, {0, 4, 0}, {8}}},      /* frontal sinuses */
    /* lower jaw and teeth */
    {.name = "skull+",
     .point = {{52, -2, 1604, 6},
               {50, -10, 1580, 7},
               {46, -12, 1554, 7},
               {34, -54, 1544, 7},
               {18, -80, 1540, 7},
               {0, -87, 1540, 8}}},
    {.name = "skull+", .point = {{48, -26, 1594, 3}, {46, -18, 1570, 6}}},
    {.name = "skull+", .point = {{36, -46, 1556, 5}, {24, -74, 1553, 5}, {0, -86, 1552, 5}}},
};
const size_t fv_rows_head_count = sizeof fv_rows_head / sizeof *fv_rows_head;
