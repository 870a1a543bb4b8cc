#include "volume/synthesize.h"

#include "volume/outline.h"
#include "volume/texture.h"
#include <math.h>
#include <stdlib.h>

#define COVER_MM      14.0 /* of tissue about the outermost parts */
#define SKIN_MM       2.0
#define FAT_MM        11.0 /* under the skin, give or take what the coarse texture says */
#define FAT_VARIES_MM 3.0
#define MUSCLE_MM     8.0 /* about bones and muscles */
#define SHELL_MM      1.5 /* of dense bone */
#define FINE_MM       2.5 /* pitch of the textures */
#define COARSE_MM     14.0
#define SKIN_HU       10.0
#define FAT_HU        (-100.0)
#define MUSCLE_HU     50.0

enum { STREAM_FINE = 1, STREAM_COARSE = 2 }; /* of random numbers */

typedef struct maker {
    const fv_labels *labels;
    fv_tissue *tissue; /* [count + 1] */
    bool bare;         /* there is no outline */
    fv_outline outline;
    fv_affine outline_from_world;
    fv_texture fine, coarse;
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

static double labelled_hu(const maker *m, const int at[3], int label, const double world[3])
{
    const fv_tissue *tissue = &m->tissue[label];
    double texture = 0.7 * fv_texture_at(&m->fine, world) + 0.7 * fv_texture_at(&m->coarse, world);
    bool dense = tissue->shell_hu != tissue->hu && in_shell(m, at, label);
    return (dense ? tissue->shell_hu : tissue->hu) + tissue->texture_hu * texture;
}

/* 0 at `edge` - `width`, 1 at `edge` + `width`, and straight between them. */
static double ramp(double value, double edge, double width)
{
    return fmin(fmax((value - edge) / (2 * width) + 0.5, 0), 1);
}

static double unlabelled_hu(const maker *m, const double world[3])
{
    double voxel[3];
    if (m->bare) return FV_HU_AIR;
    fv_affine_apply(&m->outline_from_world, world, voxel);
    double depth = fv_outline_sample(&m->outline, m->outline.depth_mm, voxel);
    if (depth < 0) return FV_HU_AIR;
    double coarse = fv_texture_at(&m->coarse, world), fine = fv_texture_at(&m->fine, world);
    double frame = fv_outline_sample(&m->outline, m->outline.from_frame_mm, voxel);
    double muscle = fmax(1 - ramp(frame, MUSCLE_MM, 2), ramp(coarse, 0.3, 0.4));
    double deep = FAT_HU + (MUSCLE_HU - FAT_HU) * muscle;
    double under_fat = ramp(depth, FAT_MM + FAT_VARIES_MM * coarse, 1);
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
    return fv_texture_make(&labels->grid, COARSE_MM, options->seed, options->scene, STREAM_COARSE, &m->coarse);
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
    }
    free(m.tissue);
    fv_outline_free(&m.outline);
    fv_texture_free(&m.fine);
    fv_texture_free(&m.coarse);
    return status;
}

fsam_status fv_ct_from_labels(const fv_labels *labels, uint64_t seed, uint32_t scene, fv_ct *ct)
{
    const fv_synthesis usual = {.seed = seed, .scene = scene};
    return fv_ct_synthesize(labels, &usual, ct);
}
