/* augment_tone.h - changes of gray values, each pixel on its own. Results are cut to 0..1. */
#ifndef TRAIN_AUGMENT_TONE_H
#define TRAIN_AUGMENT_TONE_H

#include "train/planes.h"

/* The least intensity after subtraction, of a range of 1. */
#define FR_LEAST_INTENSITY 0.001

/* What a radiograph shows of intensities: v becomes -log(v - least + FR_LEAST_INTENSITY), where `least` is the plane's
 * least value, over -log(FR_LEAST_INTENSITY). What let nothing through is 1, bone bright; what let all through, 0. */
void fr_negative_log(fr_planes *planes);
/* v becomes 1 - v. */
void fr_invert(fr_planes *planes);
/* v becomes v^exponent; exponent > 0. */
void fr_gamma(double exponent, fr_planes *planes);
/* Maps the values below which `low` and all but `high` of a plane's pixels lie to 0 and 1. A constant plane stays.
 * FSAM_ERROR_MEMORY is the only failure. */
fsam_status fr_window_shares(double low, double high, fr_planes *planes);
/* Each plane's distance from its mean, times factor. A constant plane stays. */
void fr_contrast(double factor, fr_planes *planes);
/* The same under a bell: the factor is `factor` at (x, y) and 1 far away. x, y and the deviation are shares of the
 * picture's width and height, and of its longer side.
 * FSAM_ERROR_MEMORY is the only failure. */
fsam_status fr_contrast_bell(double factor, double x, double y, double deviation, fr_planes *planes);
/* Plane k becomes plane order[k]; order: a permutation of 0 .. count - 1, count at most 3. FSAM_ERROR_MEMORY. */
fsam_status fr_shuffle_planes(const int order[3], fr_planes *planes);

#endif
