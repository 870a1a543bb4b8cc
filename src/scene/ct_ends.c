#include "scene/ct_ends.h"

#include <math.h>
#include <stdlib.h>

#define LEAST_BODY_MM 30.0 /* a table or a blanket is thinner */

enum {
    BODY_HU = -300, /* between air and fat */
    RAYS = 24       /* along a side of the picture */
};

/* The slice at which a column of voxels ends, counted from `first` on in steps of `step`, up to `most` of them. A
 * column that is outside throughout ends where the grid does. */
static int find_end(const int16_t *column, size_t slice, int first, int step, int most)
{
    for (int i = 0; i <= most; i++)
        if (column[(size_t)(first + i * step) * slice] != FV_HU_OUTSIDE) return first + i * step;
    return first;
}

/* Whether one of the last three voxels of a column is in the body: of varied ones the very last is blurred. */
static bool is_body(const int16_t *column, size_t slice, int end, int step, int count)
{
    for (int i = 0; i < count; i++)
        if (column[(size_t)(end + i * step) * slice] > BODY_HU) return true;
    return false;
}

static void find_ends(const fv_ct *ct, int end, int frayed, fs_ct_ends *ends)
{
    enum { BLURRED = 3 };
    const int *size = ends->size;
    const size_t slice = (size_t)size[0] * (size_t)size[1];
    const int first = end == 0 ? 0 : size[2] - 1, step = end == 0 ? 1 : -1;
    ends->nearest[end] = first;
    for (size_t i = 0; i < slice; i++) {
        const int at = find_end(ct->hu + i, slice, first, step, frayed);
        const bool body = is_body(ct->hu + i, slice, at, step, frayed > 0 ? BLURRED : 1);
        ends->slice[end][i] = (int16_t)at;
        ends->body[end][i] = body;
        ends->reached[end] = ends->reached[end] || body;
        if (body && (at - ends->nearest[end]) * step > 0) ends->nearest[end] = at;
    }
}

fsam_status fs_ct_ends_make(const fv_ct *ct, double frayed_mm, const char *where, fs_ct_ends *ends)
{
    const int *size = ct->grid.size;
    const size_t slice = (size_t)size[0] * (size_t)size[1];
    double spacing[3];
    *ends = (fs_ct_ends){.size = {size[0], size[1], size[2]}};
    if (!fv_affine_invert(&ct->grid.world_from_voxel, &ends->voxel_from_world))
        return fb_fail(FSAM_ERROR_FORMAT, "%s: affine: it has no inverse", where);
    fv_grid_spacing(&ct->grid, spacing);
    ends->spacing_mm = fmin(spacing[0], spacing[1]);
    for (int end = 0; end < 2; end++) {
        ends->body[end] = malloc(slice);
        ends->slice[end] = malloc(slice * sizeof *ends->slice[end]);
        if (ends->body[end] != NULL && ends->slice[end] != NULL) continue;
        fs_ct_ends_free(ends);
        return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    }
    /* less than half of the column, and room for the blurred ones */
    const int frayed = (int)fmax(0, fmin(ceil(frayed_mm / spacing[2]), size[2] / 2 - 4));
    for (int end = 0; end < 2; end++) find_ends(ct, end, frayed, ends);
    return FSAM_OK;
}

void fs_ct_ends_free(fs_ct_ends *ends)
{
    for (int end = 0; end < 2; end++) {
        free(ends->body[end]);
        free(ends->slice[end]);
    }
    *ends = (fs_ct_ends){0};
}

/* Of a way in voxels, from `start` on for `step` a time and `last` times, what lies beside the volume along one axis is
 * cut off: steps first .. last. */
static void narrow(double start, double step, double low, double high, double *first, double *last)
{
    if (fabs(step) < 1e-12) {
        if (start < low || start > high) *last = -1;
        return;
    }
    const double a = (low - start) / step, b = (high - start) / step;
    *first = fmax(*first, fmin(a, b));
    *last = fmin(*last, fmax(a, b));
}

/* Whether the ray, in voxels from `start` on for `step` a time, crosses enough body beyond an end in `steps` steps. */
static bool misses_body(const fs_ct_ends *ends, int end, const double start[3], const double step[3], double steps,
                        int enough)
{
    double first = 0, last = steps;
    narrow(start[0], step[0], -0.5, ends->size[0] - 0.5, &first, &last);
    narrow(start[1], step[1], -0.5, ends->size[1] - 0.5, &first, &last);
    narrow(start[2], step[2], end == 0 ? -INFINITY : ends->nearest[1] + 0.5,
           end == 0 ? ends->nearest[0] - 0.5 : INFINITY, &first, &last);
    int met = 0;
    for (double k = ceil(first); k <= last && met < enough; k++) {
        const int x = (int)floor(start[0] + k * step[0] + 0.5), y = (int)floor(start[1] + k * step[1] + 0.5);
        if (x < 0 || y < 0 || x >= ends->size[0] || y >= ends->size[1]) continue;
        const size_t at = (size_t)y * (size_t)ends->size[0] + (size_t)x;
        const double beyond = (start[2] + k * step[2] - ends->slice[end][at]) * (end == 0 ? -1 : 1);
        met += ends->body[end][at] && beyond >= 0.5;
    }
    return met >= enough;
}

double fs_ct_ends_share(const fs_ct_ends *ends, const fx_camera *camera)
{
    const double step_mm = fmax(ends->spacing_mm, 2);
    const int enough = (int)ceil(LEAST_BODY_MM / step_mm);
    double source[3], start[3];
    int missing = 0;
    if (!ends->reached[0] && !ends->reached[1]) return 0;
    fx_camera_source(camera, source);
    fv_affine_apply(&ends->voxel_from_world, source, start);
    for (int i = 0; i < RAYS * RAYS; i++) {
        double at[3], step[3];
        const double x = (i % RAYS + 0.5) * camera->width / RAYS - 0.5,
                     y = (i / RAYS + 0.5) * camera->height / RAYS - 0.5;
        const double length = fx_camera_ray(camera, x, y, at);
        for (int k = 0; k < 3; k++) at[k] = source[k] + step_mm * at[k];
        fv_affine_apply(&ends->voxel_from_world, at, step);
        for (int k = 0; k < 3; k++) step[k] -= start[k];
        bool cut = false;
        for (int end = 0; end < 2 && !cut; end++)
            cut = ends->reached[end] && misses_body(ends, end, start, step, length / step_mm, enough);
        missing += cut;
    }
    return (double)missing / (RAYS * RAYS);
}
