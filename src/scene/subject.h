/* subject.h - a patient made ready for pictures. */
#ifndef SCENE_SUBJECT_H
#define SCENE_SUBJECT_H

#include "scene/anatomy.h"
#include "scene/ct_ends.h"
#include "scene/shadow_share.h"
#include "scene/views.h"
#include "volume/vary.h"
#include "xray/body.h"

/* A view for which this patient has what it needs. */
typedef struct fs_choice {
    const fs_view *view;
    fb_side side;
    double cut; /* the share of its picture that misses body beyond the CT's ends (ct_ends.h), as the book has it */
} fs_choice;

/* What is known of a label besides its voxels. */
typedef struct fs_label_facts {
    fs_points points;                /* places in it */
    bool cut_inferior, cut_superior; /* it reaches the CT's lower or upper end (ct_ends.h) */
} fs_label_facts;

/* Read-only once made; threads may share it. Owned: fs_subject_free. */
typedef struct fs_subject {
    fv_ct ct;
    fv_labels labels;
    fx_body *body;
    fs_anatomy *anatomy;
    fs_ct_ends ends;
    fs_label_facts *label; /* [labels.count]; of label k at k - 1 */
    int choices;
    fs_choice *choice; /* [choices]; none for a patient of whom no standard view can be taken */
} fs_subject;

/* Takes over CT and labels, which are on one grid, also on failure, and leaves them empty. `where` is for messages.
 * FSAM_ERROR_MISMATCH for labels that hold none of the 128 categories. */
fsam_status fs_subject_make(fv_ct *ct, fv_labels *labels, const char *where, fs_subject **subject);
/* The same of CT and labels that fv_vary made with this variation. */
fsam_status fs_subject_make_varied(fv_ct *ct, fv_labels *labels, const fv_variation *variation, const char *where,
                                   fs_subject **subject);
void fs_subject_free(fs_subject *subject); /* NULL is allowed */

#endif
