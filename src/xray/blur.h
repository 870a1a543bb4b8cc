/* blur.h - small symmetric kernels, along rows and then columns: focal spot, scintillator, scatter. */
#ifndef XRAY_BLUR_H
#define XRAY_BLUR_H

#include "base/status.h"

enum { FX_MOST_RADIUS = 63 };

/* Weights of a pixel's neighbours at distances 0 .. radius on either side; weight[0] + 2 (the others) = 1. */
typedef struct fx_kernel {
    int radius;
    float weight[FX_MOST_RADIUS + 1];
} fx_kernel;

/* The kernels gather what a point spreads over a pixel's width, so their modulation transfer is that of the spread
 * times the pixel's sinc. Tails beyond FX_MOST_RADIUS, or below 1e-4 of the whole, are left out. Sizes of 0 or less, or
 * NaN, give the kernel that changes nothing. */
/* exp(-2 (pi deviation f)^2), deviation in pixels. */
fx_kernel fx_gaussian_kernel(double deviation);
/* A spread as wide as `width` pixels and even: sinc. */
fx_kernel fx_box_kernel(double width);
/* 1 / (1 + (length f)^2), length in pixels: light in a scintillator. */
fx_kernel fx_exponential_kernel(double length);

/* What lies beyond the picture. */
typedef enum fx_border { FX_BORDER_REPEATED, FX_BORDER_ZERO } fx_border;

/* image [height, width], in place: the kernel along rows, then along columns. Runs on OpenMP's threads.
 * FSAM_ERROR_MEMORY is the only failure. height, width: 1 or more. */
fsam_status fx_blur(const fx_kernel *kernel, fx_border border, int height, int width, float *image);

#endif
