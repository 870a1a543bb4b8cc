/* Pins, rods, nails and staples. */
#include "scene/tool_loft.h"
#include "scene/tool_recipes.h"

void fs_make_pin(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double r = size->a / 2, thread = size->more[0], point = fmin(2 * size->a, 0.2 * size->b);
    (void)random;
    if (thread > 0) {
        fs_threaded(part, &(fs_thread){.core = 0.78 * r,
                                       .outer = r,
                                       .pitch = fmax(0.8, 0.35 * size->a),
                                       .high = thread,
                                       .tip = point,
                                       .crest = 0.15});
        fs_cylinder(part, r, thread, size->b);
    } else {
        fs_turn(part, (const double[][2]){{0, 0}, {r, point}, {r, size->b - r / 2}, {r / 2, size->b}, {0, size->b}}, 5,
                FS_ROUND);
    }
}

/* From the origin along z, bowed towards x with that radius, so that the ends lie on one line. */
static void bow(fs_path *path, double length, double radius, int steps)
{
    if (radius > 0) {
        const double half = length / 2 / radius;
        path->side = (fs_xyz){1, 0, 0};
        for (int i = 0; i <= steps; i++) {
            const double angle = half * (2.0 * i / steps - 1);
            fs_path_add(path, (fs_xyz){radius * (cos(angle) - cos(half)), 0, radius * (sin(angle) + sin(half))});
        }
    } else {
        fs_path_line(path, (fs_xyz){0, 0, 0}, (fs_xyz){0, 0, length}, steps);
    }
}

void fs_make_rod(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    fs_path path = {0};
    (void)random;
    bow(&path, size->b, size->more[0], size->more[0] > 0 ? 40 : 1);
    fs_rod(part, &path, size->a / 2, FS_ROUND);
}

/* Places of a nail along its length: close together at the edges of its holes. */
typedef struct nail_plan {
    fs_path path;
    fs_window window[8];
    int windows;
    double width; /* of a step around it */
} nail_plan;

enum { NAIL_SIDES = 24 };

/* A hole through both walls, at right angles (turn 0: along u) to the nail. */
static void plan_hole(nail_plan *plan, double z, double diameter, int turn)
{
    const int width = (int)fmax(2, round(diameter / plan->width / 2) * 2);
    for (int i = 0; i <= 2; i++) {
        if (i == 0)
            for (int side = 0; side < 2; side++)
                plan->window[plan->windows++] = (fs_window){
                    plan->path.count, 2, (turn + side * NAIL_SIDES / 2 - width / 2 + NAIL_SIDES) % NAIL_SIDES, width};
        fs_path_add(&plan->path, (fs_xyz){0, 0, z + diameter * (i - 1) / 2});
    }
}

static void plan_line(nail_plan *plan, double to)
{
    const double from = plan->path.count > 0 ? plan->path.at[plan->path.count - 1].z : -8;
    const int steps = (int)ceil((to - from) / 8);
    for (int i = 1; i <= steps; i++) fs_path_add(&plan->path, (fs_xyz){0, 0, from + (to - from) * i / steps});
}

/* Bends the finished nail: a bow over its length, and a kink over its last quarter. */
typedef struct nail_bend {
    double length, radius, kink; /* kink: radians */
} nail_bend;

static fs_xyz bend_nail(fs_xyz at, const void *context)
{
    const nail_bend *b = context;
    const double over = fmax(0, at.z - 0.78 * b->length);
    const double bowed = b->radius > 0 ? at.z * (b->length - at.z) / 2 / b->radius : 0;
    const double kink = tan(b->kink) * (over < 20 ? over * over / 40 : over - 10);
    return (fs_xyz){at.x + bowed + kink, at.y, at.z};
}

static void widen_nail(fs_solid *solid, double length, double from, double factor)
{
    for (size_t i = 0; i < solid->vertices; i++) {
        fs_xyz *at = &solid->vertex[i];
        const double share = fmin(1, fmax(0, (at->z - from) / 25));
        const double grow = at->z > length ? factor : 1 + (factor - 1) * share;
        at->x *= grow;
        at->y *= grow;
    }
}

void fs_make_nail(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double r = size->a / 2, length = size->b, lag = size->more[3];
    const nail_bend shape = {length, size->more[0], size->more[1] * FS_PI / 180};
    nail_plan plan = {.width = size->a * FS_PI / NAIL_SIDES};
    (void)random;
    plan.path.side = (fs_xyz){1, 0, 0};
    fs_path_add(&plan.path, (fs_xyz){0, 0, 0});
    plan_line(&plan, 12);
    plan_hole(&plan, 16, 4.8, 0);
    plan_line(&plan, 30);
    plan_hole(&plan, 35, 4.8, 0);
    plan_line(&plan, length - (lag > 0 ? 55 : 45));
    plan_hole(&plan, length - (lag > 0 ? 45 : 38), lag > 0 ? lag : 5, 0);
    plan_line(&plan, length - 26);
    plan_hole(&plan, length - 18, 5, lag > 0 ? NAIL_SIDES / 4 : 0);
    plan_line(&plan, length);
    fs_pipe(part, &plan.path, 0.45 * r, r, NAIL_SIDES, plan.window, plan.windows);
    widen_nail(part, length, length - fmin(120, 0.45 * length), size->more[2] / size->a);
    fs_solid_bend(part, 0, bend_nail, &shape);
}

void fs_make_elastic_nail(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    enum { STEPS = 60, TIP = 8 };
    fs_path path = {.side = {1, 0, 0}};
    fs_outline circle;
    double scale[STEPS + 1][2];
    (void)random;
    fs_outline_ellipse(&circle, size->a / 2, size->a / 2, 16);
    for (int i = 0; i <= STEPS; i++) {
        const double z = size->b * i / STEPS, up = fmin(1, z / 25);
        /* the tip is flattened and hooked */
        fs_path_add(&path, (fs_xyz){6 * (1 - up) * (1 - up) + z * (size->b - z) / 5000, 0, z});
        scale[i][0] = i < TIP ? 0.55 + 0.45 * i / TIP : 1;
        scale[i][1] = i < TIP ? 1.2 - 0.2 * i / TIP : 1;
    }
    fs_sweep(part, &path, &circle, scale);
}

void fs_make_staple(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    enum { LEG = 5, CORNER = 6 };
    const double half = size->a / 2, wire = size->more[0], r = fmin(1.2 * wire, 0.4 * half);
    const fs_xyz x = {1, 0, 0}, z = {0, 0, 1};
    fs_path path = {.side = {0, 1, 0}};
    fs_outline section;
    double scale[FS_PATH_MOST][2];
    (void)random;
    fs_path_line(&path, (fs_xyz){half, 0, 0}, (fs_xyz){half, 0, size->b - r}, LEG);
    fs_path_arc(&path, (fs_xyz){half - r, 0, size->b - r}, r, x, z, 0, FS_PI / 2, CORNER);
    fs_path_line(&path, (fs_xyz){half - r - 0.1 * half, 0, size->b}, (fs_xyz){r - 0.9 * half, 0, size->b}, 3);
    fs_path_arc(&path, (fs_xyz){r - half, 0, size->b - r}, r, x, z, FS_PI / 2, FS_PI, CORNER);
    fs_path_line(&path, (fs_xyz){-half, 0, size->b - r - 0.01}, (fs_xyz){-half, 0, 0}, LEG);
    fs_outline_rounded_box(&section, wire / 2, wire / 2, wire / 5, 2);
    for (int i = 0; i < path.count; i++) /* the legs end in points */
        scale[i][0] = scale[i][1] = i == 0 || i == path.count - 1 ? 0.15 : 1;
    fs_sweep(part, &path, &section, scale);
}
