/* scatter.h - an estimate of scattered radiation, by convolution. */
#ifndef XRAY_SCATTER_H
#define XRAY_SCATTER_H

#include "base/status.h"

/* Scatter arises along a ray in proportion to what passes and to the depth -ln(signal / open) that it passed, as single
 * scatter does (B. Ohnesorge and others, Eur. Radiol. 9 (1999) 563), at most half of what the ray lost; it spreads over
 * the detector by a Gaussian, wider behind deeper rays. It has not been compared with Monte Carlo simulation or
 * measurement. */
typedef struct fx_scatter {
    double ratio;        /* scatter to primary, at `depth`, in the middle of a wide field, before any grid: 0.5 .. 5 */
    double depth;        /* 5 is some 25 cm of water */
    double reach_mm;     /* standard deviation at `depth` on the detector; half of it behind thin objects; some 60 */
    double grid_primary; /* what a grid lets through, 0 .. 1; both 1 without one, 0.7 and 0.14 with an ordinary one */
    double grid_scatter;
} fx_scatter;

/* The ratio of a thick abdomen without a grid. */
extern const fx_scatter fx_scatter_body;

/* Adds the scatter to signal [height, width] and its variance, after both went through the grid. open [height, width]:
 * the signal without an object. Scatter is taken to have the primary's mean variance for its signal.
 * FSAM_ERROR_ARGUMENT names a field out of range. */
fsam_status fx_scatter_add(const fx_scatter *scatter, double pixel_mm, int height, int width, const float *open,
                           float *signal, float *variance);

#endif
