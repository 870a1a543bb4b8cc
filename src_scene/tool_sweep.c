/* Shapes swept along a path. */
#include "base/memory.h"
#include "scene/tool_loft.h"

/* Directions at each place of a path. */
typedef struct frames {
    fs_xyz *along, *right, *up;
} frames;

static bool make_frames(fs_solid *solid, const fs_path *path, frames *f)
{
    f->along = fb_alloc(3 * (size_t)path->count, sizeof *f->along);
    if (f->along == NULL) solid->fault = "out of memory";
    if (f->along == NULL) return false;
    f->right = f->along + path->count;
    f->up = f->right + path->count;
    fs_path_frames(path, f->along, f->right, f->up);
    return true;
}

void fs_sweep(fs_solid *solid, const fs_path *path, const fs_outline *section, const double (*scale)[2])
{
    frames f;
    if (!make_frames(solid, path, &f)) return;
    fs_loft loft = fs_loft_start(solid, section->count);
    for (int i = 0; i < path->count; i++) {
        const double u = scale != NULL ? scale[i][0] : 1, v = scale != NULL ? scale[i][1] : 1;
        fs_loft_ring(&loft, section, path->at[i], fs_xyz_times(u, f.right[i]), fs_xyz_times(v, f.up[i]));
    }
    if (path->closed)
        fs_loft_loop(&loft);
    else
        fs_loft_cap(&loft, NULL, NULL);
    fb_free(f.along);
}

void fs_rod(fs_solid *solid, const fs_path *path, double radius, int sides)
{
    /* as much area as the circle, so that what a wire absorbs does not depend on how many sides it has */
    const double r = radius * sqrt(2 * FS_PI / sides / sin(2 * FS_PI / sides));
    fs_outline circle;
    fs_outline_ellipse(&circle, r, r, sides);
    fs_sweep(solid, path, &circle, NULL);
}

/* Whether the quadrilateral from place i, column j to the next of both is open. */
static bool is_open(const fs_window *window, int windows, int sides, int i, int j)
{
    for (int k = 0; k < windows; k++) {
        const fs_window *w = &window[k];
        if (i >= w->at && i < w->at + w->length && (j - w->column + 2 * sides) % sides < w->width) return true;
    }
    return false;
}

static void add_quad(fs_solid *solid, uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    fs_solid_triangle(solid, a, b, c);
    fs_solid_triangle(solid, a, c, d);
}

/* Walls of an opening at place i, column j, towards neighbours that are not open. o, n: the outer and inner vertices of
 * the place's ring and the next one's, in columns j and j + 1: [0][0] lower first. */
static void add_jambs(fs_solid *solid, const bool shut[4], const uint32_t o[2][2], const uint32_t n[2][2])
{
    if (shut[0]) add_quad(solid, o[0][0], o[0][1], n[0][1], n[0][0]); /* below */
    if (shut[1]) add_quad(solid, o[1][0], n[1][0], n[1][1], o[1][1]); /* above */
    if (shut[2]) add_quad(solid, o[0][0], n[0][0], n[1][0], o[1][0]); /* before */
    if (shut[3]) add_quad(solid, o[0][1], o[1][1], n[1][1], n[0][1]); /* behind */
}

static void add_wall(fs_solid *solid, uint32_t base, int i, int j, int sides, const fs_window *window, int windows)
{
    uint32_t o[2][2], n[2][2];
    for (int a = 0; a < 2; a++)
        for (int b = 0; b < 2; b++) {
            o[a][b] = base + (uint32_t)((i + a) * 2 * sides + (j + b) % sides);
            n[a][b] = o[a][b] + (uint32_t)sides;
        }
    if (is_open(window, windows, sides, i, j)) {
        const bool shut[4] = {!is_open(window, windows, sides, i - 1, j), !is_open(window, windows, sides, i + 1, j),
                              !is_open(window, windows, sides, i, (j + sides - 1) % sides),
                              !is_open(window, windows, sides, i, (j + 1) % sides)};
        add_jambs(solid, shut, o, n);
        return;
    }
    add_quad(solid, o[0][0], o[0][1], o[1][1], o[1][0]);
    add_quad(solid, n[0][0], n[1][0], n[1][1], n[0][1]);
}

static void add_rim(fs_solid *solid, uint32_t ring, int sides, bool top)
{
    for (int j = 0; j < sides; j++) {
        const uint32_t a = ring + (uint32_t)j, b = ring + (uint32_t)((j + 1) % sides), s = (uint32_t)sides;
        if (top)
            add_quad(solid, a, b, b + s, a + s);
        else
            add_quad(solid, a, a + s, b + s, b);
    }
}

void fs_pipe(fs_solid *solid, const fs_path *path, double inner, double outer, int sides, const fs_window *window,
             int windows)
{
    frames f;
    const uint32_t base = (uint32_t)solid->vertices;
    const double r[2] = {outer, inner};
    if (!make_frames(solid, path, &f)) return;
    for (int i = 0; i < path->count; i++)
        for (int wall = 0; wall < 2; wall++)
            for (int j = 0; j < sides; j++) {
                const double angle = 2 * FS_PI * j / sides;
                const fs_xyz spoke =
                    fs_xyz_add(fs_xyz_times(cos(angle), f.right[i]), fs_xyz_times(sin(angle), f.up[i]));
                fs_solid_vertex(solid, fs_xyz_add(path->at[i], fs_xyz_times(r[wall], spoke)));
            }
    for (int i = 0; i + 1 < path->count; i++)
        for (int j = 0; j < sides; j++) add_wall(solid, base, i, j, sides, window, windows);
    add_rim(solid, base, sides, false);
    add_rim(solid, base + (uint32_t)((path->count - 1) * 2 * sides), sides, true);
    fb_free(f.along);
}
