#include "scene/shadow_share.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CELLS = 256 }; /* along a side of the box of all cells */

fsam_status fs_points_make(size_t room, const char *where, fs_points *points)
{
    *points = (fs_points){.room = room, .at = malloc((room > 0 ? room : 1) * sizeof *points->at)};
    if (points->at == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
    return FSAM_OK;
}

void fs_points_add(fs_points *points, const double at[3])
{
    if (points->count == points->room) return;
    for (int i = 0; i < 3; i++) points->at[points->count][i] = (float)at[i];
    points->count++;
}

void fs_points_free(fs_points *points)
{
    free(points->at);
    *points = (fs_points){0};
}

/* Where the points are seen, pixels. */
typedef struct shadow {
    size_t count;
    float (*pixel)[2];
    bool *beyond; /* behind the detector: no ray meets it */
    float low[2], high[2];
    double side; /* of a cell, pixels */
    bool in_front, any_beyond;
} shadow;

static void cast(const fx_camera *camera, const fs_points *points, const fv_affine *world_from, shadow *s)
{
    for (size_t i = 0; i < points->count; i++) {
        double world[3] = {points->at[i][0], points->at[i][1], points->at[i][2]}, pixel[2];
        if (world_from != NULL) fv_affine_apply(world_from, world, world);
        const double depth = fx_camera_project(camera, world, pixel);
        s->in_front = s->in_front && depth > 1;
        if (!s->in_front) return;
        s->beyond[s->count] = depth > camera->sdd_mm;
        s->any_beyond = s->any_beyond || s->beyond[s->count];
        s->side = fmax(s->side, points->spacing_mm * fx_camera_focal_px(camera) / depth);
        for (int k = 0; k < 2; k++) {
            s->pixel[s->count][k] = (float)pixel[k];
            s->low[k] = fminf(s->low[k], (float)pixel[k]);
            s->high[k] = fmaxf(s->high[k], (float)pixel[k]);
        }
        s->count++;
    }
}

static bool is_within(const fx_camera *camera, const fx_shadows *open, double x, double y)
{
    if (!(x >= -0.5 && y >= -0.5 && x < camera->width - 0.5 && y < camera->height - 0.5)) return false;
    return open == NULL || fx_shadows_has(open, 0, (int)floor(x + 0.5), (int)floor(y + 0.5));
}

/* The corners tell, as the field is convex. */
static bool is_all_within(const fx_camera *camera, const fx_shadows *open, const shadow *s)
{
    for (int i = 0; i < 4; i++)
        if (!is_within(camera, open, i & 1 ? s->high[0] : s->low[0], i & 2 ? s->high[1] : s->low[1])) return false;
    return true;
}

/* A cell is seen when one of its points lies before the detector, and its middle in the field. */
static double share_of(const fx_camera *camera, const fx_shadows *open, shadow *s, uint8_t *cell)
{
    const double width = fmax(s->high[0] - s->low[0], s->high[1] - s->low[1]);
    const double side = fmax(s->side, width / (MOST_CELLS - 1));
    enum { HELD = 1, TRIED = 2 };
    size_t all = 0, within = 0;
    for (size_t i = 0; i < s->count; i++) {
        const int x = (int)((s->pixel[i][0] - s->low[0]) / side), y = (int)((s->pixel[i][1] - s->low[1]) / side);
        uint8_t *here = &cell[y * MOST_CELLS + x];
        all += !(*here & HELD);
        *here |= HELD;
        if (s->beyond[i] || *here & TRIED) continue;
        *here |= TRIED;
        within += is_within(camera, open, s->low[0] + (x + 0.5) * side, s->low[1] + (y + 0.5) * side);
    }
    return (double)within / (double)all;
}

fsam_status fs_shadow_share(const fx_camera *camera, const fx_shadows *open, const fs_points *const *points,
                            const fv_affine *const *world_from, size_t count, double *share)
{
    shadow s = {.low = {INFINITY, INFINITY}, .high = {-INFINITY, -INFINITY}, .side = 1, .in_front = true};
    size_t room = 0;
    *share = 0;
    for (size_t i = 0; i < count; i++) room += points[i]->count;
    if (room == 0) return FSAM_OK;
    uint8_t *cell = calloc(MOST_CELLS, MOST_CELLS);
    s.pixel = malloc(room * sizeof *s.pixel);
    s.beyond = malloc(room * sizeof *s.beyond);
    if (s.pixel == NULL || s.beyond == NULL || cell == NULL) {
        free(s.pixel);
        free(s.beyond);
        free(cell);
        return fb_fail(FSAM_ERROR_MEMORY, "visible fraction: out of memory");
    }
    for (size_t i = 0; i < count; i++) cast(camera, points[i], world_from[i], &s);
    if (s.in_front && !s.any_beyond && is_all_within(camera, open, &s))
        *share = 1;
    else if (s.in_front)
        *share = share_of(camera, open, &s, cell);
    free(s.pixel);
    free(s.beyond);
    free(cell);
    return FSAM_OK;
}
