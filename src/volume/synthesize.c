#include "volume/synthesize.h"

#include "volume/outline.h"
#include "volume/texture.h"
#include <math.h>
#include <stdlib.h>

#define COVER_MM      14.0 /* of tissue about the outermost parts */
#define SKIN_MM       2.0
#define FAT_MM        11.0 /* under the skin, give or take what the coarse texture says */
#define FAT_VARIES_MM 3.0
#define WALL_MM       12.0 /* of muscle under the fat */
#define MUSCLE_MM     8.0  /* about bones and muscles */
#define WATER_MM      6.0  /* about the brain */
#define SHELL_MM      1.5  /* of dense bone */
#define FINE_MM       2.5  /* pitch of the textures */
#define COARSE_MM     14.0
#define BUBBLE_MM     30.0
#define SKIN_HU       10.0
#define FAT_HU        (-100.0)
#define MUSCLE_HU     50.0
#define WATER_HU      8.0
#define GAS_HU        (-970.0)

enum { STREAM_FINE = 1, STREAM_COARSE = 2, STREAM_BUBBLES = 3 }; /* of random numbers */

typedef struct maker {
    const fv_labels *labels;
    fv_tissue *tissue; /* [count + 1] */
    bool bare;         /* there is no outline */
    fv_outline outline;
    fv_affine outline_from_world;
    fv_texture fine, coarse, bubbles;
    int shell[3]; /* SHELL_MM in voxels */
} maker;

/* Whether a voxel of bone lies in its shell: a neighbour that far away, along an axis, is something else. */
static bool in_shell(const maker *m, const int at[3], int label)
{
    const int *size = m->labels->grid.size;
    const ptrdiff_t stride[3] = {1, size[0], (ptrdiff_t)size[0] * size[1]};
    const uint16_t *here = m->labels->label + at[0] + at[1] * stride[1] + at[2] * stride[2];
    for (int i = 0; i < 3; i++) {
        ptrdiff_t away = m->shell[i] * stride[i];
        if (at[i] >= m->shell[i] && here[-away] != label) return true;
        if (at[i] + m->shell[i] < size[i] && here[away] != label) return true;
    }
    return false;
}

/* 0 at `edge` - `width`, 1 at `edge` + `width`, and straight between them. */
static double ramp(double value, double edge, double width)
{
    return fmin(fmax((value - edge) / (2 * width) + 0.5, 0), 1);
}

/* The share of gas inside a hollow organ. The texture is between -1 and 1 in most places: its distribution is near a
 * logistic one of scale 0.37. */
static double gas_at(const maker *m, const int at[3], int label, const double world[3])
{
    const double share = m->tissue[label].gas;
    if (share <= 0 || in_shell(m, at, label)) return 0;
    if (share >= 1) return 1;
    return ramp(fv_texture_at(&m->bubbles, world), 0.37 * log((1 - share) / share), 0.08);
}

static double labelled_hu(const maker *m, const int at[3], int label, const double world[3])
{
    const fv_tissue *tissue = &m->tissue[label];
    double texture = 0.7 * fv_texture_at(&m->fine, world) + 0.7 * fv_texture_at(&m->coarse, world);
    bool dense = tissue->shell_hu != tissue->hu && in_shell(m, at, label);
    double hu = (dense ? tissue->shell_hu : tissue->hu) + tissue->texture_hu * texture;
    return hu + (GAS_HU - hu) * gas_at(m, at, label, world);
}

static double unlabelled_hu(const maker *m, const double world[3])
{
    double voxel[3];
    if (m->bare) return FV_HU_AIR;
    fv_affine_apply(&m->outline_from_world, world, voxel);
    double depth = fv_outline_sample(&m->outline, m->outline.depth_mm, voxel);
    if (depth < 0) return FV_HU_AIR;
    if (fv_outline_sample(&m->outline, m->outline.from_brain_mm, voxel) < WATER_MM) return WATER_HU;
    double coarse = fv_texture_at(&m->coarse, world), fine = fv_texture_at(&m->fine, world);
    double frame = fv_outline_sample(&m->outline, m->outline.from_frame_mm, voxel);
    double fat_mm = FAT_MM + FAT_VARIES_MM * coarse;
    double wall = 1 - ramp(depth, fat_mm + WALL_MM, 2);
    double muscle = fmax(fmax(1 - ramp(frame, MUSCLE_MM, 2), wall), ramp(coarse, 0.1, 0.4));
    double deep = FAT_HU + (MUSCLE_HU - FAT_HU) * muscle;
    double under_fat = ramp(depth, fat_mm, 1);
    double hu = FAT_HU + (deep - FAT_HU) * under_fat;
    hu = SKIN_HU + (hu - SKIN_HU) * ramp(depth, SKIN_MM, 0.5);
    return hu + 10 * fine;
}

static void fill_plane(const maker *m, int z, int16_t *hu)
{
    const fv_grid *grid = &m->labels->grid;
    size_t row = (size_t)z * (size_t)grid->size[1] * (size_t)grid->size[0];
    for (int y = 0; y < grid->size[1]; y++)
        for (int x = 0; x < grid->size[0]; x++, row++) {
            const int at[3] = {x, y, z};
            int label = m->labels->label[row];
            double world[3] = {x, y, z};
            fv_affine_apply(&grid->world_from_voxel, world, world);
            hu[row] = (int16_t)lrint(label != 0 ? labelled_hu(m, at, label, world) : unlabelled_hu(m, world));
        }
}

/* Softens a line of `count` voxels, `stride` apart. */
static void soften_line(int16_t *hu, int count, ptrdiff_t stride)
{
    int before = hu[0];
    for (int i = 0; i < count; i++) {
        const int here = hu[i * stride], after = i + 1 < count ? hu[(i + 1) * stride] : here;
        hu[i * stride] = (int16_t)lrint((before + 8 * here + after) / 10.0);
        before = here;
    }
}

/* Along z, y and x; a plane or row at a time. */
static void soften(const fv_grid *grid, int16_t *hu)
{
    const int *size = grid->size;
    const ptrdiff_t row = size[0], plane = row * size[1];
#pragma omp parallel for schedule(static)
    for (ptrdiff_t i = 0; i < plane; i++) soften_line(hu + i, size[2], plane);
#pragma omp parallel for schedule(static)
    for (int z = 0; z < size[2]; z++) {
        for (int x = 0; x < size[0]; x++) soften_line(hu + z * plane + x, size[1], row);
        for (int y = 0; y < size[1]; y++) soften_line(hu + z * plane + y * row, size[0], 1);
    }
}

static fsam_status prepare(maker *m, const fv_synthesis *options)
{
    double spacing[3];
    const fv_labels *labels = m->labels;
    m->tissue = malloc(((size_t)labels->count + 1) * sizeof *m->tissue);
    if (m->tissue == NULL) return fb_fail(FSAM_ERROR_MEMORY, "synthetic CT: out of memory");
    for (int k = 1; k <= labels->count; k++)
        m->tissue[k] = options->tissue != NULL ? options->tissue[k] : fv_tissue_of(&labels->structure[k - 1]);
    fv_grid_spacing(&labels->grid, spacing);
    for (int i = 0; i < 3; i++) m->shell[i] = (int)fmax(round(SHELL_MM / spacing[i]), 1);
    if (!options->bare) {
        FB_TRY(fv_outline_make(labels, COVER_MM, &m->outline));
        fv_affine_invert(&m->outline.grid.world_from_voxel, &m->outline_from_world);
    }
    FB_TRY(fv_texture_make(&labels->grid, FINE_MM, options->seed, options->scene, STREAM_FINE, &m->fine));
    FB_TRY(fv_texture_make(&labels->grid, COARSE_MM, options->seed, options->scene, STREAM_COARSE, &m->coarse));
    return fv_texture_make(&labels->grid, BUBBLE_MM, options->seed, options->scene, STREAM_BUBBLES, &m->bubbles);
}

fsam_status fv_ct_synthesize(const fv_labels *labels, const fv_synthesis *options, fv_ct *ct)
{
    maker m = {.labels = labels, .bare = options->bare};
    *ct = (fv_ct){0};
    fsam_status status = prepare(&m, options);
    if (status == FSAM_OK) status = fv_ct_make(&labels->grid, "synthetic CT", ct);
    if (status == FSAM_OK) {
#pragma omp parallel for schedule(dynamic)
        for (int z = 0; z < labels->grid.size[2]; z++) fill_plane(&m, z, ct->hu);
        soften(&labels->grid, ct->hu);
    }
    free(m.tissue);
    fv_outline_free(&m.outline);
    fv_texture_free(&m.fine);
    fv_texture_free(&m.coarse);
    fv_texture_free(&m.bubbles);
    return status;
}

fsam_status fv_ct_from_labels(const fv_labels *labels, uint64_t seed, uint32_t scene, fv_ct *ct)
{
    const fv_synthesis usual = {.seed = seed, .scene = scene};
    return fv_ct_synthesize(labels, &usual, ct);
}
