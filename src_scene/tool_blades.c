/* Scalpels and retractors. */
#include "scene/tool_extrude.h"
#include "scene/tool_loft.h"
#include "scene/tool_recipes.h"

#include <string.h>

/* x across and y along become x and z. */
static const fv_affine stand = {{{1, 0, 0, 0}, {0, 0, -1, 0}, {0, 1, 0, 0}}};

/* Blades by the numbers they are ordered by, with their backs at +x and mounted at their upper ends: length and width
 * in mm, and points of the edge from the tip up as shares of both. */
static const struct blade {
    int number;
    double length, width;
    int count;
    double edge[6][2];
} blades[] = {
    {10, 30, 7, 5, {{0.95, 0}, {0.5, 0.05}, {0.12, 0.16}, {0, 0.3}, {0, 0.62}}},
    {11, 28, 6, 2, {{0.98, 0}, {0, 0.62}}},
    {12, 30, 6, 5, {{0.02, 0}, {0.35, 0.06}, {0.62, 0.16}, {0.66, 0.3}, {0.35, 0.62}}},
    {15, 27, 5, 4, {{0.95, 0}, {0.5, 0.04}, {0.2, 0.14}, {0.25, 0.36}}},
    {20, 43, 8, 5, {{0.95, 0}, {0.5, 0.05}, {0.12, 0.16}, {0, 0.3}, {0, 0.66}}},
    {22, 50, 9, 5, {{0.98, 0}, {0.5, 0.03}, {0.15, 0.12}, {0, 0.28}, {0, 0.68}}},
};

static double add_blade(fs_solid *solid, int number)
{
    const struct blade *b = &blades[0];
    for (size_t i = 1; i < sizeof blades / sizeof *blades; i++)
        if (blades[i].number == number) b = &blades[i];
    fs_outline outline = {0};
    const size_t first = solid->vertices;
    fs_outline_add(&outline, 0.5 * b->width, b->length);
    fs_outline_add(&outline, -0.25 * b->width, b->length);
    fs_outline_add(&outline, -0.3 * b->width, 0.75 * b->length);
    for (int i = b->count - 1; i >= 0; i--)
        fs_outline_add(&outline, (b->edge[i][0] - 0.5) * b->width, b->edge[i][1] * b->length);
    if (number == 12) fs_outline_add(&outline, 0.45 * b->width, 0.02 * b->length);
    fs_outline_add(&outline, 0.5 * b->width, (number == 11 ? 0.12 : 0.1) * b->length);
    fs_extrude(solid, &outline, NULL, 0, -0.2, 0.2);
    fs_solid_move(solid, first, 0, &stand);
    return b->length;
}

void fs_make_scalpel(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    /* handles 3 and 4 are flat and 125 and 135 mm long, 7 is slender and 160 */
    const bool slender = size->b > 5;
    const double blade = add_blade(part, (int)size->a), start = 0.55 * blade;
    const double length = slender ? 160 : size->b > 3.5 ? 135 : 125, wide = slender ? 3.4 : size->b > 3.5 ? 6.2 : 5;
    const double widths[][2] = {{1.2, 0},     {1.4, 0.14},  {0.55 * wide, 0.17}, {0.6 * wide, 0.3},
                                {wide, 0.75}, {wide, 0.97}, {0.6 * wide, 1}};
    fs_path path = {.side = {1, 0, 0}};
    fs_outline section;
    double scale[7][2];
    (void)random;
    fs_outline_rounded_box(&section, 1, 1, 0.3, 2);
    for (int i = 0; i < 7; i++) {
        fs_path_add(&path, (fs_xyz){0, 0, start + length * widths[i][1]});
        scale[i][0] = widths[i][0];
        scale[i][1] = i < 2 ? 0.6 : slender ? 1.8 : 1.3;
    }
    fs_sweep(part, &path, &section, (const double(*)[2])scale);
}

/* A strip bent in the y-z plane: a blade at the low end, a handle or another blade at the high end. */
void fs_make_bent_retractor(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double length = size->a, half = size->b / 2, down = size->more[0], up = size->more[1], r = 6;
    const bool point = size->more[2] > 0.5;
    fs_path path = {.side = {1, 0, 0}};
    fs_outline section;
    double scale[FS_PATH_MOST][2];
    (void)random;
    if (down > 0) {
        fs_path_line(&path, (fs_xyz){0, -down, point ? -0.35 * down : 2}, (fs_xyz){0, -r, 0}, 6);
        fs_path_arc(&path, (fs_xyz){0, -r, r}, r, (fs_xyz){0, 0, -1}, (fs_xyz){0, 1, 0}, 0.1, FS_PI / 2, 6);
    }
    fs_path_line(&path, (fs_xyz){0, 0, r + 1}, (fs_xyz){0, 0, length - r - 1}, 12);
    if (up > 0) {
        fs_path_arc(&path, (fs_xyz){0, -r, length - r}, r, (fs_xyz){0, 1, 0}, (fs_xyz){0, 0, 1}, 0, FS_PI / 2, 6);
        fs_path_line(&path, (fs_xyz){0, -r - 0.5, length}, (fs_xyz){0, -up, length - 2}, 6);
    } else {
        fs_path_add(&path, (fs_xyz){0, 0, length});
    }
    fs_outline_rounded_box(&section, 1, 1, 0.25, 2);
    for (int i = 0; i < path.count; i++) {
        const double t = (double)i / (path.count - 1), handle = up > 0 ? 0.75 * half : fmax(0.55 * half, 7);
        const double waist = down > 0 ? 1 - 0.45 * exp(-pow((t - 0.5) / 0.15, 2)) : 1;
        scale[i][0] = (half * (1 - t) + handle * t) * waist * (point && i < 4 ? 0.2 + 0.2 * i : 1);
        scale[i][1] = 1.1;
    }
    fs_sweep(part, &path, &section, (const double(*)[2])scale);
}

void fs_make_rake(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double length = size->a, spread = 5;
    const int prongs = (int)size->b;
    (void)random;
    for (int i = 0; i < prongs; i++) {
        const double x = (i - (prongs - 1) / 2.0) * spread;
        fs_path path = {0};
        fs_path_add(&path, (fs_xyz){x, -16, 9});
        fs_path_add(&path, (fs_xyz){x, -13, 2});
        fs_path_add(&path, (fs_xyz){x, -5, 1.2});
        fs_path_add(&path, (fs_xyz){0.9 * x, 0, 8});
        fs_path_add(&path, (fs_xyz){0.25 * x, 0, 26});
        fs_path_smooth(&path, 6);
        fs_rod(part, &path, 1.2, 8);
    }
    fs_cylinder(part, 2.6, 22, length - 38);
    fs_path ring = {.closed = true, .side = {0, 1, 0}};
    fs_path_arc(&ring, (fs_xyz){0, 0, length - 21}, 18.5, (fs_xyz){1, 0, 0}, (fs_xyz){0, 0, 1}, 0, 2 * FS_PI * 35 / 36,
                35);
    fs_rod(part, &ring, 2.5, 10);
}
