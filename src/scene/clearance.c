#include "scene/clearance.h"

#include <math.h>

#define MOST_SHARE 0.01
#define SMALLER    0.05 /* steps of SOD / SDD */
#define FURTHER_MM 50.0 /* and of the SDD */

enum {
    BODY_HU = -300, /* between air and fat */
    POINTS = 24     /* along a side of the detector */
};

static bool in_body(const fv_ct *ct, const fv_affine *voxel_from_world, const double world[3])
{
    double voxel[3];
    size_t at = 0;
    fv_affine_apply(voxel_from_world, world, voxel);
    for (int i = 2; i >= 0; i--) {
        const double near = round(voxel[i]);
        if (!(near >= 0 && near < ct->grid.size[i])) return false;
        at = at * (size_t)ct->grid.size[i] + (size_t)near;
    }
    return ct->hu[at] > BODY_HU;
}

double fs_detector_share_in(const fv_ct *ct, const fx_camera *camera)
{
    fv_affine voxel_from_world;
    double source[3], direction[3], end[3];
    int in = 0;
    if (!fv_affine_invert(&ct->grid.world_from_voxel, &voxel_from_world)) return 0;
    fx_camera_source(camera, source);
    for (int i = 0; i < POINTS * POINTS; i++) {
        const double x = (i % POINTS + 0.5) / POINTS * camera->width - 0.5;
        const double y = ((double)(i / POINTS) + 0.5) / POINTS * camera->height - 0.5;
        const double distance = fx_camera_ray(camera, x, y, direction);
        for (int k = 0; k < 3; k++) end[k] = source[k] + distance * direction[k];
        in += in_body(ct, &voxel_from_world, end);
    }
    return (double)in / (POINTS * POINTS);
}

/* One step away from the patient; false when the device cannot go further. */
static bool step_away(fs_carm *carm)
{
    const double field_mm = carm->detector_mm * carm->fraction;
    if (carm->fraction > FS_LEAST_FRACTION)
        carm->fraction = fmax(carm->fraction - SMALLER, FS_LEAST_FRACTION);
    else if (carm->sdd_mm < FS_MOST_SDD_MM)
        carm->sdd_mm = fmin(carm->sdd_mm + FURTHER_MM, FS_MOST_SDD_MM);
    else
        return false;
    carm->detector_mm = fmin(field_mm / carm->fraction, fmax(carm->detector_mm, FS_MOST_DETECTOR_MM));
    return true;
}

fsam_status fs_clear_detector(const fv_ct *ct, fs_carm *carm, fx_camera *camera)
{
    FB_TRY(fs_carm_camera(carm, camera));
    while (fs_detector_share_in(ct, camera) > MOST_SHARE && step_away(carm)) FB_TRY(fs_carm_camera(carm, camera));
    return FSAM_OK;
}
