/* radiograph.h - the whole way from the mass along every ray to a picture. */
#ifndef XRAY_RADIOGRAPH_H
#define XRAY_RADIOGRAPH_H

#include "xray/beam.h"
#include "xray/collimator.h"
#include "xray/detector.h"
#include "xray/exposure.h"
#include "xray/scatter.h"

/* How a picture is taken. What is NULL is left out; everything pointed to is borrowed. */
typedef struct fx_technique {
    const fx_beam *beam;
    fx_detector_plane plane;
    double mas;
    const fx_heel *heel;
    const fx_collimator *collimator;
    double focal_spot_mm; /* width of an even square focal spot; 0: a point */
    double magnification; /* sdd_mm / distance of the focal spot from the object: one for the whole picture */
    const fx_scatter *scatter;
    fx_detector detector; /* its pixel_mm is the plane's */
    const fx_noise_key *noise;
} fx_technique;

/* The signal (keV, or photons, per pixel) of the central ray with nothing in the way: what a gain is chosen by. */
double fx_open_signal(const fx_technique *technique);

/* counts [height, width] of the rays through mass[m][pixel] g/cm^2 of the beam's materials. Counts rise with the
 * signal: bone is dark. */
fsam_status fx_radiograph(const fx_technique *technique, const float *const *mass, uint16_t *counts);

#endif
