/* exposure.h - how much of the tube's output each pixel of the detector gets. */
#ifndef XRAY_EXPOSURE_H
#define XRAY_EXPOSURE_H

#include "xray/spectrum.h"

/* How the output of a tube falls towards its anode, where rays leave the target at a flat angle. Only the amount is
 * followed, not the hardening that goes with it. */
enum { FX_HEEL_ANGLES = 61 };
typedef struct fx_heel {
    float output[FX_HEEL_ANGLES]; /* air kerma relative to the central ray, from -15 to 15 degrees, cathode to anode */
} fx_heel;
#define FX_HEEL_DEGREES 15.0

/* tube->anode_degrees: the target's own angle. Rays flatter than 1 degree count as that. */
fsam_status fx_heel_of(const fx_tube *tube, fx_heel *heel);
/* The same, from memory where the process asked for such a tube not long before: 61 spectra take a twentieth of the
 * time of a whole picture. For any thread. */
fsam_status fx_heel_kept(const fx_tube *tube, fx_heel *heel);

/* A flat detector. */
typedef struct fx_detector_plane {
    int height, width;
    double pixel_mm, sdd_mm; /* sdd: along the perpendicular from the focal spot */
    double foot_x, foot_y;   /* pixel where that perpendicular meets the detector */
    double anode_x, anode_y; /* direction of the anode in the picture, a unit vector; used with a heel only */
} fx_detector_plane;

/* The tube's load that gives an air kerma free in air at a distance from the focal spot: for an entrance dose at the
 * patient's skin or a detector dose alike. */
fsam_status fx_mas_of_air_kerma(const fx_spectrum *spectrum, double microgray, double distance_mm, double *mas);

/* factor [height, width]: what brings "per mm^2 and mAs at 1 m" to "per pixel of this exposure": load, inverse square
 * of the distance, the pixel's area as the ray sees it, and the heel effect unless `heel` is NULL. */
void fx_exposure(const fx_detector_plane *plane, double mas, const fx_heel *heel, float *factor);

#endif
