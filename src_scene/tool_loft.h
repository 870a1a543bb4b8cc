/* tool_loft.h - rings of points joined by strips: turned, threaded and swept shapes. */
#ifndef SCENE_TOOL_LOFT_H
#define SCENE_TOOL_LOFT_H

#include "scene/tool_outline.h"
#include "scene/tool_path.h"
#include "scene/tool_solid.h"

/* A shape under way: rings of `columns` points, counter-clockwise seen from where the next ring lies. */
typedef struct fs_loft {
    fs_solid *solid;
    int columns, rings;
    uint32_t first, last; /* vertices that the first and the last ring start with */
} fs_loft;

fs_loft fs_loft_start(fs_solid *solid, int columns);
/* A ring of the outline, (u, v) at origin + u * right + v * up. */
void fs_loft_ring(fs_loft *loft, const fs_outline *outline, fs_xyz origin, fs_xyz right, fs_xyz up);
/* Closes both ends, each by a fan from a point (NULL: the middle of the ring). */
void fs_loft_cap(fs_loft *loft, const fs_xyz *first, const fs_xyz *last);
/* Joins the last ring to the first. */
void fs_loft_loop(fs_loft *loft);

/* ---- turned about the z axis; a profile is (radius, z) ---- */

enum { FS_ROUND = 24 }; /* sides of what is turned */

/* A profile that starts and ends on the axis (radius 0) makes a solid body; one that does not makes a ring, and runs
 * counter-clockwise: up outside, down inside. */
void fs_turn(fs_solid *solid, const double (*profile)[2], int count, int sides);
/* Of a ball's volume, so a hundredth larger than the ball at its corners. */
void fs_ball(fs_solid *solid, double radius, fs_xyz centre);
void fs_cylinder(fs_solid *solid, double radius, double low, double high);
/* A tube with open ends. */
void fs_tube(fs_solid *solid, double inner, double outer, double low, double high);
/* Half-sides x, y; all edges rounded. */
void fs_rounded_box(fs_solid *solid, double half_x, double half_y, double low, double high, double rounding);

/* A threaded shaft along z from `low` to `high`. */
typedef struct fs_thread {
    double core, outer; /* radii, mm */
    double pitch, low, high;
    double tip;   /* length of the point at the low end, over which the radii grow from almost nothing; 0: flat */
    double bore;  /* radius of a hole along the axis, 0: none */
    double crest; /* share of the pitch that the crest is wide: 0.1 sharp, 0.4 square */
} fs_thread;
void fs_threaded(fs_solid *solid, const fs_thread *thread);

/* ---- swept along a path ---- */

/* scale: (u, v) factors at each place of the path, NULL: 1. A closed path joins its end to its start. */
void fs_sweep(fs_solid *solid, const fs_path *path, const fs_outline *section, const double (*scale)[2]);
/* A rod whose cross-sections have a circle's area. */
void fs_rod(fs_solid *solid, const fs_path *path, double radius, int sides);

/* Openings in the wall of a pipe: pairs, one on each side of it, or single. */
typedef struct fs_window {
    int at, length;    /* places of the path: the first, and how many steps */
    int column, width; /* where around it, and how many sides */
} fs_window;
/* A pipe with open ends, not closed. The windows do not touch each other or the ends. */
void fs_pipe(fs_solid *solid, const fs_path *path, double inner, double outer, int sides, const fs_window *window,
             int windows);

#endif
