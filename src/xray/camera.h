/* camera.h - the X-ray source and the detector's pixels as a pinhole camera. */
#ifndef XRAY_CAMERA_H
#define XRAY_CAMERA_H

#include "base/status.h"
#include "volume/affine.h"

/* The camera's frame, mm: origin at the source, x along the detector's rows to the right, y down its columns, z from
 * the source to the detector. Pixel (0, 0) is the centre of the first pixel, x to the right and y down. */
typedef struct fx_camera {
    int width, height;           /* pixels */
    double sdd_mm;               /* from the source to the detector's plane */
    double pixel_mm;             /* of the detector; focal length in pixels is sdd_mm / pixel_mm */
    double centre_x, centre_y;   /* principal point, pixels: where the detector is nearest to the source */
    fv_affine world_from_camera; /* rigid; its last column is the source */
} fx_camera;

enum { FX_MOST_PIXELS = 1 << 15 }; /* along a side */

/* A camera at source_mm that looks at the middle of its picture, detector_mm. `up` is any direction that is not along
 * the beam; it points to the top of the picture as nearly as it can. FSAM_ERROR_ARGUMENT, naming the field. */
fsam_status fx_camera_look(const double source_mm[3], const double detector_mm[3], const double up[3], int width,
                           int height, double pixel_mm, fx_camera *camera);
/* Sizes and lengths that make sense and a map that is rigid: else FSAM_ERROR_ARGUMENT, naming the field. */
fsam_status fx_camera_check(const fx_camera *camera);

double fx_camera_focal_px(const fx_camera *camera);
void fx_camera_source(const fx_camera *camera, double source_mm[3]);
/* Where a point of the world is seen, pixels; may be outside the picture. Returns its depth, mm along z from the
 * source; the pixel has no meaning when that is not positive. */
double fx_camera_project(const fx_camera *camera, const double world_mm[3], double pixel[2]);
/* The unit vector from the source to a pixel. Returns the pixel's distance from the source, mm. */
double fx_camera_ray(const fx_camera *camera, double x, double y, double direction[3]);

#endif
