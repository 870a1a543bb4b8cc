/* Plates: outlines with holes, stood up along z with the bone's side at y = 0. */
#include "scene/tool_extrude.h"
#include "scene/tool_recipes.h"

#include <stdlib.h>

enum { HOLES_MOST = 32 };

/* x across and y along become x and z; what was 0 .. -thickness becomes y from 0 up. */
static const fv_affine stand = {{{1, 0, 0, 0}, {0, 0, -1, 0}, {0, 1, 0, 0}}};

/* How a flat plate is formed to the bone. */
typedef struct plate_form {
    double length, across; /* across: radius of curvature around the bone, 0 flat */
    double bow;            /* how far its middle leaves the line of its ends, in its plane, in an S where negative */
    double head_from, head_bend; /* from this z on it bends away by this angle, radians */
} plate_form;

static fs_xyz form_plate(fs_xyz at, const void *context)
{
    const plate_form *f = context;
    const double t = at.z / f->length, over = fmax(0, at.z - f->head_from), ease = 8;
    fs_xyz to = at;
    if (f->across > 0) {
        const double angle = at.x / f->across;
        to.x = (f->across + at.y) * sin(angle);
        to.y = (f->across + at.y) * cos(angle) - f->across;
    }
    to.x += f->bow >= 0 ? f->bow * 4 * t * (1 - t) : f->bow * sin(2 * FS_PI * t);
    to.y += tan(f->head_bend) * (over < ease ? over * over / 2 / ease : over - ease / 2);
    return to;
}

/* Zeroed room for holes, or the solid fails. Owned: free. */
static fs_outline *make_holes(fs_solid *solid)
{
    fs_outline *hole = calloc(HOLES_MOST + 1, sizeof *hole);
    if (hole == NULL) solid->fault = "out of memory";
    return hole;
}

static void finish_plate(fs_solid *solid, const fs_outline *outline, const fs_outline *hole, int holes,
                         double thickness, const plate_form *form)
{
    fs_extrude(solid, outline, hole, holes, -thickness, 0);
    fs_solid_move(solid, 0, 0, &stand);
    if (form->across > 0 || form->bow != 0 || form->head_bend != 0) {
        fs_solid_refine(solid, form->length / 24 < 5 ? 5 : form->length / 24);
        fs_solid_bend(solid, 0, form_plate, form);
    }
}

/* Where hole i of n lies along the plate; a gap in the middle moves the upper half up. */
static double hole_place(const fs_tool_size *size, int i, int n)
{
    return size->more[0] * (i + 0.5) + (i >= n / 2 ? size->more[4] : 0);
}

/* Sides that draw in between the holes. */
static void waisted_outline(fs_outline *outline, const fs_tool_size *size, double length, int n)
{
    double corner[4 * HOLES_MOST + 8][2];
    int count = 0;
    const double half = size->a / 2, in = half - size->more[6], p = size->more[0];
    for (int side = 0; side < 2; side++)
        for (int k = 0; k < n; k++) {
            const int i = side == 0 ? k : n - 1 - k;
            const double x = side == 0 ? 1 : -1, z = hole_place(size, i, n), way = x * 0.22 * p;
            const double low = k == 0 ? (side == 0 ? 0 : length) : z - way - x * 0.13 * p;
            const double high = k == n - 1 ? (side == 0 ? length : 0) : z + way + x * 0.13 * p;
            corner[count][0] = x * (k == 0 ? half : in), corner[count++][1] = low;
            if (k > 0) corner[count][0] = x * half, corner[count++][1] = z - way;
            if (k < n - 1) corner[count][0] = x * half, corner[count++][1] = z + way;
            corner[count][0] = x * (k == n - 1 ? half : in), corner[count++][1] = high;
        }
    fs_outline_rounded(outline, (const double(*)[2])corner, count, 0.45 * size->a, 3);
}

void fs_make_straight_plate(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const int n = (int)size->b < HOLES_MOST ? (int)size->b : HOLES_MOST;
    const double length = size->more[0] * n + size->more[4];
    fs_outline *hole = make_holes(part), outline;
    (void)random;
    if (hole == NULL) return;
    for (int i = 0; i < n; i++) {
        fs_outline_ellipse(&hole[i], size->more[2], size->more[2] * size->more[3], 14);
        fs_outline_shift(&hole[i], 0, hole_place(size, i, n));
    }
    if (size->more[6] > 0) {
        waisted_outline(&outline, size, length, n);
    } else {
        fs_outline_rounded_box(&outline, size->a / 2, length / 2, 0.45 * size->a, 5);
        fs_outline_shift(&outline, 0, length / 2);
    }
    finish_plate(part, &outline, hole, n, size->more[1],
                 &(plate_form){length, size->more[5], size->more[7], length + 1, 0});
    free(hole);
}

/* A headed plate's sizes by name. */
typedef struct headed {
    int holes;
    double width, head_width, head_height, thickness, hole, lean, shaft, length, pitch;
} headed;

static headed read_headed(const fs_tool_size *size)
{
    headed h = {(int)size->a,
                size->more[0],
                size->more[1],
                size->more[2],
                size->more[3],
                size->more[4],
                size->more[6] * size->b,
                0,
                0,
                0};
    h.pitch = 3.6 * h.hole;
    h.shaft = h.pitch * h.holes + 0.3 * h.pitch + 0.6 * (h.head_width - h.width) / 2;
    h.length = h.shaft + h.head_height;
    return h;
}

/* Where the head's middle lies across the plate. */
static double head_middle(const headed *h)
{
    return h->lean * (h->head_width - h->width) / 2;
}

static int add_head_holes(const headed *h, fs_outline *hole)
{
    const double room = h->head_width - 3.4 * h->hole, rise = h->head_height - 3.4 * h->hole;
    const int across = 1 + (int)(room / (2.9 * h->hole)), rows = 1 + (int)(rise / (2.9 * h->hole));
    int n = 0;
    for (int row = 0; row < rows; row++)
        for (int i = 0; i < across - row % 2 && n + h->holes < HOLES_MOST; i++) {
            const double count = across - row % 2, x = (i - (count - 1) / 2) * room / (across > 1 ? across - 1 : 1);
            const double z = rows > 1 ? (row - (rows - 1) / 2.0) * rise / (rows - 1) : 0;
            fs_outline_ellipse(&hole[n], h->hole, h->hole, 12);
            fs_outline_shift(&hole[n++], head_middle(h) + x, h->shaft + h->head_height / 2 + z);
        }
    return n;
}

void fs_make_headed_plate(const fs_tool_size *size, fb_random *random, fs_solid *part)
{
    const headed h = read_headed(size);
    const double flare = 0.6 * (h.head_width - h.width) / 2, half = h.width / 2, m = head_middle(&h);
    const double right = m + h.head_width / 2, left = m - h.head_width / 2;
    const double corner[8][2] = {{half, 0},        {half, h.shaft - flare}, {right, h.shaft},         {right, h.length},
                                 {left, h.length}, {left, h.shaft},         {-half, h.shaft - flare}, {-half, 0}};
    fs_outline *hole = make_holes(part), outline;
    (void)random;
    if (hole == NULL) return;
    fs_outline_rounded(&outline, corner, 8, fmin(0.4 * h.width, 2.2 * h.hole), 4);
    int n = add_head_holes(&h, hole);
    for (int i = 0; i < h.holes && n < HOLES_MOST; i++) {
        const double long_hole = i == h.holes / 2 ? 1.35 : 1; /* one that lets the plate slide */
        fs_outline_ellipse(&hole[n], h.hole, h.hole * long_hole, 12);
        fs_outline_shift(&hole[n++], 0, h.pitch * (i + 0.6));
    }
    finish_plate(part, &outline, hole, n, h.thickness,
                 &(plate_form){h.length, 0, size->more[7] * size->b, h.shaft - flare, size->more[5] * FS_PI / 180});
    free(hole);
}
