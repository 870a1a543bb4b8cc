/*
 * projector.h - from a body and a camera to what every ray crosses.
 *
 * A ray is sampled where it meets the planes of voxel centres across the axis of the grid along which it passes voxels
 * fastest. Along no axis is a step longer than a voxel, so no layer of voxels is stepped over. Its structures are those
 * of all voxels that it passes, from face to face: no corner between two samples is missed, so that a mask has no slits
 * where rays graze the steps of a surface. Paths in a structure count in 64ths of a step (coarser in volumes of more
 * than 1000 voxels along a side); half of one is the least that is seen. Only what lies between the source and the
 * detector counts.
 */
#ifndef XRAY_PROJECTOR_H
#define XRAY_PROJECTOR_H

#include "xray/body.h"
#include "xray/camera.h"
#include "xray/shadows.h"

/*
 * mass[b] [height, width]: g/cm^2 of basis material b. shadows, NULL or of the camera's size with fx_body_labels(body)
 * structures: a pixel is set where the path through a structure is more than least_mm (0: wherever it is seen at all).
 * The body is not plain. Runs on OpenMP's threads; the result does not depend on their number. FSAM_ERROR_ARGUMENT,
 * FSAM_ERROR_MISMATCH, FSAM_ERROR_MEMORY.
 */
fsam_status fx_project(const fx_body *body, const fx_camera *camera, double least_mm, float *const mass[FX_BASES],
                       fx_shadows *shadows);

/* path [height, width]: the integral of the attenuation relative to water through a plain body, mm of water. */
fsam_status fx_line_integral(const fx_body *body, const fx_camera *camera, float *path);

#endif
