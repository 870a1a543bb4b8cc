/* planes.h - pictures while they are changed for training: one plane of a detector's values, or the three channels of
 * the network's input before they are resampled. */
#ifndef TRAIN_PLANES_H
#define TRAIN_PLANES_H

#include "base/status.h"
#include <stddef.h>

typedef struct fr_planes {
    int count, height, width; /* 1 or more each */
    float *value;             /* [count, height, width], 0..1 */
} fr_planes;

static inline size_t fr_planes_area(const fr_planes *planes)
{
    return (size_t)planes->height * (size_t)planes->width;
}

static inline float *fr_plane(const fr_planes *planes, int index)
{
    return planes->value + (size_t)index * fr_planes_area(planes);
}

/* NaN is 0. */
static inline float fr_within(float value)
{
    return value > 0 ? (value < 1 ? value : 1) : 0;
}

#endif
