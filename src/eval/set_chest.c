/* set_chest.c - chest X-rays whose lungs are drawn: manifest.csv, images/ID.jpg, masks/ID.png. */
#include "eval/csv.h"
#include "eval/data_set_internal.h"
#include "scene/fields.h"
#include <stdio.h>
#include <stdlib.h>

enum { LUNG = 4 }; /* in the masks */

/* What no picture of a chest shows. */
static const char *const elsewhere[] = {"left hand",     "right foot",      "left femur",
                                        "right patella", "urinary bladder", "prostate"};

static fsam_status open_chest(fe_set *set)
{
    char *manifest = fe_path(set->path, NULL, "manifest.csv");
    fe_csv *csv = set->content = calloc(1, sizeof *csv);
    fsam_status status = fe_no_memory(set->path);
    if (manifest != NULL && csv != NULL) status = fe_csv_read(manifest, csv);
    if (status == FSAM_OK) set->count = csv->rows;
    for (size_t i = 0; i < set->count && status == FSAM_OK; i++)
        if (!fs_is_file_name(fe_csv_field(csv, i, fe_csv_column(csv, "id"))))
            status = fb_fail(FSAM_ERROR_FORMAT, "%s: row %zu: \"id\": \"%s\" is no file's name", manifest, i + 1,
                             fe_csv_field(csv, i, fe_csv_column(csv, "id")));
    free(manifest);
    return status;
}

static void close_chest(void *content)
{
    if (content != NULL) fe_csv_free(content);
    free(content);
}

static fsam_status read_chest(const fe_set *set, size_t index, fe_case *c, char **image)
{
    const fe_csv *csv = set->content;
    const char *id = fe_csv_field(csv, index, fe_csv_column(csv, "id"));
    char *mask = NULL;
    FB_TRY(fe_case_make(c, id, 1));
    FB_TRY(fe_target_name(&c->target[0], "lungs", "lungs", FS_KIND_GROUP));
    FB_TRY(fe_case_absent(c, elsewhere, sizeof elsewhere / sizeof *elsewhere));
    if (asprintf(image, "%s/images/%s.jpg", set->path, id) < 0) *image = NULL;
    if (asprintf(&mask, "%s/masks/%s.png", set->path, id) < 0) mask = NULL;
    const fsam_status status =
        *image != NULL && mask != NULL ? fe_mask_read(mask, LUNG, &c->target[0].mask) : fe_no_memory(set->path);
    free(mask);
    return status;
}

const fe_form fe_chest = {.kind = "chest X-rays",
                          .licence = "images CC BY 3.0 or 4.0 as the set's manifest says, masks CC BY 4.0 (V7 Labs)",
                          .masks = true,
                          .column = {"id", "lung_frac"},
                          .open = open_chest,
                          .close = close_chest,
                          .read = read_chest,
                          .says = FI_SAYS_BONE_BRIGHT};
