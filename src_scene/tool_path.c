#include "scene/tool_path.h"

void fs_path_add(fs_path *path, fs_xyz at)
{
    if (path->count < FS_PATH_MOST) path->at[path->count++] = at;
}

void fs_path_line(fs_path *path, fs_xyz from, fs_xyz to, int steps)
{
    for (int i = 0; i <= steps; i++)
        fs_path_add(path, fs_xyz_add(from, fs_xyz_times((double)i / steps, fs_xyz_minus(to, from))));
}

void fs_path_arc(fs_path *path, fs_xyz centre, double radius, fs_xyz first, fs_xyz second, double from, double to,
                 int steps)
{
    for (int i = path->count > 0; i <= steps; i++) {
        const double angle = from + (to - from) * i / steps;
        const fs_xyz spoke = fs_xyz_add(fs_xyz_times(cos(angle), first), fs_xyz_times(sin(angle), second));
        fs_path_add(path, fs_xyz_add(centre, fs_xyz_times(radius, spoke)));
    }
}

static double spline(double a, double b, double c, double d, double t)
{
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t);
}

void fs_path_smooth(fs_path *path, int steps)
{
    const fs_path knots = *path;
    const int n = knots.count, pieces = knots.closed ? n : n - 1;
    path->count = 0;
    for (int i = 0; i < pieces; i++) {
        fs_xyz p[4];
        for (int k = 0; k < 4; k++) {
            const int j = i + k - 1;
            p[k] = knots.at[knots.closed ? (j + n) % n : j < 0 ? 0 : j >= n ? n - 1 : j];
        }
        for (int s = 0; s < steps; s++) {
            const double t = (double)s / steps;
            fs_path_add(path,
                        (fs_xyz){spline(p[0].x, p[1].x, p[2].x, p[3].x, t), spline(p[0].y, p[1].y, p[2].y, p[3].y, t),
                                 spline(p[0].z, p[1].z, p[2].z, p[3].z, t)});
        }
    }
    if (!knots.closed) fs_path_add(path, knots.at[n - 1]);
}

void fs_path_wander(fs_path *path, fb_random *random, double length, double swing, int steps)
{
    enum { WAVES = 3 };
    double phase[2 * WAVES], height[2 * WAVES], lean[2];
    fs_xyz at = path->count > 0 ? path->at[path->count - 1] : (fs_xyz){0, 0, 0};
    for (int k = 0; k < 2 * WAVES; k++) {
        phase[k] = fb_random_between(random, 0, 2 * FS_PI);
        height[k] = swing * fb_random_between(random, 0.4, 1) / (1 + k / 2) / (k % 2 == 0 ? 1 : 3);
    }
    if (path->count == 0) fs_path_add(path, at);
    for (int i = 0; i < steps; i++) {
        lean[0] = lean[1] = 0;
        for (int k = 0; k < 2 * WAVES; k++) {
            const double angle = FS_PI * (1 + k / 2) * (i + 0.5) / steps;
            lean[k % 2] += height[k] * (sin(angle + phase[k]) - sin(phase[k])); /* starts along z */
        }
        const fs_xyz way = {sin(lean[0]) * cos(lean[1]), sin(lean[1]), cos(lean[0]) * cos(lean[1])};
        at = fs_xyz_add(at, fs_xyz_times(length / steps, way));
        fs_path_add(path, at);
    }
}

double fs_path_length(const fs_path *path)
{
    double length = 0;
    for (int i = 1; i < path->count; i++) length += fs_xyz_length(fs_xyz_minus(path->at[i], path->at[i - 1]));
    if (path->closed && path->count > 0) length += fs_xyz_length(fs_xyz_minus(path->at[0], path->at[path->count - 1]));
    return length;
}

static fs_xyz without(fs_xyz a, fs_xyz along)
{
    return fs_xyz_minus(a, fs_xyz_times(fs_xyz_dot(a, along), along));
}

/* A closed path's frame comes back turned; the turn is shared out over all places. */
static void share_turn(const fs_path *path, const fs_xyz *along, fs_xyz *right, const fs_xyz *up)
{
    const fs_xyz last = fs_xyz_unit(without(right[path->count - 1], along[0]));
    const double turn = atan2(fs_xyz_dot(last, up[0]), fs_xyz_dot(last, right[0]));
    for (int i = 0; i < path->count; i++) {
        const double back = -turn * i / path->count;
        right[i] = fs_xyz_add(fs_xyz_times(cos(back), right[i]), fs_xyz_times(sin(back), up[i]));
    }
}

void fs_path_frames(const fs_path *path, fs_xyz *along, fs_xyz *right, fs_xyz *up)
{
    const int n = path->count;
    for (int i = 0; i < n; i++) {
        const int before = i > 0 ? i - 1 : path->closed ? n - 1 : 0;
        const int after = i + 1 < n ? i + 1 : path->closed ? 0 : n - 1;
        along[i] = fs_xyz_unit(fs_xyz_minus(path->at[after], path->at[before]));
        fs_xyz side = i > 0 ? right[i - 1] : path->side;
        if (fs_xyz_length(without(side, along[i])) < 1e-6)
            side = fabs(along[i].x) < 0.9 ? (fs_xyz){1, 0, 0} : (fs_xyz){0, 1, 0};
        right[i] = fs_xyz_unit(without(side, along[i]));
        up[i] = fs_xyz_cross(along[i], right[i]);
    }
    if (path->closed && n > 0) share_turn(path, along, right, up);
    for (int i = 0; i < n; i++) up[i] = fs_xyz_cross(along[i], right[i]);
}
