/* detector.h - a flat-panel detector: from the energy that reaches its pixels to 16-bit counts. */
#ifndef XRAY_DETECTOR_H
#define XRAY_DETECTOR_H

#include "base/status.h"
#include "xray/noise.h"

typedef struct fx_detector {
    double pixel_mm;
    /* Light in the scintillator: the modulation transfer is 1 / (1 + (light_mm f)^2), f in cycles/mm. 0.5 is usual with
     * caesium iodide 0.6 mm thick; 0: none. */
    double light_mm;
    /* As in a scintillator, each quantum's light spreads, so that noise of neighbours is correlated. Else the picture
     * is blurred first, and noise is white. */
    int correlated;
    double electronic; /* standard deviation of the read-out, in the signal's unit */
    double gain;       /* counts for a unit of signal */
    double offset;     /* counts of a pixel that gets nothing */
} fx_detector;

/* The gain by which `signal` gives `counts`. */
double fx_detector_gain(const fx_detector *detector, double signal, double counts);

/* Draws quanta, spreads their light, adds electronic noise and digitises, rounding to 0 .. 65535. signal [height,
 * width]: mean signal of every pixel; variance: that of the quanta. Both are used up. key: NULL for a picture without
 * noise. */
fsam_status fx_detector_read(const fx_detector *detector, const fx_noise_key *key, int height, int width, float *signal,
                             float *variance, uint16_t *counts);

#endif
