#include "xray/exposure.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

fsam_status fx_heel_of(const fx_tube *tube, fx_heel *heel)
{
    double central = 0, kerma;
    fx_spectrum spectrum;
    FB_TRY(fx_spectrum_of_tube(tube, &spectrum));
    FB_TRY(fx_spectrum_air_kerma(&spectrum, &central));
    for (int i = 0; i < FX_HEEL_ANGLES; i++) {
        const double towards_anode = FX_HEEL_DEGREES * (2.0 * i / (FX_HEEL_ANGLES - 1) - 1);
        fx_tube seen = *tube;
        seen.anode_degrees = fmax(1, tube->anode_degrees - towards_anode);
        FB_TRY(fx_spectrum_of_tube(&seen, &spectrum));
        FB_TRY(fx_spectrum_air_kerma(&spectrum, &kerma));
        heel->output[i] = (float)(kerma / central);
    }
    return FSAM_OK;
}

fsam_status fx_mas_of_air_kerma(const fx_spectrum *spectrum, double microgray, double distance_mm, double *mas)
{
    double at_1_m;
    if (!(microgray > 0)) return fb_fail(FSAM_ERROR_ARGUMENT, "exposure: air kerma: %g uGy", microgray);
    if (!(distance_mm > 0)) return fb_fail(FSAM_ERROR_ARGUMENT, "exposure: distance: %g mm", distance_mm);
    FB_TRY(fx_spectrum_air_kerma(spectrum, &at_1_m));
    if (!(at_1_m > 0)) return fb_fail(FSAM_ERROR_ARGUMENT, "exposure: spectrum: it has no photons");
    *mas = microgray / at_1_m * (distance_mm / 1000) * (distance_mm / 1000);
    return FSAM_OK;
}

/* Straight lines between the angles. */
static double heel_at(const fx_heel *heel, double degrees)
{
    const double place = (degrees / FX_HEEL_DEGREES + 1) * 0.5 * (FX_HEEL_ANGLES - 1);
    const double inside = fmin(FX_HEEL_ANGLES - 1, fmax(0, place));
    const int i = inside < FX_HEEL_ANGLES - 2 ? (int)inside : FX_HEEL_ANGLES - 2;
    return heel->output[i] + (inside - i) * (heel->output[i + 1] - heel->output[i]);
}

/* Towards the anode, from a place (dx, dy) mm from the foot. */
static double heel_of_place(const fx_detector_plane *plane, const fx_heel *heel, double dx, double dy)
{
    if (heel == NULL) return 1;
    return heel_at(heel, atan2(dx * plane->anode_x + dy * plane->anode_y, plane->sdd_mm) * 180 / M_PI);
}

void fx_exposure(const fx_detector_plane *plane, double mas, const fx_heel *heel, float *factor)
{
    const double area = plane->pixel_mm * plane->pixel_mm;
    const bool by_rows = plane->anode_x == 0; /* the heel is the same along a row */
#pragma omp parallel for schedule(static)
    for (int y = 0; y < plane->height; y++) {
        const double dy = (y - plane->foot_y) * plane->pixel_mm;
        const double heel_of_row = by_rows ? heel_of_place(plane, heel, 0, dy) : 1;
        float *row = factor + (size_t)y * (size_t)plane->width;
        for (int x = 0; x < plane->width; x++) {
            const double dx = (x - plane->foot_x) * plane->pixel_mm;
            const double distance = sqrt(dx * dx + dy * dy + plane->sdd_mm * plane->sdd_mm);
            const double value =
                mas * area * (plane->sdd_mm / distance) * (1000 / distance) * (1000 / distance) * heel_of_row;
            row[x] = (float)(by_rows ? value : value * heel_of_place(plane, heel, dx, dy));
        }
    }
}
