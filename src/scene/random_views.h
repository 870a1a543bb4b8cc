/* random_views.h - views as a C-arm may take them in an operation: aimed at some structure, from anywhere sensible. */
#ifndef SCENE_RANDOM_VIEWS_H
#define SCENE_RANDOM_VIEWS_H

#include "scene/views.h"

/* Directions are spread evenly over the solid angle of each. */
typedef enum fs_spread {
    FS_SPREAD_AP,      /* a cone of 45 degrees about a beam from front to back */
    FS_SPREAD_PA,      /* the same from back to front */
    FS_SPREAD_LATERAL, /* cones of 20 degrees about both lateral beams */
    FS_SPREAD_SPHERE,  /* all */
    FS_SPREADS
} fs_spread;
/* The cone's half angle, degrees; 180 for the sphere. */
double fs_spread_half_angle(fs_spread spread);

/* A structure of the patient at random, all categories alike; of one that is paired, a side that is there.
 * FSAM_ERROR_MISMATCH when there is none. */
fsam_status fs_random_target(const fs_anatomy *anatomy, const fs_draw *draw, const fb_structure **target,
                             fb_side *side);
/* A view of it (side: of a paired category; FB_SIDE_NONE: of both): any distance, detector and rotation that the device
 * allows. *spread, if not NULL, is what the direction came from. FSAM_ERROR_MISMATCH when the patient has no `name`. */
fsam_status fs_random_view(const fs_anatomy *anatomy, const char *name, fb_side side, const fs_draw *draw,
                           fs_carm *carm, fs_spread *spread);

#endif
