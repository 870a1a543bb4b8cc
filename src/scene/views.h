/*
 * views.h - the views that radiographers take, found from the patient's own anatomy and then varied a little.
 *
 * A view (view_table.c) is a direction in a frame of the body or of a limb, what it is centred on, and how much it
 * shows. Bones stay as they lie in the CT: where a radiographer would turn or bend the limb, the beam is turned
 * instead.
 */
#ifndef SCENE_VIEWS_H
#define SCENE_VIEWS_H

#include "scene/anatomy.h"
#include "scene/carm.h"

/* What a view's angles are counted in: axes that are called left, back and up, as the body's are. */
typedef enum fs_frame {
    FS_FRAME_BODY,    /* LPS */
    FS_FRAME_SCAPULA, /* up as the body's, back at right angles to the blade */
    FS_FRAME_ELBOW,   /* up along the upper arm and forearm, the radius on the outer side */
    FS_FRAME_HAND,    /* up from the hand to the forearm, the radius on the outer side */
    FS_FRAME_KNEE,    /* up from the lower leg to the thigh, back as nearly the body's as can be */
    FS_FRAME_FOOT     /* up from the foot to the lower leg, back from toes to heel */
} fs_frame;

/* left, back, up of a limb on `side`: axes[0..2], unit vectors of the world at right angles. false when the patient
 * lacks what they are found by: *missing is then its name. */
bool fs_frame_find(const fs_anatomy *anatomy, fs_frame frame, fb_side side, double axes[3][3], const char **missing);

enum { FS_VIEW_NAMES = 5 };

typedef enum fs_top { FS_TOP_HEAD, FS_TOP_FRONT, FS_TOP_FEET } fs_top; /* of the frame: up, front, or down is up */

typedef struct fs_view {
    const char *name; /* "pelvis_inlet" */
    bool sided;       /* there is one of the left and one of the right */
    fs_frame frame;
    double primary_deg, secondary_deg; /* in the frame; of the left one, where sided: the right is its mirror image */
    fs_top top;
    bool from_source; /* shown as seen from the source, whatever the direction: hands and feet */
    bool at_joint;    /* centred where the first of `on` meets the second; else on the box of all */
    double fov_mm;    /* side of the square that is seen at the centre; 0: as much as `on` needs */
    const char *on[FS_VIEW_NAMES], *needs[FS_VIEW_NAMES]; /* names as fs_anatomy_find has them; NULL after the last */
} fs_view;

/* All of them; NULL beyond. Borrowed, as are those found by name (NULL when there is none). */
const fs_view *fs_view_at(size_t index);
const fs_view *fs_view_find(const char *name);

/* What random choices are keyed by, and how much is left to them. */
typedef struct fs_draw {
    uint64_t seed;
    uint32_t scene, view;
    double jitter; /* 0: as the table has it; to 1: as much as usual */
    int pixels;    /* 0: FS_PIXELS */
} fs_draw;

/* The device for a view of this patient. side is FB_SIDE_NONE unless view->sided. FSAM_ERROR_MISMATCH, naming what is
 * missing, for a patient who lacks something the view is found by or should show. */
fsam_status fs_view_place(const fs_view *view, fb_side side, const fs_anatomy *anatomy, const fs_draw *draw,
                          fs_carm *carm);

#endif
