#include "scene/tool_outline.h"

#include "scene/tool_xyz.h"

void fs_outline_add(fs_outline *outline, double x, double y)
{
    if (outline->count == FS_OUTLINE_MOST) return;
    outline->at[outline->count][0] = x;
    outline->at[outline->count++][1] = y;
}

void fs_outline_arc(fs_outline *outline, double x, double y, double radius, double from, double to, int steps)
{
    for (int i = 0; i <= steps; i++) {
        double angle = from + (to - from) * i / steps;
        fs_outline_add(outline, x + radius * cos(angle), y + radius * sin(angle));
    }
}

void fs_outline_ellipse(fs_outline *outline, double half_x, double half_y, int points)
{
    outline->count = 0;
    for (int i = 0; i < points; i++)
        fs_outline_add(outline, half_x * cos(2 * FS_PI * i / points), half_y * sin(2 * FS_PI * i / points));
}

void fs_outline_rounded_box(fs_outline *outline, double half_x, double half_y, double radius, int steps)
{
    const double r = fmin(radius, 0.95 * fmin(half_x, half_y)), x = half_x - r, y = half_y - r;
    outline->count = 0;
    for (int i = 0; i < 4; i++)
        fs_outline_arc(outline, i == 0 || i == 3 ? x : -x, i < 2 ? y : -y, r, i * FS_PI / 2, (i + 1) * FS_PI / 2,
                       steps);
}

/* The corner b between a and c. */
static void round_corner(fs_outline *outline, const double a[2], const double b[2], const double c[2], double radius,
                         int steps)
{
    const double in = hypot(b[0] - a[0], b[1] - a[1]), out = hypot(c[0] - b[0], c[1] - b[1]);
    const double u[2] = {(b[0] - a[0]) / in, (b[1] - a[1]) / in}, v[2] = {(c[0] - b[0]) / out, (c[1] - b[1]) / out};
    const double turn = atan2(u[0] * v[1] - u[1] * v[0], u[0] * v[0] + u[1] * v[1]);
    const double half = tan(fabs(turn) / 2);
    if (half < 0.02) {
        fs_outline_add(outline, b[0], b[1]);
        return;
    }
    const double back = fmin(radius * half, 0.45 * fmin(in, out)), r = back / half, side = turn > 0 ? 1 : -1;
    const double x = b[0] - back * u[0] - side * r * u[1], y = b[1] - back * u[1] + side * r * u[0];
    const double from = atan2(-side * u[0], side * u[1]);
    fs_outline_arc(outline, x, y, r, from, from + turn, steps);
}

void fs_outline_rounded(fs_outline *outline, const double (*corner)[2], int corners, double radius, int steps)
{
    outline->count = 0;
    for (int i = 0; i < corners; i++)
        round_corner(outline, corner[(i + corners - 1) % corners], corner[i], corner[(i + 1) % corners], radius, steps);
}

void fs_outline_shift(fs_outline *outline, double x, double y)
{
    for (int i = 0; i < outline->count; i++) {
        outline->at[i][0] += x;
        outline->at[i][1] += y;
    }
}

void fs_outline_mirror(fs_outline *outline)
{
    for (int i = 0, j = outline->count - 1; i <= j; i++, j--) {
        const double a[2] = {outline->at[i][0], outline->at[i][1]};
        outline->at[i][0] = -outline->at[j][0];
        outline->at[i][1] = outline->at[j][1];
        outline->at[j][0] = -a[0];
        outline->at[j][1] = a[1];
    }
}
