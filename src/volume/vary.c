#include "volume/vary.h"

#include "base/memory.h"
#include "base/random.h"
#include "volume/resample.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DISPLACED 0.4   /* of the distance of control points */
#define SOFT_HU        100.0 /* what bones have above this is mineral */

enum { STREAM_PATIENT = 16, STREAM_CONTROL, STREAM_ORGANS }; /* of random numbers */

/* The way back: from a voxel of the new patient to the one of the old that it shows. */
typedef struct way {
    fv_affine world_from_voxel, voxel_from_world;
    double centre_mm[3], scale[3]; /* of world axes, -1 in it when mirrored */
    double first_mm[3], control_mm;
    int size[3];       /* of the control points */
    float (*shift)[3]; /* mm, [z][y][x]; NULL: no deformation */
} way;

/* What becomes of the tissue of label k, [count + 1] each. */
typedef struct changes {
    double *density; /* relative */
    bool *is_bone;
    uint16_t *label; /* the new one */
    double mineral;  /* of bones, relative */
} changes;

fv_variation fv_variation_usual(uint64_t seed, uint32_t scene)
{
    return (fv_variation){.seed = seed,
                          .scene = scene,
                          .deform_mm = 12,
                          .control_mm = 70,
                          .scale = 0.08,
                          .organ_density = 0.01,
                          .bone_mineral = 0.25,
                          .mirror_probability = 0.5};
}

static fsam_status check(const fv_variation *v)
{
    if (!(v->scale >= 0 && v->scale < 1)) return fb_fail(FSAM_ERROR_ARGUMENT, "scale: not in 0..1");
    if (!(v->organ_density >= 0 && v->organ_density < 1))
        return fb_fail(FSAM_ERROR_ARGUMENT, "organ_density: not in 0..1");
    if (!(v->bone_mineral >= 0 && v->bone_mineral <= 1))
        return fb_fail(FSAM_ERROR_ARGUMENT, "bone_mineral: not in 0..1");
    if (!(v->deform_mm >= 0) || (v->deform_mm > 0 && !(v->deform_mm < MOST_DISPLACED * v->control_mm)))
        return fb_fail(FSAM_ERROR_ARGUMENT, "deform_mm: not in 0..%.1f of control_mm", MOST_DISPLACED);
    return FSAM_OK;
}

/* ---- names ---- */

static size_t match_side(const char *at, const char *begin, const char *side)
{
    size_t length = strlen(side);
    bool starts = at == begin || !isalpha((unsigned char)at[-1]);
    return starts && strncasecmp(at, side, length) == 0 && !isalpha((unsigned char)at[length]) ? length : 0;
}

void fv_other_side(const char *name, char *out)
{
    bool swapped = false;
    for (const char *at = name; *at != '\0';) {
        size_t left = swapped ? 0 : match_side(at, name, "left"), right = swapped ? 0 : match_side(at, name, "right");
        if (left + right == 0) {
            *out++ = *at++;
            continue;
        }
        const char *other = left != 0 ? "right" : "left";
        size_t length = strlen(other);
        memcpy(out, other, length);
        if (isupper((unsigned char)*at)) *out = (char)toupper((unsigned char)*out);
        out += length;
        at += left + right;
        swapped = true; /* one side a name: room is for one */
    }
    *out = '\0';
}

/* ---- the map ---- */

static fsam_status place_controls(const fv_grid *grid, const fv_variation *v, way *w)
{
    double low[3], high[3];
    fv_grid_bounds(grid, low, high);
    size_t count = 1;
    w->control_mm = v->control_mm;
    for (int i = 0; i < 3; i++) { /* one cell more on every side: a spline needs four control points about each place */
        double cells = ceil((high[i] - low[i]) / v->control_mm);
        if (!(cells < 1024)) return fb_fail(FSAM_ERROR_ARGUMENT, "control_mm: more than 1024 control points");
        w->size[i] = (int)cells + 3;
        w->first_mm[i] = low[i] - v->control_mm;
        count *= (size_t)w->size[i];
    }
    w->shift = fb_alloc(count, sizeof *w->shift);
    if (w->shift == NULL) return fb_fail(FSAM_ERROR_MEMORY, "deformation: no memory for its control points");
    fb_random random = fb_random_start(v->seed, v->scene, 0, STREAM_CONTROL);
    for (size_t k = 0; k < count; k++)
        for (int i = 0; i < 3; i++) w->shift[k][i] = (float)fb_random_between(&random, -v->deform_mm, v->deform_mm);
    return FSAM_OK;
}

/* The weights of four control points at `t` of the way from the second to the third. */
static void spline_weights(double t, double weight[4])
{
    double s = 1 - t;
    weight[0] = s * s * s / 6;
    weight[1] = (3 * t * t * t - 6 * t * t + 4) / 6;
    weight[2] = (3 * s * s * s - 6 * s * s + 4) / 6;
    weight[3] = t * t * t / 6;
}

static void displace(const way *w, double place[3])
{
    double weight[3][4], sum[3] = {0};
    size_t first[3];
    for (int i = 0; i < 3; i++) {
        double at = (place[i] - w->first_mm[i]) / w->control_mm;
        double cell = fmin(fmax(floor(at), 1), w->size[i] - 3);
        spline_weights(fmin(fmax(at - cell, 0), 1), weight[i]);
        first[i] = (size_t)cell - 1;
    }
    for (size_t z = 0; z < 4; z++)
        for (size_t y = 0; y < 4; y++) {
            size_t row = ((first[2] + z) * (size_t)w->size[1] + first[1] + y) * (size_t)w->size[0] + first[0];
            double share = weight[2][z] * weight[1][y];
            for (size_t x = 0; x < 4; x++)
                for (int i = 0; i < 3; i++) sum[i] += share * weight[0][x] * (double)w->shift[row + x][i];
        }
    for (int i = 0; i < 3; i++) place[i] += sum[i];
}

/* From a voxel of the new patient to a place in the old one's voxels: deformed, then scaled and mirrored about the
 * centre. */
static void go_back(const way *w, int x, int y, int z, double voxel[3])
{
    double place[3] = {x, y, z};
    fv_affine_apply(&w->world_from_voxel, place, place);
    if (w->shift != NULL) displace(w, place);
    for (int i = 0; i < 3; i++) place[i] = w->centre_mm[i] + (place[i] - w->centre_mm[i]) / w->scale[i];
    fv_affine_apply(&w->voxel_from_world, place, voxel);
}

static fsam_status prepare_way(const fv_grid *grid, const fv_variation *v, fb_random *patient, way *w)
{
    *w = (way){.world_from_voxel = grid->world_from_voxel};
    if (!fv_affine_invert(&grid->world_from_voxel, &w->voxel_from_world))
        return fb_fail(FSAM_ERROR_INTERNAL, "variation: a grid without an inverse");
    fv_grid_centre(grid, w->centre_mm);
    for (int i = 0; i < 3; i++) w->scale[i] = fb_random_between(patient, 1 - v->scale, 1 + v->scale);
    if (fb_random_uniform(patient) < v->mirror_probability) w->scale[0] = -w->scale[0];
    return v->deform_mm > 0 ? place_controls(grid, v, w) : FSAM_OK;
}

/* ---- densities ---- */

static fsam_status prepare_changes(const fv_labels *labels, const fv_variation *v, fb_random *patient, changes *c)
{
    size_t count = labels != NULL ? (size_t)labels->count + 1 : 1;
    *c = (changes){.density = malloc(count * sizeof *c->density),
                   .is_bone = calloc(count, sizeof *c->is_bone),
                   .label = calloc(count, sizeof *c->label)};
    if (c->density == NULL || c->is_bone == NULL || c->label == NULL)
        return fb_fail(FSAM_ERROR_MEMORY, "variation: out of memory");
    c->mineral = 1 + fb_random_between(patient, -v->bone_mineral, v->bone_mineral);
    c->density[0] = 1;
    fb_random organs = fb_random_start(v->seed, v->scene, 0, STREAM_ORGANS);
    for (size_t k = 1; k < count; k++) {
        const fb_structure *category = labels->structure[k - 1].category;
        c->density[k] = 1 + v->organ_density * fmin(fmax(fb_random_normal(&organs), -3), 3);
        c->is_bone[k] = category != NULL && category->kind == FB_KIND_BONE;
    }
    return FSAM_OK;
}

static int16_t vary_hu(double hu, int label, const changes *c)
{
    if (c->is_bone[label] && hu > SOFT_HU) hu = SOFT_HU + (hu - SOFT_HU) * c->mineral;
    if (label != 0) hu = (hu + 1000) * c->density[label] - 1000; /* HU above air are proportional to density */
    return (int16_t)lrint(fmin(fmax(hu, INT16_MIN), INT16_MAX));
}

/* ---- volumes ---- */

/* The old volumes and the new ones; NULL where there are none. */
typedef struct volumes {
    const fv_ct *ct;
    const fv_labels *labels;
    fv_ct *new_ct;
    fv_labels *new_labels;
} volumes;

static void fill_voxel(const volumes *v, const changes *c, size_t at, const double voxel[3])
{
    int label = v->labels != NULL ? fv_labels_sample(v->labels, voxel) : 0;
    if (v->labels != NULL) v->new_labels->label[at] = c->label[label];
    if (v->ct != NULL) v->new_ct->hu[at] = vary_hu(fv_ct_sample(v->ct, voxel), label, c);
}

/* A row along x, whose first voxel is number `at`. The way back is found for every KNOT-th voxel and straight between
 * them: control points are many voxels apart. */
static void fill_row(const way *w, const volumes *v, const changes *c, size_t at, int count, int y, int z)
{
    enum { KNOT = 8 };
    double from[3], to[3], voxel[3];
    go_back(w, 0, y, z, to);
    for (int x = 0; x < count; x++) {
        int past = x % KNOT;
        if (past == 0) {
            memcpy(from, to, sizeof from);
            go_back(w, x + KNOT, y, z, to);
        }
        for (int i = 0; i < 3; i++) voxel[i] = from[i] + (to[i] - from[i]) * past / KNOT;
        fill_voxel(v, c, at + (size_t)x, voxel);
    }
}

static void fill(const way *w, const volumes *v, const changes *c, const int size[3])
{
#pragma omp parallel for schedule(dynamic)
    for (int z = 0; z < size[2]; z++)
        for (int y = 0; y < size[1]; y++) {
            size_t row = (size_t)z * (size_t)size[1] + (size_t)y;
            fill_row(w, v, c, row * (size_t)size[0], size[0], y, z);
        }
}

/* Structures with no counterpart on the other side: mirrored, they are part of what corresponds to their whole. */
static const struct {
    const char *name, *whole;
} lone[] = {{"lung_middle_lobe_right", "lung_upper_lobe_right"}, {"atrial_appendage_left", "heart"}};

/* The name before it is mirrored; NULL when it has no counterpart and its whole has no label to join. */
static const char *name_to_mirror(const fv_labels *labels, const char *name)
{
    for (size_t i = 0; i < sizeof lone / sizeof *lone; i++)
        if (strcmp(name, lone[i].name) == 0) return fv_labels_find(labels, lone[i].whole) != 0 ? lone[i].whole : NULL;
    return name;
}

static fsam_status add_name(const char *name, bool mirrored, fv_labels *to, uint16_t *label)
{
    char *kept = malloc(strlen(name) + 2);
    if (kept == NULL) return fb_fail(FSAM_ERROR_MEMORY, "variation: out of memory");
    if (mirrored)
        fv_other_side(name, kept);
    else
        memcpy(kept, name, strlen(name) + 1);
    const int found = fv_labels_find(to, kept);
    const fsam_status status = found == 0 ? fv_labels_add(to, kept) : FSAM_OK;
    *label = (uint16_t)(found == 0 ? to->count : found);
    free(kept);
    return status;
}

static fsam_status copy_names(const fv_labels *from, bool mirrored, fv_labels *to, uint16_t *label)
{
    for (int k = 1; k <= from->count; k++) {
        const char *own = from->structure[k - 1].name, *name = mirrored ? name_to_mirror(from, own) : own;
        if (name != NULL) FB_TRY(add_name(name, mirrored, to, &label[k])); /* else label[k] stays 0 */
    }
    return FSAM_OK;
}

static fsam_status make_volumes(const volumes *v, const fv_grid *grid, bool mirrored, changes *c)
{
    if (v->ct != NULL) FB_TRY(fv_ct_make(grid, "variation", v->new_ct));
    if (v->labels == NULL) return FSAM_OK;
    FB_TRY(fv_labels_make(grid, "variation", v->new_labels));
    return copy_names(v->labels, mirrored, v->new_labels, c->label);
}

static fsam_status vary(const fv_grid *grid, const volumes *v, const fv_variation *variation)
{
    way w;
    changes c = {0};
    fb_random patient = fb_random_start(variation->seed, variation->scene, 0, STREAM_PATIENT);
    fsam_status status = prepare_way(grid, variation, &patient, &w);
    if (status == FSAM_OK) status = prepare_changes(v->labels, variation, &patient, &c);
    if (status == FSAM_OK) status = make_volumes(v, grid, w.scale[0] < 0, &c);
    if (status == FSAM_OK) fill(&w, v, &c, grid->size);
    if (status == FSAM_OK && v->labels != NULL) status = fv_labels_drop_empty(v->new_labels);
    fb_free(w.shift);
    free(c.density);
    free(c.is_bone);
    free(c.label);
    return status;
}

fsam_status fv_vary(const fv_ct *ct, const fv_labels *labels, const fv_variation *variation, fv_ct *new_ct,
                    fv_labels *new_labels)
{
    const volumes v = {ct, labels, new_ct, new_labels};
    if (new_ct != NULL) *new_ct = (fv_ct){0};
    if (new_labels != NULL) *new_labels = (fv_labels){0};
    if ((ct == NULL && labels == NULL) || (ct == NULL) != (new_ct == NULL) || (labels == NULL) != (new_labels == NULL))
        return fb_fail(FSAM_ERROR_ARGUMENT, "variation: a volume without a place for the new one, or none at all");
    FB_TRY(check(variation));
    if (ct != NULL && labels != NULL && !fv_grid_same(&ct->grid, &labels->grid))
        return fb_fail(FSAM_ERROR_MISMATCH, "variation: the labels are not on the grid of the CT");
    fsam_status status = vary(ct != NULL ? &ct->grid : &labels->grid, &v, variation);
    if (status != FSAM_OK) {
        fv_ct_free(new_ct);
        fv_labels_free(new_labels);
    }
    return status;
}
