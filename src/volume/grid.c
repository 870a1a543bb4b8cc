#include "volume/volume.h"

#include "base/memory.h"
#include <math.h>

fv_grid fv_grid_upright(const int size[3], const double spacing_mm[3], const double first_voxel_mm[3])
{
    fv_grid grid = {0};
    for (int i = 0; i < 3; i++) {
        grid.size[i] = size[i];
        grid.world_from_voxel.m[i][i] = spacing_mm[i];
        grid.world_from_voxel.m[i][3] = first_voxel_mm[i];
    }
    return grid;
}

fsam_status fv_grid_check(const fv_grid *grid, const char *where, size_t max_voxels)
{
    const int *size = grid->size;
    size_t count = 1, most = max_voxels != 0 ? max_voxels : FV_MAX_VOXELS;
    fv_affine inverse;
    for (int i = 0; i < 3; i++) {
        if (size[i] < 1 || size[i] > FV_MAX_SIZE)
            return fb_fail(FSAM_ERROR_FORMAT, "%s: size: %d voxels along axis %d, which is not in 1..%d", where,
                           size[i], i + 1, FV_MAX_SIZE);
        if (!fb_multiply(count, (size_t)size[i], &count) || count > most)
            return fb_fail(FSAM_ERROR_MEMORY, "%s: size: %d x %d x %d is more than %zu voxels", where, size[0], size[1],
                           size[2], most);
    }
    if (!fv_affine_invert(&grid->world_from_voxel, &inverse))
        return fb_fail(FSAM_ERROR_FORMAT, "%s: affine: not finite or singular", where);
    return FSAM_OK;
}

size_t fv_grid_voxels(const fv_grid *grid)
{
    return (size_t)grid->size[0] * (size_t)grid->size[1] * (size_t)grid->size[2];
}

void fv_grid_spacing(const fv_grid *grid, double spacing_mm[3])
{
    const fv_affine *map = &grid->world_from_voxel;
    for (int j = 0; j < 3; j++) spacing_mm[j] = hypot(hypot(map->m[0][j], map->m[1][j]), map->m[2][j]);
}

void fv_grid_centre(const fv_grid *grid, double centre_mm[3])
{
    double middle[3];
    for (int i = 0; i < 3; i++) middle[i] = (grid->size[i] - 1) / 2.0;
    fv_affine_apply(&grid->world_from_voxel, middle, centre_mm);
}

void fv_grid_bounds(const fv_grid *grid, double low_mm[3], double high_mm[3])
{
    double half;
    fv_grid_centre(grid, low_mm);
    for (int i = 0; i < 3; i++) {
        half = 0;
        for (int j = 0; j < 3; j++) half += fabs(grid->world_from_voxel.m[i][j]) * grid->size[j] / 2;
        high_mm[i] = low_mm[i] + half;
        low_mm[i] -= half;
    }
}

/* Corners suffice: over a grid, the difference of two affine maps is greatest at one. */
bool fv_grid_same(const fv_grid *a, const fv_grid *b)
{
    fv_affine voxel_from_world;
    for (int i = 0; i < 3; i++)
        if (a->size[i] != b->size[i]) return false;
    if (!fv_affine_invert(&b->world_from_voxel, &voxel_from_world)) return false;
    for (int corner = 0; corner < 8; corner++) {
        double voxel[3], found[3];
        for (int i = 0; i < 3; i++) voxel[i] = (corner >> i & 1) != 0 ? a->size[i] - 1 : 0;
        fv_affine_apply(&a->world_from_voxel, voxel, found);
        fv_affine_apply(&voxel_from_world, found, found);
        for (int i = 0; i < 3; i++)
            if (!(fabs(found[i] - voxel[i]) <= 0.01)) return false;
    }
    return true;
}

/* How well axis `from[i]` of the grid follows axis i of the world, summed: cosines without their signs. */
static double agreement(const fv_grid *grid, const int from[3])
{
    double spacing[3], sum = 0;
    fv_grid_spacing(grid, spacing);
    for (int i = 0; i < 3; i++) sum += fabs(grid->world_from_voxel.m[i][from[i]]) / spacing[from[i]];
    return sum;
}

fv_turn fv_grid_turn(const fv_grid *grid, fv_grid *turned)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    int best = 0;
    for (int k = 1; k < 6; k++) /* an order must be clearly better: at 45 degrees the first stays */
        if (agreement(grid, orders[k]) > agreement(grid, orders[best]) + 1e-6) best = k;
    fv_turn turn;
    fv_affine from_turned = {0}; /* voxels of the grid from voxels of the turned one */
    *turned = *grid;
    for (int i = 0; i < 3; i++) {
        int from = orders[best][i];
        turn.from[i] = from;
        turn.flip[i] = grid->world_from_voxel.m[i][from] < 0;
        turned->size[i] = grid->size[from];
        from_turned.m[from][i] = turn.flip[i] ? -1 : 1;
        from_turned.m[from][3] = turn.flip[i] ? grid->size[from] - 1 : 0;
    }
    turned->world_from_voxel = fv_affine_compose(&grid->world_from_voxel, &from_turned);
    return turn;
}

void fv_turn_steps(const fv_turn *turn, const fv_grid *turned, ptrdiff_t *first, ptrdiff_t step[3])
{
    ptrdiff_t stride = 1;
    *first = 0;
    for (int i = 0; i < 3; i++) {
        step[turn->from[i]] = turn->flip[i] ? -stride : stride;
        if (turn->flip[i]) *first += stride * (turned->size[i] - 1);
        stride *= turned->size[i];
    }
}
