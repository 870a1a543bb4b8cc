#include "volume/volume.h"

#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

fsam_status fv_ct_make(const fv_grid *grid, const char *where, fv_ct *ct)
{
    *ct = (fv_ct){.grid = *grid, .hu = fb_alloc(fv_grid_voxels(grid), sizeof *ct->hu)};
    if (ct->hu == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory for its voxels", where);
    return FSAM_OK;
}

void fv_ct_free(fv_ct *ct)
{
    if (ct == NULL) return;
    fb_free(ct->hu);
    *ct = (fv_ct){0};
}

fsam_status fv_labels_make(const fv_grid *grid, const char *where, fv_labels *labels)
{
    *labels = (fv_labels){.grid = *grid, .label = fb_alloc(fv_grid_voxels(grid), sizeof *labels->label)};
    if (labels->label == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: no memory for its voxels", where);
    return FSAM_OK;
}

void fv_labels_free(fv_labels *labels)
{
    if (labels == NULL) return;
    for (int i = 0; i < labels->count; i++) free(labels->structure[i].name);
    free(labels->structure);
    fb_free(labels->label);
    *labels = (fv_labels){0};
}

fsam_status fv_labels_add(fv_labels *labels, const char *name)
{
    if (labels->count == UINT16_MAX) return fb_fail(FSAM_ERROR_UNSUPPORTED, "%s: more than 65535 structures", name);
    fv_structure *more = realloc(labels->structure, ((size_t)labels->count + 1) * sizeof *more);
    if (more == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", name);
    labels->structure = more;
    char *copy = strdup(name);
    if (copy == NULL) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", name);
    more[labels->count++] = (fv_structure){.name = copy, .category = fb_category_find(name)};
    return FSAM_OK;
}

int fv_labels_find(const fv_labels *labels, const char *name)
{
    for (int i = 0; i < labels->count; i++)
        if (strcmp(labels->structure[i].name, name) == 0) return i + 1;
    return 0;
}

fsam_status fv_labels_copy_structures(const fv_labels *from, fv_labels *to)
{
    for (int i = 0; i < from->count; i++) FB_TRY(fv_labels_add(to, from->structure[i].name));
    return FSAM_OK;
}

fsam_status fv_labels_drop_empty(fv_labels *labels)
{
    size_t count = fv_grid_voxels(&labels->grid);
    uint16_t *number = calloc((size_t)labels->count + 1, sizeof *number); /* 0: not seen; then the new label */
    if (number == NULL) return fb_fail(FSAM_ERROR_MEMORY, "labels: out of memory");
    for (size_t i = 0; i < count; i++) number[labels->label[i]] = 1;
    int kept = 0;
    number[0] = 0;
    for (int k = 1; k <= labels->count; k++) {
        fv_structure *structure = &labels->structure[k - 1];
        if (number[k] == 0) {
            free(structure->name);
        } else {
            labels->structure[kept++] = *structure;
            number[k] = (uint16_t)kept;
        }
    }
    labels->count = kept;
    for (size_t i = 0; i < count; i++) labels->label[i] = number[labels->label[i]];
    free(number);
    return FSAM_OK;
}

/* A run of voxels along x, from first on and before end. */
static void extend(fv_extent *extent, int first, int end, int y, int z)
{
    const int low[3] = {first, y, z}, high[3] = {end - 1, y, z};
    const double count = end - first;
    for (int i = 0; i < 3; i++) {
        if (extent->voxels == 0 || low[i] < extent->low[i]) extent->low[i] = low[i];
        if (extent->voxels == 0 || high[i] > extent->high[i]) extent->high[i] = high[i];
        extent->centroid_mm[i] += 0.5 * ((double)low[i] + high[i]) * count; /* a sum of indices for now */
    }
    extent->voxels += (size_t)(end - first);
}

void fv_labels_extents(const fv_labels *labels, fv_extent *extents)
{
    const fv_grid *grid = &labels->grid;
    const uint16_t *label = labels->label;
    double voxel_ml = fv_affine_determinant(&grid->world_from_voxel) / 1000;
    memset(extents, 0, ((size_t)labels->count + 1) * sizeof *extents);
    for (int z = 0; z < grid->size[2]; z++)
        for (int y = 0; y < grid->size[1]; y++)
            for (int first = 0, end; first < grid->size[0]; label += end - first, first = end) {
                for (end = first + 1; end < grid->size[0] && label[end - first] == *label; end++) {
                }
                extend(&extents[*label], first, end, y, z);
            }
    for (int k = 0; k <= labels->count; k++) {
        fv_extent *extent = &extents[k];
        if (extent->voxels == 0) continue;
        for (int i = 0; i < 3; i++) extent->centroid_mm[i] /= (double)extent->voxels;
        fv_affine_apply(&grid->world_from_voxel, extent->centroid_mm, extent->centroid_mm);
        extent->volume_ml = (double)extent->voxels * (voxel_ml < 0 ? -voxel_ml : voxel_ml);
    }
}
