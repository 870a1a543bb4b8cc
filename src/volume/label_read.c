#include "volume/label_read.h"

#include "volume/label_names.h"
#include "volume/nifti.h"
#include "volume/resample.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { IDS = UINT16_MAX + 1 };

/* ---- names ---- */

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* Bytes of a path that come before ".nii", ".nii.gz", ".hdr" or ".img"; all of them when it ends otherwise. */
static size_t stem_length(const char *path)
{
    static const char *const ends[] = {".nii.gz", ".nii", ".hdr", ".hdr.gz", ".img", ".img.gz"};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i]);
        if (length > end && strcmp(path + length - end, ends[i]) == 0) return length - end;
    }
    return length;
}

/* The table beside a label map; *beside is NULL when there is none. Owned: free. */
static fsam_status find_beside(const char *path, char **beside)
{
    static const char *const ends[] = {"tsv", "csv", "json"};
    const char *slash = strrchr(path, '/');
    int folder = slash != NULL ? (int)(slash - path + 1) : 0, stem = (int)stem_length(path);
    for (int own = 1; own >= 0; own--)
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
            int length = own != 0 ? asprintf(beside, "%.*s.%s", stem, path, ends[i])
                                  : asprintf(beside, "%.*slabel_names.%s", folder, path, ends[i]);
            if (length < 0) return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", path);
            if (is_file(*beside)) return FSAM_OK;
            free(*beside);
        }
    *beside = NULL;
    return FSAM_OK;
}

static fsam_status find_names(const fv_label_source *source, const fv_nifti *file, fv_names *names)
{
    char *beside;
    const char *table = fv_nifti_label_table(file);
    if (source->names != NULL) return fv_names_read(source->names, names);
    if (table != NULL) return fv_names_of_table(table, source->path, names);
    FB_TRY(find_beside(source->path, &beside));
    if (beside != NULL) {
        fsam_status status = fv_names_read(beside, names);
        free(beside);
        return status;
    }
    if (source->standard_ids) return fv_names_standard(names);
    return fb_fail(
        FSAM_ERROR_UNSUPPORTED,
        "%s: labels: the file does not say what its numbers stand for; give a table of numbers and names, or "
        "say that they are TotalSegmentator's",
        source->path);
}

/* ---- numbers to structures ---- */

/* The numbers that occur: seen[id]. */
static void find_ids(const uint16_t *ids, size_t count, bool *seen)
{
    for (size_t i = 0; i < count; i++) seen[ids[i]] = true;
}

/* Names up to ten numbers that lack one. */
static fsam_status refuse_unnamed(const bool *seen, const fv_names *names, const char *path)
{
    char list[128] = "";
    size_t length = 0;
    int unnamed = 0;
    for (int id = 1; id < IDS; id++) {
        if (!seen[id] || fv_names_find(names, id) != NULL) continue;
        if (unnamed++ < 10)
            length += (size_t)snprintf(list + length, sizeof list - length, "%s%d", unnamed > 1 ? ", " : "", id);
    }
    if (unnamed == 0) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MISMATCH, "%s: labels: no name for %s%s", path, list, unnamed > 10 ? " and others" : "");
}

/* Finds or adds the structure of a name after mapping; *label 0 when it is to be left out. */
static fsam_status label_of(fv_labels *labels, const fv_mapping *mapping, const char *name, uint16_t *label)
{
    const char *to = fv_mapping_find(mapping, name);
    *label = 0;
    if (to == NULL) return FSAM_OK;
    *label = (uint16_t)fv_labels_find(labels, to);
    if (*label != 0) return FSAM_OK;
    FB_TRY(fv_labels_add(labels, to));
    *label = (uint16_t)labels->count;
    return FSAM_OK;
}

/* labels->label holds the file's numbers, and then labels. */
static fsam_status number_densely(fv_labels *labels, const fv_names *names, const fv_mapping *mapping, const char *path)
{
    bool seen[IDS] = {false};
    uint16_t label[IDS] = {0};
    size_t count = fv_grid_voxels(&labels->grid);
    find_ids(labels->label, count, seen);
    FB_TRY(refuse_unnamed(seen, names, path));
    for (int id = 1; id < IDS; id++)
        if (seen[id]) FB_TRY(label_of(labels, mapping, fv_names_find(names, id), &label[id]));
    for (size_t i = 0; i < count; i++) labels->label[i] = label[labels->label[i]];
    return FSAM_OK;
}

static fsam_status read_numbered(const fv_label_source *source, const fv_mapping *mapping, fv_nifti *file,
                                 fv_labels *labels)
{
    fv_names names;
    FB_TRY(find_names(source, file, &names));
    fsam_status status = fv_labels_make(fv_nifti_grid(file), source->path, labels);
    if (status == FSAM_OK) status = fv_nifti_read_ids(file, labels->label);
    if (status == FSAM_OK) status = number_densely(labels, &names, mapping, source->path);
    fv_names_free(&names);
    return status;
}

/* ---- a folder of masks ---- */

static int is_nifti(const struct dirent *item)
{
    return item->d_name[0] != '.' && stem_length(item->d_name) < strlen(item->d_name);
}

static fsam_status add_mask_voxels(fv_nifti *file, const char *path, uint16_t label, fv_labels *labels)
{
    fv_labels mask;
    FB_TRY(fv_labels_make(fv_nifti_grid(file), path, &mask));
    fsam_status status = fv_nifti_read_ids(file, mask.label);
    size_t count = fv_grid_voxels(&labels->grid);
    for (size_t i = 0; i < count && status == FSAM_OK; i++)
        if (mask.label[i] != 0 && labels->label[i] == 0) labels->label[i] = label;
    fv_labels_free(&mask);
    return status;
}

/* The first mask brings the grid. */
static fsam_status add_mask(fv_nifti *file, const char *path, const fv_mapping *mapping, const char *name,
                            fv_labels *labels)
{
    uint16_t label;
    if (labels->label == NULL) FB_TRY(fv_labels_make(fv_nifti_grid(file), path, labels));
    if (!fv_grid_same(fv_nifti_grid(file), &labels->grid))
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: not on the grid of the masks before it", path);
    FB_TRY(label_of(labels, mapping, name, &label));
    return label != 0 ? add_mask_voxels(file, path, label, labels) : FSAM_OK;
}

static fsam_status read_mask(const char *folder, const char *name, const fv_mapping *mapping, size_t max_voxels,
                             fv_labels *labels)
{
    char *path = NULL, *stem = NULL;
    fv_nifti *file = NULL;
    fsam_status status = FSAM_OK;
    if (asprintf(&path, "%s/%s", folder, name) < 0 || (stem = strndup(name, stem_length(name))) == NULL)
        status = fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", folder);
    if (status == FSAM_OK) status = fv_nifti_open(path, max_voxels, &file);
    if (status == FSAM_OK) status = add_mask(file, path, mapping, stem, labels);
    fv_nifti_close(file);
    free(stem);
    free(path);
    return status;
}

/* In the order of their names; where masks overlap, the first has the voxel. */
static fsam_status read_masks(const fv_label_source *source, const fv_mapping *mapping, size_t max_voxels,
                              fv_labels *labels)
{
    struct dirent **items;
    fsam_status status = FSAM_OK;
    int count = scandir(source->path, &items, is_nifti, alphasort);
    if (count < 0) return fb_fail(FSAM_ERROR_IO, "%s: cannot open: %s", source->path, strerror(errno));
    if (count == 0) status = fb_fail(FSAM_ERROR_FORMAT, "%s: no NIfTI files in this folder", source->path);
    for (int i = 0; i < count; i++) {
        if (status == FSAM_OK) status = read_mask(source->path, items[i]->d_name, mapping, max_voxels, labels);
        free(items[i]);
    }
    free(items);
    return status;
}

/* ---- both ---- */

static fsam_status read_file(const fv_label_source *source, const fv_mapping *mapping, size_t max_voxels,
                             fv_labels *labels)
{
    fv_nifti *file;
    FB_TRY(fv_nifti_open(source->path, max_voxels, &file));
    fsam_status status = read_numbered(source, mapping, file, labels);
    fv_nifti_close(file);
    return status;
}

static bool has_labels(const fv_labels *labels)
{
    size_t count = fv_grid_voxels(&labels->grid);
    for (size_t i = 0; i < count; i++)
        if (labels->label[i] != 0) return true;
    return false;
}

fsam_status fv_labels_bring_onto(fv_labels *labels, const fv_grid *grid, const char *where)
{
    fv_labels moved;
    if (fv_grid_same(grid, &labels->grid)) return FSAM_OK;
    bool had_labels = has_labels(labels);
    FB_TRY(fv_labels_resample(labels, grid, where, &moved));
    fv_labels_free(labels);
    *labels = moved;
    if (had_labels && !has_labels(labels))
        return fb_fail(FSAM_ERROR_MISMATCH, "%s: labels: none of them lies within the CT", where);
    return fv_labels_drop_empty(labels);
}

static fsam_status read_all(const fv_label_source *source, const fv_mapping *mapping, const fv_grid *onto,
                            size_t max_voxels, fv_labels *labels)
{
    struct stat info;
    bool is_folder = stat(source->path, &info) == 0 && S_ISDIR(info.st_mode);
    FB_TRY(is_folder ? read_masks(source, mapping, max_voxels, labels)
                     : read_file(source, mapping, max_voxels, labels));
    FB_TRY(fv_labels_drop_empty(labels));
    return onto != NULL ? fv_labels_bring_onto(labels, onto, source->path) : FSAM_OK;
}

fsam_status fv_labels_read(const fv_label_source *source, const fv_grid *onto, size_t max_voxels, fv_labels *labels)
{
    fv_mapping mapping = {0};
    *labels = (fv_labels){0};
    if (source->mapping != NULL) FB_TRY(fv_mapping_read(source->mapping, &mapping));
    fsam_status status = read_all(source, &mapping, onto, max_voxels, labels);
    if (status != FSAM_OK) fv_labels_free(labels);
    fv_mapping_free(&mapping);
    return status;
}
