#include "volume/outline.h"

#include "base/memory.h"
#include "volume/distance.h"
#include "volume/resample.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COARSEST_MM 4.0 /* voxels of the outline, unless those of the labels are larger */

/* Gaps of twice this width between parts are closed. */
#define CLOSING_MM 40.0

/* Of hands and feet: what lies so near to their bones, and how it is covered. */
#define DIGITS_MM         24.0
#define DIGITS_OVERLAP_MM 12.0 /* belongs to the rest of the body too */
#define DIGITS_COVER_MM   6.0

typedef bool which(const fv_structure *structure);

static bool is_any(const fv_structure *structure)
{
    (void)structure;
    return true;
}

static bool is_frame(const fv_structure *structure)
{
    return structure->category != NULL &&
           (structure->category->kind == FB_KIND_BONE || structure->category->kind == FB_KIND_MUSCLE);
}

static bool is_brain(const fv_structure *structure)
{
    return strcmp(structure->name, "brain") == 0;
}

static bool is_digit(const fv_structure *structure)
{
    static const char *const names[] = {"carpal", "metacarpal", "phalanges_hand",
                                        "tarsal", "metatarsal", "phalanges_feet"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(structure->name, names[i]) == 0) return true;
    return false;
}

/* Marks the coarse voxels in which there is a part that is wanted, and no others. */
static fsam_status mark_parts(const fv_labels *labels, const fv_grid *coarse, which *wanted, uint8_t *mask)
{
    const int *size = labels->grid.size, *most = coarse->size;
    const uint16_t *label = labels->label;
    bool *marked = calloc((size_t)labels->count + 1, sizeof *marked);
    if (marked == NULL) return fb_fail(FSAM_ERROR_MEMORY, "outline: out of memory");
    for (int k = 1; k <= labels->count; k++) marked[k] = wanted(&labels->structure[k - 1]);
    memset(mask, 0, fv_grid_voxels(coarse));
    for (int z = 0; z < size[2]; z++)
        for (int y = 0; y < size[1]; y++)
            for (int x = 0; x < size[0]; x++, label++) {
                if (!marked[*label]) continue;
                const int at[3] = {x, y, z};
                size_t index = 0;
                for (int i = 2; i >= 0; i--) /* the grids share their box */
                    index = index * (size_t)most[i] + (size_t)((2 * (int64_t)at[i] + 1) * most[i] / (2 * size[i]));
                mask[index] = 1;
            }
    free(marked);
    return FSAM_OK;
}

/* Fills the holes of a plane: sets what cannot be reached from its border. `stack`: room for width * height numbers. */
static void fill_holes(uint8_t *plane, int width, int height, int *stack)
{
    enum { EMPTY = 0, REACHED = 2 };
    int top = 0;
    for (int i = 0; i < width * height; i++) {
        int x = i % width, y = i / width;
        bool border = x == 0 || y == 0 || x == width - 1 || y == height - 1;
        if (!border || plane[i] != EMPTY) continue;
        plane[i] = REACHED;
        stack[top++] = i;
    }
    while (top > 0) {
        int i = stack[--top], x = i % width, y = i / width;
        const int near[4] = {i - 1, i + 1, i - width, i + width};
        const bool there[4] = {x > 0, x<width - 1, y> 0, y < height - 1};
        for (int k = 0; k < 4; k++) {
            if (!there[k] || plane[near[k]] != EMPTY) continue;
            plane[near[k]] = REACHED;
            stack[top++] = near[k];
        }
    }
    for (int i = 0; i < width * height; i++) plane[i] = plane[i] != REACHED;
}

/* From the distances to the parts: 1 beyond the dilated and filled body, else 0. */
static fsam_status mark_outside(const fv_grid *grid, const float *to_parts, uint8_t *mask)
{
    size_t plane = (size_t)grid->size[0] * (size_t)grid->size[1], count = fv_grid_voxels(grid);
    int *stack = malloc(plane * sizeof *stack);
    if (stack == NULL) return fb_fail(FSAM_ERROR_MEMORY, "outline: out of memory");
    for (size_t i = 0; i < count; i++) mask[i] = to_parts[i] <= (float)CLOSING_MM;
    for (int z = 0; z < grid->size[2]; z++) fill_holes(mask + (size_t)z * plane, grid->size[0], grid->size[1], stack);
    for (size_t i = 0; i < count; i++) mask[i] = !mask[i];
    free(stack);
    return FSAM_OK;
}

/* The depth below a surface `cover_mm` about the parts of `mask`, which is overwritten. */
static fsam_status close_body(const fv_grid *grid, double cover_mm, uint8_t *mask, float *depth_mm)
{
    double spacing[3];
    fv_grid_spacing(grid, spacing);
    FB_TRY(fv_distances(mask, grid->size, spacing, depth_mm));
    FB_TRY(mark_outside(grid, depth_mm, mask));
    FB_TRY(fv_distances(mask, grid->size, spacing, depth_mm));
    for (size_t i = 0; i < fv_grid_voxels(grid); i++) depth_mm[i] -= (float)(CLOSING_MM - cover_mm);
    return FSAM_OK;
}

static fsam_status distances_to(const fv_labels *labels, const fv_grid *grid, which *wanted, uint8_t *mask,
                                float *distance_mm)
{
    double spacing[3];
    fv_grid_spacing(grid, spacing);
    FB_TRY(mark_parts(labels, grid, wanted, mask));
    return fv_distances(mask, grid->size, spacing, distance_mm);
}

/* Hands and feet are covered, and not closed. to_digits: a second array of distances. */
static fsam_status measure_depth(const fv_labels *labels, double cover_mm, uint8_t *mask, float *to_digits,
                                 fv_outline *outline)
{
    double spacing[3];
    const fv_grid *grid = &outline->grid;
    const size_t count = fv_grid_voxels(grid);
    const float digits_cover_mm = (float)fmin(cover_mm, DIGITS_COVER_MM);
    float *from_bones = outline->from_frame_mm; /* which is not needed yet */
    fv_grid_spacing(grid, spacing);
    FB_TRY(distances_to(labels, grid, is_digit, mask, from_bones));
    FB_TRY(mark_parts(labels, grid, is_any, mask));
    for (size_t i = 0; i < count; i++) mask[i] = mask[i] && from_bones[i] <= (float)DIGITS_MM;
    FB_TRY(fv_distances(mask, grid->size, spacing, to_digits));
    FB_TRY(mark_parts(labels, grid, is_any, mask));
    for (size_t i = 0; i < count; i++) mask[i] = mask[i] && from_bones[i] > (float)(DIGITS_MM - DIGITS_OVERLAP_MM);
    FB_TRY(close_body(grid, cover_mm, mask, outline->depth_mm));
    for (size_t i = 0; i < count; i++)
        outline->depth_mm[i] = fmaxf(outline->depth_mm[i], digits_cover_mm - to_digits[i]);
    return FSAM_OK;
}

static fsam_status measure(const fv_labels *labels, double cover_mm, uint8_t *mask, fv_outline *outline)
{
    FB_TRY(measure_depth(labels, cover_mm, mask, outline->from_brain_mm, outline));
    FB_TRY(distances_to(labels, &outline->grid, is_frame, mask, outline->from_frame_mm));
    return distances_to(labels, &outline->grid, is_brain, mask, outline->from_brain_mm);
}

fsam_status fv_outline_make(const fv_labels *labels, double cover_mm, fv_outline *outline)
{
    double spacing[3];
    fv_grid_spacing(&labels->grid, spacing);
    for (int i = 0; i < 3; i++) spacing[i] = fmax(spacing[i], COARSEST_MM);
    *outline = (fv_outline){.grid = fv_grid_respaced(&labels->grid, spacing)};
    size_t count = fv_grid_voxels(&outline->grid);
    uint8_t *mask = fb_alloc(count, 1);
    outline->depth_mm = fb_alloc(count, sizeof(float));
    outline->from_frame_mm = fb_alloc(count, sizeof(float));
    outline->from_brain_mm = fb_alloc(count, sizeof(float));
    const bool whole =
        mask != NULL && outline->depth_mm != NULL && outline->from_frame_mm != NULL && outline->from_brain_mm != NULL;
    fsam_status status =
        whole ? measure(labels, cover_mm, mask, outline) : fb_fail(FSAM_ERROR_MEMORY, "outline: out of memory");
    fb_free(mask);
    if (status != FSAM_OK) fv_outline_free(outline);
    return status;
}

void fv_outline_free(fv_outline *outline)
{
    if (outline == NULL) return;
    fb_free(outline->depth_mm);
    fb_free(outline->from_frame_mm);
    fb_free(outline->from_brain_mm);
    *outline = (fv_outline){0};
}

double fv_outline_sample(const fv_outline *outline, const float *values, const double voxel[3])
{
    const int *size = outline->grid.size;
    const size_t stride[3] = {1, (size_t)size[0], (size_t)size[0] * (size_t)size[1]};
    size_t first = 0;
    double weight[3], sum = 0;
    for (int i = 0; i < 3; i++) {
        double inside = fmin(fmax(voxel[i], 0), size[i] - 1);
        first += (size_t)inside * stride[i];
        weight[i] = inside - floor(inside);
    }
    for (int corner = 0; corner < 8; corner++) {
        double share = 1;
        size_t at = first;
        for (int i = 0; i < 3; i++) {
            bool far = (corner >> i & 1) != 0;
            share *= far ? weight[i] : 1 - weight[i];
            at += far ? stride[i] : 0;
        }
        /* A corner without a share may lie beyond the grid, or be infinite. */
        if (share > 0) sum += share * (double)values[at];
    }
    return sum;
}
