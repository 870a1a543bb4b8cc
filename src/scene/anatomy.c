#include "scene/anatomy.h"

#include "scene/vector.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDES = 2, LEFT = 0, RIGHT = 1, NAME_ROOM = 64, JACOBI_SWEEPS = 32 };

/* Sums over voxels by their indices: whole numbers, so that their order does not matter. */
typedef struct moments {
    int64_t count, first[3], second[3][3];
    int low[3], high[3];
} moments;

struct fs_anatomy {
    fv_grid grid;
    double middle_x;
    moments of[FB_CATEGORIES][SIDES]; /* a structure that is on no side by its name and not paired is at LEFT */
};

/* The sum of squares of 0 .. n - 1. */
static int64_t sum_of_squares(int64_t n)
{
    return (n - 1) * n * (2 * n - 1) / 6;
}

static void add_moments(moments *sum, const moments *m)
{
    if (m->count == 0) return;
    for (int i = 0; i < 3; i++) {
        sum->first[i] += m->first[i];
        for (int j = 0; j < 3; j++) sum->second[i][j] += m->second[i][j];
        if (sum->count == 0 || m->low[i] < sum->low[i]) sum->low[i] = m->low[i];
        if (sum->count == 0 || m->high[i] > sum->high[i]) sum->high[i] = m->high[i];
    }
    sum->count += m->count;
}

/* A run of voxels along x, from first on and before end. */
static void add_run(moments *sum, int first, int end, int y, int z)
{
    const int64_t count = end - first, xs = ((int64_t)first + end - 1) * count / 2;
    const moments run = {.count = count,
                         .first = {xs, y * count, z * count},
                         .second = {{sum_of_squares(end) - sum_of_squares(first), y * xs, z * xs},
                                    {y * xs, (int64_t)y * y * count, (int64_t)y * z * count},
                                    {z * xs, (int64_t)y * z * count, (int64_t)z * z * count}},
                         .low = {first, y, z},
                         .high = {end - 1, y, z}};
    add_moments(sum, &run);
}

/* ---- the middle plane ---- */

static bool is_in_the_middle(const char *name)
{
    return strncmp(name, "vertebrae_", 10) == 0 || strcmp(name, "sacrum") == 0 || strcmp(name, "sternum") == 0 ||
           strcmp(name, "skull") == 0;
}

static double x_of(const fv_extent *extents, const fv_labels *labels, const char *name)
{
    const int label = fv_labels_find(labels, name);
    return label != 0 && extents[label].voxels > 0 ? extents[label].centroid_mm[0] : (double)NAN;
}

static double middle_of(const fv_labels *labels, const fv_extent *extents)
{
    static const char *const pairs[] = {"hip_%s",     "femur_%s",           "scapula_%s", "clavicula_%s",
                                        "humerus_%s", "gluteus_maximus_%s", "kidney_%s",  "rib_%s_1",
                                        "rib_%s_6",   "rib_%s_10"};
    double sum = 0, side = (double)NAN;
    int count = 0;
    for (int k = 1; k <= labels->count; k++)
        if (extents[k].voxels > 0 && is_in_the_middle(labels->structure[k - 1].name)) {
            sum += extents[k].centroid_mm[0];
            count++;
        }
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *start = pairs[i], *mark = strstr(start, "%s");
        char left[NAME_ROOM], right[NAME_ROOM];
        snprintf(left, sizeof left, "%.*sleft%s", (int)(mark - start), start, mark + 2);
        snprintf(right, sizeof right, "%.*sright%s", (int)(mark - start), start, mark + 2);
        const double x_left = x_of(extents, labels, left), x_right = x_of(extents, labels, right);
        if (!isnan(x_left) && !isnan(x_right)) {
            sum += 0.5 * (x_left + x_right);
            count++;
        } else if (!isnan(x_left) || !isnan(x_right)) {
            side = isnan(x_left) ? (double)INFINITY : -(double)INFINITY;
        }
    }
    return count > 0 ? sum / count : side;
}

/* ---- one pass over the voxels ---- */

static int side_of(const fb_structure *category, double x, double middle_x)
{
    if (!category->paired) return category->side == FB_SIDE_RIGHT ? RIGHT : LEFT;
    return x < middle_x ? RIGHT : LEFT;
}

/* A run of voxels of one structure, which the middle plane may cut. */
static void add_structure_run(fs_anatomy *anatomy, const fb_structure *category, int first, int end, int y, int z)
{
    moments *of = anatomy->of[category - fb_category_at(0)];
    int begun = first, side = LEFT;
    for (int x = first; x < end; x++) {
        double world[3] = {x, y, z};
        fv_affine_apply(&anatomy->grid.world_from_voxel, world, world);
        const int here = side_of(category, world[0], anatomy->middle_x);
        if (here != side && x > begun) add_run(&of[side], begun, x, y, z);
        if (here != side) begun = x;
        side = here;
        if (!category->paired) break; /* the rest is on the same side */
    }
    add_run(&of[side], begun, end, y, z);
}

static void measure(fs_anatomy *anatomy, const fv_labels *labels)
{
    const int *size = labels->grid.size;
    const uint16_t *row = labels->label;
    for (int z = 0; z < size[2]; z++)
        for (int y = 0; y < size[1]; y++, row += size[0])
            for (int first = 0, end; first < size[0]; first = end) {
                for (end = first + 1; end < size[0] && row[end] == row[first]; end++) {
                }
                const fb_structure *category = row[first] != 0 ? labels->structure[row[first] - 1].category : NULL;
                if (category != NULL) add_structure_run(anatomy, category, first, end, y, z);
            }
}

fsam_status fs_anatomy_make(const fv_labels *labels, fs_anatomy **anatomy)
{
    fs_anatomy *made = *anatomy = calloc(1, sizeof *made);
    fv_extent *extents = calloc((size_t)labels->count + 1, sizeof *extents);
    if (made == NULL || extents == NULL) {
        free(extents);
        fs_anatomy_free(made);
        *anatomy = NULL;
        return fb_fail(FSAM_ERROR_MEMORY, "anatomy: out of memory");
    }
    fv_labels_extents(labels, extents);
    made->grid = labels->grid;
    made->middle_x = middle_of(labels, extents);
    measure(made, labels);
    free(extents);
    return FSAM_OK;
}

void fs_anatomy_free(fs_anatomy *anatomy)
{
    free(anatomy);
}

double fs_anatomy_middle(const fs_anatomy *anatomy)
{
    return anatomy->middle_x;
}

/* ---- regions from moments ---- */

/* Jacobi's method: eigenvalues on the diagonal of a, eigenvectors in the columns of v. */
static void diagonalise(double a[3][3], double v[3][3])
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) v[i][j] = i == j;
    for (int turn = 0; turn < 3 * JACOBI_SWEEPS; turn++) {
        const int p = turn % 3 == 2 ? 1 : 0, q = turn % 3 == 0 ? 1 : 2;
        if (a[p][q] == 0) continue;
        const double angle = 0.5 * atan2(2 * a[p][q], a[q][q] - a[p][p]), c = cos(angle), s = sin(angle);
        for (int k = 0; k < 3; k++) {
            const double kp = a[k][p], kq = a[k][q];
            a[k][p] = c * kp - s * kq;
            a[k][q] = s * kp + c * kq;
        }
        for (int k = 0; k < 3; k++) {
            const double pk = a[p][k], qk = a[q][k];
            a[p][k] = c * pk - s * qk;
            a[q][k] = s * pk + c * qk;
        }
        for (int k = 0; k < 3; k++) {
            const double kp = v[k][p], kq = v[k][q];
            v[k][p] = c * kp - s * kq;
            v[k][q] = s * kp + c * kq;
        }
    }
}

/* Of a covariance, mm^2. */
static void set_axes(double covariance[3][3], fs_region *region)
{
    double v[3][3];
    int order[3] = {0, 1, 2};
    diagonalise(covariance, v);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2 - i; j++)
            if (covariance[order[j]][order[j]] < covariance[order[j + 1]][order[j + 1]]) {
                const int swap = order[j];
                order[j] = order[j + 1];
                order[j + 1] = swap;
            }
    for (int i = 0; i < 3; i++) {
        const int k = order[i];
        const double sign = v[2][k] < 0 ? -1 : 1;
        region->spread_mm[i] = sqrt(fmax(covariance[k][k], 0));
        for (int j = 0; j < 3; j++) region->axis[i][j] = sign * v[j][k];
    }
}

/* The box of the world that holds all voxels from m->low to m->high. */
static void set_box(const fv_grid *grid, const moments *m, fs_region *region)
{
    for (int corner = 0; corner < 8; corner++) {
        double world[3];
        for (int i = 0; i < 3; i++) world[i] = (corner >> i & 1) != 0 ? m->high[i] + 0.5 : m->low[i] - 0.5;
        fv_affine_apply(&grid->world_from_voxel, world, world);
        for (int i = 0; i < 3; i++) {
            if (corner == 0 || world[i] < region->low_mm[i]) region->low_mm[i] = world[i];
            if (corner == 0 || world[i] > region->high_mm[i]) region->high_mm[i] = world[i];
        }
    }
}

static bool region_of(const fs_anatomy *anatomy, const moments *m, fs_region *region)
{
    *region = (fs_region){.voxels = (size_t)m->count};
    if (m->count == 0) return false;
    const double(*map)[4] = anatomy->grid.world_from_voxel.m;
    double mean[3], voxel[3][3], half[3][3], covariance[3][3];
    for (int i = 0; i < 3; i++) mean[i] = (double)m->first[i] / (double)m->count;
    fv_affine_apply(&anatomy->grid.world_from_voxel, mean, region->centroid_mm);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) voxel[i][j] = (double)m->second[i][j] / (double)m->count - mean[i] * mean[j];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) half[i][j] = fs_dot(map[i], (double[]){voxel[0][j], voxel[1][j], voxel[2][j]});
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) covariance[i][j] = fs_dot(half[i], map[j]);
    set_axes(covariance, region);
    set_box(&anatomy->grid, m, region);
    region->cut_below = m->low[2] == 0;
    region->cut_above = m->high[2] == anatomy->grid.size[2] - 1;
    return true;
}

/* Adds what `name` has; false when that is nothing. */
static bool add_named(const fs_anatomy *anatomy, const char *name, fb_side side, moments *sum)
{
    char full[NAME_ROOM];
    const char *star = strchr(name, '*');
    snprintf(full, sizeof full, "%s", name);
    if (star != NULL)
        snprintf(full, sizeof full, "%.*s%s%s", (int)(star - name), name, side == FB_SIDE_RIGHT ? "right" : "left",
                 star + 1);
    const fb_structure *category = fb_category_find(full);
    if (category == NULL) return false;
    const moments *of = anatomy->of[category - fb_category_at(0)];
    const int64_t before = sum->count;
    const bool parted = category->paired && side != FB_SIDE_NONE;
    if (parted && isnan(anatomy->middle_x)) return false;
    if (!parted || side == FB_SIDE_LEFT) add_moments(sum, &of[LEFT]);
    if (!parted || side == FB_SIDE_RIGHT) add_moments(sum, &of[RIGHT]);
    return sum->count > before;
}

bool fs_anatomy_find(const fs_anatomy *anatomy, const char *name, fb_side side, fs_region *region)
{
    moments sum = {0};
    return add_named(anatomy, name, side, &sum) && region_of(anatomy, &sum, region);
}

bool fs_anatomy_join(const fs_anatomy *anatomy, const char *const *names, size_t most, fb_side side, fs_region *region,
                     const char **missing)
{
    moments sum = {0};
    for (size_t i = 0; i < most && names[i] != NULL; i++) {
        *missing = names[i];
        if (!add_named(anatomy, names[i], side, &sum)) return false;
    }
    return region_of(anatomy, &sum, region);
}
