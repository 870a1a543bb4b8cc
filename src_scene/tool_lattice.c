/* Stents and coils. */
#include "scene/tool_loft.h"
#include "scene/tool_recipes.h"

/* The radius at height z: a waist in the middle of some. */
static double stent_radius(const fs_tool_size *size, double z)
{
    const double middle = (z / size->b - 0.5) / 0.18;
    return size->a / 2 * (1 - size->more[3] * exp(-middle * middle));
}

/* A zigzag ring of struts about height z. */
static void add_zigzag(fs_solid *solid, const fs_tool_size *size, double low, double height, int row)
{
    enum { STRUT = 4 };
    const int crowns = (int)size->more[0], places = 2 * STRUT * crowns;
    fs_path path = {.closed = true};
    fs_outline section;
    for (int i = 0; i < places; i++) {
        const double share = fabs((double)(i % (2 * STRUT)) / STRUT - 1); /* 1 .. 0 .. 1 */
        const double angle = 2 * FS_PI * i / places, eased = share * share * (3 - 2 * share);
        const double z = low + height * (row % 2 == 0 ? eased : 1 - eased), r = stent_radius(size, z);
        fs_path_add(&path, (fs_xyz){r * cos(angle), r * sin(angle), z});
    }
    path.side = (fs_xyz){1, 0, 0};
    fs_outline_ellipse(&section, 0.63 * size->more[2], 0.63 * size->more[2], 4); /* nearly a square */
    fs_sweep(solid, &path, &section, NULL);
}

/* Rows meet crown to crown, where every third crown is joined. */
static void add_links(fs_solid *solid, const fs_tool_size *size, double z, int row)
{
    const int crowns = (int)size->more[0];
    for (int i = row % 3; i < crowns; i += 3) {
        const double angle = 2 * FS_PI * (i + (row % 2 == 0 ? 0 : 0.5)) / crowns, r = stent_radius(size, z);
        fs_path path = {.side = {0, 0, 1}};
        fs_path_line(&path, (fs_xyz){r * cos(angle), r * sin(angle), z - size->more[2]},
                     (fs_xyz){r * cos(angle), r * sin(angle), z + size->more[2]}, 1);
        fs_rod(solid, &path, 0.5 * size->more[2], 6);
    }
}

void fs_make_stent(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double strut = size->more[2];
    const int rows = (int)fmax(2, round(size->b / size->more[1]));
    const double height = (size->b - strut) / rows;
    (void)random;
    for (int row = 0; row < rows; row++) {
        add_zigzag(&part[0], size, strut / 2 + row * height, height, row);
        if (row > 0) add_links(&part[0], size, strut / 2 + row * height, row);
    }
    /* dense marks at both ends */
    for (int end = 0; end < 2; end++)
        for (int i = 0; i < 4; i++) {
            const double angle = 2 * FS_PI * i / 4, z = end == 0 ? 1.2 * strut : size->b - 1.2 * strut;
            const double r = stent_radius(size, z);
            fs_ball(&part[1], 1.1 * strut, (fs_xyz){r * cos(angle), r * sin(angle), z});
        }
}

/* Loops on a ball's surface whose axis tumbles, as an embolisation coil packs itself. */
static void plan_tangle(fs_path *path, const fs_tool_size *size, fb_random *random)
{
    const double r = size->a / 2, turns = size->b / (FS_PI * size->a);
    const double tumble = fb_random_between(random, 0.21, 0.37), drift = fb_random_between(random, 0.11, 0.19);
    const int steps = (int)fmin(FS_PATH_MOST - 1, ceil(24 * turns));
    for (int i = 0; i <= steps; i++) {
        const double a = 2 * FS_PI * turns * i / steps, b = tumble * a, c = drift * a;
        const double shell = r * (0.72 + 0.28 * cos(0.37 * a));
        const double x = cos(a), y = sin(a) * cos(b), z = sin(a) * sin(b);
        fs_path_add(path,
                    (fs_xyz){shell * (x * cos(c) - z * sin(c)), shell * y, r + shell * (x * sin(c) + z * cos(c))});
    }
}

void fs_make_coil(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double r = size->a / 2, wire = size->more[1], pitch = 1.6 * wire;
    fs_path path = {0};
    if (size->more[0] > 0.5) {
        plan_tangle(&path, size, random);
    } else {
        const double turns = size->b / (FS_PI * size->a);
        const int steps = (int)fmin(FS_PATH_MOST - 1, ceil(20 * turns));
        for (int i = 0; i <= steps; i++) {
            const double a = 2 * FS_PI * turns * i / steps;
            fs_path_add(&path, (fs_xyz){r * cos(a), r * sin(a), wire / 2 + pitch * a / 2 / FS_PI});
        }
    }
    fs_rod(part, &path, wire / 2, 8);
}
