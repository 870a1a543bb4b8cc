#include "xray/detector.h"

#include "xray/blur.h"
#include <math.h>

double fx_detector_gain(const fx_detector *detector, double signal, double counts)
{
    return signal > 0 ? (counts - detector->offset) / signal : 0;
}

static void digitise(const fx_detector *detector, size_t pixels, const float *signal, uint16_t *counts)
{
    const float gain = (float)detector->gain, offset = (float)detector->offset;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < pixels; i++) {
        const float value = roundf(signal[i] * gain + offset);
        counts[i] = value > 0 ? value < 65535 ? (uint16_t)value : 65535 : 0; /* NaN becomes 0 */
    }
}

fsam_status fx_detector_read(const fx_detector *detector, const fx_noise_key *key, int height, int width, float *signal,
                             float *variance, uint16_t *counts)
{
    const size_t pixels = (size_t)height * (size_t)width;
    const fx_kernel light = fx_exponential_kernel(detector->light_mm / detector->pixel_mm);
    if (key != NULL && pixels > FX_MOST_NOISY_PIXELS)
        return fb_fail(FSAM_ERROR_UNSUPPORTED, "detector: noise: more than %d pixels", (int)FX_MOST_NOISY_PIXELS);
    if (!detector->correlated) {
        FB_TRY(fx_blur(&light, FX_BORDER_REPEATED, height, width, signal));
        FB_TRY(fx_blur(&light, FX_BORDER_REPEATED, height, width, variance));
    }
    if (key != NULL) fx_noise_quanta(key, pixels, signal, variance);
    if (detector->correlated) FB_TRY(fx_blur(&light, FX_BORDER_REPEATED, height, width, signal));
    if (key != NULL) fx_noise_electronic(key, pixels, detector->electronic, signal);
    digitise(detector, pixels, signal, counts);
    return FSAM_OK;
}
