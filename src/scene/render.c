#include "scene/render.h"

#include "base/memory.h"
#include "scene/annotate.h"
#include "xray/projector.h"
#include "xray/radiograph.h"
#include "xray/solids.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FOCAL_SPOT_MM      0.6
#define TARGET_ANGLE       12.0
#define SHUTTERS_MM        350.0   /* from the focal spot to the blades */
#define LIGHT_MM           0.5     /* the spread of light in the scintillator (detector.h) */
#define SCINTILLATOR       0.2     /* g/cm^2 of caesium iodide */
#define READ_OUT_QUANTA    5.0     /* the read-out's noise of a pixel, in mean quanta */
#define METERED_COUNTS     12000.0 /* in the middle of the picture: less dense parts have room above */
#define OPEN_TRANSMISSION  0.8     /* more gets through beside the body, and through little else */
#define LEAST_TRANSMISSION 1e-4    /* an exposure meter gives up behind more */

/* Which paths are added up: those of a group's members, and of a tool's parts. */
static bool make_unions(fs_studio *studio)
{
    const fv_labels *labels = &studio->subject->labels;
    const int parts = studio->tray->count * FS_TOOL_PARTS;
    const fw_name *group;
    studio->organ_unions = fb_alloc((size_t)labels->count + 1, sizeof *studio->organ_unions);
    studio->part_unions = fb_alloc((size_t)parts + 1, sizeof *studio->part_unions);
    if (studio->organ_unions == NULL || studio->part_unions == NULL) return false;
    for (size_t g = 0; g < FW_GROUPS && (group = fw_group_at(fs_phrases_texts(studio->phrases), g)) != NULL; g++)
        for (int k = 0; k < labels->count; k++)
            for (size_t i = 0; i < group->member_count; i++)
                if (group->members[i] == labels->structure[k].category) studio->organ_unions[k] |= (uint64_t)1 << g;
    for (int i = 0; i < parts; i++)
        studio->part_unions[i] = (uint64_t)1 << (i / FS_TOOL_PARTS) | (uint64_t)1 << FS_ALL_TOOLS;
    studio->organs.unions = studio->organ_unions;
    studio->parts.unions = studio->part_unions;
    return true;
}

fsam_status fs_studio_make(const fs_subject *subject, const fs_tray *tray, const fs_phrases *phrases, int pixels,
                           fs_studio *studio)
{
    const size_t area = (size_t)pixels * (size_t)pixels;
    *studio = (fs_studio){.pixels = pixels, .subject = subject, .tray = tray, .phrases = phrases};
    fsam_status status = fx_shadows_make(pixels, pixels, subject->labels.count, &studio->organs);
    if (status == FSAM_OK) status = fx_shadows_make(pixels, pixels, tray->count * FS_TOOL_PARTS, &studio->parts);
    if (status == FSAM_OK) status = fx_shadows_make(pixels, pixels, 1, &studio->open);
    bool whole = status == FSAM_OK && make_unions(studio);
    for (int m = 0; whole && m < FX_MOST_MATERIALS; m++)
        whole = (studio->mass[m] = fb_alloc(area, sizeof(float))) != NULL;
    whole = whole && (studio->joined = fb_alloc((size_t)pixels * studio->organs.words, sizeof(uint64_t))) != NULL;
    whole = whole && (studio->gray = fb_alloc(area, sizeof *studio->gray)) != NULL;
    if (status == FSAM_OK && !whole) status = fb_fail(FSAM_ERROR_MEMORY, "picture: out of memory");
    if (status != FSAM_OK) fs_studio_free(studio);
    return status;
}

void fs_studio_free(fs_studio *studio)
{
    for (int m = 0; m < FX_MOST_MATERIALS; m++) fb_free(studio->mass[m]);
    fx_shadows_free(&studio->organs);
    fx_shadows_free(&studio->parts);
    fx_shadows_free(&studio->open);
    fb_free(studio->organ_unions);
    fb_free(studio->part_unions);
    fb_free(studio->joined);
    fb_free(studio->gray);
    *studio = (fs_studio){0};
}

/* ---- what rays cross ---- */

/* The materials of a picture: the body's basis, then the tools'. */
typedef struct palette {
    int count;
    fx_material material[FX_MOST_MATERIALS];
} palette;

/* The plane of a material; where there is no room for another, that of the tools' material nearest in density. */
static int plane_of(palette *p, fx_material material)
{
    for (int i = FX_BASES; i < p->count; i++)
        if (p->material[i] == material) return i;
    if (p->count < FX_MOST_MATERIALS) {
        p->material[p->count] = material;
        return p->count++;
    }
    int nearest = FX_BASES;
    const double density = fx_material_density(material);
    for (int i = FX_BASES; i < p->count; i++)
        if (fabs(fx_material_density(p->material[i]) - density) <
            fabs(fx_material_density(p->material[nearest]) - density))
            nearest = i;
    return nearest;
}

/* The list of solids has a place for every part that a tool could have, so that part p of tool i is shadow
 * i * FS_TOOL_PARTS + p; places without a part hold an empty mesh. */
static fsam_status project_tools(fs_studio *studio, const fs_shot *shot, palette *p)
{
    fx_solid solid[FS_MOST_TOOLS * FS_TOOL_PARTS];
    fx_bvh *nothing;
    const fs_tray *tray = studio->tray;
    FB_TRY(fx_bvh_make(NULL, 0, NULL, 0, "nothing", &nothing));
    for (int i = 0; i < tray->count; i++)
        for (int k = 0; k < FS_TOOL_PARTS; k++) {
            /* the later part is meant where two overlap, and the solid that comes first gets the space */
            const int part = FS_TOOL_PARTS - 1 - k;
            const fs_tool *tool = &tray->item[i].tool;
            const bool there = part < tool->parts;
            solid[i * FS_TOOL_PARTS + k] =
                (fx_solid){.bvh = there ? tray->item[i].bvh[part] : nothing,
                           .world_from_mesh = shot->world_from_tool[i],
                           .density = there ? fx_material_density(tool->part[part].material) : 1,
                           .plane = there ? plane_of(p, tool->part[part].material) : FX_BASIS_WATER};
        }
    const size_t bytes = (size_t)studio->pixels * (size_t)studio->pixels * sizeof(float);
    for (int m = FX_BASES; m < p->count; m++) memset(studio->mass[m], 0, bytes);
    const fsam_status status = fx_project_solids(&shot->camera, solid, tray->count * FS_TOOL_PARTS,
                                                 studio->subject->body, 0, studio->mass, p->count, &studio->parts);
    fx_bvh_free(nothing);
    return status;
}

static fsam_status project(fs_studio *studio, const fs_shot *shot, palette *p)
{
    *p = (palette){FX_BASES, {fx_basis[FX_BASIS_WATER], fx_basis[FX_BASIS_BONE]}};
    FB_TRY(fx_project(studio->subject->body, &shot->camera, 0, studio->mass, &studio->organs));
    return studio->tray->count > 0 ? project_tools(studio, shot, p) : FSAM_OK;
}

/* ---- the shutters ---- */

static fx_collimator collimator_of(const fs_shot *shot)
{
    const fx_camera *camera = &shot->camera;
    const double penumbra = FOCAL_SPOT_MM * (camera->sdd_mm / SHUTTERS_MM - 1) / camera->pixel_mm;
    return fs_shutters_collimator(&shot->shutters, camera->width, shot->carm.mirrored, penumbra);
}

/* A pixel is open where more than half of the focal spot sees it. */
static void find_open(fs_studio *studio, const fs_shot *shot)
{
    const int size = studio->pixels;
    const bool all = shot->shutters.shape == FS_SHUTTERS_NONE;
    fx_collimator collimator = collimator_of(shot);
    collimator.transmission = 0;
    float *plane = studio->mass[0]; /* not in use yet */
    for (size_t i = 0; i < (size_t)size * (size_t)size; i++) plane[i] = 1;
    if (!all) fx_collimate(&collimator, size, size, plane);
    for (int y = 0; y < size; y++) {
        uint64_t *row = fx_shadows_row(&studio->open, 0, y);
        memset(row, 0, studio->open.words * sizeof *row);
        for (int x = 0; x < size; x++)
            row[x / 64] |= (uint64_t)(plane[(size_t)y * (size_t)size + (size_t)x] > 0.5f) << (x % 64);
    }
}

/* ---- the exposure ---- */

enum { METER_SIDE = 32 }; /* places along a side of what is metered */

/* The pixel, along a side, of a place in the middle half of the picture. */
static int metered(int place, int size)
{
    return size / 4 + place * (size / 2) / METER_SIDE;
}

/* What an exposure meter sees: the mean share of the beam that gets through the body in the middle half of the picture,
 * as far as it is open, or what gets through there at all where little of it is body. */
static double meter(const fs_studio *studio, const fx_beam *beam)
{
    enum { SIDE = METER_SIDE, SAMPLES = SIDE * SIDE };
    static const float nothing[SAMPLES];
    float sampled[FX_MOST_MATERIALS][SAMPLES], signal[SAMPLES], variance[SAMPLES];
    const float *planes[FX_MOST_MATERIALS];
    const int size = studio->pixels;
    double sum = 0, behind_sum = 0;
    int behind = 0, open = 0;
    for (int m = 0; m < FX_MOST_MATERIALS; m++) {
        planes[m] = m < beam->materials ? sampled[m] : nothing;
        for (int i = 0; m < beam->materials && i < SAMPLES; i++) {
            const int x = metered(i % SIDE, size), y = metered(i / SIDE, size);
            sampled[m][i] = studio->mass[m][(size_t)y * (size_t)size + (size_t)x];
        }
    }
    fx_beam_image(beam, planes, SAMPLES, signal, variance);
    for (int i = 0; i < SAMPLES; i++) {
        const double through = signal[i] / beam->open_signal;
        if (!fx_shadows_has(&studio->open, 0, metered(i % SIDE, size), metered(i / SIDE, size))) continue;
        open++;
        sum += through;
        if (through > OPEN_TRANSMISSION) continue;
        behind_sum += through;
        behind++;
    }
    return fmax(behind > open / 10 ? behind_sum / behind : sum / open, LEAST_TRANSMISSION);
}

static fsam_status expose(fs_studio *studio, const fs_shot *shot, const palette *p, double *mas)
{
    const fx_tube tube = {.kv = shot->kv, .anode_degrees = FX_ANODE_DEGREES, .aluminium_mm = shot->aluminium_mm};
    const fx_tube target = {.kv = shot->kv, .anode_degrees = TARGET_ANGLE, .aluminium_mm = shot->aluminium_mm};
    const fx_camera *camera = &shot->camera;
    const fx_noise_key key = {shot->seed, shot->scene, shot->view};
    fx_spectrum spectrum;
    fx_beam beam;
    fx_heel heel;
    fx_scatter scatter = fx_scatter_body;
    const fx_collimator collimator = collimator_of(shot);
    double open_mas;
    FB_TRY(fx_spectrum_of_tube(&tube, &spectrum));
    FB_TRY(fx_beam_of(&spectrum, FX_INTEGRATING, SCINTILLATOR, p->material, p->count, &beam));
    FB_TRY(fx_heel_kept(&target, &heel));
    FB_TRY(fx_mas_of_air_kerma(&spectrum, shot->dose, camera->sdd_mm, &open_mas));
    const double through = meter(studio, &beam);
    scatter.ratio = shot->scatter_ratio;
    fx_technique technique = {.beam = &beam,
                              .plane = {camera->height, camera->width, camera->pixel_mm, camera->sdd_mm,
                                        camera->centre_x, camera->centre_y, 0, shot->scene % 2 == 0 ? 1 : -1},
                              .mas = *mas = open_mas / through,
                              .heel = &heel,
                              .collimator = shot->shutters.shape != FS_SHUTTERS_NONE ? &collimator : NULL,
                              .focal_spot_mm = FOCAL_SPOT_MM,
                              .magnification = 1 / shot->carm.fraction,
                              .scatter = shot->scatter_ratio > 0 ? &scatter : NULL,
                              .detector = {.light_mm = LIGHT_MM, .correlated = 1},
                              .noise = shot->noise ? &key : NULL};
    if (shot->noise) technique.detector.electronic = READ_OUT_QUANTA * fx_spectrum_mean_kev(&spectrum);
    technique.detector.gain =
        fx_detector_gain(&technique.detector, fx_open_signal(&technique) * through, METERED_COUNTS);
    return fx_radiograph(&technique, (const float *const *)studio->mass, studio->gray);
}

/* Columns in reverse order, for a picture that is shown as seen from the detector. */
static void mirror(uint16_t *gray, int size)
{
    for (int y = 0; y < size; y++) {
        uint16_t *row = gray + (size_t)y * (size_t)size;
        for (int x = 0; x < size / 2; x++) {
            const uint16_t left = row[x];
            row[x] = row[size - 1 - x];
            row[size - 1 - x] = left;
        }
    }
}

/* ---- what is known of it ---- */

static fsam_status describe(const fs_shot *shot, double mas, fs_record *record)
{
    const fs_carm *carm = &shot->carm;
    fs_camera_facts *camera = &record->camera;
    *record = (fs_record){.width = shot->camera.width,
                          .height = shot->camera.height,
                          .simulated = true,
                          .seed = shot->seed,
                          .scene = shot->scene,
                          .view = shot->view};
    record->physics = (fs_physics_facts){.kv = shot->kv,
                                         .filter_mm_al = shot->aluminium_mm,
                                         .dose = shot->dose,
                                         .mas = mas,
                                         .scatter_ratio = shot->scatter_ratio,
                                         .noise = shot->noise,
                                         .shutters = shot->shutters};
    fs_carm_intrinsic(carm, &shot->camera, camera->intrinsic);
    for (int i = 0; i < 3; i++)
        memcpy(camera->world_from_camera[i], shot->camera.world_from_camera.m[i], sizeof camera->world_from_camera[i]);
    camera->world_from_camera[3][3] = 1;
    camera->sdd_mm = carm->sdd_mm;
    camera->sod_mm = carm->sdd_mm * carm->fraction;
    camera->pixel_mm = shot->camera.pixel_mm;
    camera->primary_deg = carm->primary_deg;
    camera->secondary_deg = carm->secondary_deg;
    camera->view = strdup(shot->name);
    return camera->view != NULL ? FSAM_OK : fb_fail(FSAM_ERROR_MEMORY, "record: out of memory");
}

fsam_status fs_render(fs_studio *studio, const fs_shot *shot, fs_record *record)
{
    palette p;
    double mas;
    *record = (fs_record){0};
    find_open(studio, shot);
    FB_TRY(project(studio, shot, &p));
    FB_TRY(expose(studio, shot, &p, &mas));
    if (shot->carm.mirrored) mirror(studio->gray, studio->pixels);
    fsam_status status = describe(shot, mas, record);
    if (status == FSAM_OK) status = fs_annotate(studio, shot, record);
    if (status != FSAM_OK) fs_record_free(record);
    return status;
}
