#include "scene/tool_loft.h"

fs_loft fs_loft_start(fs_solid *solid, int columns)
{
    return (fs_loft){.solid = solid, .columns = columns};
}

/* The quadrilaterals between two rings that start with these vertices. */
static void add_strip(fs_solid *solid, int columns, uint32_t lower, uint32_t upper)
{
    for (int i = 0; i < columns; i++) {
        const uint32_t a = (uint32_t)i, b = (uint32_t)((i + 1) % columns);
        fs_solid_triangle(solid, lower + a, lower + b, upper + b);
        fs_solid_triangle(solid, lower + a, upper + b, upper + a);
    }
}

/* The points of a ring have been added, from `ring` on. */
static void join_ring(fs_loft *loft, uint32_t ring)
{
    if (loft->rings++ == 0)
        loft->first = ring;
    else
        add_strip(loft->solid, loft->columns, loft->last, ring);
    loft->last = ring;
}

void fs_loft_ring(fs_loft *loft, const fs_outline *outline, fs_xyz origin, fs_xyz right, fs_xyz up)
{
    const uint32_t ring = (uint32_t)loft->solid->vertices;
    for (int i = 0; i < loft->columns; i++)
        fs_solid_vertex(loft->solid, fs_xyz_add(origin, fs_xyz_add(fs_xyz_times(outline->at[i][0], right),
                                                                   fs_xyz_times(outline->at[i][1], up))));
    join_ring(loft, ring);
}

static void add_fan(fs_loft *loft, uint32_t ring, const fs_xyz *tip, bool top)
{
    fs_xyz middle = {0, 0, 0};
    for (int i = 0; i < loft->columns && tip == NULL && loft->solid->fault == NULL; i++)
        middle = fs_xyz_add(middle, fs_xyz_times(1.0 / loft->columns, loft->solid->vertex[ring + (uint32_t)i]));
    const uint32_t centre = fs_solid_vertex(loft->solid, tip != NULL ? *tip : middle);
    for (int i = 0; i < loft->columns; i++) {
        const uint32_t a = ring + (uint32_t)i, b = ring + (uint32_t)((i + 1) % loft->columns);
        fs_solid_triangle(loft->solid, centre, top ? a : b, top ? b : a);
    }
}

void fs_loft_cap(fs_loft *loft, const fs_xyz *first, const fs_xyz *last)
{
    add_fan(loft, loft->first, first, false);
    add_fan(loft, loft->last, last, true);
}

void fs_loft_loop(fs_loft *loft)
{
    add_strip(loft->solid, loft->columns, loft->last, loft->first);
}

/* ---- turned ---- */

static const fs_xyz x_way = {1, 0, 0}, y_way = {0, 1, 0};

void fs_turn(fs_solid *solid, const double (*profile)[2], int count, int sides)
{
    fs_loft loft = fs_loft_start(solid, sides);
    const fs_xyz tip[2] = {{0, 0, profile[0][1]}, {0, 0, profile[count - 1][1]}};
    const bool solid_body = profile[0][0] == 0;
    for (int i = solid_body ? 1 : 0; i < count - (solid_body ? 1 : 0); i++) {
        fs_outline circle;
        fs_outline_ellipse(&circle, profile[i][0], profile[i][0], sides);
        fs_loft_ring(&loft, &circle, (fs_xyz){0, 0, profile[i][1]}, x_way, y_way);
    }
    if (solid_body)
        fs_loft_cap(&loft, &tip[0], &tip[1]);
    else
        fs_loft_loop(&loft);
}

void fs_ball(fs_solid *solid, double radius, fs_xyz centre)
{
    enum { RINGS = 12 };
    double profile[RINGS + 1][2], volume = 0;
    const size_t first = solid->vertices;
    for (int i = 0; i <= RINGS; i++) {
        profile[i][0] = i == 0 || i == RINGS ? 0 : sin(FS_PI * i / RINGS);
        profile[i][1] = -cos(FS_PI * i / RINGS);
        const double r = profile[i][0], before = i > 0 ? profile[i - 1][0] : 0;
        if (i > 0) volume += (profile[i][1] - profile[i - 1][1]) / 3 * (r * r + r * before + before * before);
    }
    volume *= FS_ROUND / 2.0 * sin(2 * FS_PI / FS_ROUND);
    const double r = radius * cbrt(4 * FS_PI / 3 / volume);
    const fv_affine place = {{{r, 0, 0, centre.x}, {0, r, 0, centre.y}, {0, 0, r, centre.z}}};
    fs_turn(solid, profile, RINGS + 1, FS_ROUND);
    fs_solid_move(solid, first, 0, &place);
}

void fs_cylinder(fs_solid *solid, double radius, double low, double high)
{
    fs_turn(solid, (const double[][2]){{0, low}, {radius, low}, {radius, high}, {0, high}}, 4, FS_ROUND);
}

void fs_tube(fs_solid *solid, double inner, double outer, double low, double high)
{
    fs_turn(solid, (const double[][2]){{outer, low}, {outer, high}, {inner, high}, {inner, low}}, 4, FS_ROUND);
}

void fs_rounded_box(fs_solid *solid, double half_x, double half_y, double low, double high, double rounding)
{
    enum { STEPS = 3, COLUMNS = 4 * (STEPS + 1) };
    const double r = fmin(rounding, 0.45 * fmin(fmin(half_x, half_y) * 2, high - low));
    fs_loft loft = fs_loft_start(solid, COLUMNS);
    for (int i = 0; i < 2 * (STEPS + 1); i++) {
        const int k = i <= STEPS ? i : 2 * STEPS + 1 - i;
        const double angle = FS_PI / 2 * k / STEPS, in = r * (1 - sin(angle)), off = r * (1 - cos(angle));
        fs_outline section;
        fs_outline_rounded_box(&section, half_x - in, half_y - in, r, STEPS);
        fs_loft_ring(&loft, &section, (fs_xyz){0, 0, i <= STEPS ? low + off : high - off}, x_way, y_way);
    }
    fs_loft_cap(&loft, NULL, NULL);
}

/* ---- threads ---- */

/* How far the thread rises at a phase of 0..1 of its pitch, 0..1. */
static double ridge(double phase, double crest)
{
    const double flank = (1 - crest) / 2.4, off = fabs(phase - 0.5) - crest / 2;
    return off <= 0 ? 1 : off >= flank ? 0 : 1 - off / flank;
}

static void thread_ring(fs_loft *loft, const fs_thread *t, double z)
{
    enum { SIDES = 16 };
    fs_outline ring = {0};
    const double above = z - t->low, fade = fmin(1, (t->high - z) / t->pitch); /* the thread runs out at the head */
    const double taper = t->tip > 0 ? fmin(1, 0.08 + 0.92 * above / t->tip) : 1;
    for (int i = 0; i < SIDES; i++) {
        const double angle = 2 * FS_PI * i / SIDES, turns = above / t->pitch - (double)i / SIDES + 1;
        const double height = (t->outer - t->core) * ridge(turns - floor(turns), t->crest) * fade;
        const double radius = fmax(t->bore * 1.15, taper * (t->core + height));
        fs_outline_add(&ring, radius * cos(angle), radius * sin(angle));
    }
    fs_loft_ring(loft, &ring, (fs_xyz){0, 0, z}, x_way, y_way);
}

void fs_threaded(fs_solid *solid, const fs_thread *thread)
{
    enum { SIDES = 16, A_TURN = 8, MOST_RINGS = 520 };
    const int wanted = (int)ceil((thread->high - thread->low) / thread->pitch * A_TURN);
    const int rings = wanted < 4 ? 4 : wanted > MOST_RINGS ? MOST_RINGS : wanted;
    fs_loft loft = fs_loft_start(solid, SIDES);
    for (int i = 0; i <= rings; i++) thread_ring(&loft, thread, thread->low + (thread->high - thread->low) * i / rings);
    if (thread->bore > 0) {
        fs_outline bore;
        fs_outline_ellipse(&bore, thread->bore, thread->bore, SIDES);
        fs_loft_ring(&loft, &bore, (fs_xyz){0, 0, thread->high}, x_way, y_way);
        fs_loft_ring(&loft, &bore, (fs_xyz){0, 0, thread->low}, x_way, y_way);
        fs_loft_loop(&loft);
    } else {
        fs_loft_cap(&loft, NULL, NULL);
    }
}
