/*
 * carm.h - how the X-ray device stands to the patient: two angles, distances and a detector; and the camera that this
 * makes. docs/COORDINATES.md draws it.
 *
 * Angles are DICOM's Positioner Primary and Secondary Angle (PS3.3, C.8.7.5.1.2), of the detector as seen from the
 * patient: at 0 and 0 it is in front of the chest; primary grows towards the patient's left (LAO), secondary towards
 * the head (CRA), like a longitude and a latitude about the long axis. An AP picture, its detector behind the patient,
 * is at a primary angle of 180.
 */
#ifndef SCENE_CARM_H
#define SCENE_CARM_H

#include "xray/camera.h"

/* The device's limits, mm; SOD is the distance from the source to what it is aimed at. */
#define FS_LEAST_SDD_MM      900.0
#define FS_MOST_SDD_MM       1200.0
#define FS_LEAST_DETECTOR_MM 300.0
#define FS_MOST_DETECTOR_MM  400.0
#define FS_LEAST_FRACTION    0.5
#define FS_MOST_FRACTION     0.9

enum { FS_PIXELS = 512 }; /* along a side, unless asked for */

typedef struct fs_carm {
    double target_mm[3];  /* what the beam's middle is aimed at, LPS */
    double primary_deg;   /* -180..180, LAO positive */
    double secondary_deg; /* -90..90, CRA positive */
    double rotation_deg;  /* how far the picture's top is from the head's direction, clockwise as it is shown */
    double sdd_mm;        /* source to detector */
    double fraction;      /* SOD / SDD */
    double detector_mm;   /* side of the square part of the detector that is read: less than all when collimated */
    int pixels;           /* along its side */
    bool mirrored;        /* shown as seen from the detector, not from the source: columns are in reverse order */
} fs_carm;

/* Directions of the detector from the patient, and of the picture's top when the rotation is 0. Of length 1, at right
 * angles. At a secondary angle of +-90 they still depend on the primary one. */
void fs_carm_directions(double primary_deg, double secondary_deg, double beam[3], double up[3]);
/* Sets the three angles so that the beam and the picture's top point there; `up` need not be square to `beam`.
 * Along the body's axis, where the primary angle has no meaning of its own, it is 0. mirrored must be set before.
 * FSAM_ERROR_ARGUMENT when a direction is none or both are along one line. */
fsam_status fs_carm_point(fs_carm *carm, const double beam[3], const double up[3]);
/* Whether pictures of this beam are shown mirrored, so that the patient's right is on the left of a frontal picture,
 * and the front on the left of a lateral one. */
bool fs_carm_shown_mirrored(const double beam[3], const double up[3]);

/* The camera as seen from the source: when `mirrored`, its picture's columns are then to be reversed.
 * FSAM_ERROR_ARGUMENT, naming the field, for a device that cannot be. */
fsam_status fs_carm_camera(const fs_carm *carm, fx_camera *camera);
/* The device of a camera, aimed at the point that is `fraction` of the way to the detector. */
fsam_status fs_carm_of_camera(const fx_camera *camera, double fraction, bool mirrored, fs_carm *carm);
/* Where a point is in the picture as shown, pixels. Returns its depth, as fx_camera_project does. */
double fs_carm_see(const fs_carm *carm, const fx_camera *camera, const double world_mm[3], double pixel[2]);
/* The matrix of the picture as shown, [row][column], px: the focal length along x is negative when it is mirrored. */
void fs_carm_intrinsic(const fs_carm *carm, const fx_camera *camera, double intrinsic[3][3]);

enum { FS_ANGLES_ROOM = 32 };
/* "LAO 30 CRA 10", to whole degrees. Returns text. */
char *fs_carm_angles(const fs_carm *carm, char text[FS_ANGLES_ROOM]);

#endif
