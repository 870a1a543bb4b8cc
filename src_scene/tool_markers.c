/* Electrodes, beads, rulers, arrows, letters and clips. */
#include "scene/tool_extrude.h"
#include "scene/tool_loft.h"
#include "scene/tool_recipes.h"

/* x across and y along become x and z. */
static const fv_affine stand = {{{1, 0, 0, 0}, {0, 0, -1, 0}, {0, 1, 0, 0}}};

void fs_make_electrode(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double r = size->a / 2;
    fs_path lead = {.side = {0, 1, 0}};
    /* pad on the skin, stud, the clip on it, and the lead */
    fs_cylinder(&part[0], r, 0, 1.2);
    fs_turn(&part[1], (const double[][2]){{0, 1.2}, {5, 1.2}, {5, 1.8}, {2, 2}, {1.6, 3.4}, {2, 4.6}, {0, 5}}, 7,
            FS_ROUND);
    fs_turn(&part[1], (const double[][2]){{6, 2.2}, {6, 4.4}, {2.1, 4.4}, {2.1, 2.2}}, 4, FS_ROUND);
    fs_path_wander(&lead, random, size->b, 0.9, 150);
    for (int i = 0; i < lead.count; i++) { /* it runs along the skin: along x, and hardly up */
        const fs_xyz at = lead.at[i];
        lead.at[i] = (fs_xyz){5 + at.z, at.x, 3.3 + 0.15 * fabs(at.y)};
    }
    fs_rod(&part[2], &lead, 0.55, 8);
}

void fs_make_bead(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    (void)random;
    fs_ball(part, size->a / 2, (fs_xyz){0, 0, size->a / 2});
}

void fs_make_ruler(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const int marks = (int)floor(size->a / size->b + 0.001);
    (void)random;
    fs_rounded_box(&part[0], 12, 1, 0, size->a, 0.5);
    for (int i = 0; i <= marks; i++) {
        const double half = i % 10 == 0 ? 6 : i % 5 == 0 ? 4 : 2.5;
        const double z = fmin(fmax(i * size->b, 0.35), size->a - 0.35);
        const size_t first = part[1].vertices;
        fs_rounded_box(&part[1], half, 0.3, z - 0.35, z + 0.35, 0.1);
        fs_solid_move(&part[1], first, 0, &(fv_affine){{{1, 0, 0, half - 10}, {0, 1, 0, 1.3}, {0, 0, 1, 0}}});
    }
}

void fs_make_arrow(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double l = size->a, w = size->b / 2, s = 0.3 * size->b;
    const double corner[7][2] = {{0, 0}, {w, 0.4 * l}, {s, 0.4 * l}, {s, l}, {-s, l}, {-s, 0.4 * l}, {-w, 0.4 * l}};
    fs_outline outline = {0};
    (void)random;
    for (int i = 0; i < 7; i++) fs_outline_add(&outline, corner[i][0], corner[i][1]);
    fs_extrude(part, &outline, NULL, 0, -0.5, 0.5);
    fs_solid_move(part, 0, 0, &stand);
}

/* R in a square of height 1: a stem, a bowl with a hole, a leg. */
static void letter_r(fs_outline *outline, fs_outline *hole)
{
    static const double legs[][2] = {{0, 0}, {0.18, 0}, {0.18, 0.4}, {0.26, 0.4}, {0.48, 0}, {0.7, 0}, {0.46, 0.43}};
    for (int i = 0; i < 7; i++) fs_outline_add(outline, legs[i][0], legs[i][1]);
    fs_outline_arc(outline, 0.37, 0.7, 0.3, -0.38 * FS_PI, FS_PI / 2, 12);
    fs_outline_add(outline, 0, 1);
    fs_outline_arc(hole, 0.34, 0.7, 0.15, -FS_PI / 2, FS_PI / 2, 10);
    fs_outline_add(hole, 0.18, 0.85);
    fs_outline_add(hole, 0.18, 0.55);
}

void fs_make_letter(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    static const double l[6][2] = {{0, 0}, {0.6, 0}, {0.6, 0.18}, {0.18, 0.18}, {0.18, 1}, {0, 1}};
    fs_outline outline = {0}, hole = {0};
    const double h = size->a;
    (void)random;
    if (size->b > 1.5)
        letter_r(&outline, &hole);
    else
        for (int i = 0; i < 6; i++) fs_outline_add(&outline, l[i][0], l[i][1]);
    fs_extrude(part, &outline, &hole, size->b > 1.5, -0.5 / h, 0.5 / h);
    fs_solid_move(part, 0, 0, &stand);
    fs_solid_move(part, 0, 0, &(fv_affine){{{h, 0, 0, -0.32 * h}, {0, h, 0, 0}, {0, 0, h, 0}}});
}

void fs_make_clip(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double l = size->a, wire = size->more[0], half = size->b > 1.5 ? 0.55 * wire : 0.42 * l;
    fs_path path = {.side = {0, 1, 0}};
    fs_outline section;
    (void)random;
    fs_path_add(&path, (fs_xyz){half, 0, wire / 4});
    fs_path_add(&path, (fs_xyz){half * 1.02, 0, 0.35 * l});
    fs_path_add(&path, (fs_xyz){0.75 * half, 0, 0.72 * l});
    fs_path_add(&path, (fs_xyz){0, 0, l - wire / 2});
    fs_path_add(&path, (fs_xyz){-0.75 * half, 0, 0.72 * l});
    fs_path_add(&path, (fs_xyz){-half * 1.02, 0, 0.35 * l});
    fs_path_add(&path, (fs_xyz){-half, 0, wire / 4});
    fs_path_smooth(&path, 6);
    fs_outline_rounded_box(&section, 0.7 * wire, wire / 2, 0.3 * wire, 2);
    fs_sweep(part, &path, &section, NULL);
}

void fs_make_aneurysm_clip(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double blade = size->a, spring = 2.6;
    (void)random;
    for (int side = -1; side <= 1; side += 2) {
        fs_path path = {.side = {0, 1, 0}};
        fs_outline section;
        for (int i = 0; i <= 8; i++) {
            const double t = i / 8.0;
            fs_path_add(&path, (fs_xyz){side * 0.45, size->b > 1.5 ? 0.3 * blade * (1 - t) * (1 - t) : 0, blade * t});
        }
        fs_path_add(&path, (fs_xyz){-side * 1.6, 0.4 * side, blade + 3}); /* the arms cross */
        fs_path_add(&path, (fs_xyz){-side * spring, 0.5 * side, blade + 6});
        fs_outline_rounded_box(&section, 0.6, 0.4, 0.15, 2);
        fs_sweep(part, &path, &section, NULL);
    }
    fs_path coil = {.side = {0, 1, 0}}; /* a turn and a half */
    for (int i = 0; i <= 60; i++) {
        const double a = 3 * FS_PI * i / 60;
        fs_path_add(&coil, (fs_xyz){spring * cos(a), 0.5 - i / 60.0, blade + 6 + spring * sin(a)});
    }
    fs_rod(part, &coil, 0.5, 8);
}
