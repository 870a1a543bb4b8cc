/* clearance.h - room for the detector: it is beside the patient, never in him. */
#ifndef SCENE_CLEARANCE_H
#define SCENE_CLEARANCE_H

#include "scene/carm.h"
#include "volume/volume.h"

/* The share, 0..1, of 24 x 24 points all over the detector that lie in the body, as the CT shows it. */
double fs_detector_share_in(const fv_ct *ct, const fx_camera *camera);

/* Where more than 1 % of the detector would be in the body, moves it away: first towards a smaller SOD / SDD, then to a
 * greater SDD, each as far as the device goes, with the field of view at the target kept as far as the detector is
 * large enough. Sets the camera. Whatever is left then stays: a patient may be larger than the device. Fails as
 * fs_carm_camera. */
fsam_status fs_clear_detector(const fv_ct *ct, fs_carm *carm, fx_camera *camera);

#endif
