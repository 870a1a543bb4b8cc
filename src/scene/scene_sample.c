#include "scene/scene_sample.h"

#include "base/random.h"
#include "scene/clearance.h"
#include "scene/random_views.h"
#include "scene/technique.h"
#include "scene/tool_place.h"
#include <math.h>
#include <stdio.h>

enum { STREAM_KIND = 50, STREAM_TECHNIQUE = 51, STREAM_PLACES = 52, STREAM_SHUTTERS = 70 }; /* of random numbers */

#define FIELD_DEPTH_MM 100.0 /* tools lie within this of the point aimed at, along the beam */

fs_sampling fs_sampling_usual(void)
{
    return (fs_sampling){.pixels = FS_PIXELS,
                         .standard_share = 0.5,
                         .jitter = 1,
                         .least_tools = 0,
                         .most_tools = 3,
                         .noise = true,
                         .shutters = 0.3};
}

static fsam_status random_view(const fs_subject *subject, const fs_draw *draw, fs_shot *shot)
{
    static const char *const names[FS_SPREADS] = {"random_ap", "random_pa", "random_lateral", "random_sphere"};
    const fb_structure *target;
    fb_side side;
    fs_spread spread;
    FB_TRY(fs_random_target(subject->anatomy, draw, &target, &side));
    FB_TRY(fs_random_view(subject->anatomy, target->name, side, draw, &shot->carm, &spread));
    snprintf(shot->name, sizeof shot->name, "%s", names[spread]);
    return FSAM_OK;
}

static fsam_status standard_view(const fs_subject *subject, const fs_choice *choice, const fs_draw *draw, fs_shot *shot)
{
    static const char *const words[] = {[FB_SIDE_NONE] = "", [FB_SIDE_LEFT] = "_left", [FB_SIDE_RIGHT] = "_right"};
    snprintf(shot->name, sizeof shot->name, "%s%s", choice->view->name, words[choice->side]);
    return fs_view_place(choice->view, choice->side, subject->anatomy, draw, &shot->carm);
}

/* One of the standard views that are not cut too much, all alike; NULL when there is none. */
static const fs_choice *choose(const fs_subject *subject, double most_cut, fb_random *random)
{
    uint32_t allowed = 0;
    for (int i = 0; i < subject->choices; i++) allowed += subject->choice[i].cut <= most_cut;
    uint32_t chosen = fb_random_below(random, allowed);
    for (int i = 0; i < subject->choices; i++)
        if (subject->choice[i].cut <= most_cut && chosen-- == 0) return &subject->choice[i];
    return NULL;
}

/* Draws again where too much is cut, of the same kind. */
static fsam_status sample_view(const fs_subject *subject, const fs_sampling *sampling, fs_shot *shot)
{
    enum { TRIES = 20, TRY_SHIFT = 16 }; /* numbers of views are below 2^16 */
    fb_random kind = fb_random_start(shot->seed, shot->scene, shot->view, STREAM_KIND);
    const bool standard = fb_random_uniform(&kind) < sampling->standard_share;
    for (shot->redrawn = 0;; shot->redrawn++) {
        const uint32_t key = shot->view | (uint32_t)shot->redrawn << TRY_SHIFT;
        const fs_draw draw = {shot->seed, shot->scene, key, sampling->jitter, sampling->pixels};
        fb_random random = shot->redrawn == 0 ? kind : fb_random_start(shot->seed, shot->scene, key, STREAM_KIND);
        const fs_choice *choice = standard ? choose(subject, sampling->most_cut, &random) : NULL;
        FB_TRY(choice != NULL ? standard_view(subject, choice, &draw, shot) : random_view(subject, &draw, shot));
        FB_TRY(fs_clear_detector(&subject->ct, &shot->carm, &shot->camera));
        shot->cut = fs_ct_ends_share(&subject->ends, &shot->camera) > sampling->most_cut;
        if (!shot->cut || shot->redrawn + 1 == TRIES) return FSAM_OK;
    }
}

/* Voltages about what the thickness asks for, with the chest's high ones; doses from a fluoroscope's frame to a
 * radiograph. */
static void sample_technique(const fs_subject *subject, const fs_sampling *sampling, fs_shot *shot)
{
    fb_random random = fb_random_start(shot->seed, shot->scene, shot->view, STREAM_TECHNIQUE);
    const double departure = fb_random_between(&random, -10, 25);       /* kV */
    const double dose = 0.1 * pow(40, fb_random_uniform(&random));      /* 0.1 .. 4 */
    shot->aluminium_mm = 0.5 * floor(fb_random_between(&random, 5, 9)); /* 2.5 .. 4 */
    shot->kv = sampling->kv;
    if (shot->kv <= 0) shot->kv = fs_technique_kv(fs_technique_thickness(subject->body, &shot->camera), departure);
    shot->dose = sampling->dose > 0 ? sampling->dose : dose;
    shot->scatter_ratio = sampling->scatter_ratio;
    shot->noise = sampling->noise;
}

static void sample_shutters(const fs_sampling *sampling, fs_shot *shot)
{
    fb_random random = fb_random_start(shot->seed, shot->scene, shot->view, STREAM_SHUTTERS);
    if (fb_random_uniform(&random) < sampling->shutters) shot->shutters = fs_shutters_draw(shot->carm.pixels, &random);
}

static fs_field field_of(const fs_shot *shot)
{
    fs_field field;
    const double half_mm = 0.5 * shot->carm.detector_mm * shot->carm.fraction;
    for (int i = 0; i < 3; i++) {
        field.centre_mm[i] = shot->carm.target_mm[i];
        field.half_mm[i] = i < 2 ? half_mm : FIELD_DEPTH_MM;
        for (int k = 0; k < 3; k++) field.axis[i][k] = shot->camera.world_from_camera.m[k][i];
    }
    return field;
}

/* A tool for which there is no place, such as a bone, lies anywhere in the field. */
static void place_tools(const fs_subject *subject, const fs_tray *tray, fs_shot *shot)
{
    const fs_patient patient = {&subject->labels, &subject->ct};
    const fs_field field = field_of(shot);
    for (int i = 0; i < tray->count; i++) {
        const fs_tool *tool = &tray->item[i].tool;
        fb_random random = fb_random_start(shot->seed, shot->scene, shot->view, (uint32_t)(STREAM_PLACES + i));
        if (!fs_tool_place(tool, &patient, &field, &random, &shot->world_from_tool[i]))
            fs_tool_place_free(tool, &field, &random, &shot->world_from_tool[i]);
    }
}

fsam_status fs_shot_sample(const fs_subject *subject, const fs_tray *tray, const fs_sampling *sampling, uint64_t seed,
                           uint32_t scene, uint32_t view, fs_shot *shot)
{
    *shot = (fs_shot){.seed = seed, .scene = scene, .view = view};
    FB_TRY(sample_view(subject, sampling, shot));
    sample_technique(subject, sampling, shot);
    sample_shutters(sampling, shot);
    place_tools(subject, tray, shot);
    return FSAM_OK;
}
