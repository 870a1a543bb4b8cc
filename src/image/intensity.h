/*
 * intensity.h - pictures of linear intensities, as a detector counts them and the simulator makes them.
 *
 * Attenuation is exponential, so that what a device shows is the logarithm of what it counts: of a linear picture the
 * eye sees little, and the network, which has learned from shown ones, less.
 */
#ifndef IMAGE_INTENSITY_H
#define IMAGE_INTENSITY_H

#include "image/picture.h"

/* The text chunk (tEXt) by which a PNG says that it holds linear intensities: its keyword and its text. */
#define FI_INTENSITY_KEY         "fsam.intensity"
#define FI_INTENSITY_LINEAR_TEXT "linear"

/* Intensities, bone dark, become what is shown: minus the logarithm of the intensity over its least value plus 0.001,
 * from 0 to 1, bone bright. A constant picture becomes 0. Training does the same (train/augment_tone.h). */
void fi_intensity_show(fi_picture *picture);

#endif
