/* set_hip.c - fluoroscopy with a mask a structure: manifest.csv with image, mask and structure. */
#include "eval/csv.h"
#include "eval/data_set_internal.h"
#include "scene/fields.h"
#include <stdlib.h>
#include <string.h>

/* What no picture of a hip shows. */
static const char *const elsewhere[] = {"skull",         "left hand",  "heart",  "right lung",
                                        "left clavicle", "right foot", "sternum"};

/* The set's structures, and what is asked for. */
static const struct {
    const char *structure, *category, *text;
    fs_kind kind;
} known[] = {{"left_hemipelvis", "hip_left", "left hip bone", FS_KIND_ORGAN},
             {"right_hemipelvis", "hip_right", "right hip bone", FS_KIND_ORGAN},
             {"vertebrae", "vertebrae", "vertebrae", FS_KIND_GROUP},
             {"upper_sacrum", "sacrum", "sacrum", FS_KIND_ORGAN},
             {"left_femur", "femur_left", "left femur", FS_KIND_ORGAN},
             {"right_femur", "femur_right", "right femur", FS_KIND_ORGAN}};

/* The rows of an image stand together: image i has rows first[i] to first[i + 1] - 1. */
typedef struct content {
    fe_csv csv;
    size_t image, mask, structure; /* columns */
    size_t *first;
} content;

static int find_structure(const char *structure)
{
    for (int i = 0; i < (int)(sizeof known / sizeof *known); i++)
        if (strcmp(known[i].structure, structure) == 0) return i;
    return -1;
}

static fsam_status check_row(const content *c, size_t row)
{
    const size_t files[2] = {c->image, c->mask};
    for (int i = 0; i < 2; i++)
        if (!fs_is_file_name(fe_csv_field(&c->csv, row, files[i])))
            return fb_fail(FSAM_ERROR_FORMAT, "%s: row %zu: \"%s\" is no file's name", c->csv.where, row + 1,
                           fe_csv_field(&c->csv, row, files[i]));
    if (find_structure(fe_csv_field(&c->csv, row, c->structure)) < 0)
        return fb_fail(FSAM_ERROR_FORMAT, "%s: row %zu: \"structure\": \"%s\" is not known", c->csv.where, row + 1,
                       fe_csv_field(&c->csv, row, c->structure));
    return FSAM_OK;
}

static fsam_status group_rows(fe_set *set, content *c)
{
    c->first = calloc(c->csv.rows + 1, sizeof *c->first);
    if (c->first == NULL) return fe_no_memory(c->csv.where);
    for (size_t row = 0; row < c->csv.rows; row++) {
        FB_TRY(check_row(c, row));
        const char *image = fe_csv_field(&c->csv, row, c->image);
        const bool same = row > 0 && strcmp(image, fe_csv_field(&c->csv, row - 1, c->image)) == 0;
        if (!same) c->first[set->count++] = row;
    }
    c->first[set->count] = c->csv.rows;
    return FSAM_OK;
}

static fsam_status open_hip(fe_set *set)
{
    char *manifest = fe_path(set->path, NULL, "manifest.csv");
    content *c = set->content = calloc(1, sizeof *c);
    fsam_status status = fe_no_memory(set->path);
    if (manifest != NULL && c != NULL) status = fe_csv_read(manifest, &c->csv);
    free(manifest);
    FB_TRY(status);
    c->image = fe_csv_column(&c->csv, "image");
    c->mask = fe_csv_column(&c->csv, "mask");
    c->structure = fe_csv_column(&c->csv, "structure");
    return group_rows(set, c);
}

static void close_hip(void *opened)
{
    content *c = opened;
    if (c == NULL) return;
    fe_csv_free(&c->csv);
    free(c->first);
    free(c);
}

static fsam_status read_row(const fe_set *set, size_t row, fe_target *target)
{
    const content *c = set->content;
    const int k = find_structure(fe_csv_field(&c->csv, row, c->structure));
    FB_TRY(fe_target_name(target, known[k].category, known[k].text, known[k].kind));
    char *mask = fe_path(set->path, "masks", fe_csv_field(&c->csv, row, c->mask));
    const fsam_status status = mask != NULL ? fe_mask_read(mask, -1, &target->mask) : fe_no_memory(set->path);
    free(mask);
    return status;
}

static fsam_status read_hip(const fe_set *set, size_t index, fe_case *one, char **image)
{
    const content *c = set->content;
    const size_t first = c->first[index], count = c->first[index + 1] - first;
    const char *name = fe_csv_field(&c->csv, first, c->image);
    FB_TRY(fe_case_make(one, name, count));
    FB_TRY(fe_case_absent(one, elsewhere, sizeof elsewhere / sizeof *elsewhere));
    *image = fe_path(set->path, "images", name);
    if (*image == NULL) return fe_no_memory(set->path);
    for (size_t i = 0; i < count; i++) FB_TRY(read_row(set, first + i, &one->target[i]));
    return FSAM_OK;
}

const fe_form fe_hip = {.kind = "fluoroscopy of the hip",
                        .licence = "CC BY-NC 4.0 (DeepFluoro, Grupp and others 2020): not for the project's own files",
                        .masks = true,
                        .column = {"image", "mask", "structure"},
                        .open = open_hip,
                        .close = close_hip,
                        .read = read_hip,
                        .says = FI_SAYS_BONE_DARK};
