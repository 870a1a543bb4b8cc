#include "volume/resample.h"

fv_grid fv_grid_respaced(const fv_grid *grid, const double spacing_mm[3])
{
    double old_mm[3], shift[3];
    fv_grid result = *grid;
    fv_grid_spacing(grid, old_mm);
    for (int j = 0; j < 3; j++) {
        double count = fmin(fmax(round(grid->size[j] * old_mm[j] / spacing_mm[j]), 1), FV_MAX_SIZE);
        double scale = spacing_mm[j] / old_mm[j]; /* a new voxel, in old ones */
        result.size[j] = (int)count;
        for (int i = 0; i < 3; i++) result.world_from_voxel.m[i][j] *= scale;
        shift[j] = (grid->size[j] - 1) / 2.0 - scale * (count - 1) / 2;
    }
    double first[3];
    fv_affine_apply(&grid->world_from_voxel, shift, first);
    for (int i = 0; i < 3; i++) result.world_from_voxel.m[i][3] = first[i];
    return result;
}

/* The centres on both sides of a place along an axis, and the weight of the second; false outside. */
static inline bool bracket(double place, int size, int *low, int *high, double *weight)
{
    if (!(place >= -0.5 && place <= size - 0.5)) return false;
    double inside = fmin(fmax(place, 0), size - 1);
    *low = (int)inside;
    *high = *low + 1 < size ? *low + 1 : *low;
    *weight = inside - *low;
    return true;
}

double fv_ct_sample(const fv_ct *ct, const double voxel[3])
{
    int low[3], high[3];
    double weight[3], plane[2];
    const int *size = ct->grid.size;
    for (int i = 0; i < 3; i++)
        if (!bracket(voxel[i], size[i], &low[i], &high[i], &weight[i])) return FV_HU_OUTSIDE;
    for (int k = 0; k < 2; k++) {
        size_t z = (size_t)(k == 0 ? low[2] : high[2]) * (size_t)size[1];
        const int16_t *near = ct->hu + (z + (size_t)low[1]) * (size_t)size[0];
        const int16_t *far = ct->hu + (z + (size_t)high[1]) * (size_t)size[0];
        double a = near[low[0]] + weight[0] * (near[high[0]] - near[low[0]]);
        double b = far[low[0]] + weight[0] * (far[high[0]] - far[low[0]]);
        plane[k] = a + weight[1] * (b - a);
    }
    return plane[0] + weight[2] * (plane[1] - plane[0]);
}

uint16_t fv_labels_sample(const fv_labels *labels, const double voxel[3])
{
    size_t at[3];
    const int *size = labels->grid.size;
    for (int i = 0; i < 3; i++) {
        double nearest = floor(voxel[i] + 0.5);
        if (!(nearest >= 0 && nearest < size[i])) return 0;
        at[i] = (size_t)nearest;
    }
    return labels->label[(at[2] * (size_t)size[1] + at[1]) * (size_t)size[0] + at[0]];
}

/* Voxels of `from` from those of `to`. */
static fsam_status map_grids(const fv_grid *from, const fv_grid *to, const char *where, fv_affine *map)
{
    fv_affine inverse;
    if (!fv_affine_invert(&from->world_from_voxel, &inverse))
        return fb_fail(FSAM_ERROR_INTERNAL, "%s: a grid without an inverse", where);
    *map = fv_affine_compose(&inverse, &to->world_from_voxel);
    return fv_grid_check(to, where, 0);
}

fsam_status fv_ct_resample(const fv_ct *from, const fv_grid *grid, const char *where, fv_ct *to)
{
    fv_affine map;
    *to = (fv_ct){0};
    FB_TRY(map_grids(&from->grid, grid, where, &map));
    FB_TRY(fv_ct_make(grid, where, to));
    const int *size = grid->size;
#pragma omp parallel for schedule(static)
    for (int z = 0; z < size[2]; z++)
        for (int y = 0; y < size[1]; y++) {
            int16_t *row = to->hu + ((size_t)z * (size_t)size[1] + (size_t)y) * (size_t)size[0];
            for (int x = 0; x < size[0]; x++) {
                double voxel[3] = {x, y, z};
                fv_affine_apply(&map, voxel, voxel);
                row[x] = (int16_t)lrint(fv_ct_sample(from, voxel));
            }
        }
    return FSAM_OK;
}

fsam_status fv_labels_resample(const fv_labels *from, const fv_grid *grid, const char *where, fv_labels *to)
{
    fv_affine map;
    *to = (fv_labels){0};
    FB_TRY(map_grids(&from->grid, grid, where, &map));
    FB_TRY(fv_labels_make(grid, where, to));
    const int *size = grid->size;
#pragma omp parallel for schedule(static)
    for (int z = 0; z < size[2]; z++)
        for (int y = 0; y < size[1]; y++) {
            uint16_t *row = to->label + ((size_t)z * (size_t)size[1] + (size_t)y) * (size_t)size[0];
            for (int x = 0; x < size[0]; x++) {
                double voxel[3] = {x, y, z};
                fv_affine_apply(&map, voxel, voxel);
                row[x] = fv_labels_sample(from, voxel);
            }
        }
    fsam_status status = fv_labels_copy_structures(from, to);
    if (status != FSAM_OK) fv_labels_free(to);
    return status;
}
