#include "scene/subject.h"

#include "xray/tissue.h"
#include <math.h>
#include <stdlib.h>

static fsam_status no_memory(const char *where)
{
    return fb_fail(FSAM_ERROR_MEMORY, "%s: out of memory", where);
}

/* ---- labels ---- */

/* Every stride-th voxel along each axis of the label's box, so that there are enough of them and not too many. */
static fsam_status sample_label(const fv_labels *labels, int label, const fv_extent *extent, const char *where,
                                fs_points *points)
{
    enum { ENOUGH = 4000 };
    const fv_grid *grid = &labels->grid;
    int stride = 1;
    while (extent->voxels / ((size_t)stride * (size_t)stride * (size_t)stride) > ENOUGH) stride++;
    double spacing[3];
    fv_grid_spacing(grid, spacing);
    FB_TRY(fs_points_make(extent->voxels < 8 * ENOUGH ? extent->voxels : 8 * ENOUGH, where, points));
    points->spacing_mm = stride * fmax(spacing[0], fmax(spacing[1], spacing[2]));
    for (int z = extent->low[2]; z <= extent->high[2]; z += stride)
        for (int y = extent->low[1]; y <= extent->high[1]; y += stride)
            for (int x = extent->low[0]; x <= extent->high[0]; x += stride) {
                const size_t at = ((size_t)z * (size_t)grid->size[1] + (size_t)y) * (size_t)grid->size[0] + (size_t)x;
                if (labels->label[at] != label) continue;
                double world[3] = {x, y, z};
                fv_affine_apply(&grid->world_from_voxel, world, world);
                fs_points_add(points, world);
            }
    return FSAM_OK;
}

/* Labels at the ends of columns. */
static void learn_cuts(fs_subject *s)
{
    const size_t slice = (size_t)s->labels.grid.size[0] * (size_t)s->labels.grid.size[1];
    for (int end = 0; end < 2; end++)
        for (size_t i = 0; i < slice; i++) {
            const uint16_t label = s->labels.label[(size_t)s->ends.slice[end][i] * slice + i];
            if (label == 0) continue;
            if (end == 0)
                s->label[label - 1].cut_inferior = true;
            else
                s->label[label - 1].cut_superior = true;
        }
}

static fsam_status learn_labels(fs_subject *s, const char *where)
{
    const size_t count = (size_t)s->labels.count;
    fv_extent *extents = calloc(count + 1, sizeof *extents);
    s->label = calloc(count + 1, sizeof *s->label);
    if (extents == NULL || s->label == NULL) {
        free(extents);
        return no_memory(where);
    }
    fv_labels_extents(&s->labels, extents);
    fsam_status status = FSAM_OK;
    for (size_t k = 1; k <= count && status == FSAM_OK; k++) {
        if (extents[k].voxels == 0) continue;
        status = sample_label(&s->labels, (int)k, &extents[k], where, &s->label[k - 1].points);
    }
    free(extents);
    if (status == FSAM_OK) learn_cuts(s);
    return status;
}

/* ---- views ---- */

static double share_cut(const fs_subject *s, const fs_carm *carm)
{
    fx_camera camera;
    return fs_carm_camera(carm, &camera) == FSAM_OK ? fs_ct_ends_share(&s->ends, &camera) : 1;
}

/* Adds the view to the choices when it can be taken; which it cannot is no failure. */
static void try_view(fs_subject *s, const fs_view *view, fb_side side)
{
    const fs_draw plain = {0};
    fs_carm carm;
    if (fs_view_place(view, side, s->anatomy, &plain, &carm) == FSAM_OK)
        s->choice[s->choices++] = (fs_choice){view, side, share_cut(s, &carm)};
    fb_message_clear();
}

static fsam_status find_choices(fs_subject *s, const char *where)
{
    size_t count = 0;
    while (fs_view_at(count) != NULL) count++;
    s->choice = calloc(2 * count + 1, sizeof *s->choice);
    if (s->choice == NULL) return no_memory(where);
    for (size_t i = 0; i < count; i++) {
        const fs_view *view = fs_view_at(i);
        try_view(s, view, view->sided ? FB_SIDE_LEFT : FB_SIDE_NONE);
        if (view->sided) try_view(s, view, FB_SIDE_RIGHT);
    }
    return FSAM_OK;
}

static fsam_status check_names(const fv_labels *labels, const char *where)
{
    for (int k = 0; k < labels->count; k++)
        if (labels->structure[k].category != NULL) return FSAM_OK;
    return fb_fail(FSAM_ERROR_MISMATCH, "%s: none of its labels is one of the 128 categories", where);
}

/* How far fv_vary may take the ends of the body from those of the grid. */
static double frayed_by(const fv_variation *v, const fv_grid *grid)
{
    double spacing[3];
    fv_grid_spacing(grid, spacing);
    return 0.5 * grid->size[2] * spacing[2] * v->scale + v->deform_mm + 2 * spacing[2];
}

static fsam_status make(fs_subject *s, double frayed_mm, const char *where)
{
    fx_tissue_table *table = malloc(sizeof *table);
    if (table == NULL) return no_memory(where);
    fsam_status status = check_names(&s->labels, where);
    if (status == FSAM_OK) status = fx_tissue_table_of(FX_TISSUE_BLENDED, table);
    if (status == FSAM_OK) status = fx_body_make(&s->ct, &s->labels, table, where, &s->body);
    free(table);
    FB_TRY(status);
    FB_TRY(fs_anatomy_make(&s->labels, &s->anatomy));
    FB_TRY(fs_ct_ends_make(&s->ct, frayed_mm, where, &s->ends));
    FB_TRY(learn_labels(s, where));
    return find_choices(s, where);
}

fsam_status fs_subject_make_varied(fv_ct *ct, fv_labels *labels, const fv_variation *variation, const char *where,
                                   fs_subject **subject)
{
    const double frayed_mm = variation != NULL ? frayed_by(variation, &ct->grid) : 0;
    fs_subject *s = calloc(1, sizeof *s);
    *subject = NULL;
    if (s == NULL) {
        fv_ct_free(ct);
        fv_labels_free(labels);
        return no_memory(where);
    }
    s->ct = *ct;
    s->labels = *labels;
    *ct = (fv_ct){0};
    *labels = (fv_labels){0};
    const fsam_status status = make(s, frayed_mm, where);
    if (status == FSAM_OK)
        *subject = s;
    else
        fs_subject_free(s);
    return status;
}

fsam_status fs_subject_make(fv_ct *ct, fv_labels *labels, const char *where, fs_subject **subject)
{
    return fs_subject_make_varied(ct, labels, NULL, where, subject);
}

void fs_subject_free(fs_subject *subject)
{
    if (subject == NULL) return;
    for (int k = 0; subject->label != NULL && k < subject->labels.count; k++) fs_points_free(&subject->label[k].points);
    free(subject->label);
    free(subject->choice);
    fs_anatomy_free(subject->anatomy);
    fs_ct_ends_free(&subject->ends);
    fx_body_free(subject->body);
    fv_ct_free(&subject->ct);
    fv_labels_free(&subject->labels);
    free(subject);
}
