#include "scene/views.h"

#include "base/random.h"
#include "scene/vector.h"
#include <string.h>

#define PLAIN_SDD_MM    1050.0
#define SDD_VARIES_MM   150.0
#define PLAIN_FRACTION  0.75
#define FRACTION_VARIES 0.15
#define SPREAD_DEG      5.0  /* standard deviation of the angles */
#define ROTATION_DEG    4.0  /* and of the rotation */
#define SHIFT           0.05 /* and of the centre, in fields of view */
#define FIELD_VARIES    0.12 /* the field of view, at most */
#define MARGIN          1.12 /* of the field about what it is to show */
#define LEAST_FIELD_MM  80.0

enum { STREAM_VIEW = 32 }; /* of random numbers */

static fsam_status lacks(const fs_view *view, fb_side side, const char *name)
{
    static const char *const words[] = {[FB_SIDE_NONE] = "", [FB_SIDE_LEFT] = "left", [FB_SIDE_RIGHT] = "right"};
    const char *word = words[side], *star = strchr(name, '*');
    const int head = (int)(star != NULL ? (size_t)(star - name) : strlen(name));
    return fb_fail(FSAM_ERROR_MISMATCH, "view %s%s%s: the patient has no %.*s%s%s", view->name, *word != 0 ? " " : "",
                   word, head, name, star != NULL ? word : "", star != NULL ? star + 1 : "");
}

/* ---- where it is aimed, and how much it shows ---- */

/* Where a bone meets its neighbour: what is nearest in its box to the neighbour's middle. */
static void joint_of(const fs_region *bone, const fs_region *neighbour, double joint_mm[3])
{
    for (int i = 0; i < 3; i++) joint_mm[i] = fmin(fmax(neighbour->centroid_mm[i], bone->low_mm[i]), bone->high_mm[i]);
}

/* The greatest extent of a box across the beam. */
static double width_across(const fs_region *region, const double beam[3])
{
    double widest = 0;
    for (int i = 0; i < 3; i++) {
        const double size = region->high_mm[i] - region->low_mm[i];
        widest = fmax(widest, size * sqrt(fmax(1 - beam[i] * beam[i], 0)));
    }
    return widest;
}

static fsam_status aim(const fs_view *view, fb_side side, const fs_anatomy *anatomy, const double beam[3],
                       double target_mm[3], double *field_mm)
{
    fs_region all, bone, other;
    const char *missing = NULL;
    if (view->needs[0] != NULL && !fs_anatomy_join(anatomy, view->needs, FS_VIEW_NAMES, side, &all, &missing))
        return lacks(view, side, missing);
    if (!fs_anatomy_join(anatomy, view->on, FS_VIEW_NAMES, side, &all, &missing)) return lacks(view, side, missing);
    for (int i = 0; i < 3; i++) target_mm[i] = 0.5 * (all.low_mm[i] + all.high_mm[i]);
    if (view->at_joint && fs_anatomy_find(anatomy, view->on[0], side, &bone) &&
        fs_anatomy_find(anatomy, view->on[1], side, &other))
        joint_of(&bone, &other, target_mm);
    *field_mm = view->fov_mm > 0 ? view->fov_mm : fmax(MARGIN * width_across(&all, beam), LEAST_FIELD_MM);
    return FSAM_OK;
}

/* ---- directions ---- */

static void to_world(const double axes[3][3], const double local[3], double world[3])
{
    for (int i = 0; i < 3; i++) world[i] = local[0] * axes[0][i] + local[1] * axes[1][i] + local[2] * axes[2][i];
}

/* Of the beam and the picture's top in the view's frame; the right side is the mirror image of the left. */
static void local_directions(const fs_view *view, fb_side side, double beam[3], double up[3])
{
    static const double tops[][3] = {[FS_TOP_FRONT] = {0, -1, 0}, [FS_TOP_FEET] = {0, 0, -1}};
    const double primary = side == FB_SIDE_RIGHT ? -view->primary_deg : view->primary_deg;
    fs_carm_directions(primary, view->secondary_deg, beam, up);
    for (int i = 0; i < 3 && view->top != FS_TOP_HEAD; i++) up[i] = tops[view->top][i];
}

/* ---- variation ---- */

static double bounded(double value, double low, double high)
{
    return fmin(fmax(value, low), high);
}

/* Within two and a half standard deviations, so that no view strays. */
static double normal(fb_random *random)
{
    return bounded(fb_random_normal(random), -2.5, 2.5);
}

static void vary(fb_random *random, double jitter, double *field_mm, fs_carm *carm)
{
    const double primary = carm->primary_deg + jitter * SPREAD_DEG * normal(random);
    const double secondary = carm->secondary_deg + jitter * SPREAD_DEG * normal(random);
    const double rotation = carm->rotation_deg + jitter * ROTATION_DEG * normal(random);
    carm->primary_deg = remainder(primary, 360);
    carm->secondary_deg = bounded(secondary, -90, 90);
    carm->rotation_deg = remainder(rotation, 360);
    *field_mm *= 1 + jitter * fb_random_between(random, -FIELD_VARIES, FIELD_VARIES);
    for (int i = 0; i < 3; i++) carm->target_mm[i] += jitter * SHIFT * *field_mm * normal(random);
    carm->sdd_mm = PLAIN_SDD_MM + jitter * fb_random_between(random, -SDD_VARIES_MM, SDD_VARIES_MM);
    carm->fraction = PLAIN_FRACTION + jitter * fb_random_between(random, -FRACTION_VARIES, FRACTION_VARIES);
}

/* A detector for the field of view: collimated to it, or what shows most of it when it is larger than the detector. */
static void fit_detector(double field_mm, fs_carm *carm)
{
    const double wanted = field_mm / carm->fraction;
    if (wanted > FS_MOST_DETECTOR_MM) carm->fraction = fmin(field_mm / FS_MOST_DETECTOR_MM, FS_MOST_FRACTION);
    carm->detector_mm = fmin(field_mm / carm->fraction, FS_MOST_DETECTOR_MM);
}

fsam_status fs_view_place(const fs_view *view, fb_side side, const fs_anatomy *anatomy, const fs_draw *draw,
                          fs_carm *carm)
{
    double axes[3][3], local_beam[3], local_up[3], beam[3], up[3], field_mm = 0;
    const char *missing = NULL;
    if (view->sided != (side != FB_SIDE_NONE))
        return fb_fail(FSAM_ERROR_ARGUMENT, "view %s: it is %s", view->name,
                       view->sided ? "of one side: say left or right" : "of no side");
    if (!fs_frame_find(anatomy, view->frame, side, axes, &missing)) return lacks(view, side, missing);
    local_directions(view, side, local_beam, local_up);
    to_world(axes, local_beam, beam);
    to_world(axes, local_up, up);
    *carm = (fs_carm){.pixels = draw->pixels > 0 ? draw->pixels : FS_PIXELS};
    carm->mirrored = !view->from_source && fs_carm_shown_mirrored(local_beam, local_up);
    FB_TRY(fs_carm_point(carm, beam, up));
    FB_TRY(aim(view, side, anatomy, beam, carm->target_mm, &field_mm));
    fb_random random = fb_random_start(draw->seed, draw->scene, draw->view, STREAM_VIEW);
    vary(&random, draw->jitter, &field_mm, carm);
    fit_detector(field_mm, carm);
    return FSAM_OK;
}
