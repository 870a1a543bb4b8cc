/* Parts of artificial hips and knees. */
#include "scene/tool_extrude.h"
#include "scene/tool_loft.h"
#include "scene/tool_recipes.h"

static const fs_xyz x_way = {1, 0, 0}, y_way = {0, 1, 0};

/* The stem's medial side lies at +x, where it curves (the calcar) towards the neck. */
static void add_stem(fs_solid *solid, const fs_tool_size *size)
{
    enum { RINGS = 30, STEPS = 4, COLUMNS = 4 * (STEPS + 1) };
    const double length = size->a, top = size->more[0] / 2, tip = size->more[1] / 2, depth = size->more[2] / 2;
    fs_loft loft = fs_loft_start(solid, COLUMNS);
    const fs_xyz point = {0, 0, 0};
    for (int i = 0; i <= RINGS; i++) {
        const double t = (double)i / RINGS, z = 0.8 + (length - 0.8) * t;
        const double end = fmin(1, sqrt(z / (1.5 * tip))), calcar = pow(fmax(0, (t - 0.5) / 0.5), 2.2);
        const double half = end * (tip + 0.6 * (top - tip) * t + 0.4 * (top - tip) * calcar);
        const double thick = end * (0.85 * tip + (depth - 0.85 * tip) * t);
        fs_outline section;
        fs_outline_rounded_box(&section, half, thick, 0.6 * fmin(half, thick), STEPS);
        fs_loft_ring(&loft, &section, (fs_xyz){0.55 * (top - tip) * calcar, 0, z}, x_way, y_way);
    }
    fs_loft_cap(&loft, &point, NULL);
}

void fs_make_hip_stem(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    /* necks leave the stem at about 135 degrees */
    const double neck = size->more[3], way = FS_PI / 4, length = size->a, shift = 0.4 * (size->more[0] - size->more[1]);
    const fs_xyz out = {sin(way), 0, cos(way)}, base = {shift - 3, 0, length - 7};
    const fs_xyz head = fs_xyz_add(base, fs_xyz_times(neck + 6, out));
    fs_path path = {.side = {0, 1, 0}};
    fs_outline circle;
    const double scale[4][2] = {{7.5, 9}, {6.2, 7}, {5.6, 5.6}, {5.6, 5.6}};
    (void)random;
    add_stem(&part[0], size);
    for (int i = 0; i < 4; i++) fs_path_add(&path, fs_xyz_add(base, fs_xyz_times((neck + 6) * i / 3, out)));
    fs_outline_ellipse(&circle, 1, 1, FS_ROUND);
    fs_sweep(&part[0], &path, &circle, scale);
    if (size->more[4] > 0) {
        const size_t first = part->vertices;
        fs_rounded_box(&part[0], 0.62 * size->more[0], 0.6 * size->more[2], 0, 3, 1.2);
        fs_solid_move(&part[0], first, 0, &(fv_affine){{{1, 0, 0, shift + 1}, {0, 1, 0, 0}, {0, 0, 1, length - 3}}});
    }
    fs_ball(&part[1], size->b / 2, head);
}

/* Half a hollow ball, its pole at z = 0 and its rim at z = outer. */
static void add_dome(fs_solid *solid, double outer, double inner, double rise)
{
    enum { STEPS = 16 };
    double profile[2 * STEPS + 2][2];
    for (int i = 0; i <= STEPS; i++) {
        const double angle = 0.05 + (FS_PI / 2 - 0.05) * i / STEPS;
        profile[i][0] = outer * sin(angle), profile[i][1] = rise + outer * (1 - cos(angle));
        profile[2 * STEPS + 1 - i][0] = inner * sin(angle);
        profile[2 * STEPS + 1 - i][1] = rise + outer - inner * cos(angle);
    }
    fs_turn(solid, (const double(*)[2])profile, 2 * STEPS + 2, 40);
}

void fs_make_hip_cup(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double outer = size->a / 2, shell = 3.5, ball = size->b / 2;
    (void)random;
    add_dome(&part[0], outer, outer - shell, 0);
    if (size->more[0] > 0) fs_tube(&part[0], outer - shell, outer + size->more[0], outer - 2, outer + 0.5);
    add_dome(&part[1], outer - shell - 0.02, ball + 0.3, shell + 0.02);
}

/* One condyle's or the flange's strip, along the J that the side view shows; front at -y, seen from the joint at z = 0
 * upward. from, to: degrees of the J, 0 at the back of the condyle, 90 at the lowest place, 180 at the front. */
static void add_runner(fs_solid *solid, double size, double x, double half, double lean, const double degrees[2])
{
    enum { STEPS = 22 };
    const double r = 0.36 * size, thick = 4.2;
    fs_path path = {.side = {1, 0, 0}};
    fs_outline section;
    double scale[FS_PATH_MOST][2];
    for (int i = 0; i <= STEPS; i++) {
        const double a = (degrees[0] + (degrees[1] - degrees[0]) * i / STEPS) * FS_PI / 180, over = a - FS_PI;
        /* a circle at the back and below; the front goes on straight up */
        const double y = over <= 0 ? r * cos(a) * (a > FS_PI / 2 ? 1.15 : 1) : -1.15 * r + over * 0.1 * r;
        const double z = over <= 0 ? r + thick / 2 - r * sin(a) : r + thick / 2 + over * r;
        fs_path_add(&path, (fs_xyz){x + lean * sin(a), y, z});
        scale[i][0] = half * (i == 0 || i == STEPS ? 0.7 : 1);
        scale[i][1] = thick;
    }
    fs_outline_rounded_box(&section, 1, 1, 0.55, 3);
    fs_sweep(solid, &path, &section, (const double(*)[2])scale);
}

void fs_make_knee_femoral(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double w = size->a, side = size->b;
    (void)random;
    for (int k = -1; k <= 1; k += 2) {
        const double half = (k * side > 0 ? 0.2 : 0.185) * w; /* the medial condyle is the narrower one here */
        add_runner(part, w, k * 0.29 * w, half, -k * 1.5, (double[]){-25, 160});
        const size_t first = part->vertices;
        fs_turn(part, (const double[][2]){{0, 6}, {3.5, 6}, {3.5, 22}, {2.4, 24}, {0, 24}}, 5, FS_ROUND);
        fs_solid_move(part, first, 0, &(fv_affine){{{1, 0, 0, k * 0.28 * w}, {0, 1, 0, -2}, {0, 0, 1, 0}}});
    }
    add_runner(part, w, 0.03 * w * side, 0.4 * w, 0, (double[]){135, 205});
}

/* The plateau's outline: rounded, drawn in at the back between the condyles. */
static void plateau(fs_outline *outline, double width, double shrink)
{
    const double w = width / 2 - shrink, d = 0.33 * width - shrink;
    const double corner[10][2] = {{w, -0.5 * d},        {w, 0.45 * d},         {0.75 * w, d},  {0.25 * w, d},
                                  {0.15 * w, 0.62 * d}, {-0.15 * w, 0.62 * d}, {-0.25 * w, d}, {-0.75 * w, d},
                                  {-w, 0.45 * d},       {-w, -0.5 * d}};
    double all[12][2];
    for (int i = 0; i < 10; i++) all[i][0] = corner[i][0], all[i][1] = corner[i][1];
    all[10][0] = -0.55 * w, all[10][1] = -d;
    all[11][0] = 0.55 * w, all[11][1] = -d;
    fs_outline_rounded(outline, (const double(*)[2])all, 12, 0.4 * w, 4);
}

void fs_make_knee_tibial(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double w = size->a, stem = size->b, tray = 4, insert = 9;
    fs_outline outline;
    (void)random;
    /* stem and keel below, the tip at the origin */
    fs_turn(&part[0], (const double[][2]){{0, 0}, {4, 0.8}, {5.5, 4}, {7.5, stem}, {0, stem}}, 5, FS_ROUND);
    for (int k = -1; k <= 1; k += 2) {
        const double fin[4][2] = {{0, 0.35 * stem}, {0.3 * w, 0.86 * stem}, {0.3 * w, stem}, {0, stem}};
        fs_outline_rounded(&outline, fin, 4, 1, 2);
        if (k < 0) fs_outline_mirror(&outline);
        const size_t first = part[0].vertices;
        fs_extrude(&part[0], &outline, NULL, 0, -1.5, 1.5);
        fs_solid_move(&part[0], first, 0, &(fv_affine){{{1, 0, 0, 0}, {0, 0, -1, 0}, {0, 1, 0, 0}}});
    }
    plateau(&outline, w, 0);
    fs_extrude(&part[0], &outline, NULL, 0, stem, stem + tray);
    plateau(&outline, w, 1);
    fs_extrude(&part[1], &outline, NULL, 0, stem + tray + 0.02, stem + tray + insert);
}
