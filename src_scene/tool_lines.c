/* Catheters, wires, needles and tubes. */
#include "scene/tool_extrude.h"
#include "scene/tool_loft.h"
#include "scene/tool_recipes.h"

static const fs_xyz x_way = {1, 0, 0}, z_way = {0, 0, 1};

enum { WANDER_STEPS = 160 };

/* Moves the path so that it starts at the origin. */
static void start_at_origin(fs_path *path)
{
    const fs_xyz start = path->at[0];
    for (int i = 0; i < path->count; i++) path->at[i] = fs_xyz_minus(path->at[i], start);
}

/* The reverse of the path, so that its tip's curl can be drawn from the shaft outward. */
static void add_curl(fs_path *path, double radius, double turn)
{
    fs_path curl = {0};
    fs_path_arc(&curl, (fs_xyz){radius, 0, 0}, radius, (fs_xyz){-1, 0, 0}, (fs_xyz){0, 0, -1}, 0, turn,
                (int)ceil(8 * turn));
    for (int i = curl.count - 1; i >= 0; i--) fs_path_add(path, curl.at[i]);
}

typedef enum line_tip { TIP_STRAIGHT, TIP_PIGTAIL, TIP_HOOK, TIP_BOTH, TIP_BALLOON } line_tip;

static void plan_line(fs_path *path, line_tip tip, double length, double swing, fb_random *random)
{
    path->side = (fs_xyz){0, 1, 0};
    if (tip == TIP_PIGTAIL || tip == TIP_BOTH) add_curl(path, 6, 1.75 * FS_PI);
    if (tip == TIP_HOOK) add_curl(path, 9, 0.9 * FS_PI);
    const double used = fs_path_length(path);
    fs_path_wander(path, random, fmax(10, length - used), swing, WANDER_STEPS);
    start_at_origin(path);
}

void fs_make_catheter(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    enum { SIDES = 10 };
    const double r = size->a / 6, *m = size->more;
    const line_tip kind = (line_tip)(int)m[0];
    fs_path path = {0};
    fs_window window[8];
    int windows = 0;
    plan_line(&path, kind, kind == TIP_BOTH ? size->b - 30 : size->b, m[2], random);
    if (kind == TIP_BOTH) { /* the other end curls too, in the plane that the path ends in */
        const fs_xyz end = path.at[path.count - 1];
        const fs_xyz way = fs_xyz_unit(fs_xyz_minus(end, path.at[path.count - 2]));
        const fs_xyz across = fs_xyz_unit(fs_xyz_cross((fs_xyz){0, 1, 0}, way));
        fs_path_arc(&path, fs_xyz_add(end, fs_xyz_times(6, across)), 6, fs_xyz_times(-1, across), way, 0, 1.6 * FS_PI,
                    40);
    }
    for (int i = 0; i < (int)m[3] && i < 8; i++) window[windows++] = (fs_window){3 + 3 * i, 1, 5 * (i % 2), 2};
    fs_pipe(&part[0], &path, r * m[1], r, SIDES, window, windows);
    if (kind == TIP_BALLOON) {
        const size_t first = part[1].vertices;
        const double b = 3.2 * r;
        fs_turn(
            &part[1],
            (const double[][2]){
                {r, 0}, {0.7 * b, 0.2 * b}, {b, 0.8 * b}, {b, 1.2 * b}, {0.7 * b, 1.8 * b}, {r, 2 * b}, {0.95 * r, b}},
            7, FS_ROUND);
        fs_solid_move(&part[1], first, 0, &(fv_affine){{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 12}}});
    }
}

void fs_make_guide_wire(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double r = size->a / 2;
    fs_path path = {.side = {0, 1, 0}};
    if (size->more[0] > 0.5) add_curl(&path, 3, FS_PI);
    const double used = fs_path_length(&path);
    fs_path_wander(&path, random, size->b - used, 0.7, 2 * WANDER_STEPS);
    start_at_origin(&path);
    fs_rod(&part[0], &path, r, 8);
    /* a coil of a denser metal over the last 30 mm; seen from outside it is a sleeve */
    fs_path sleeve = {.side = path.side};
    for (int i = 0; i < path.count && (i < 3 || fs_path_length(&sleeve) < 30); i++) fs_path_add(&sleeve, path.at[i]);
    fs_rod(&part[1], &sleeve, 1.08 * r, 8);
}

/* What the bevel takes from the tip: the wall at +x is the shortest. */
typedef struct bevel {
    double radius, slope, reach;
} bevel;

static fs_xyz cut_bevel(fs_xyz at, const void *context)
{
    const bevel *b = context;
    const double share = fmax(0, 1 - at.z / b->reach);
    return (fs_xyz){at.x, at.y, at.z + (at.x + b->radius) * b->slope * share};
}

static void add_luer_hub(fs_solid *solid, double radius, double low)
{
    fs_turn(solid,
            (const double[][2]){{radius, low},
                                {2.2, low + 1},
                                {3.2, low + 6},
                                {3.2, low + 16},
                                {4, low + 16},
                                {4, low + 19},
                                {2.2, low + 19},
                                {2, low + 8},
                                {radius, low + 7}},
            9, FS_ROUND);
}

void fs_make_needle(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double r = size->a / 2, length = size->b;
    const int hub = (int)size->more[0];
    fs_path path = {.side = {1, 0, 0}};
    (void)random;
    fs_path_line(&path, (fs_xyz){0, 0, 0}, (fs_xyz){0, 0, length}, 20);
    fs_pipe(&part[0], &path, 0.6 * r, r, 16, NULL, 0);
    fs_solid_bend(&part[0], 0, cut_bevel, &(bevel){r, 2.4, fmin(0.45 * length, 14 * r)});
    if (hub >= 1) add_luer_hub(&part[1], 0.95 * r, length - 8);
    if (hub == 2) {
        const size_t first = part[1].vertices;
        fs_rounded_box(&part[1], 12, 1, 0, 8, 0.8);
        fs_solid_move(&part[1], first, 0, &(fv_affine){{{1, 0, 0, 0}, {0, 1, 0, 3.5}, {0, 0, 1, length - 2}}});
    }
    if (hub == 3) { /* a spring-loaded handle */
        const size_t first = part[1].vertices;
        fs_rounded_box(&part[1], 9, 6, 0, 110, 3);
        fs_solid_move(&part[1], first, 0, &(fv_affine){{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, length + 11}}});
    }
}

void fs_make_trocar(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double bore = size->a / 2, wall = bore + 0.8, length = size->b, tip = size->more[0] > 0.5 ? 2 * bore : 0;
    fs_path path = {.side = {1, 0, 0}};
    (void)random;
    fs_path_line(&path, (fs_xyz){0, 0, tip}, (fs_xyz){0, 0, tip + length}, 20);
    fs_pipe(&part[0], &path, bore, wall, FS_ROUND, NULL, 0);
    fs_solid_bend(&part[0], 0, cut_bevel, &(bevel){wall, tip > 0 ? 0 : 0.5, 30});
    const double low = tip + length, w = wall + 5;
    fs_turn(&part[1],
            (const double[][2]){{wall, low - 8},
                                {w, low - 2},
                                {w + 3, low + 3},
                                {w + 3, low + 26},
                                {w, low + 32},
                                {bore, low + 32},
                                {bore, low - 8}},
            7, FS_ROUND);
    if (tip > 0) { /* pyramidal point and knob of the obturator */
        fs_turn(&part[2],
                (const double[][2]){{0, 0},
                                    {0.96 * bore, tip},
                                    {0.96 * bore, tip + 12},
                                    {0.4 * bore, tip + 14},
                                    {0.4 * bore, low + 33},
                                    {0, low + 33}},
                6, FS_ROUND);
        fs_turn(&part[1],
                (const double[][2]){{0, low + 33}, {w, low + 33}, {w + 2, low + 38}, {w, low + 44}, {0, low + 47}}, 5,
                FS_ROUND);
    }
}

/* The path moved aside by `off` towards its own side direction: where a stripe in a tube's wall lies. */
static void offset_path(const fs_path *path, double off, fs_path *stripe)
{
    static const fs_xyz none = {0, 0, 0};
    fs_xyz along[FS_PATH_MOST], right[FS_PATH_MOST], up[FS_PATH_MOST];
    fs_path_frames(path, along, right, up);
    *stripe = (fs_path){.side = none};
    for (int i = 0; i < path->count; i++) fs_path_add(stripe, fs_xyz_add(path->at[i], fs_xyz_times(off, right[i])));
}

/* The stripe runs in the wall, between places `from` and `to` of the path. */
static void add_stripe(fs_solid *solid, const fs_path *path, double off, double radius, int from, int to)
{
    fs_path stripe, piece = {.side = path->side};
    offset_path(path, off, &stripe);
    for (int i = from; i <= to && i < stripe.count; i++) fs_path_add(&piece, stripe.at[i]);
    if (piece.count >= 2) fs_rod(solid, &piece, radius, 8);
}

void fs_make_airway(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double inner = size->a / 2, outer = inner + 0.9 + 0.05 * size->a, bend = size->more[0] * FS_PI / 180;
    const double jitter = fb_random_between(random, 0.9, 1.1), radius = size->b / (bend * jitter);
    fs_path path = {.side = {0, 1, 0}};
    fs_path_arc(&path, (fs_xyz){radius, 0, 0}, radius, (fs_xyz){-1, 0, 0}, z_way, 0, bend * jitter, 60);
    const fs_window eye = {5, 3, 4, 4};
    fs_pipe(&part[0], &path, inner, outer, 16, size->more[1] > 0.5 ? NULL : &eye, size->more[1] > 0.5 ? 0 : 1);
    add_stripe(&part[1], &path, (inner + outer) / 2, 0.45, 0, 60);
    const fs_xyz end = path.at[60], way = fs_xyz_unit(fs_xyz_minus(end, path.at[59]));
    fs_path connector = {.side = path.side};
    fs_path_line(&connector, fs_xyz_add(end, fs_xyz_times(-8, way)), fs_xyz_add(end, fs_xyz_times(24, way)), 2);
    fs_pipe(&part[2], &connector, 6, 7.5, 20, NULL, 0);
    if (size->more[1] > 0.5) { /* the flange that lies on the neck */
        fs_path flange = {.side = {0, 1, 0}};
        fs_outline plate;
        fs_path_line(&flange, fs_xyz_add(end, fs_xyz_times(-1, way)), fs_xyz_add(end, fs_xyz_times(1, way)), 1);
        fs_outline_rounded_box(&plate, 34, 11, 9, 5);
        fs_sweep(&part[2], &flange, &plate, NULL);
    }
}

void fs_make_drain(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    enum { SIDES = 12, STEPS = 180 };
    const double outer = size->a / 6, inner = 0.68 * outer;
    const int holes = (int)size->more[0];
    fs_path path = {.side = {0, 1, 0}};
    fs_window window[8];
    fs_path_wander(&path, random, size->b, 0.8, STEPS);
    for (int i = 0; i < holes && i < 8; i++) window[i] = (fs_window){4 + 4 * i, 2, i % 2 == 0 ? 11 : 5, 2};
    fs_pipe(&part[0], &path, inner, outer, SIDES, window, holes < 8 ? holes : 8);
    /* the stripe is broken at the last hole (the sentinel eye); a weighted tube's runs on */
    const int last = holes > 0 ? 4 * holes : 0;
    add_stripe(&part[1], &path, (inner + outer) / 2, 0.28 * outer, 0, last);
    add_stripe(&part[1], &path, (inner + outer) / 2, 0.28 * outer, last + 2, STEPS);
    if (size->more[1] > 0.5)
        for (int i = 0; i < 4; i++)
            fs_ball(&part[2], 0.9 * inner, fs_xyz_add(path.at[0], (fs_xyz){0, 0, 1 + 1.9 * inner * i}));
}

void fs_make_sponge_thread(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    enum { KNOTS = 26 };
    fs_path path = {0};
    fs_outline ribbon;
    fs_xyz at = {0, 0, 0};
    double heading = 0;
    /* folded into a heap, as sponges are */
    for (int i = 0; i < KNOTS; i++) {
        fs_path_add(&path, at);
        heading += fb_random_between(random, -1.3, 1.5);
        const double step = size->a / KNOTS, pull = fs_xyz_length(at) > 30 ? 0.6 : 0;
        at = fs_xyz_add(fs_xyz_times(1 - pull * step / 40, at),
                        (fs_xyz){step * cos(heading), fb_random_between(random, -5, 5), step * sin(heading)});
    }
    fs_path_smooth(&path, 8);
    path.side = x_way;
    fs_outline_rounded_box(&ribbon, size->b / 2, fmin(0.4, size->b / 3), 0.2, 1);
    fs_sweep(part, &path, &ribbon, NULL);
}
