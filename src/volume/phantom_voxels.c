/* phantom_voxels.c - the analytic phantom on a grid, row by row: each is cut by lines along x. */
#include "volume/phantom_internal.h"

#include "base/memory.h"
#include "volume/texture.h"
#include <math.h>
#include <stdlib.h>

#define TEXTURE_PITCH_MM 4.0

enum { STREAM_TEXTURE = 16, LINES = 4 }; /* across a voxel, for its HU */

typedef struct voxeliser {
    const fv_phantom *phantom;
    const fv_grid *grid;
    double spacing, first[3];
    fv_texture texture;
    uint16_t of_category[FB_CATEGORIES]; /* labels, by index */
    int16_t *hu;
    uint16_t *label;
} voxeliser;

/* One thread's memory for the row at hand. */
typedef struct row_work {
    const voxeliser *v;
    fv_sweep *sweep;
    size_t *near, near_count; /* pieces that reach the plane at hand */
    float *hu, *texture;      /* [size x]: sums over its lines, HU above air */
    uint16_t *label;          /* [size x] of the output */
} row_work;

static void line_through(row_work *work, double y, double z, fv_sweep_found *found)
{
    const voxeliser *v = work->v;
    const double origin[3] = {v->first[0], y, z}, along_x[3] = {1, 0, 0};
    fv_sweep_clear(work->sweep);
    for (size_t i = 0; i < work->near_count; i++) {
        const fv_shape *shape = &v->phantom->piece[work->near[i]].shape;
        double from, to;
        if (y < shape->low[1] || y > shape->high[1] || z < shape->low[2] || z > shape->high[2]) continue;
        if (fv_shape_chord(shape, origin, along_x, &from, &to)) fv_sweep_add(work->sweep, work->near[i], from, to);
    }
    fv_sweep_run(work->sweep, found, work);
}

/* Voxels whose centres lie in a stretch take its label. */
static void mark(void *context, size_t piece, double from, double to)
{
    const row_work *work = context;
    const voxeliser *v = work->v;
    const fb_structure *category = v->phantom->piece[piece].category;
    const int first = (int)fmax(ceil(from / v->spacing), 0);
    const int end = (int)fmin(ceil(to / v->spacing), v->grid->size[0]);
    const uint16_t label = category == NULL ? 0 : v->of_category[category - fb_category_at(0)];
    for (int x = first; x < end; x++) work->label[x] = label;
}

/* Voxels take as much of a stretch as lies in them. */
static void deposit(void *context, size_t piece, double from, double to)
{
    row_work *work = context;
    const voxeliser *v = work->v;
    const fv_piece *p = &v->phantom->piece[piece];
    const double low = fmax(from / v->spacing + 0.5, 0), high = fmin(to / v->spacing + 0.5, v->grid->size[0]);
    for (int x = (int)low; x < high; x++) {
        const double share = (fmin(high, x + 1) - fmax(low, x)) / LINES;
        work->hu[x] += (float)(share * (p->hu - FV_HU_AIR));
        work->texture[x] += (float)(share * p->texture_hu);
    }
}

static void fill_row(row_work *work, int y, int z)
{
    const voxeliser *v = work->v;
    const int width = v->grid->size[0];
    const size_t start = ((size_t)z * (size_t)v->grid->size[1] + (size_t)y) * (size_t)width;
    const double centre[2] = {v->first[1] + y * v->spacing, v->first[2] + z * v->spacing};
    work->label = v->label + start;
    line_through(work, centre[0], centre[1], mark);
    for (int x = 0; x < width; x++) work->hu[x] = work->texture[x] = 0;
    for (int i = 0; i < LINES; i++)
        line_through(work, centre[0] + ((i & 1) - 0.5) * 0.5 * v->spacing,
                     centre[1] + ((i >> 1) - 0.5) * 0.5 * v->spacing, deposit);
    for (int x = 0; x < width; x++) {
        double hu = (double)work->hu[x] + FV_HU_AIR;
        if (work->texture[x] > 0) {
            const double world[3] = {v->first[0] + x * v->spacing, centre[0], centre[1]};
            hu += (double)work->texture[x] * fv_texture_at(&v->texture, world);
        }
        v->hu[start + (size_t)x] = (int16_t)lrint(fmax(hu, FV_HU_AIR));
    }
}

static void fill_plane(row_work *work, int z)
{
    const voxeliser *v = work->v;
    const double middle = v->first[2] + z * v->spacing, reach = 0.5 * v->spacing;
    work->near_count = 0;
    for (size_t k = 0; k < v->phantom->count; k++) {
        const fv_shape *shape = &v->phantom->piece[k].shape;
        if (shape->high[2] >= middle - reach && shape->low[2] <= middle + reach) work->near[work->near_count++] = k;
    }
    for (int y = 0; y < v->grid->size[1]; y++) fill_row(work, y, z);
}

static bool make_work(const voxeliser *v, row_work *work)
{
    const size_t width = (size_t)v->grid->size[0];
    *work = (row_work){.v = v};
    work->near = fb_alloc(v->phantom->count, sizeof *work->near);
    work->hu = fb_alloc(width, sizeof *work->hu);
    work->texture = fb_alloc(width, sizeof *work->texture);
    return fv_sweep_make(v->phantom->count, &work->sweep) == FSAM_OK && work->near != NULL && work->hu != NULL &&
           work->texture != NULL;
}

static void free_work(row_work *work)
{
    fv_sweep_free(work->sweep);
    fb_free(work->near);
    fb_free(work->hu);
    fb_free(work->texture);
}

static fsam_status fill(const voxeliser *v)
{
    bool short_of_memory = false;
#pragma omp parallel
    {
        row_work work;
        const bool ready = make_work(v, &work);
        if (!ready) {
#pragma omp atomic write
            short_of_memory = true;
        }
#pragma omp for schedule(dynamic)
        for (int z = 0; z < v->grid->size[2]; z++)
            if (ready) fill_plane(&work, z);
        free_work(&work);
    }
    return short_of_memory ? fb_fail(FSAM_ERROR_MEMORY, "phantom: no memory for a row") : FSAM_OK;
}

static fsam_status grid_of(const fv_phantom *phantom, const fv_phantom_options *options, fv_grid *grid)
{
    double low[3], high[3], first[3];
    const double spacing = options->spacing_mm;
    int size[3];
    fv_phantom_bounds(phantom, low, high);
    bool whole = true;
    for (int i = 0; i < 3; i++) whole = whole && options->low_mm[i] == 0 && options->high_mm[i] == 0;
    if (!(spacing > 0)) return fb_fail(FSAM_ERROR_ARGUMENT, "phantom: spacing_mm: %g is not positive", spacing);
    for (int i = 0; i < 3; i++) {
        if (!whole) low[i] = options->low_mm[i], high[i] = options->high_mm[i];
        const double count = ceil((high[i] - low[i]) / spacing - 1e-9);
        if (!(count >= 1 && count <= FV_MAX_SIZE))
            return fb_fail(FSAM_ERROR_ARGUMENT, "phantom: box: %g to %g mm along %c is no 1 to %d voxels of %g mm",
                           low[i], high[i], "xyz"[i], FV_MAX_SIZE, spacing);
        size[i] = (int)count;
        first[i] = low[i] + 0.5 * spacing;
    }
    *grid = fv_grid_upright(size, (double[]){spacing, spacing, spacing}, first);
    return fv_grid_check(grid, "phantom", 0);
}

static fsam_status fill_volumes(voxeliser *v, const fv_phantom_options *options, fv_ct *ct, fv_labels *labels)
{
    FB_TRY(fv_ct_make(v->grid, "phantom", ct));
    FB_TRY(fv_labels_make(v->grid, "phantom", labels));
    for (size_t k = 0; k < FB_CATEGORIES; k++) {
        FB_TRY(fv_labels_add(labels, fb_category_at(k)->name));
        v->of_category[k] = (uint16_t)labels->count;
    }
    FB_TRY(fv_texture_make(v->grid, TEXTURE_PITCH_MM, options->seed, options->scene, STREAM_TEXTURE, &v->texture));
    v->hu = ct->hu;
    v->label = labels->label;
    FB_TRY(fill(v));
    return fv_labels_drop_empty(labels);
}

fsam_status fv_phantom_voxelise(const fv_phantom *phantom, const fv_phantom_options *options, fv_ct *ct,
                                fv_labels *labels)
{
    fv_grid grid;
    *ct = (fv_ct){0};
    *labels = (fv_labels){0};
    FB_TRY(grid_of(phantom, options, &grid));
    voxeliser v = {.phantom = phantom, .grid = &grid, .spacing = options->spacing_mm};
    for (int i = 0; i < 3; i++) v.first[i] = grid.world_from_voxel.m[i][3];
    const fsam_status status = fill_volumes(&v, options, ct, labels);
    fv_texture_free(&v.texture);
    if (status == FSAM_OK) return FSAM_OK;
    fv_ct_free(ct);
    fv_labels_free(labels);
    return status;
}
