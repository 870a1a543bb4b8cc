/*
 * technique.h - the tube voltage that fits what is in the beam.
 *
 * Voltage follows thickness, as in radiographers' charts and in the brightness control of a fluoroscope: a hand is
 * taken at 50 to 60 kV, a pelvis at 75 to 95, a lumbar spine from the side at 90 to 120. Too low a voltage for a thick
 * part leaves no quanta behind it.
 */
#ifndef SCENE_TECHNIQUE_H
#define SCENE_TECHNIQUE_H

#include "xray/body.h"
#include "xray/camera.h"

enum { FS_LEAST_KV = 50, FS_MOST_KV = 125 };

/* What is in the way of the rays through the middle half of the picture, g/cm^2, which of water is cm: the mean of
 * those of 9 x 9 rays that meet anything. */
double fs_technique_thickness(const fx_body *body, const fx_camera *camera);

/* 50 kV and 2 more for each g/cm^2, and `departure` from that, kV; in steps of 5 kV within the limits above. */
double fs_technique_kv(double thickness, double departure);

#endif
