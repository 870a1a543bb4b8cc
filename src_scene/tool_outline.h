/* tool_outline.h - closed outlines in a plane, mm, counter-clockwise: cross-sections, and what is extruded. */
#ifndef SCENE_TOOL_OUTLINE_H
#define SCENE_TOOL_OUTLINE_H

enum { FS_OUTLINE_MOST = 512 };

typedef struct fs_outline {
    int count;
    double at[FS_OUTLINE_MOST][2];
} fs_outline;

/* What does not fit any more is left out. */
void fs_outline_add(fs_outline *outline, double x, double y);
/* An arc about (x, y) from one angle to another, radians, in `steps` + 1 points. */
void fs_outline_arc(fs_outline *outline, double x, double y, double radius, double from, double to, int steps);
void fs_outline_ellipse(fs_outline *outline, double half_x, double half_y, int points);
/* Four arcs of `steps` + 1 points. radius is at most a little less than the smaller half. */
void fs_outline_rounded_box(fs_outline *outline, double half_x, double half_y, double radius, int steps);
/* The polygon with each corner, turning either way, made an arc of that radius, or less where edges are short. */
void fs_outline_rounded(fs_outline *outline, const double (*corner)[2], int corners, double radius, int steps);
void fs_outline_shift(fs_outline *outline, double x, double y);
/* The outline, made counter-clockwise again, with x negated. */
void fs_outline_mirror(fs_outline *outline);

#endif
