#include "scene/random_views.h"

#include "base/random.h"
#include "scene/vector.h"

#define MOST_ROTATION_DEG 15.0

enum { STREAM_TARGET = 33, STREAM_RANDOM_VIEW = 34 }; /* of random numbers */

static const struct {
    double share, half_angle_deg;
} spreads[FS_SPREADS] = {[FS_SPREAD_AP] = {0.35, 45},
                         [FS_SPREAD_PA] = {0.25, 45},
                         [FS_SPREAD_LATERAL] = {0.25, 20},
                         [FS_SPREAD_SPHERE] = {0.15, 180}};

double fs_spread_half_angle(fs_spread spread)
{
    return spreads[spread].half_angle_deg;
}

fsam_status fs_random_target(const fs_anatomy *anatomy, const fs_draw *draw, const fb_structure **target, fb_side *side)
{
    const fb_structure *there[FB_CATEGORIES];
    uint32_t count = 0;
    fs_region region;
    for (size_t k = 0; k < FB_CATEGORIES; k++)
        if (fs_anatomy_find(anatomy, fb_category_at(k)->name, FB_SIDE_NONE, &region))
            there[count++] = fb_category_at(k);
    if (count == 0) return fb_fail(FSAM_ERROR_MISMATCH, "random view: the patient has none of the 128 categories");
    fb_random random = fb_random_start(draw->seed, draw->scene, draw->view, STREAM_TARGET);
    *target = there[fb_random_below(&random, count)];
    const bool left_first = fb_random_below(&random, 2) == 0;
    *side = FB_SIDE_NONE;
    for (int i = 0; i < 2 && (*target)->paired && *side == FB_SIDE_NONE; i++) {
        const fb_side tried = (i == 0) == left_first ? FB_SIDE_LEFT : FB_SIDE_RIGHT;
        if (fs_anatomy_find(anatomy, (*target)->name, tried, &region)) *side = tried;
    }
    return FSAM_OK;
}

static fs_spread draw_spread(fb_random *random)
{
    double left = fb_random_uniform(random);
    for (int i = 0; i < FS_SPREADS; i++) {
        left -= spreads[i].share;
        if (left < 0) return (fs_spread)i;
    }
    return FS_SPREAD_SPHERE;
}

/* Evenly over the cap about `middle`: the height on the sphere is even, and so is the way round. */
static void draw_direction(fb_random *random, const double middle[3], double half_angle_deg, double beam[3])
{
    double side[3] = {0, 0, 1}, other[3];
    const double height = 1 - fb_random_uniform(random) * (1 - cos(half_angle_deg * M_PI / 180));
    const double round = fb_random_between(random, 0, 2 * M_PI), across = sqrt(fmax(1 - height * height, 0));
    fs_square_to(side, middle);
    fs_cross(middle, side, other);
    for (int i = 0; i < 3; i++) beam[i] = height * middle[i] + across * (cos(round) * side[i] + sin(round) * other[i]);
}

fsam_status fs_random_view(const fs_anatomy *anatomy, const char *name, fb_side side, const fs_draw *draw,
                           fs_carm *carm, fs_spread *spread)
{
    static const double front[3] = {0, -1, 0}, back[3] = {0, 1, 0}, left[3] = {1, 0, 0}, right[3] = {-1, 0, 0};
    fs_region region;
    double beam[3], up[3];
    if (!fs_anatomy_find(anatomy, name, side, &region))
        return fb_fail(FSAM_ERROR_MISMATCH, "random view: the patient has no %s", name);
    fb_random random = fb_random_start(draw->seed, draw->scene, draw->view, STREAM_RANDOM_VIEW);
    const fs_spread from = draw_spread(&random);
    const bool to_left = fb_random_below(&random, 2) == 0;
    const double *middle = from == FS_SPREAD_AP ? back : from == FS_SPREAD_LATERAL ? (to_left ? left : right) : front;
    draw_direction(&random, middle, spreads[from].half_angle_deg, beam);
    *carm = (fs_carm){.pixels = draw->pixels > 0 ? draw->pixels : FS_PIXELS};
    FB_TRY(fs_carm_point(carm, beam, fabs(beam[2]) > 0.999 ? front : (const double[]){0, 0, 1}));
    fs_carm_directions(carm->primary_deg, carm->secondary_deg, beam, up);
    carm->mirrored = fs_carm_shown_mirrored(beam, up);
    carm->rotation_deg = fb_random_between(&random, -MOST_ROTATION_DEG, MOST_ROTATION_DEG);
    carm->sdd_mm = fb_random_between(&random, FS_LEAST_SDD_MM, FS_MOST_SDD_MM);
    carm->fraction = fb_random_between(&random, FS_LEAST_FRACTION, FS_MOST_FRACTION);
    carm->detector_mm = fb_random_between(&random, FS_LEAST_DETECTOR_MM, FS_MOST_DETECTOR_MM);
    for (int i = 0; i < 3; i++) { /* somewhere in the middle half of the structure's box */
        const double size = region.high_mm[i] - region.low_mm[i];
        const double centre = 0.5 * (region.low_mm[i] + region.high_mm[i]);
        carm->target_mm[i] = centre + fb_random_between(&random, -0.25, 0.25) * size;
    }
    if (spread != NULL) *spread = from;
    return FSAM_OK;
}
