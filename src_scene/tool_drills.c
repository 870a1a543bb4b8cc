/* Drill bits, guides and reamers. */
#include "scene/tool_loft.h"
#include "scene/tool_recipes.h"

/* A cutter: `flutes` grooves of that depth (share of the radius) turning once in `lead` mm. */
typedef struct cutter {
    double radius, low, high, tip, lead, depth;
    int flutes;
} cutter;

static void add_cutter(fs_solid *solid, const cutter *c)
{
    enum { SIDES = 24 };
    const int rings = (int)fmin(200, fmax(8, ceil((c->high - c->low) / c->lead * 20)));
    fs_loft loft = fs_loft_start(solid, SIDES);
    const fs_xyz point = {0, 0, c->low};
    for (int i = 0; i <= rings; i++) {
        const double z = c->low + c->tip * 0.15 + (c->high - c->low - c->tip * 0.15) * i / rings;
        const double taper = fmin(1, (z - c->low) / c->tip), twist = 2 * FS_PI * (z - c->low) / c->lead;
        fs_outline ring = {0};
        for (int k = 0; k < SIDES; k++) {
            const double angle = 2 * FS_PI * k / SIDES, groove = fmax(0, cos(c->flutes * angle));
            const double r = c->radius * taper * (1 - c->depth * groove);
            fs_outline_add(&ring, r * cos(angle + twist), r * sin(angle + twist));
        }
        fs_loft_ring(&loft, &ring, (fs_xyz){0, 0, z}, (fs_xyz){1, 0, 0}, (fs_xyz){0, 1, 0});
    }
    fs_loft_cap(&loft, &point, NULL);
}

/* The end that the power tool holds, with its groove. */
static void add_coupling(fs_solid *solid, double radius, double low, double high)
{
    const double r = radius, groove = high - 6;
    fs_turn(solid,
            (const double[][2]){{0, low},
                                {r, low},
                                {r, groove},
                                {0.65 * r, groove + 0.5},
                                {0.65 * r, groove + 2},
                                {r, groove + 2.5},
                                {r, high - 1},
                                {0.75 * r, high},
                                {0, high}},
            9, FS_ROUND);
}

void fs_make_drill_bit(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double r = size->a / 2, end = fmin(size->more[0], 0.6 * size->b), coupling = size->b - 22;
    (void)random;
    add_cutter(part, &(cutter){r, 0, end, 1.2 * r, 5 * size->a, 0.55, 2});
    fs_cylinder(part, 0.97 * r, end, coupling);
    add_coupling(part, 2.25, coupling, size->b);
}

void fs_make_drill_guide(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double bore = size->a / 2, outer = bore + 1.5, length = size->b;
    (void)random;
    /* a sleeve with teeth's bevel and a rim */
    fs_turn(part,
            (const double[][2]){{bore + 0.5, 0},
                                {outer, 2},
                                {outer, length - 6},
                                {outer + 2.5, length - 5},
                                {outer + 2.5, length},
                                {bore, length},
                                {bore, 0}},
            7, FS_ROUND);
    fs_path handle = {.side = {0, 1, 0}};
    fs_outline section;
    fs_outline_rounded_box(&section, 2, 5, 1.2, 3);
    fs_path_add(&handle, (fs_xyz){outer - 0.5, 0, length - 9});
    fs_path_add(&handle, (fs_xyz){40, 0, length - 2});
    fs_path_add(&handle, (fs_xyz){80, 0, length + 8});
    fs_path_add(&handle, (fs_xyz){110, 0, length + 12});
    fs_path_smooth(&handle, 6);
    fs_sweep(part, &handle, &section, NULL);
    if (size->more[0] > 1.5) {
        const size_t first = part->vertices, turned = part->triangles;
        fs_tube(part, 1.3 * bore, 1.3 * bore + 1.5, 0, 0.8 * length);
        fs_solid_move(part, first, turned, &(fv_affine){{{1, 0, 0, 112}, {0, 1, 0, 0}, {0, 0, 1, 0.5 * length}}});
    }
}

void fs_make_acetabular_reamer(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    enum { STEPS = 14, TEETH_ROWS = 5 };
    const double full = size->a / 2, r = full - 0.6, wall = 1.2, length = size->b; /* teeth stand out */
    double profile[2 * STEPS + 2][2];
    (void)random;
    for (int i = 0; i <= STEPS; i++) { /* a dome with its pole at the origin */
        const double angle = 0.12 + (FS_PI / 2 - 0.12) * i / STEPS;
        profile[i][0] = r * sin(angle), profile[i][1] = r * (1 - cos(angle));
        profile[2 * STEPS + 1 - i][0] = (r - wall) * sin(angle),
                                profile[2 * STEPS + 1 - i][1] = r - (r - wall) * cos(angle);
    }
    fs_turn(part, (const double(*)[2])profile, 2 * STEPS + 2, 32);
    for (int row = 1; row <= TEETH_ROWS; row++)
        for (int k = 0; k < 3 + row; k++) {
            const double a = FS_PI / 2 * row / (TEETH_ROWS + 0.1), b = 2 * FS_PI * (k + 0.4 * row) / (3 + row);
            fs_ball(part, 0.9,
                    (fs_xyz){(r - 0.3) * sin(a) * cos(b), (r - 0.3) * sin(a) * sin(b), r - (r - 0.3) * cos(a)});
        }
    fs_path bar = {.side = {0, 0, 1}};
    fs_path_line(&bar, (fs_xyz){wall - r, 0, r - 2}, (fs_xyz){r - wall, 0, r - 2}, 1);
    fs_rod(part, &bar, 1.8, 12);
    fs_turn(part,
            (const double[][2]){{0, r - 5},
                                {6, r - 5},
                                {6, r + 12},
                                {4.5, r + 14},
                                {4.5, r + length - 25},
                                {7, r + length - 22},
                                {7, r + length},
                                {0, r + length}},
            8, FS_ROUND);
}

void fs_make_medullary_reamer(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const double r = size->a / 2, head = 3 * r, length = size->b;
    (void)random;
    add_cutter(part, &(cutter){r, 0, head, 1.6 * r, 9 * size->a, 0.32, 6});
    /* the flexible shaft is a coil */
    fs_threaded(part,
                &(fs_thread){.core = 2.6, .outer = 3.4, .pitch = 5, .low = head, .high = length - 35, .crest = 0.4});
    add_coupling(part, 4, length - 35, length);
}
