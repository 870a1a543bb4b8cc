/* augment_weather.h - veils over a picture, the same over all of its planes. */
#ifndef TRAIN_AUGMENT_WEATHER_H
#define TRAIN_AUGMENT_WEATHER_H

#include "base/random.h"
#include "train/planes.h"

/* A cloudy veil: v becomes v + a (1 - v), where `a` is smooth noise from 0 to density, its clouds some eighth of the
 * picture wide. FSAM_ERROR_MEMORY is the only failure. */
fsam_status fr_fog(double density, fb_random *random, fr_planes *planes);
/* Bright streaks, all falling the same way: so many that they cover about `share` of the picture, each mixing `opacity`
 * of white into the pixels that it crosses. */
void fr_drizzle(double share, double opacity, fb_random *random, fr_planes *planes);

#endif
