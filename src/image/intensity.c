#include "image/intensity.h"

#include <math.h>

void fi_intensity_show(fi_picture *picture)
{
    const size_t pixels = (size_t)picture->width * (size_t)picture->height;
    float least = INFINITY, low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < pixels; i++) least = fminf(least, picture->gray[i]);
    for (size_t i = 0; i < pixels; i++) {
        const float shown = -logf(picture->gray[i] - least + 0.001f);
        picture->gray[i] = shown;
        low = fminf(low, shown);
        high = fmaxf(high, shown);
    }
    for (size_t i = 0; i < pixels; i++) picture->gray[i] = high > low ? (picture->gray[i] - low) / (high - low) : 0;
    picture->says = FI_SAYS_BONE_BRIGHT;
    picture->linear = true;
}
