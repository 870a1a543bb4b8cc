/* view_frames.c - axes of the body's parts, from the bones in them. */
#include "scene/vector.h"
#include "scene/views.h"

#include <string.h>

/* From the middle of one structure to that of another. */
static bool between(const fs_anatomy *anatomy, const char *from, const char *to, fb_side side, double way[3],
                    const char **missing)
{
    fs_region a, b;
    *missing = from;
    if (!fs_anatomy_find(anatomy, from, side, &a)) return false;
    *missing = to;
    if (!fs_anatomy_find(anatomy, to, side, &b)) return false;
    for (int i = 0; i < 3; i++) way[i] = b.centroid_mm[i] - a.centroid_mm[i];
    return true;
}

/* Completes `up` and a direction that is about the back's, both then of length 1 and at right angles. */
static void from_back(double axes[3][3])
{
    fs_normalise(axes[2]);
    fs_square_to(axes[1], axes[2]);
    fs_cross(axes[1], axes[2], axes[0]);
}

/* The same for `up` and one that is about the left's. */
static void from_left(double axes[3][3])
{
    fs_normalise(axes[2]);
    fs_square_to(axes[0], axes[2]);
    fs_cross(axes[2], axes[0], axes[1]);
}

/* On the right, the outer side is the right: its radius points away from the left. */
static bool arm(const fs_anatomy *anatomy, const char *low, const char *high, fb_side side, double axes[3][3],
                const char **missing)
{
    if (!between(anatomy, low, high, side, axes[2], missing)) return false;
    const bool right = side == FB_SIDE_RIGHT;
    if (!between(anatomy, right ? "radius" : "ulna", right ? "ulna" : "radius", side, axes[0], missing)) return false;
    from_left(axes);
    return true;
}

static bool scapula(const fs_anatomy *anatomy, fb_side side, double axes[3][3], const char **missing)
{
    fs_region blade;
    *missing = "scapula_*";
    if (!fs_anatomy_find(anatomy, "scapula_*", side, &blade)) return false;
    const double sign = blade.axis[2][1] < 0 ? -1 : 1; /* its thinnest direction, to the back */
    for (int i = 0; i < 3; i++) axes[1][i] = sign * blade.axis[2][i];
    from_back(axes);
    return true;
}

static bool foot(const fs_anatomy *anatomy, fb_side side, double axes[3][3], const char **missing)
{
    if (!between(anatomy, "tarsal", "tibia", side, axes[2], missing)) return false;
    if (!between(anatomy, "metatarsal", "tarsal", side, axes[1], missing)) return false;
    from_back(axes);
    return true;
}

bool fs_frame_find(const fs_anatomy *anatomy, fs_frame frame, fb_side side, double axes[3][3], const char **missing)
{
    static const double body[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    memcpy(axes, body, sizeof body);
    switch (frame) {
    case FS_FRAME_BODY:
        return true;
    case FS_FRAME_SCAPULA:
        return scapula(anatomy, side, axes, missing);
    case FS_FRAME_ELBOW:
        return arm(anatomy, "ulna", "humerus_*", side, axes, missing);
    case FS_FRAME_HAND:
        return arm(anatomy, "metacarpal", "radius", side, axes, missing);
    case FS_FRAME_KNEE:
        if (!between(anatomy, "tibia", "femur_*", side, axes[2], missing)) return false;
        from_back(axes);
        return true;
    case FS_FRAME_FOOT:
        return foot(anatomy, side, axes, missing);
    }
    return false;
}
