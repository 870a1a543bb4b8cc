/* Screws. */
#include "scene/tool_extrude.h"
#include "scene/tool_loft.h"
#include "scene/tool_recipes.h"

/* What makes one kind of screw, in diameters of its thread. */
typedef struct screw_form {
    double core, pitch, crest;
    double head, height; /* radius and height of the head */
    double bore;         /* radius of the cannula */
    bool cone;           /* a threaded, conical head that locks in the plate; else a round one */
} screw_form;

/* The head from z = low up, with a socket for the driver (or the cannula through it). */
static void add_head(fs_solid *solid, const screw_form *form, double diameter, double low, double high)
{
    const double r = form->head * diameter, socket = fmax(0.45 * r, 1.6 * form->bore * diameter);
    const double neck = form->cone ? 0.72 * r : 0.5 * diameter, floor_z = low + 0.35 * (high - low);
    const double rim = form->cone ? r : 0.86 * r, waist = low + (form->cone ? 0.9 : 0.55) * (high - low);
    const double bore = form->bore * diameter;
    if (bore > 0)
        fs_turn(
            solid,
            (const double[][2]){
                {neck, low}, {r, waist}, {rim, high}, {socket, high}, {socket, floor_z}, {bore, floor_z}, {bore, low}},
            7, FS_ROUND);
    else
        fs_turn(solid,
                (const double[][2]){
                    {0, low}, {neck, low}, {r, waist}, {rim, high}, {socket, high}, {socket, floor_z}, {0, floor_z}},
                7, FS_ROUND);
}

/* a diameter, b length; thread: its length, 0 all of the shaft. */
static void build_screw(fs_solid *solid, const screw_form *form, const fs_tool_size *size, double thread)
{
    const double d = size->a, seat = size->b - form->height * d, core = form->core * d / 2;
    const double end = thread > 0 && thread < seat ? thread : seat;
    fs_threaded(solid, &(fs_thread){.core = core,
                                    .outer = d / 2,
                                    .pitch = form->pitch * d,
                                    .high = end,
                                    .tip = fmin(1.1 * d, 0.4 * end),
                                    .bore = form->bore * d,
                                    .crest = form->crest});
    if (end < seat && form->bore > 0) fs_tube(solid, form->bore * d, 1.1 * core, end, seat);
    if (end < seat && form->bore <= 0) fs_cylinder(solid, 1.1 * core, end, seat);
    add_head(solid, form, d, seat, size->b);
}

void fs_make_cortical_screw(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    (void)random;
    build_screw(part, &(screw_form){0.69, 0.36, 0.12, 0.86, 0.62, 0, false}, size, size->more[0]);
}

void fs_make_cancellous_screw(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    (void)random;
    build_screw(part, &(screw_form){0.48, 0.43, 0.1, 0.68, 0.5, 0, false}, size, size->more[0]);
}

void fs_make_locking_screw(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    (void)random;
    build_screw(part, &(screw_form){0.84, 0.23, 0.15, 0.75, 0.8, 0, true}, size, size->more[0]);
}

void fs_make_cannulated_screw(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    (void)random;
    build_screw(part, &(screw_form){0.65, 0.4, 0.1, 0.6, 0.5, 0.16, false}, size, size->more[0]);
}

void fs_make_headless_screw(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double d = size->a, bore = 0.17 * d, head = fmin(0.35 * size->b, 2.6 * d), thread = 0.35 * size->b;
    (void)random;
    fs_threaded(part, &(fs_thread){.core = 0.33 * d,
                                   .outer = 0.5 * d,
                                   .pitch = 0.42 * d,
                                   .high = thread,
                                   .tip = d,
                                   .bore = bore,
                                   .crest = 0.1});
    fs_tube(part, bore, 0.33 * d, thread, size->b - head);
    fs_threaded(part, &(fs_thread){.core = 0.48 * d,
                                   .outer = 0.64 * d,
                                   .pitch = 0.33 * d,
                                   .low = size->b - head,
                                   .high = size->b,
                                   .bore = bore,
                                   .crest = 0.1});
}

/* The two walls between which the rod lies: pieces of a circle. */
static void add_tulip(fs_solid *solid, double radius, double slot, double low, double high)
{
    const double angle = acos(slot / radius);
    for (int side = 0; side < 2; side++) {
        fs_outline wall = {0};
        fs_outline_arc(&wall, 0, 0, radius, side * FS_PI - angle, side * FS_PI + angle, 14);
        fs_extrude(solid, &wall, NULL, 0, low, high);
    }
}

void fs_make_pedicle_screw(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    /* a polyaxial head of common size: 13 mm wide, 15 high, for a rod of 5.5 mm */
    const double d = size->a, top = size->b, radius = 6.2, slot = 2.9;
    (void)random;
    fs_threaded(part,
                &(fs_thread){.core = 0.3 * d, .outer = d / 2, .pitch = 2.7, .high = top + 1, .tip = 6, .crest = 0.15});
    fs_ball(part, 4.2, (fs_xyz){0, 0, top + 3});
    fs_turn(part,
            (const double[][2]){{0, top + 3}, {4.6, top + 3}, {radius, top + 4.5}, {radius, top + 6.5}, {0, top + 6.5}},
            5, FS_ROUND);
    add_tulip(part, radius, slot, top + 6.5, top + 16);
}

/* The side plate of a hip screw in its own frame: along z from its upper end, bone at y = 0. */
static void add_side_plate(fs_solid *solid, int holes)
{
    const double width = 9.5, pitch = 16, length = 26 + pitch * holes;
    const fv_affine stand = {{{1, 0, 0, 0}, {0, 0, -1, 0}, {0, 1, 0, 0}}};
    fs_outline outline, hole[8];
    const size_t first = solid->vertices;
    fs_outline_rounded_box(&outline, width, length / 2, 0.8 * width, 6);
    fs_outline_shift(&outline, 0, length / 2);
    for (int i = 0; i < holes && i < 8; i++) {
        fs_outline_ellipse(&hole[i], 2.9, 4, 14);
        fs_outline_shift(&hole[i], 0, 28 + pitch * i);
    }
    fs_extrude(solid, &outline, hole, holes, -5.8, 0);
    fs_solid_move(solid, first, 0, &stand);
}

void fs_make_hip_screw(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double length = size->a, barrel = 38, angle = size->more[0] * FS_PI / 180;
    const double c = -cos(angle), s = sin(angle); /* the plate's way: (0, s, c), seen from the lag screw's end */
    /* the plate's own y (away from the bone) becomes (0, -c, s), its z (0, s, c) */
    const fv_affine lean = {{{1, 0, 0, 0}, {0, -c, s, -9}, {0, s, c, length - 8}}};
    const size_t first = part[0].vertices;
    (void)random;
    add_side_plate(&part[0], (int)size->b);
    fs_solid_move(&part[0], first, 0, &lean);
    fs_tube(&part[0], 4.1, 6.3, length - barrel, length + 1);
    fs_threaded(&part[1], &(fs_thread){.core = 4, .outer = 6.25, .pitch = 3, .high = 22, .tip = 5, .crest = 0.12});
    fs_cylinder(&part[1], 3.95, 22, length - 4);
}
